"""A galaxy's masked reconstruction in the units of its pixels."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from trainer.cutouts.scaling import Scaling
from trainer.errors import QueryError
from trainer.model.attention import attention_by_layer, attention_rollout
from trainer.model.mae import MaskedAutoencoder
from trainer.model.masking import (
    Masking,
    balanced_masks,
    mask_from_choice,
    mask_from_noise,
    seeded_noise,
)
from trainer.model.reconstruction import patch_errors, reconstruct


class Galaxy:
    """One galaxy as a model takes it, kept while many masks are tried on it."""

    def __init__(self, model: MaskedAutoencoder, scaling: Scaling, images: np.ndarray) -> None:
        """Of `images` (1, B, H, W) float32 flux. Raises `BandError` or `QueryError`."""
        if len(images) != 1:
            raise QueryError(f"One galaxy is looked at at a time; {len(images)} were given.")
        model.check_images(torch.from_numpy(images))
        self.model, self.scaling, self.images = model, scaling, images
        scaled, self.state = scaling.forward(images)
        self.scaled = torch.from_numpy(scaled).to(model.cls_token.device)
        self._attention: torch.Tensor | None = None

    def is_of(self, model: MaskedAutoencoder, scaling: Scaling, images: np.ndarray) -> bool:
        """Whether it was made from the same."""
        same_model = self.model is model and self.scaling == scaling
        return same_model and np.array_equal(self.images, images)

    def attention(self) -> torch.Tensor:
        """(depth, 1 + L, 1 + L): by layer, the share that each token takes from every token."""
        if self._attention is None:
            self._attention = attention_by_layer(self.model, self.scaled)[:, 0]
        return self._attention


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


def reconstruct_flux(galaxy: Galaxy, masking: Masking) -> FluxReconstruction:
    """Hide patches of a galaxy and have the model fill them in.

    Raises `CheckpointError` for an encoder without decoder.
    """
    result = reconstruct(galaxy.model, galaxy.scaled, masking.to(galaxy.scaled.device))
    return FluxReconstruction(
        mask=result.mask[0].cpu().numpy().astype(np.uint8),
        images=galaxy.scaling.inverse(result.images.cpu().numpy(), galaxy.state),
        loss=result.loss,
        loss_by_band=result.loss_by_band[0].cpu().numpy(),
        level_recovered=result.level_recovered,
    )


def errors_by_patch(
    galaxy: Galaxy, mask_ratio: float, seed: int, first: int, count: int
) -> tuple[np.ndarray, np.ndarray]:
    """What so many masks, from number `first` of a series on, tell of each patch.

    Sums (L, B) float32 of the mean squared errors where the patch was hidden, in the units of
    the training loss, and how often (L,) it was; more masks are added to both. Raises
    `QueryError` for a ratio that hides nothing, `CheckpointError` without a decoder.
    """
    patches = galaxy.model.architecture.patches
    masking = balanced_masks(patches, mask_ratio, seed, first, count).to(galaxy.scaled.device)
    images = galaxy.scaled.expand(count, -1, -1, -1)
    errors = patch_errors(galaxy.model, images, masking).sum(dim=0)
    times = masking.mask().sum(dim=0)
    return errors.cpu().numpy(), times.cpu().numpy().astype(np.int32)


def attention_of(galaxy: Galaxy, patch: int | None) -> np.ndarray:
    """(depth + 1, 1 + L) float32: where a patch, or the class token for None, looks.

    One row a layer, then all layers at once (rollout); the class token's share comes first.
    Raises `QueryError` for a patch there is not.
    """
    patches = galaxy.model.architecture.patches
    if patch is not None and not 0 <= patch < patches:
        raise QueryError(f"The patches of this model are 0 to {patches - 1}; {patch} is none.")
    token = 0 if patch is None else patch + 1
    by_layer = galaxy.attention()
    with torch.inference_mode():
        through = attention_rollout(by_layer[:, None])[0]
        rows = torch.cat([by_layer[:, token], through[None, token]])
    attention: np.ndarray = rows.cpu().numpy()
    return attention
