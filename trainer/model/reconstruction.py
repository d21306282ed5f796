"""From predicted patches back to images, in the units that the model was given.

Shapes: n images, b bands, s image side, l patches, v = p²·b values of a patch.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

from trainer.model.mae import MaskedAutoencoder, Prediction
from trainer.model.masking import Masking
from trainer.model.patches import patchify, unpatchify


@dataclass(frozen=True)
class Reconstruction:
    """The model's image of every patch, and how wrong it is on the hidden ones."""

    images: torch.Tensor
    """(n, b, s, s) in scaled units; visible patches are the model's prediction too."""
    mask: torch.Tensor
    """(n, l) float32, 1 where hidden."""
    loss: float
    """The training loss: mean squared error on hidden patches."""
    loss_by_band: torch.Tensor
    """(n, b) the same by image and band; NaN where nothing is hidden."""
    level_recovered: bool
    """False where patches were predicted without their level (`norm_pix_loss`), and the
    level of hidden ones is that of the visible ones around them."""


@torch.inference_mode()
def reconstruct(
    model: MaskedAutoencoder, images_nbss: torch.Tensor, masking: Masking
) -> Reconstruction:
    """Predict every patch of scaled images and put the image together.

    Raises `CheckpointError` for an encoder without decoder.
    """
    patch = model.architecture.patch
    prediction = model.predict(images_nbss, masking)
    patches_nlv = patchify(images_nbss, patch)
    level_recovered = not model.architecture.norm_pix_loss
    predicted_nlv = prediction.patches
    if not level_recovered:
        mean, std = _levels(patches_nlv, prediction.mask, model.architecture.grid)
        predicted_nlv = predicted_nlv * std + mean
    return Reconstruction(
        images=unpatchify(predicted_nlv, patch),
        mask=prediction.mask,
        loss=prediction.loss.item(),
        loss_by_band=_loss_by_band(prediction, model.target(patches_nlv), images_nbss.shape[1]),
        level_recovered=level_recovered,
    )


@torch.inference_mode()
def patch_errors(
    model: MaskedAutoencoder, images_nbss: torch.Tensor, masking: Masking
) -> torch.Tensor:
    """(n, l, b) mean squared error of each hidden patch by band, 0 where visible.

    In the units of the training loss: scaled, or of normalised patches (`norm_pix_loss`).
    Raises `CheckpointError` for an encoder without decoder.
    """
    prediction = model.predict(images_nbss, masking)
    target_nlv = model.target(patchify(images_nbss, model.architecture.patch))
    return _hidden_errors(prediction, target_nlv, images_nbss.shape[1])


def _hidden_errors(prediction: Prediction, target_nlv: torch.Tensor, bands: int) -> torch.Tensor:
    error_nlv = (prediction.patches - target_nlv).square()
    n, l, _ = error_nlv.shape  # noqa: E741 - the legend's letter
    error_nlb = error_nlv.reshape(n, l, -1, bands).mean(dim=2)
    return error_nlb * prediction.mask[..., None]


def _loss_by_band(prediction: Prediction, target_nlv: torch.Tensor, bands: int) -> torch.Tensor:
    error_nlb = _hidden_errors(prediction, target_nlv, bands)
    loss_nb: torch.Tensor = error_nlb.sum(dim=1) / prediction.mask.sum(dim=1, keepdim=True)
    return loss_nb


def _levels(
    patches_nlv: torch.Tensor, mask_nl: torch.Tensor, grid: int
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean and spread of each patch (n, l, 1): a visible patch's own; a hidden one's from the
    visible ones, weighted by the inverse square of the distance between them."""
    mean = patches_nlv.mean(dim=-1)
    std = patches_nlv.var(dim=-1).sqrt()
    place = torch.arange(grid, device=patches_nlv.device, dtype=torch.float32)
    places_l2 = torch.cartesian_prod(place, place).reshape(-1, 2)
    distance_ll = torch.cdist(places_l2, places_l2).clamp(min=1e-6)
    weight_nll = distance_ll.pow(-2)[None] * (1 - mask_nl)[:, None, :]
    total_nl = weight_nll.sum(dim=-1).clamp(min=1e-12)
    levels = []
    for value in (mean, std):
        around = (weight_nll @ value[..., None])[..., 0] / total_nl
        levels.append(torch.where(mask_nl > 0, around, value)[..., None])
    return levels[0], levels[1]
