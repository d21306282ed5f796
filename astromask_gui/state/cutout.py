"""The cutout in the viewer: the active galaxy's pixels, or why they can't be shown."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal


@dataclass(frozen=True)
class Cutout:
    """One galaxy as stored."""

    row: int
    object_id: str
    pixels: NDArray[np.float32]
    """(B, H, W), counts of the survey."""
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

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cutout: Cutout | None = None
        self._error: str | None = None
        self._loading: int | None = None

    @property
    def cutout(self) -> Cutout | None:
        """The cutout to show; None before the first."""
        return self._cutout

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
        self._cutout, self._error, self._loading = cutout, None, None
        self.changed.emit()

    def set_error(self, sentence: str) -> None:
        """Say why the active galaxy can't be shown."""
        self._error, self._loading = sentence, None
        self.changed.emit()

    def clear(self) -> None:
        """Show nothing."""
        self._cutout = self._error = self._loading = None
        self.changed.emit()
