"""Where the encoder's tokens look: attention as numbers to be shown.

Shapes: n images, b bands, s image side, y layers, t = 1 + l tokens (class token first).
"""

from __future__ import annotations

import torch

from trainer.model.layers import Block
from trainer.model.mae import MaskedAutoencoder
from trainer.model.patches import patchify


@torch.inference_mode()
def attention_by_layer(model: MaskedAutoencoder, images_nbss: torch.Tensor) -> torch.Tensor:
    """(y, n, t, t): the share that each token (row) takes from every token, nothing masked.

    The mean over the heads of each layer; every row sums to 1. An encoder without decoder
    will do. Raises `BandError` or `QueryError` for images of another shape.
    """
    model.check_images(images_nbss)
    x_ntd = model.tokens(patchify(images_nbss, model.architecture.patch))
    layers = []
    for block in model.blocks:
        assert isinstance(block, Block)
        layers.append(block.attn.weights(block.norm1(x_ntd)).mean(dim=1))
        x_ntd = block(x_ntd)
    return torch.stack(layers)


def attention_rollout(attention_yntt: torch.Tensor) -> torch.Tensor:
    """(n, t, t): attention through all layers at once; every row sums to 1.

    Half of each token comes round each layer unchanged, by the residual connection (Abnar &
    Zuidema 2020, arXiv:2005.00928).
    """
    identity = torch.eye(attention_yntt.shape[-1], device=attention_yntt.device)
    through = identity.expand(attention_yntt.shape[1:])
    for attention_ntt in attention_yntt:
        through = 0.5 * (attention_ntt + identity) @ through
    return through
