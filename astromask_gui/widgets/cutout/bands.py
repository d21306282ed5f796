"""The single bands of a cutout, small, below the large picture."""

from __future__ import annotations

import time

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QSize, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from astromask_gui.parts.elided_label import ElidedLabel
from astromask_gui.parts.picture_view import PictureView
from astromask_gui.rendering.picture import render_band
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.display import Display

_BAND_SIDE, _SMALLEST, _GAP = 72, 44, 4
"""Side of a single band's picture at most and at least, and what is between two, screen pixels."""
_WORDS_GAP = 2
_TURN = 0.006
"""Seconds that the window is kept in one go."""


class CutoutBands(QScrollArea):
    """One small picture a band, with its name; a click tells which. Many are scrolled sideways."""

    pressed = pyqtSignal(int)

    def __init__(self, display: Display, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._display = display
        self._names: tuple[str, ...] = ()
        self._cutout: Cutout | None = None
        self._next = 0
        self.views: list[BandView] = []
        inside = QWidget()
        inside.setObjectName("clear")
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(_GAP)
        self.setObjectName("clear")
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
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

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._fit()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        bar = self.horizontalScrollBar()
        if event is not None and bar is not None:
            bar.setValue(bar.value() - (event.angleDelta().y() or event.angleDelta().x()) // 2)
            event.accept()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        bar = self.horizontalScrollBar()
        if not self.views or bar is None:
            return 0
        scrolled = bar.sizeHint().height() if self._room(width) < _SMALLEST else 0
        return self._side(width) + self.views[0].words_height() + scrolled

    def sizeHint(self) -> QSize:
        return QSize(_SMALLEST * len(self.views), self.heightForWidth(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(_SMALLEST, self.heightForWidth(self.width()))

    def _room(self, width: int) -> int:
        """What each picture has, where none is scrolled."""
        return (width - (len(self.views) - 1) * _GAP) // max(len(self.views), 1)

    def _side(self, width: int) -> int:
        return min(max(self._room(width), _SMALLEST), _BAND_SIDE)

    def _fit(self) -> None:
        """Give all pictures one size."""
        for view in self.views:
            view.set_side(self._side(self.width()))
        self.updateGeometry()

    def _follow_survey(self) -> None:
        names = self._display.survey.bands
        if names != self._names:
            self._names = names
            self._rebuild(names)
        settings = self._display.settings
        if settings.mode == "band" and settings.band < len(self.views):
            self.ensureWidgetVisible(self.views[settings.band], _GAP, 0)
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
        self._fit()

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
        self.caption = ElidedLabel("small")
        self.caption.setText(name)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_WORDS_GAP)
        layout.addWidget(self.picture)
        layout.addWidget(self.caption)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def words_height(self) -> int:
        """What the caption takes below the picture."""
        return self.caption.sizeHint().height() + _WORDS_GAP

    def set_side(self, side: int) -> None:
        """Make the picture so large; the caption below it takes what it needs."""
        self.picture.setFixedHeight(side)
        self.setMinimumWidth(side)

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
