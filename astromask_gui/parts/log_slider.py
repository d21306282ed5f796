"""A slider over two decades, for factors."""

from __future__ import annotations

from math import log10

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QSlider, QWidget

STEPS = 40
"""Steps a decade."""


class LogSlider(QSlider):
    """From a tenth of `middle` to ten times it; the other way round where `falls`."""

    chosen = pyqtSignal(float)
    """The value that the user has moved it to."""

    def __init__(self, middle: float, falls: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._middle, self._sign = middle, -1 if falls else 1
        self.setRange(-STEPS, STEPS)
        self.setMinimumWidth(36)
        self.valueChanged.connect(lambda _: self.chosen.emit(self.factor))

    @property
    def factor(self) -> float:
        """The value where the handle stands."""
        return float(self._middle * 10 ** (self._sign * self.value() / STEPS))

    def set_factor(self, factor: float) -> None:
        """Move the handle, without a word to anybody."""
        place = self._sign * round(log10(factor / self._middle) * STEPS)
        with QSignalBlocker(self):
            self.setValue(place)
