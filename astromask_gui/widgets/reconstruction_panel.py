"""The masked reconstruction: input, masked, model, residual, and the mask to play with."""

from __future__ import annotations

import math

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QPainter
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.picture_view import PictureView
from astromask_gui.parts.small import BusyBar, EmptyState, label
from astromask_gui.rendering.picture import render_cutout, render_residual
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.reconstruction import Masking, Reconstruction
from astromask_gui.style import tabular

_CAPTIONS = ("input", "masked", "model", "residual")
_MARGINS = 2 * 12 + 3 * 6
"""Beside and between the four pictures, screen pixels."""
_HIDDEN = QColor(70, 76, 90)


def grid_side(mask_length: int) -> int:
    """Patches along a side of a square image with so many patches."""
    return math.isqrt(mask_length)


def hidden_pixels(mask: np.ndarray, patch: int) -> np.ndarray:
    """(H, W) bool from a mask (L,) of patches in raster order."""
    side = grid_side(len(mask))
    return np.kron(mask.reshape(side, side), np.ones((patch, patch), bool)).astype(bool)


class ReconstructionPanel(QWidget):
    """Shows `state.reconstruction`; hides other patches by slider, seed, or click and paint."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._display, self._cutout = (
            state.reconstruction,
            state.display,
            state.cutout,
        )
        self._painting: bool | None = None
        """While the mouse paints: whether it hides (True) or shows patches."""
        self.views = {name: PictureView(smallest=52) for name in _CAPTIONS}
        self.views["masked"].add_overlay(self._draw_mask)
        self.views["masked"].setToolTip("Click or paint patches to hide and show them")
        self.views["residual"].setToolTip(
            "Input − model on the hidden patches: warm where the model is too faint,"
            " blue where too bright"
        )
        self.ratio = QSlider(Qt.Orientation.Horizontal)
        self.ratio.setRange(5, 95)
        self.ratio.setAccessibleName("Mask ratio")
        self.ratio.setToolTip("Share of the patches that is hidden (arrow keys: one percent)")
        self.percent = label("75 %")
        self.percent.setFont(tabular(self.percent.font()))
        self.percent.setFixedWidth(40)
        self.again = QToolButton()
        self.again.setText("New mask")
        self.again.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.again.setToolTip("Hide other patches at the same ratio (N)")
        self.busy = BusyBar()
        self.verdict = label("", "small")
        self.verdict.setFont(tabular(self.verdict.font()))
        # A long line is cut rather than let it widen the panel.
        self.verdict.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.note = label("", "small", wrap=True)
        self.empty = EmptyState("")
        self._build()
        self._connect_signals()
        self._sync_masking()
        self._sync_result()

    def _build(self) -> None:
        pictures = QHBoxLayout()
        pictures.setSpacing(6)
        for name, view in self.views.items():
            column = QVBoxLayout()
            column.setSpacing(2)
            caption = label(name, "small")
            caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            caption.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            column.addStretch(1)
            column.addWidget(view, 1000)
            column.addWidget(caption)
            column.addStretch(1)
            pictures.addLayout(column, 1)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(label("Mask", "muted"))
        tools.addWidget(self.ratio, 1)
        tools.addWidget(self.percent)
        tools.addWidget(self.again)
        shown = QWidget()
        layout = QVBoxLayout(shown)
        layout.setContentsMargins(12, 4, 12, 8)
        layout.setSpacing(6)
        layout.addWidget(self.busy)
        layout.addLayout(pictures, 1)
        layout.addLayout(tools)
        layout.addWidget(self.verdict)
        layout.addWidget(self.note)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(shown)

    def _connect_signals(self) -> None:
        self._state.masking_changed.connect(self._sync_masking)
        self._state.changed.connect(self._sync_result)
        self._display.changed.connect(self._sync_result)
        self.ratio.valueChanged.connect(self._choose_ratio)
        self.again.clicked.connect(self._state.new_mask)
        masked = self.views["masked"]
        masked.pressed.connect(self._start_painting)
        masked.dragged.connect(self._paint)

    def resizeEvent(self, event: object) -> None:
        # Pictures are square, and their names stand right below them.
        for view in self.views.values():
            view.setMaximumHeight(max((self.width() - _MARGINS) // len(self.views), 64))

    # -- from state ----------------------------------------------------------------------

    def _sync_masking(self) -> None:
        masking = self._state.masking
        ratio = masking.ratio
        if masking.painted:
            ratio = sum(masking.painted) / len(masking.painted)
        self.percent.setText(f"{100 * ratio:.0f} %")
        self.ratio.blockSignals(True)
        self.ratio.setValue(round(100 * ratio))
        self.ratio.blockSignals(False)
        self.views["masked"].update()

    def _sync_result(self) -> None:
        result, reason = self._state.result, self._state.unavailable
        self.busy.set_busy(self._state.busy)
        self.again.setIcon(icon("refresh"))
        self._stack.setCurrentIndex(1 if result is not None and not reason else 0)
        if reason:
            self.empty.sentence.setText(reason)
        elif result is None:
            self.empty.sentence.setText(
                "The model works on the galaxy …"
                if self._state.busy
                else "Click a galaxy to see what the model makes of its hidden parts."
            )
        if result is not None:
            self._draw(result)

    def _draw(self, result: Reconstruction) -> None:
        settings, survey = self._display.settings, self._display.survey
        hidden = hidden_pixels(result.mask, result.patch)
        missing = np.all(result.original == 0, axis=(1, 2))
        model = np.where(hidden, result.predicted, result.original)
        residual = np.where(hidden, result.original - result.predicted, 0)
        original = render_cutout(result.original, missing, settings, survey)
        self.views["input"].set_picture(original)
        self.views["masked"].set_picture(original)
        self.views["model"].set_picture(render_cutout(model, missing, settings, survey))
        self.views["residual"].set_picture(render_residual(residual, settings, survey))
        bands = "  ".join(
            f"{name} {loss:.3g}"
            for name, loss in zip(survey.bands, result.loss_by_band, strict=False)
        )
        self.verdict.setText(f"loss {result.loss:.3g}   {bands}")
        self.verdict.setToolTip(
            "Mean squared error on the hidden patches, in the model's scaled units: all bands,"
            " then each"
        )
        self.note.setVisible(not result.level_recovered)
        self.note.setText(
            ""
            if result.level_recovered
            else "This model predicts each patch relative to its own mean and spread: the hidden"
            " patches' absolute level is filled in from the visible ones."
        )

    def _draw_mask(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        result = self._state.result
        if result is None:
            return
        mask = self._shown_mask(result)
        side = grid_side(len(mask))
        step = rectangle.width() / side
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for place in np.flatnonzero(mask):
            x, y = rectangle.x() + place % side * step, rectangle.y() + place // side * step
            painter.fillRect(QRectF(x, y, step, step), _HIDDEN)

    def _shown_mask(self, result: Reconstruction) -> np.ndarray:
        painted = self._state.masking.painted
        if painted is not None and len(painted) == len(result.mask):
            return np.array(painted)
        return result.mask

    # -- intents -------------------------------------------------------------------------

    def _choose_ratio(self, percent: int) -> None:
        self._state.set_masking(Masking(percent / 100, self._state.masking.seed))

    def _start_painting(self, x: float, y: float) -> None:
        result = self._state.result
        place = self._patch_at(x, y)
        if result is not None and place is not None:
            self._painting = not self._shown_mask(result)[place]
            self._paint(x, y)

    def _paint(self, x: float, y: float) -> None:
        result = self._state.result
        place = self._patch_at(x, y)
        if result is None or place is None or self._painting is None:
            return
        mask = self._shown_mask(result).copy()
        mask[place] = self._painting
        # The model needs at least one patch to look at, and one to guess.
        if 0 < mask.sum() < len(mask):
            masking = self._state.masking
            painted = tuple(bool(hidden) for hidden in mask)
            self._state.set_masking(Masking(masking.ratio, masking.seed, painted))

    def _patch_at(self, x: float, y: float) -> int | None:
        result = self._state.result
        if result is None:
            return None
        side = grid_side(len(result.mask))
        column, row = int(x // result.patch), int(y // result.patch)
        return row * side + column if 0 <= column < side and 0 <= row < side else None
