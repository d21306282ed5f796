"""Which patches the encoder sees and which it must guess.

Shapes: n images, l patches, k kept (visible) patches, m = l - k hidden ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from trainer.errors import QueryError


@dataclass(frozen=True)
class Masking:
    """A choice of visible and hidden patches for each image of a batch."""

    kept: torch.Tensor
    """(n, k) int64: the visible patches, in the order the encoder gets them."""
    hidden: torch.Tensor
    """(n, m) int64: the others."""

    def to(self, device: torch.device) -> Masking:
        """The same on another device."""
        return Masking(self.kept.to(device), self.hidden.to(device))

    def restore(self) -> torch.Tensor:
        """(n, l) int64: where each patch stands in `kept` followed by `hidden`."""
        return torch.argsort(torch.cat([self.kept, self.hidden], dim=1), dim=1)

    def mask(self) -> torch.Tensor:
        """(n, l) float32, 1 where hidden, 0 where visible."""
        count = self.kept.shape[1] + self.hidden.shape[1]
        mask = torch.zeros(self.kept.shape[0], count, device=self.kept.device)
        return mask.scatter_(1, self.hidden, 1.0)


def mask_from_noise(noise_nl: torch.Tensor, mask_ratio: float) -> Masking:
    """Keep the `int(l · (1 − mask_ratio))` patches of smallest noise in each image.

    Raises `QueryError` for a ratio outside 0 … 1.
    """
    if not 0 <= mask_ratio <= 1:
        raise QueryError(f"A mask ratio lies between 0 and 1; {mask_ratio} was given.")
    count = int(noise_nl.shape[1] * (1 - mask_ratio))
    order = torch.argsort(noise_nl, dim=1, stable=True)
    return Masking(order[:, :count], order[:, count:])


def mask_from_choice(hidden_nl: torch.Tensor) -> Masking:
    """Hide exactly the patches that are non-zero in (n, l).

    Raises `QueryError` where the images of a batch hide different numbers of patches:
    they could not share one tensor.
    """
    hidden = hidden_nl != 0
    counts = hidden.sum(dim=1)
    if counts.numel() == 0 or (counts != counts[0]).any():
        raise QueryError(
            "The masks of one batch must hide the same number of patches each; found"
            f" {sorted(set(counts.tolist()))}."
        )
    order = torch.argsort(hidden.to(torch.uint8), dim=1, stable=True)
    count = hidden.shape[1] - int(counts[0])
    return Masking(order[:, :count], order[:, count:])


def balanced_masks(patches: int, mask_ratio: float, seed: int, first: int, count: int) -> Masking:
    """Masks number `first`, `first` + 1 … of a series that hides all patches equally often.

    In each round of the series the visible patches (or, if they are fewer, the hidden ones)
    take turns through a random order, so that a few masks say something of every patch.
    Raises `QueryError` for a ratio outside 0 … 1, or one that hides nothing.
    """
    if not 0 <= mask_ratio <= 1:
        raise QueryError(f"A mask ratio lies between 0 and 1; {mask_ratio} was given.")
    kept = int(patches * (1 - mask_ratio))
    hidden = patches - kept
    if not hidden:
        raise QueryError("Nothing is hidden: an error needs at least one hidden patch.")
    turn = max(min(kept, hidden), 1)
    turns = -(-patches // turn)
    orders = []
    for number in range(first, first + count):
        order = np.random.default_rng((seed, number // turns)).permutation(patches)
        rolled = np.roll(order, -(number % turns) * turn)
        orders.append(rolled if kept <= hidden else np.roll(rolled, -hidden))
    order_nl = torch.from_numpy(np.array(orders).reshape(count, patches))
    return Masking(order_nl[:, :kept], order_nl[:, kept:])


def seeded_noise(count: int, patches: int, seed: int | tuple[int, ...]) -> torch.Tensor:
    """(count, patches) float32 in 0 … 1, the same for a seed on every machine and device."""
    noise = np.random.default_rng(seed).random((count, patches), dtype=np.float32)
    return torch.from_numpy(noise)
