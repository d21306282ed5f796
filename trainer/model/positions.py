"""Fixed sine-cosine position embeddings on a square grid (He et al. 2022, arXiv:2111.06377)."""

from __future__ import annotations

import numpy as np
import torch


def sincos_positions(width: int, grid: int) -> torch.Tensor:
    """Position embedding of the class token (zeros) and of grid² patches in raster order.

    Half of the numbers encode the column, half the row, each as sines then cosines of
    geometrically spaced frequencies. Returns (1, grid² + 1, width) float32.
    Raises `ValueError` where the width is no multiple of 4.
    """
    if width % 4:
        raise ValueError(
            f"A width for sine-cosine positions must be a multiple of 4; {width} is not."
        )
    rows, columns = np.divmod(np.arange(grid**2), grid)
    patches = np.concatenate([_sincos(width // 2, columns), _sincos(width // 2, rows)], axis=1)
    positions = np.concatenate([np.zeros((1, width)), patches])
    return torch.from_numpy(positions[None].astype(np.float32))


def _sincos(width: int, coordinate: np.ndarray) -> np.ndarray:
    frequencies = 1.0 / 10000 ** (np.arange(width // 2) / (width / 2))
    phase = np.outer(coordinate, frequencies)
    return np.concatenate([np.sin(phase), np.cos(phase)], axis=1)
