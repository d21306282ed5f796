"""Attention that is shown is the attention that is computed with."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from tests.model.small_models import small_model
from trainer.model.attention import attention_by_layer, attention_rollout
from trainer.model.patches import patchify

IMAGES = torch.from_numpy(np.random.default_rng(3).normal(size=(2, 3, 16, 16)).astype(np.float32))


def test_every_token_shares_out_one_whole() -> None:
    attention = attention_by_layer(small_model(), IMAGES)
    assert attention.shape == (2, 2, 17, 17)
    assert (attention >= 0).all()
    torch.testing.assert_close(attention.sum(dim=-1), torch.ones(2, 2, 17))
    torch.testing.assert_close(attention_rollout(attention).sum(dim=-1), torch.ones(2, 17))


def test_the_weights_are_the_softmax_of_queries_times_keys() -> None:
    layer = small_model().blocks[0].attn
    x = torch.randn(1, 5, 32, generator=torch.Generator().manual_seed(0))
    weight, bias = layer.qkv.weight, layer.qkv.bias
    weights = layer.weights(x)
    for head in range(4):
        part = slice(8 * head, 8 * head + 8)
        q = x[0] @ weight[:32][part].T + bias[:32][part]
        k = x[0] @ weight[32:64][part].T + bias[32:64][part]
        scores = (q @ k.T / np.sqrt(8)).exp()
        torch.testing.assert_close(weights[0, head], scores / scores.sum(dim=1, keepdim=True))


def test_values_weighted_by_them_are_what_the_layer_passes_on() -> None:
    layer = small_model().blocks[1].attn
    x = torch.randn(2, 6, 32, generator=torch.Generator().manual_seed(1))
    values = F.linear(x, layer.qkv.weight[64:], layer.qkv.bias[64:]).reshape(2, 6, 4, 8)
    mixed = torch.einsum("nhts,nshc->nthc", layer.weights(x), values).reshape(2, 6, 32)
    torch.testing.assert_close(layer.proj(mixed), layer(x))


def test_the_first_layer_sees_the_patches_as_they_are() -> None:
    model = small_model(decoder=None)
    attention = attention_by_layer(model, IMAGES)
    block = model.blocks[0]
    tokens = model.tokens(patchify(IMAGES, 4))
    expected = block.attn.weights(block.norm1(tokens)).mean(dim=1)
    torch.testing.assert_close(attention[0], expected)


def test_attention_through_one_layer_is_half_that_layer_and_half_the_token_itself() -> None:
    attention = attention_by_layer(small_model(), IMAGES)[:1]
    expected = 0.5 * attention[0] + 0.5 * torch.eye(17)
    torch.testing.assert_close(attention_rollout(attention), expected)
