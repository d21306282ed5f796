"""The cutout in the viewer: the active galaxy's pixels, or why they can't be shown."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.sky_grid import SkyGrid


@dataclass(frozen=True)
class Cutout:
    """One galaxy as stored."""

    row: int
    object_id: str
    pixels: NDArray[np.float32]
    """(B, H, W), counts of the survey; NaN in pixels without data."""
    missing: NDArray[np.bool_]
    """(B,), True where the band is absent."""
    ra: float | None = None
    dec: float | None = None
    """Degrees, ICRS."""
    facts: dict[str, str] = field(default_factory=dict)
    """Further columns as text with units, to show beside the picture."""


class CutoutState(QObject):
    """What the viewer shows. While the next cutout loads, the old one stays."""

    changed = pyqtSignal()
    grid_changed = pyqtSignal()
    order_changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cutout: Cutout | None = None
        self._previous: Cutout | None = None
        self._grid: SkyGrid | None = None
        self._order: NDArray[np.uint32] | None = None
        self._error: str | None = None
        self._loading: int | None = None

    @property
    def cutout(self) -> Cutout | None:
        """The cutout to show; None before the first."""
        return self._cutout

    @property
    def previous(self) -> Cutout | None:
        """The galaxy that was shown before this one; None where there was none."""
        return self._previous

    @property
    def grid(self) -> SkyGrid | None:
        """Where the pixels lie on the sky by the file's own word; None where it has none."""
        return self._grid

    @property
    def order(self) -> NDArray[np.uint32] | None:
        """(n,) uint32: the list in which "next" is meant; None where nobody has set one."""
        return self._order

    @property
    def error(self) -> str | None:
        """Why the active galaxy can't be shown, as a sentence."""
        return self._error

    @property
    def loading(self) -> int | None:
        """The row that is being read."""
        return self._loading

    def set_loading(self, row: int) -> None:
        """Say that a row is being read."""
        if row != self._loading:
            self._loading = row
            self.changed.emit()

    def set_cutout(self, cutout: Cutout) -> None:
        """Show a cutout."""
        if self._cutout is not None and self._cutout.row != cutout.row:
            self._previous = self._cutout
        self._grid = None
        self._cutout, self._error, self._loading = cutout, None, None
        self.changed.emit()

    def set_grid(self, row: int, grid: SkyGrid) -> None:
        """Say where a cutout's pixels lie, if it is the one shown."""
        if self._cutout is not None and self._cutout.row == row and grid != self._grid:
            self._grid = grid
            self.grid_changed.emit()

    def set_order(self, rows: NDArray[np.uint32] | None) -> None:
        """Take the order of the list that the user goes through: what comes next is read ahead."""
        self._order = rows
        self.order_changed.emit()

    def set_error(self, sentence: str) -> None:
        """Say why the active galaxy can't be shown."""
        self._error, self._loading = sentence, None
        self.changed.emit()

    def clear(self) -> None:
        """Show nothing."""
        self._cutout = self._previous = self._grid = self._error = self._loading = None
        self.changed.emit()
