"""Cutouts in batches for a model; what can't be read is left out and told."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from trainer.errors import FormatError
from trainer.model.preparation import CutoutSource


class BatchReader:
    """Reads batch by batch; what can't be read is left out and told at the end."""

    def __init__(self, source: CutoutSource) -> None:
        self._source = source
        self._unreadable: dict[str, int] = {}
        self._unusable = 0

    @property
    def failed(self) -> int:
        """Galaxies left out so far."""
        return sum(self._unreadable.values()) + self._unusable

    def batches(self, rows: np.ndarray, size: int) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
        """Yield (rows, pixels, number of rows that were asked for)."""
        for start in range(0, len(rows), size):
            chosen = rows[start : start + size]
            try:
                yield chosen, self._source.read(chosen), len(chosen)
            except FormatError:
                good, pixels = self._one_by_one(chosen)
                yield good, pixels, len(chosen)

    def count_unusable(self, count: int) -> None:
        """Note galaxies whose vectors were not finite."""
        self._unusable += count

    def problems(self) -> list[str]:
        """Sentences on what was left out."""
        told = [
            f"{error} {count} galaxies were left out." for error, count in self._unreadable.items()
        ]
        if self._unusable:
            told.append(
                f"{self._unusable} galaxies were left out: their pixels are so extreme that the"
                " model gave no finite numbers."
            )
        return told

    def _one_by_one(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        good, pixels = [], []
        for row in rows:
            try:
                pixels.append(self._source.read(np.array([row]))[0])
                good.append(row)
            except FormatError as error:
                self._unreadable[str(error)] = self._unreadable.get(str(error), 0) + 1
        stacked = np.array(pixels, np.float32).reshape(len(pixels), *self._source.shape)
        return np.array(good, rows.dtype), stacked
