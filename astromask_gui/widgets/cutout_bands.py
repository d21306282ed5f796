"""The single bands of a cutout, small, below the large picture."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from astromask_gui.parts.picture_view import PictureView
from astromask_gui.rendering.picture import render_band
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.display import Display

_BAND_SIDE = 72
"""Side of a single band's picture at most, screen pixels."""
_TURN = 0.006
"""Seconds that the window is kept in one go."""


class CutoutBands(QWidget):
    """One small picture a band, with its name; a click tells which."""

    pressed = pyqtSignal(int)

    def __init__(self, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._display = display
        self._names: tuple[str, ...] = ()
        self._cutout: Cutout | None = None
        self._next = 0
        self.views: list[BandView] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)
        # The galaxy is on screen before its single bands are drawn.
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._draw)
        self._follow_survey()
        display.changed.connect(self._follow_survey)

    def show_cutout(self, cutout: Cutout) -> None:
        """Draw a cutout's bands, one turn of the event loop later."""
        self._cutout = cutout
        self._start_over()

    def showEvent(self, event: object) -> None:
        self._start_over()

    def _follow_survey(self) -> None:
        names = self._display.survey.bands
        if names != self._names:
            self._names = names
            self._rebuild(names)
        self._start_over()

    def _start_over(self) -> None:
        self._next = 0
        self._timer.start()

    def _rebuild(self, names: tuple[str, ...]) -> None:
        for view in self.views:
            self._row.removeWidget(view)
            view.deleteLater()
        self.views = [BandView(name) for name in names]
        for index, view in enumerate(self.views):
            self._row.addWidget(view)
            view.picture.pressed.connect(lambda _x, _y, i=index: self.pressed.emit(i))

    def _draw(self) -> None:
        """Draw bands for a few milliseconds; those left are drawn a turn later."""
        cutout, end = self._cutout, time.perf_counter() + _TURN
        if cutout is None or not self.isVisible():
            return
        views = self.views[: len(cutout.pixels)]
        while self._next < len(views) and time.perf_counter() < end:
            self._draw_band(cutout, self._next, views[self._next])
            self._next += 1
        if self._next < len(views):
            self._timer.start()

    def _draw_band(self, cutout: Cutout, index: int, view: BandView) -> None:
        settings, survey = self._display.settings, self._display.survey
        is_missing = bool(cutout.missing[index])
        view.set_missing(is_missing)
        view.set_current(settings.mode == "band" and settings.band == index)
        picture = None
        if not is_missing:
            plane = shrunk(cutout.pixels[index], _BAND_SIDE)
            picture = render_band(plane, index, settings, survey)
        view.picture.set_picture(picture)


class BandView(QWidget):
    """One band, small, with its name; says so where the band is missing."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.picture = PictureView(smallest=36)
        self.picture.setCursor(Qt.CursorShape.PointingHandCursor)
        self.picture.setToolTip(f"Show {name} alone; click again for colour")
        self.caption = QLabel(name)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.caption.setProperty("role", "small")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self.picture, 1)
        layout.addWidget(self.caption)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def resizeEvent(self, event: object) -> None:
        # Of the picture, not of the whole: the caption below it takes what it needs.
        self.picture.setFixedHeight(min(self.width(), _BAND_SIDE))

    def set_missing(self, missing: bool) -> None:
        """Name the band as missing instead of showing black sky."""
        self.caption.setText(f"{self._name} missing" if missing else self._name)

    def set_current(self, current: bool) -> None:
        """Mark the band that is shown large."""
        font = self.caption.font()
        font.setBold(current)
        font.setUnderline(current)
        self.caption.setFont(font)


def shrunk(plane: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """The means of blocks of a plane (H, W), as large as leave at least `side` of them."""
    block = max(1, min(plane.shape) // side)
    height, width = plane.shape[0] // block, plane.shape[1] // block
    if block == 1:
        return plane
    inside = plane[: height * block, : width * block]
    # Sums of strided views are several times as fast as the mean of a reshaped array.
    rows = sum((inside[start::block] for start in range(1, block)), inside[::block])
    both = sum((rows[:, start::block] for start in range(1, block)), rows[:, ::block])
    small: NDArray[np.float32] = both * np.float32(1 / block**2)
    return small
