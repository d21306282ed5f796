"""What the filters leave visible: named masks, all of which a visible row must pass."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Filter:
    """One filter: its words for the chip, and the rows (N,) bool that pass."""

    caption: str
    mask: Mask


class Filters(QObject):
    """The filters by name, and their intersection."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._size = 0
        self._filters: dict[str, Filter] = {}
        self._visible: Mask | None = None
        self.revision = 0

    @property
    def visible(self) -> Mask | None:
        """(N,) bool, or None where nothing is filtered out. Not to be written to."""
        return self._visible

    @property
    def visible_count(self) -> int:
        """How many rows are visible."""
        return self._size if self._visible is None else int(np.count_nonzero(self._visible))

    def items(self) -> dict[str, Filter]:
        """The filters by name, in the order they were made."""
        return dict(self._filters)

    def reset(self, size: int) -> None:
        """Start over for a catalogue of `size` rows, without a filter."""
        self._size = size
        self._filters.clear()
        self._update()

    def set(self, name: str, caption: str, mask: Mask) -> None:
        """Add a filter, or replace the one of this name."""
        assert mask.shape == (self._size,), "a mask of another catalogue"
        old = self._filters.get(name)
        if old and old.caption == caption and np.array_equal(old.mask, mask):
            return
        self._filters[name] = Filter(caption, mask)
        self._update()

    def remove(self, name: str) -> None:
        """Take a filter away; nothing happens where there is none of this name."""
        if self._filters.pop(name, None):
            self._update()

    def clear(self) -> None:
        """Take all filters away."""
        if self._filters:
            self._filters.clear()
            self._update()

    def _update(self) -> None:
        masks = [item.mask for item in self._filters.values()]
        self._visible = np.logical_and.reduce(masks) if masks else None
        self.revision += 1
        self.changed.emit()
