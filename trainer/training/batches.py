"""Scaled, shuffled, augmented batches of a survey, read by pools that bound the memory."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from trainer.cutouts.scaling import Scaling
from trainer.model.masking import seeded_noise
from trainer.model.orientations import COUNT, orient_each
from trainer.model.preparation import CutoutSource
from trainer.training.order import epoch_order, pools, steps_in_epoch

WHOLE_BYTES = 2**30
"""A training set up to this size is kept in memory after it was read once."""
POOL_BYTES = 256 * 2**20
"""A larger one is read in pools of this size; two are held at a time."""

# First number of a random stream's seed, so that no two uses share one.
_ORIENTATION_STREAM, _NOISE_STREAM, _VALIDATION_STREAM = 1, 2, 3


@dataclass(frozen=True)
class Batch:
    """Cutouts ready for the model."""

    images: torch.Tensor
    """(n, B, S, S) float32, scaled."""
    noise: torch.Tensor
    """(n, L) float32, whose order decides the mask."""


class TrainingBatches:
    """Batches of the training rows. Any batch of any epoch is a function of the seed alone."""

    def __init__(
        self,
        source: CutoutSource,
        rows: np.ndarray,
        *,
        scaling: Scaling,
        patches: int,
        batch_size: int,
        seed: int,
        augment: bool,
    ) -> None:
        self._source, self._rows, self._scaling = source, rows, scaling
        self._patches, self._batch_size = patches, batch_size
        self._seed, self._augment = seed, augment
        self.steps = steps_in_epoch(len(rows), batch_size)
        budget = WHOLE_BYTES if len(rows) * source.row_bytes <= WHOLE_BYTES else POOL_BYTES
        # A whole number of batches, so that none needs two pools.
        self._pool = batch_size * max(1, math.ceil(budget / source.row_bytes / batch_size))
        self._whole: _Pool | None = None

    def epoch(self, epoch: int, first: int = 0) -> Iterator[Batch]:
        """The batches of an epoch from number `first` on."""
        order = epoch_order(self._rows, self._seed, epoch, self._pool)
        used = order[: self.steps * self._batch_size]
        # Where all rows fit into one pool it also holds those that this epoch leaves over.
        parts = [order] if len(order) <= self._pool else list(pools(used, self._pool))
        per_pool = self._pool // self._batch_size
        following: _Pool | None = None
        for number in range(first // per_pool, len(parts)):
            pool = following or self._first_pool(parts[number])
            pool.fill()
            is_last = number + 1 == len(parts)
            following = None if is_last else self._new_pool(parts[number + 1])
            steps = range(number * per_pool, min(self.steps, (number + 1) * per_pool))
            for step in steps[max(0, first - steps.start) :]:
                if following is not None:
                    # A little at every step, so that no step waits for a whole pool.
                    following.read_some(self._batch_size)
                rows = used[step * self._batch_size : (step + 1) * self._batch_size]
                yield self._batch(pool.take(rows), epoch * self.steps + step)

    def _first_pool(self, rows: np.ndarray) -> _Pool:
        if self._whole is not None:
            return self._whole
        pool = self._new_pool(rows)
        if len(rows) == len(self._rows):
            self._whole = pool
        return pool

    def _new_pool(self, rows: np.ndarray) -> _Pool:
        return _Pool(self._source, rows, self._scaling)

    def _batch(self, images: np.ndarray, step: int) -> Batch:
        tensor = torch.from_numpy(images)
        if self._augment:
            rng = np.random.default_rng((self._seed, _ORIENTATION_STREAM, step))
            tensor = orient_each(tensor, torch.from_numpy(rng.integers(0, COUNT, len(images))))
        seed = (self._seed, _NOISE_STREAM, step)
        return Batch(tensor, seeded_noise(len(images), self._patches, seed))


class ValidationBatches:
    """The held-out rows in order, as they are, with the same masks at every epoch."""

    def __init__(
        self,
        source: CutoutSource,
        rows: np.ndarray,
        *,
        scaling: Scaling,
        patches: int,
        batch_size: int,
        seed: int,
    ) -> None:
        self._rows, self._batch_size, self._patches, self._seed = rows, batch_size, patches, seed
        self._new_pool = functools.partial(_Pool, source, scaling=scaling)
        keep = len(rows) * source.row_bytes <= POOL_BYTES
        self._kept = self._new_pool(rows) if keep else None

    def __iter__(self) -> Iterator[Batch]:
        for start in range(0, len(self._rows), self._batch_size):
            rows = self._rows[start : start + self._batch_size]
            pool = self._kept or self._new_pool(rows)
            pool.fill()
            noise = seeded_noise(len(rows), self._patches, (self._seed, _VALIDATION_STREAM, start))
            yield Batch(torch.from_numpy(pool.take(rows)), noise)


class _Pool:
    """Some rows' scaled pixels in memory, read in the order of the file."""

    def __init__(self, source: CutoutSource, rows: np.ndarray, scaling: Scaling) -> None:
        self._source, self._scaling = source, scaling
        self._rows = np.sort(rows)
        self._filled = 0
        self._images = np.empty((len(rows), *source.shape), np.float32)

    def read_some(self, count: int) -> None:
        """Read the next `count` rows, if there are any left."""
        rows = self._rows[self._filled : self._filled + count]
        if len(rows):
            scaled, _ = self._scaling.forward(self._source.read(rows))
            self._images[self._filled : self._filled + len(rows)] = scaled
            self._filled += len(rows)

    def fill(self) -> None:
        """Read whatever is left."""
        while self._filled < len(self._rows):
            self.read_some(256)

    def take(self, rows: np.ndarray) -> np.ndarray:
        """A copy of the images of `rows`."""
        return self._images[np.searchsorted(self._rows, rows)]
