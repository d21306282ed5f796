"""Cutting images into patches and putting them together again.

Shapes: n images, b bands, s image side, g patches along a side, p patch side, l = g²
patches, v = p²·b values of a patch, flattened as row, column, band.
"""

from __future__ import annotations

import torch


def patchify(images_nbss: torch.Tensor, patch: int) -> torch.Tensor:
    """(n, b, s, s) → (n, l, v), patches in raster order."""
    n, b, s, _ = images_nbss.shape
    g = s // patch
    x = images_nbss.reshape(n, b, g, patch, g, patch)
    return x.permute(0, 2, 4, 3, 5, 1).reshape(n, g * g, patch * patch * b)


def unpatchify(patches_nlv: torch.Tensor, patch: int) -> torch.Tensor:
    """(n, l, v) → (n, b, s, s): the inverse of `patchify`."""
    n, l, v = patches_nlv.shape  # noqa: E741 - the legend's letter
    g = round(l**0.5)
    b = v // patch**2
    x = patches_nlv.reshape(n, g, g, patch, patch, b)
    return x.permute(0, 5, 1, 3, 2, 4).reshape(n, b, g * patch, g * patch)
