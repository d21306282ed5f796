"""A galaxy's masked reconstruction in the units of its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from trainer.cutouts.scaling import Scaling
from trainer.errors import QueryError
from trainer.model.mae import MaskedAutoencoder
from trainer.model.masking import Masking, mask_from_choice, mask_from_noise, seeded_noise
from trainer.model.reconstruction import reconstruct


@dataclass(frozen=True)
class FluxReconstruction:
    """What the model makes of one galaxy."""

    mask: np.ndarray
    """(L,) uint8, 1 where hidden."""
    images: np.ndarray
    """(1, B, H, W) float32 flux; visible patches are the model's prediction too."""
    loss: float
    """Mean squared error on hidden patches in scaled units; NaN where none is hidden."""
    loss_by_band: np.ndarray
    """(B,) float32 of the same."""
    level_recovered: bool
    """False where the model predicts patches without their level, and that of hidden patches
    was filled in from the visible ones around them."""


def choose_mask(
    patches: int, mask_ratio: float, seed: int, given: np.ndarray | None = None
) -> Masking:
    """The mask of one image: the one given ((L,), non-zero is hidden), else one by seed.

    Raises `QueryError` where the given mask is not one number a patch, or nothing is hidden.
    """
    if given is None:
        masking = mask_from_noise(seeded_noise(1, patches, seed), mask_ratio)
    elif given.size == patches:
        masking = mask_from_choice(torch.from_numpy(given.reshape(1, -1).astype(np.uint8)))
    else:
        raise QueryError(
            f"A mask for this model has {patches} numbers, one a patch; {given.size} were given."
        )
    if not masking.hidden.numel():
        raise QueryError("Nothing is hidden: a reconstruction needs at least one hidden patch.")
    return masking


def reconstruct_flux(
    model: MaskedAutoencoder, scaling: Scaling, images: np.ndarray, masking: Masking
) -> FluxReconstruction:
    """Hide patches of one galaxy (1, B, H, W) float32 flux and have the model fill them in.

    Raises `CheckpointError` for an encoder without decoder, `BandError` or `QueryError` for
    a galaxy of another shape.
    """
    model.check_images(torch.from_numpy(images))
    scaled, state = scaling.forward(images)
    device = model.cls_token.device
    on_device = Masking(masking.kept.to(device), masking.hidden.to(device))
    result = reconstruct(model, torch.from_numpy(scaled).to(device), on_device)
    return FluxReconstruction(
        mask=result.mask[0].cpu().numpy().astype(np.uint8),
        images=scaling.inverse(result.images.cpu().numpy(), state),
        loss=result.loss,
        loss_by_band=result.loss_by_band[0].cpu().numpy(),
        level_recovered=result.level_recovered,
    )
