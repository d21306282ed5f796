"""Which galaxy is active, which is hovered, and which are selected.

active = the one galaxy in the viewer; hovered = under the mouse; selected = a set of rows.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.packed import PackedMask
from astromask_gui.state.undo import UndoStack

Mask = NDArray[np.bool_]


class CombineMode(Enum):
    """How a new set of rows meets the selected ones."""

    REPLACE = "replace"
    ADD = "add"
    REMOVE = "remove"
    INTERSECT = "intersect"


def combine_masks(current: Mask, new: Mask, mode: CombineMode) -> Mask:
    """Return the selection (N,) bool that follows from `current` and `new`."""
    if mode is CombineMode.ADD:
        return current | new
    if mode is CombineMode.REMOVE:
        return current & ~new
    if mode is CombineMode.INTERSECT:
        return current & new
    return new.copy()


class Selection(QObject):
    """The active row, the hovered row and the selected set of a catalogue of `size` rows."""

    active_changed = pyqtSignal(object)
    """int row, or None."""
    hovered_changed = pyqtSignal(object)
    """int row, or None."""
    changed = pyqtSignal()
    """The selected set is another one."""

    def __init__(self, undo: UndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo = undo
        self._active: int | None = None
        self._hovered: int | None = None
        self._mask: Mask = np.zeros(0, bool)
        self._count = 0
        self._packed: PackedMask | None = None
        """The selected set as steps of undo keep it, made once for the two that share it."""
        self.revision = 0

    @property
    def size(self) -> int:
        """Number of rows in the catalogue."""
        return len(self._mask)

    @property
    def active(self) -> int | None:
        """Row shown in the viewer."""
        return self._active

    @property
    def hovered(self) -> int | None:
        """Row under the mouse."""
        return self._hovered

    @property
    def mask(self) -> Mask:
        """(N,) bool, True where selected. Not to be written to."""
        return self._mask

    @property
    def count(self) -> int:
        """How many rows are selected."""
        return self._count

    def rows(self) -> NDArray[np.uint32]:
        """(n,) uint32: the selected rows, ascending."""
        return np.flatnonzero(self._mask).astype(np.uint32)

    def reset(self, size: int) -> None:
        """Start over for a catalogue of `size` rows: nothing active, nothing selected."""
        self.set_active(None)
        self.set_hovered(None)
        self._assign(np.zeros(size, bool))

    def grow(self, size: int) -> None:
        """Keep everything for a catalogue that has grown to `size` rows."""
        grown = np.zeros(size, bool)
        grown[: self.size] = self._mask
        self._assign(grown)

    def set_active(self, row: int | None) -> None:
        """Make a row the active one; rows outside the catalogue are refused."""
        row = None if row is None else int(row)
        if row is not None and not 0 <= row < self.size:
            raise IndexError(f"row {row} of a catalogue of {self.size}")
        if row != self._active:
            self._active = row
            self.active_changed.emit(row)

    def set_hovered(self, row: int | None) -> None:
        """Make a row the hovered one."""
        row = None if row is None else int(row)
        if row != self._hovered:
            self._hovered = row
            self.hovered_changed.emit(row)

    def combine(
        self, mask: Mask, mode: CombineMode = CombineMode.REPLACE, caption: str = "Selection"
    ) -> None:
        """Combine a set (N,) bool with the selection; can be undone, under this `caption`."""
        assert mask.shape == self._mask.shape, "a mask of another catalogue"
        after = combine_masks(self._mask, mask, mode)
        if np.array_equal(self._mask, after):
            return
        packed_before = self._pack()
        self._assign(after)
        packed_after = self._pack()
        self._undo.push(
            caption, lambda: self._restore(packed_before), lambda: self._restore(packed_after)
        )

    def select_rows(
        self, rows: NDArray[np.integer], mode: CombineMode = CombineMode.REPLACE
    ) -> None:
        """Combine rows given by number with the selection."""
        mask = np.zeros(self.size, bool)
        mask[rows] = True
        self.combine(mask, mode)

    def select_all(self, visible: Mask | None = None) -> None:
        """Select every row, or every visible one."""
        self.combine(np.ones(self.size, bool) if visible is None else visible)

    def invert(self, visible: Mask | None = None) -> None:
        """Select what is not selected, within the visible rows."""
        self.combine(~self._mask if visible is None else visible & ~self._mask)

    def clear(self) -> None:
        """Select nothing."""
        self.combine(np.zeros(self.size, bool))

    def _assign(self, mask: Mask) -> None:
        if np.array_equal(mask, self._mask):
            return
        self._mask = mask
        self._count = int(np.count_nonzero(mask))
        self._packed = None
        self.revision += 1
        self.changed.emit()

    def _pack(self) -> PackedMask:
        if self._packed is None:
            self._packed = PackedMask.of(self._mask, self._count)
        return self._packed

    def _restore(self, packed: PackedMask) -> None:
        # The catalogue may have grown since the step was recorded.
        self._assign(packed.unpack(self.size))
