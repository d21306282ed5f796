"""Reading on where some cutouts can't be read: they are left out, counted and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import numpy as np

from trainer.errors import AstroMaskError


class LeftOut:
    """The cutouts that could not be read, counted by the sentence that says why."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    @property
    def count(self) -> int:
        """How many there are so far."""
        return self._counts.total()

    def read(
        self, read: Callable[[np.ndarray], np.ndarray], rows: np.ndarray
    ) -> tuple[np.ndarray, list[np.ndarray]]:
        """Those of `rows` (n,) that can be read, and what `read(rows)` gives of them in parts.

        All are read at once or, where that raises an `AstroMaskError`, one by one.
        """
        try:
            return rows, [read(rows)]
        except AstroMaskError:
            pass
        good, parts = [], []
        for row in rows:
            try:
                parts.append(read(np.array([row])))
                good.append(row)
            except AstroMaskError as error:
                self._counts[str(error)] += 1
        return np.array(good, rows.dtype), parts

    def sentences(self) -> list[str]:
        """One a reason, with its number of galaxies."""
        return [f"{why} {count:,} galaxies were left out." for why, count in self._counts.items()]
