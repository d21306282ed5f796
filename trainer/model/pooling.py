"""From an encoder's tokens to one vector a galaxy.

Shapes: n images, t = 1 + l tokens (class token first), d width, g patches along a side.
"""

from __future__ import annotations

import torch

from trainer.config import Pooling
from trainer.model.mae import MaskedAutoencoder

_PARTS: dict[Pooling, int] = {"rich": 4, "mean": 1, "cls": 1}


def pooled_width(width: int, pool: Pooling) -> int:
    """Length D of the vector that `pool` makes of tokens of this width."""
    return _PARTS[pool] * width


def pool_tokens(model: MaskedAutoencoder, latent_ntd: torch.Tensor, pool: Pooling) -> torch.Tensor:
    """(n, t, d) → (n, D).

    "cls" is the class token, "mean" the mean of all patches; "rich" is the class token,
    the mean of the central patches, and mean and standard deviation of all, end to end.
    """
    norm = model.fc_norm
    token_nd, patches_nld = latent_ntd[:, 0], latent_ntd[:, 1:]
    mean_nd = norm(patches_nld.mean(dim=1))
    if pool == "mean":
        pooled: torch.Tensor = mean_nd
    elif pool == "cls":
        pooled = norm(token_nd)
    else:
        centre = central_patches(model.architecture.grid).to(latent_ntd.device)
        centre_nd = norm(patches_nld[:, centre].mean(dim=1))
        spread_nd = patches_nld.std(dim=1, correction=0)
        pooled = torch.cat([norm(token_nd), centre_nd, mean_nd, spread_nd], dim=1)
    return pooled


def central_patches(grid: int) -> torch.Tensor:
    """Indices of the patches around the centre: 2×2 of an even grid, the one of an odd."""
    first, last = (grid - 1) // 2, grid // 2
    middle = torch.arange(first, last + 1)
    return (middle[:, None] * grid + middle).reshape(-1)
