"""The eight rotations by 90° and reflections of a square image."""

from __future__ import annotations

import torch

COUNT = 8


def orient(images_nbss: torch.Tensor, orientation: int) -> torch.Tensor:
    """(n, b, s, s) turned by `orientation % 4` quarters, mirrored before if it is 4 or more."""
    if orientation >= 4:
        images_nbss = images_nbss.flip(-1)
    return torch.rot90(images_nbss, orientation % 4, dims=(-2, -1))


def orient_each(images_nbss: torch.Tensor, orientations_n: torch.Tensor) -> torch.Tensor:
    """A copy of (n, b, s, s) with each image in its own orientation, 0 … 7."""
    out = torch.empty_like(images_nbss)
    for orientation in range(COUNT):
        chosen = orientations_n == orientation
        out[chosen] = orient(images_nbss[chosen], orientation)
    return out
