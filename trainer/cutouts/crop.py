"""The middle of a cutout."""

from __future__ import annotations

import numpy as np

from trainer.errors import FormatError


def crop_origin(height: int, width: int, size: int) -> tuple[int, int]:
    """First row and column of the central `size` × `size` pixels. Raises `FormatError`."""
    if size < 1 or size > min(height, width):
        raise FormatError(
            f"A crop of {size} × {size} px was asked for; the cutouts have {height} × {width} px."
        )
    return (height - size) // 2, (width - size) // 2


def centre_crop(pixels: np.ndarray, size: int | None) -> np.ndarray:
    """The central `size` × `size` pixels of (…, H, W), as a view; all of it for None.

    Where a side and `size` differ by an odd number the crop lies half a pixel towards the
    origin. Raises `FormatError` when the cutout is smaller than the crop.
    """
    if size is None:
        return pixels
    height, width = pixels.shape[-2:]
    top, left = crop_origin(height, width, size)
    return pixels[..., top : top + size, left : left + size]
