"""A picture of some galaxies, masked and reconstructed, to see how a training fares."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from trainer.atomic import atomic_path
from trainer.model.mae import MaskedAutoencoder
from trainer.model.masking import Masking
from trainer.model.patches import patchify, unpatchify
from trainer.model.reconstruction import reconstruct

GALAXIES = 6
_GAP = 2
_TILE = 128
"""Least side of a tile on the picture, pixels."""
_GREY = 0.25


def save_picture(
    path: Path, model: MaskedAutoencoder, images_nbss: torch.Tensor, masking: Masking
) -> None:
    """Write a PNG: a row a galaxy with input, masked input and reconstruction.

    `images_nbss` are scaled; visible patches are shown as they are in the reconstruction.
    Raises `WorkspaceError` where the file can't be written.
    """
    result = reconstruct(model, images_nbss, masking)
    patch = model.architecture.patch
    hidden_nlv = result.mask[..., None].expand_as(patchify(images_nbss, patch))
    hidden = unpatchify(hidden_nlv, patch).cpu().numpy() > 0
    inputs, guess = images_nbss.cpu().numpy(), result.images.cpu().numpy()
    rows = []
    for image, guessed, away in zip(inputs, guess, hidden, strict=True):
        low, high = np.percentile(image, [1, 99.7])
        seen, filled = (
            _rgb(picture, low, high) for picture in (image, np.where(away, guessed, image))
        )
        masked = np.where(away[:1].transpose(1, 2, 0), _GREY, seen)
        rows.append(np.concatenate([_padded(tile) for tile in (seen, masked, filled)], axis=1))
    sheet = (np.concatenate(rows) * 255).astype(np.uint8)
    with atomic_path(path) as temporary:
        Image.fromarray(sheet).save(temporary, format="PNG")


def _rgb(image: np.ndarray, low: float, high: float) -> np.ndarray:
    """(b, s, s) → (s, s, 3) in 0 … 1: red from a long band, blue from a short one."""
    bands = len(image)
    chosen = image[[min(3, bands - 1), bands // 2, min(1, bands - 1) if bands > 3 else 0]]
    return np.clip((chosen - low) / max(high - low, 1e-9), 0, 1).transpose(1, 2, 0)


def _padded(tile: np.ndarray) -> np.ndarray:
    factor = max(1, round(_TILE / len(tile)))
    # A file of a picture begins at the top, pixels of cutouts at the bottom.
    enlarged = tile[::-1].repeat(factor, axis=0).repeat(factor, axis=1)
    return np.pad(enlarged, ((_GAP, _GAP), (_GAP, _GAP), (0, 0)))
