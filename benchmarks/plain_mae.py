"""The masked autoencoder written as the original is structured: the yardstick for ours.

Every image is cut by a convolution, all tokens are made before the hidden ones are thrown
away, attention is an explicit softmax of a full matrix, the decoder's mask tokens are put
into place by gathering, and every patch is predicted although only hidden ones count
(He et al. 2022, arXiv:2111.06377). Parameters carry the original's names.
"""

from __future__ import annotations

import torch
from torch import nn

from trainer.model.architecture import Architecture
from trainer.model.positions import sincos_positions

_EPS = 1e-6


class _Attention(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.qkv = nn.Linear(width, 3 * width)
        self.proj = nn.Linear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, t, d = x.shape
        qkv = self.qkv(x).reshape(n, t, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        q, k, v = qkv[0], qkv[1], qkv[2]
        weights = ((q @ k.transpose(-2, -1)) * self.scale).softmax(dim=-1)
        mixed = (weights @ v).transpose(1, 2).reshape(n, t, d)
        out: torch.Tensor = self.proj(mixed)
        return out


class _Perceptron(nn.Module):
    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.fc1, self.act, self.fc2 = nn.Linear(width, hidden), nn.GELU(), nn.Linear(hidden, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.fc2(self.act(self.fc1(x)))
        return out


class _Block(nn.Module):
    def __init__(self, width: int, heads: int, hidden: int) -> None:
        super().__init__()
        self.norm1, self.attn = nn.LayerNorm(width, eps=_EPS), _Attention(width, heads)
        self.norm2, self.mlp = nn.LayerNorm(width, eps=_EPS), _Perceptron(width, hidden)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x + self.attn(self.norm1(x))
        x = x + self.mlp(self.norm2(x))
        return x


class _PatchEmbedding(nn.Module):
    def __init__(self, bands: int, width: int, patch: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(bands, width, patch, patch)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        tokens: torch.Tensor = self.proj(images).flatten(2).transpose(1, 2)
        return tokens


class PlainMAE(nn.Module):
    """Encoder and decoder of `architecture`, whose decoder must not be None."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        a, decoder = architecture, architecture.decoder
        assert decoder is not None
        self.architecture = a
        self.patch_embed = _PatchEmbedding(a.bands, a.width, a.patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, a.width))
        self.pos_embed = nn.Parameter(sincos_positions(a.width, a.grid), requires_grad=False)
        self.blocks = nn.ModuleList(_Block(a.width, a.heads, a.hidden) for _ in range(a.depth))
        self.norm = nn.LayerNorm(a.width, eps=_EPS)
        self.decoder_embed = nn.Linear(a.width, decoder.width)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, decoder.width))
        self.decoder_pos_embed = nn.Parameter(
            sincos_positions(decoder.width, a.grid), requires_grad=False
        )
        self.decoder_blocks = nn.ModuleList(
            _Block(decoder.width, decoder.heads, decoder.hidden) for _ in range(decoder.depth)
        )
        self.decoder_norm = nn.LayerNorm(decoder.width, eps=_EPS)
        self.decoder_pred = nn.Linear(decoder.width, a.patch_values)

    def encode(self, images: torch.Tensor) -> torch.Tensor:
        """(n, b, s, s) → (n, 1 + l, d), nothing masked."""
        return self._encode(self.patch_embed(images) + self.pos_embed[:, 1:])

    def forward(
        self, images: torch.Tensor, noise: torch.Tensor, mask_ratio: float
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Loss (), prediction (n, l, v) and mask (n, l) of images masked by noise (n, l)."""
        tokens = self.patch_embed(images) + self.pos_embed[:, 1:]
        n, l, d = tokens.shape  # noqa: E741 - as in the paper
        keep = int(l * (1 - mask_ratio))
        shuffle = torch.argsort(noise, dim=1)
        restore = torch.argsort(shuffle, dim=1)
        kept = shuffle[:, :keep]
        latent = self._encode(torch.gather(tokens, 1, kept[..., None].repeat(1, 1, d)))
        mask = torch.ones(n, l)
        mask[:, :keep] = 0
        mask = torch.gather(mask, 1, restore)
        predicted = self._decode(latent, restore)
        error = ((predicted - self._target(images)) ** 2).mean(dim=-1)
        return (error * mask).sum() / mask.sum(), predicted, mask

    def _encode(self, tokens: torch.Tensor) -> torch.Tensor:
        token = (self.cls_token + self.pos_embed[:, :1]).expand(len(tokens), -1, -1)
        x = torch.cat([token, tokens], dim=1)
        for block in self.blocks:
            x = block(x)
        latent: torch.Tensor = self.norm(x)
        return latent

    def _decode(self, latent: torch.Tensor, restore: torch.Tensor) -> torch.Tensor:
        x = self.decoder_embed(latent)
        missing = restore.shape[1] + 1 - x.shape[1]
        filled = torch.cat([x[:, 1:], self.mask_token.repeat(len(x), missing, 1)], dim=1)
        filled = torch.gather(filled, 1, restore[..., None].repeat(1, 1, x.shape[2]))
        x = torch.cat([x[:, :1], filled], dim=1) + self.decoder_pos_embed
        for block in self.decoder_blocks:
            x = block(x)
        predicted: torch.Tensor = self.decoder_pred(self.decoder_norm(x))
        return predicted[:, 1:]

    def _target(self, images: torch.Tensor) -> torch.Tensor:
        a = self.architecture
        n, g, p = len(images), a.grid, a.patch
        x = images.reshape(n, a.bands, g, p, g, p)
        target = torch.einsum("nchpwq->nhwpqc", x).reshape(n, g * g, p * p * a.bands)
        if a.norm_pix_loss:
            mean, variance = target.mean(-1, keepdim=True), target.var(-1, keepdim=True)
            target = (target - mean) / (variance + 1e-6) ** 0.5
        return target
