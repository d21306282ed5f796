"""The cutout viewer: the active galaxy in colour, its bands, its facts, the model's crop."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QPointF, QRectF, Qt, QTimer
from PyQt6.QtGui import QColor, QPainter, QPen
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.log_slider import LogSlider
from astromask_gui.parts.picture_view import PictureView
from astromask_gui.parts.small import BusyBar, EmptyState, label
from astromask_gui.rendering.picture import render_band, render_cutout
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.display import DisplaySettings
from astromask_gui.style import tabular

_SCALE_LENGTHS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120)
"""Lengths of the scale bar, arcsec."""
_FACTS_SHOWN = 6
_BAND_SIDE = 72
"""Side of a single band's picture at most, screen pixels."""


def scale_length(pixel_scale: float, width: int) -> float:
    """Length of the scale bar in arcsec: the largest round one within a third of the picture."""
    widest = pixel_scale * width / 3
    return max((n for n in _SCALE_LENGTHS if n <= widest), default=_SCALE_LENGTHS[0])


def position_text(ra: float | None, dec: float | None) -> str:
    """RA and Dec in degrees, or words where the survey has none."""
    if ra is None or dec is None:
        return "no coordinates"
    return f"RA {ra:.5f}°  Dec {dec:+.5f}°"


def _shrunk(plane: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """The means of blocks of a plane (H, W), as large as leave at least `side` of them."""
    block = max(1, min(plane.shape) // side)
    height, width = plane.shape[0] // block, plane.shape[1] // block
    blocks = plane[: height * block, : width * block].reshape(height, block, width, block)
    shrunk: NDArray[np.float32] = blocks.mean(axis=(1, 3)) if block > 1 else plane
    return shrunk


class CutoutPanel(QWidget):
    """Shows `state.cutout` as `state.display` says; changes `state.display` alone."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cutout, self._display = state.cutout, state.display
        self.mode = QComboBox()
        self.mode.setToolTip("What is shown: three bands in colour, or one band (Ctrl+B: next)")
        self.mode.setAccessibleName("Bands shown")
        self.lock = QToolButton()
        self.lock.setCheckable(True)
        self.lock.setAccessibleName("Lock the stretch")
        self.lock.setToolTip(
            "Locked: the same stretch for every cutout on screen, so that brightness can be"
            " compared.\nUnlocked: each cutout by itself (Ctrl+L)"
        )
        self.stretch = LogSlider(DisplaySettings.stretch, falls=True)
        self.stretch.setToolTip("Stretch: to the right faint parts show, to the left bright ones")
        self.stretch.setAccessibleName("Stretch")
        self.softening = LogSlider(DisplaySettings.softening)
        self.softening.setToolTip(
            "Q of Lupton et al. 2004: to the right bright parts are pressed together, so that"
            " their shape shows"
        )
        self.softening.setAccessibleName("Softening Q")
        self.picture = PictureView(smallest=56)
        self.picture.add_overlay(self._draw_crop)
        self.picture.add_overlay(self._draw_scale)
        self.busy = BusyBar()
        self.bands = QHBoxLayout()
        self.bands.setSpacing(4)
        self.name = label("", "strong", selectable=True)
        self.position = label("", "muted", selectable=True)
        self.facts = label("", "muted", wrap=True, selectable=True)
        self.error = label("", "error", wrap=True)
        self.empty = EmptyState("Click a point on the map to see the galaxy.")
        for text in (self.name, self.position, self.facts):
            text.setFont(tabular(text.font()))
        # Always two lines: the picture keeps its size from one galaxy to the next.
        self.facts.setFixedHeight(2 * self.facts.fontMetrics().lineSpacing())
        self.facts.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._bands_timer = QTimer(self)
        self._bands_timer.setSingleShot(True)
        self._bands_timer.setInterval(0)
        self._views: list[_BandView] = []
        self._drawn: Cutout | None = None
        self._build()
        self._connect_signals()
        self._sync_display()
        self._sync_cutout()

    def _build(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.mode)
        tools.addWidget(label("Stretch", "muted"))
        tools.addWidget(self.stretch, 3)
        tools.addWidget(label("Q", "muted"))
        tools.addWidget(self.softening, 2)
        tools.addWidget(self.lock)
        shown = QWidget()
        layout = QVBoxLayout(shown)
        layout.setContentsMargins(12, 4, 12, 8)
        layout.setSpacing(6)
        layout.addLayout(tools)
        layout.addWidget(self.busy)
        layout.addWidget(self.picture, 1)
        layout.addLayout(self.bands)
        layout.addWidget(self.name)
        layout.addWidget(self.position)
        layout.addWidget(self.facts)
        layout.addWidget(self.error)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(shown)

    def _connect_signals(self) -> None:
        self._bands_timer.timeout.connect(self._draw_bands)
        self._cutout.changed.connect(self._sync_cutout)
        self._display.changed.connect(self._sync_display)
        self.mode.activated.connect(self._choose_mode)
        self.lock.toggled.connect(self._choose_lock)
        self.stretch.chosen.connect(self._choose_stretch)
        self.softening.chosen.connect(self._choose_softening)

    # -- from state ----------------------------------------------------------------------

    def _sync_cutout(self) -> None:
        cutout, error = self._cutout.cutout, self._cutout.error
        self.busy.set_busy(self._cutout.loading is not None)
        self.error.setText(error or "")
        self.error.setVisible(error is not None)
        self._stack.setCurrentIndex(0 if cutout is None and error is None else 1)
        # While the next one loads, the old one stays as it is drawn.
        if cutout is not None and cutout is not self._drawn:
            self._draw(cutout)
            # Ahead of whatever else the click has set off.
            self.picture.repaint()
            self.name.setText(cutout.object_id)
            self.position.setText(position_text(cutout.ra, cutout.dec))
            facts = list(cutout.facts.items())[:_FACTS_SHOWN]
            self.facts.setText("   ".join(f"{key}\u00a0{value}" for key, value in facts))

    def _sync_display(self) -> None:
        settings, bands = self._display.settings, self._display.survey.bands
        entries = [self._rgb_name(), *bands]
        if [self.mode.itemText(i) for i in range(self.mode.count())] != entries:
            self.mode.clear()
            self.mode.addItems(entries)
            self._rebuild_bands(bands)
        self.mode.setCurrentIndex(0 if settings.mode == "rgb" else settings.band + 1)
        self.lock.blockSignals(True)
        self.lock.setChecked(settings.locked)
        self.lock.setIcon(icon("lock-outline" if settings.locked else "lock-open-variant-outline"))
        self.lock.blockSignals(False)
        self.stretch.set_factor(settings.stretch)
        self.softening.set_factor(settings.softening)
        if self._cutout.cutout is not None:
            self._draw(self._cutout.cutout)

    def _rgb_name(self) -> str:
        bands = self._display.survey.bands
        names = [bands[i] for i in self._display.settings.rgb if i < len(bands)]
        if len(set(names)) < 2:
            return "RGB"
        separator = "" if all(len(name) == 1 for name in names) else " "
        return f"RGB {separator.join(names)}"

    def _rebuild_bands(self, bands: tuple[str, ...]) -> None:
        for view in self._views:
            self.bands.removeWidget(view)
            view.deleteLater()
        self._views = [_BandView(name) for name in bands]
        for index, view in enumerate(self._views):
            self.bands.addWidget(view)
            view.picture.pressed.connect(lambda _x, _y, i=index: self._toggle_band(i))

    def _draw(self, cutout: Cutout) -> None:
        self._drawn = cutout
        settings, survey = self._display.settings, self._display.survey
        self.picture.set_picture(render_cutout(cutout.pixels, cutout.missing, settings, survey))
        # The galaxy is on screen before its single bands are drawn.
        self._bands_timer.start()

    def _draw_bands(self) -> None:
        cutout = self._drawn
        if cutout is None:
            return
        settings, survey = self._display.settings, self._display.survey
        for index, view in enumerate(self._views[: len(cutout.pixels)]):
            is_missing = bool(cutout.missing[index])
            view.set_missing(is_missing)
            view.set_current(settings.mode == "band" and settings.band == index)
            picture = None
            if not is_missing:
                plane = _shrunk(cutout.pixels[index], _BAND_SIDE)
                picture = render_band(plane, index, settings, survey)
            view.picture.set_picture(picture)

    # -- overlays ------------------------------------------------------------------------

    def _draw_crop(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        cutout, crop = self._cutout.cutout, self._display.survey.crop
        if cutout is None or crop is None or crop >= max(cutout.pixels.shape[1:]):
            return
        side = crop * scale
        box = QRectF(0, 0, side, side)
        box.moveCenter(rectangle.center())
        painter.setPen(QPen(QColor(255, 255, 255, 130), 1, Qt.PenStyle.DashLine))
        painter.drawRect(box)

    def _draw_scale(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        pixel_scale, cutout = self._display.survey.pixel_scale, self._cutout.cutout
        if pixel_scale is None or cutout is None:
            return
        arcsec = scale_length(pixel_scale, cutout.pixels.shape[2])
        length = arcsec / pixel_scale * scale
        corner = rectangle.bottomLeft() + QPointF(10, -10)
        painter.setPen(QPen(QColor(255, 255, 255, 210), 1.5))
        painter.drawLine(corner, corner + QPointF(length, 0))
        painter.drawText(corner + QPointF(0, -5), f"{arcsec:g}″")

    # -- intents -------------------------------------------------------------------------

    def _choose_mode(self, index: int) -> None:
        settings = self._display.settings
        if index == 0:
            self._display.set_settings(replace(settings, mode="rgb"))
        else:
            self._display.set_settings(replace(settings, mode="band", band=index - 1))

    def _toggle_band(self, index: int) -> None:
        settings = self._display.settings
        shown = settings.mode == "band" and settings.band == index
        self._choose_mode(0 if shown else index + 1)

    def _choose_lock(self, locked: bool) -> None:
        self._display.set_settings(replace(self._display.settings, locked=locked))

    def _choose_stretch(self, stretch: float) -> None:
        self._display.set_settings(replace(self._display.settings, stretch=stretch))

    def _choose_softening(self, softening: float) -> None:
        self._display.set_settings(replace(self._display.settings, softening=softening))


class _BandView(QWidget):
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
