"""The transformer block of a ViT (Dosovitskiy et al. 2021, arXiv:2010.11929).

Shapes: n images, t tokens, d width, h heads, c = d / h width of a head.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

LAYER_NORM_EPS = 1e-6


class Attention(nn.Module):
    """Self-attention over all tokens."""

    def __init__(self, width: int, heads: int, qkv_bias: bool) -> None:
        super().__init__()
        self.heads = heads
        self.qkv = nn.Linear(width, 3 * width, bias=qkv_bias)
        self.proj = nn.Linear(width, width)

    def forward(self, x_ntd: torch.Tensor) -> torch.Tensor:
        """(n, t, d) → (n, t, d)."""
        n, t, d = x_ntd.shape
        q_nhtc, k_nhtc, v_nhtc = self._project(x_ntd)
        x_nhtc = F.scaled_dot_product_attention(q_nhtc, k_nhtc, v_nhtc)
        out_ntd: torch.Tensor = self.proj(x_nhtc.transpose(1, 2).reshape(n, t, d))
        return out_ntd

    def weights(self, x_ntd: torch.Tensor) -> torch.Tensor:
        """(n, t, d) → (n, h, t, t): the share that each token (row) takes from every token.

        `forward` computes the same inside a fused kernel, which keeps it to itself.
        """
        q_nhtc, k_nhtc, _ = self._project(x_ntd)
        return torch.softmax(q_nhtc @ k_nhtc.transpose(-2, -1) * q_nhtc.shape[-1] ** -0.5, dim=-1)

    def _project(self, x_ntd: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Queries, keys and values, (n, h, t, c) each."""
        n, t, d = x_ntd.shape
        qkv = self.qkv(x_ntd).reshape(n, t, 3, self.heads, d // self.heads)
        q_nhtc, k_nhtc, v_nhtc = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        return q_nhtc, k_nhtc, v_nhtc


class Perceptron(nn.Module):
    """Two linear layers with a GELU between them."""

    def __init__(self, width: int, hidden: int) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, hidden)
        self.fc2 = nn.Linear(hidden, width)

    def forward(self, x_ntd: torch.Tensor) -> torch.Tensor:
        """(n, t, d) → (n, t, d)."""
        out_ntd: torch.Tensor = self.fc2(F.gelu(self.fc1(x_ntd)))
        return out_ntd


class Block(nn.Module):
    """Attention and perceptron, each after a layer norm and added to its input."""

    def __init__(self, width: int, heads: int, hidden: int, qkv_bias: bool = True) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width, eps=LAYER_NORM_EPS)
        self.attn = Attention(width, heads, qkv_bias)
        self.norm2 = nn.LayerNorm(width, eps=LAYER_NORM_EPS)
        self.mlp = Perceptron(width, hidden)

    def forward(self, x_ntd: torch.Tensor) -> torch.Tensor:
        """(n, t, d) → (n, t, d)."""
        x_ntd = x_ntd + self.attn(self.norm1(x_ntd))
        x_ntd = x_ntd + self.mlp(self.norm2(x_ntd))
        return x_ntd
