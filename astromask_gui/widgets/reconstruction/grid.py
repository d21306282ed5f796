"""The pictures of the reconstruction: input, masked, model and residual, a row for each view."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPen, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QWidget

from astromask_gui.parts.small import label
from astromask_gui.rendering.heat import lay_heat
from astromask_gui.rendering.picture import render_cutout, render_residual
from astromask_gui.state.cutout_view import CutoutView
from astromask_gui.state.display import DisplaySettings, SurveyPixels
from astromask_gui.state.masks import hidden_pixels
from astromask_gui.state.reconstruction import Reconstruction
from astromask_gui.widgets.reconstruction.picture import SMALLEST, PatchPicture

NAMES = ("input", "masked", "model", "residual")
AS_SHOWN = -1
"""Instead of a band: colour or a band, whatever the cutout is shown in."""
_GAP, _LINE_GAP = 6, 2
"""Between pictures, and between lines of pictures and captions, screen pixels."""
_FILL = 1000
"""Pictures take all the height that they can use, before any is left empty."""
_HIDDEN = QColor(70, 76, 90)
_TIPS = {
    "input": "What the model is given. Right-click or Alt-click a patch: where it looks",
    "masked": "Click or paint patches to hide and show them. Keys: arrows, Space; [ and ] for the"
    " brush",
    "model": "What the model puts into the hidden patches",
    "residual": "Input − model on the hidden patches: warm where the model is too faint,"
    " blue where too bright",
}


@dataclass(frozen=True)
class Heat:
    """What lies over the input."""

    values: NDArray[np.floating]
    """(L,) or (L, survey's bands) with NaN where a band has none."""
    limits: tuple[float, float]
    marked: int | None = None
    """A patch to be outlined."""

    def of_band(self, band: int) -> NDArray[np.floating]:
        """(L,) of a band, or the mean over all that there are."""
        if self.values.ndim == 1:
            return self.values
        if band != AS_SHOWN:
            of_band: NDArray[np.floating] = self.values[:, band]
            return of_band
        known = np.isfinite(self.values)
        total = np.where(known, self.values, 0).sum(axis=1)
        means = np.full(len(total), np.nan)
        np.divide(total, known.sum(axis=1), out=means, where=known.any(axis=1))
        return means


class PictureGrid(QWidget):
    """Rows of four pictures; one row fits into little room, more of them can be scrolled."""

    patch_pressed = pyqtSignal(int)
    patch_dragged = pyqtSignal(int)
    released = pyqtSignal()
    patch_asked = pyqtSignal(int)
    input_pressed = pyqtSignal(int)
    brush_changed = pyqtSignal(int)

    def __init__(self, view: CutoutView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._side = 0
        """Of the pictures, pixels."""
        self.rows: list[dict[str, PatchPicture]] = []
        self._mask: NDArray[np.bool_] | None = None
        self._heat: Heat | None = None
        self._layout = QGridLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(_GAP)
        self._layout.setVerticalSpacing(_LINE_GAP)
        self._placed = (0, 0)
        """Pictures in a line, and rows."""
        self._captions = {name: _caption(name) for name in NAMES}
        self._show_rows(1)
        view.changed.connect(self._follow)

    @property
    def views(self) -> dict[str, PatchPicture]:
        """The first row."""
        return self.rows[0]

    def draw(
        self,
        result: Reconstruction,
        bands: tuple[int, ...],
        settings: DisplaySettings,
        survey: SurveyPixels,
        heat: Heat | None,
    ) -> None:
        """Show an answer; `bands` are the rows, AS_SHOWN or indices of the survey's bands."""
        hidden = hidden_pixels(result.mask, result.patch)
        model = np.where(hidden, result.predicted, result.original)
        residual = np.where(hidden, result.original - result.predicted, 0)
        given = result.bands
        self._prepare(bands, result.original.shape[1], result.patch, heat)
        original, missing = in_survey(result.original, given, survey)
        model, _ = in_survey(model, given, survey)
        residual, _ = in_survey(residual, given, survey)
        for band, row in zip(bands, self.rows, strict=False):
            shown = _settings_of(band, settings)
            plain = render_cutout(original, missing, shown, survey)
            row["input"].set_picture(self._heated(plain, band))
            row["masked"].set_picture(plain)
            row["model"].set_picture(render_cutout(model, missing, shown, survey))
            row["residual"].set_picture(render_residual(residual, shown, survey))
            self._name(row, band, missing, survey)

    def draw_input(
        self,
        pixels: NDArray[np.float32],
        given: tuple[int, ...],
        patch: int,
        bands: tuple[int, ...],
        settings: DisplaySettings,
        survey: SurveyPixels,
        heat: Heat | None,
    ) -> None:
        """Show the input alone, as for an encoder without decoder."""
        self._prepare(bands, pixels.shape[1], patch, heat)
        original, missing = in_survey(pixels, given, survey)
        for band, row in zip(bands, self.rows, strict=False):
            plain = render_cutout(original, missing, _settings_of(band, settings), survey)
            row["input"].set_picture(self._heated(plain, band))
            for name in NAMES[1:]:
                row[name].set_picture(None)
            self._name(row, band, missing, survey)

    def show_mask(self, mask: NDArray[np.bool_] | None) -> None:
        """Cover these patches, though the answer for them is still awaited."""
        self._mask = mask
        for row in self.rows:
            row["masked"].update()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._fit()

    def _prepare(self, bands: tuple[int, ...], side: int, patch: int, heat: Heat | None) -> None:
        self._heat, self._side = heat, side
        if len(bands) != self._placed[1]:
            self._show_rows(len(bands))
        for row in self.rows:
            for view in row.values():
                view.set_side(side // patch)
        self._follow()

    def _follow(self) -> None:
        """Show the part of the galaxy that the viewer shows, as far as the model sees it."""
        window = self._view.window.within(self._side)
        for row in self.rows:
            for view in row.values():
                view.set_window(window)

    def _heated(self, picture: NDArray[np.uint8], band: int) -> NDArray[np.uint8]:
        if self._heat is None:
            return picture
        return lay_heat(picture, self._heat.of_band(band), self._heat.limits)

    def _name(
        self,
        row: dict[str, PatchPicture],
        band: int,
        missing: NDArray[np.bool_],
        survey: SurveyPixels,
    ) -> None:
        """Rows of bands say which, where there are several."""
        name = "" if row is self.rows[0] else survey.bands[band]
        if band != AS_SHOWN and missing[band]:
            name = f"{survey.bands[band]}: no data"
        row["input"].name = name

    def _show_rows(self, count: int) -> None:
        while len(self.rows) < count:
            self._add_row()
        for place, row in enumerate(self.rows):
            for view in row.values():
                view.setVisible(place < count)
        self._fit()

    def _add_row(self) -> None:
        row = {name: PatchPicture(name == "masked", self) for name in NAMES}
        for name, view in row.items():
            view.setToolTip(_TIPS[name])
            view.setAccessibleName(name.capitalize())
            view.patch_asked.connect(self.patch_asked)
            view.released.connect(self.released)
        row["masked"].add_overlay(self._draw_mask)
        row["masked"].patch_pressed.connect(self.patch_pressed)
        row["masked"].patch_dragged.connect(self.patch_dragged)
        row["masked"].brush_changed.connect(self.brush_changed)
        row["input"].patch_pressed.connect(self.input_pressed)
        row["input"].patch_dragged.connect(self.input_pressed)
        row["input"].add_overlay(self._draw_marked)
        self.rows.append(row)

    def _fit(self) -> None:
        """Pictures are square. Several rows keep their size; a single one is broken in two where
        that makes its pictures larger."""
        count = sum(not row["input"].isHidden() for row in self.rows)
        several = count > 1
        few, many = len(NAMES) // 2, len(NAMES)
        columns = few if not several and self._side_in(few) > self._side_in(many) else many
        if (columns, count) != self._placed:
            self._place(columns, count)
        side = max(self._across(columns), SMALLEST)
        for row in self.rows:
            for view in row.values():
                view.setMaximumHeight(side)
                view.setMinimumHeight(side if several else SMALLEST)

    def _across(self, columns: int) -> int:
        """Width of each of so many pictures beside each other."""
        return (self.width() - (columns - 1) * _GAP) // columns

    def _side_in(self, columns: int) -> int:
        """Side of the pictures of one row, broken into lines of so many."""
        lines = len(NAMES) // columns
        caption = self._captions["input"].sizeHint().height() + 2 * _LINE_GAP
        return min(self._across(columns), self.height() // lines - caption)

    def _place(self, columns: int, count: int) -> None:
        """Lines of so many pictures, each below its caption; all room that is left is below."""
        self._placed = columns, count
        for line in range(self._layout.rowCount()):
            self._layout.setRowStretch(line, 0)
        for column in range(len(NAMES)):
            self._layout.setColumnStretch(column, 1 if column < columns else 0)
        below = 0
        for place, name in enumerate(NAMES):
            line, column = 2 * (place // columns), place % columns
            self._layout.addWidget(self._captions[name], line, column)
            for below, row in enumerate(self.rows[:count], start=line + 1):
                self._layout.addWidget(row[name], below, column)
                self._layout.setRowStretch(below, _FILL)
        self._layout.setRowStretch(below + 1, 1)

    def _draw_mask(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        if self._mask is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        view = self.views["masked"]
        for place in np.flatnonzero(self._mask):
            painter.fillRect(view.patch_rectangle(int(place), rectangle), _HIDDEN)

    def _draw_marked(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        if self._heat is not None and self._heat.marked is not None:
            painter.setPen(QPen(QColor(91, 157, 255), 2))
            painter.drawRect(self.views["input"].patch_rectangle(self._heat.marked, rectangle))


def _caption(name: str) -> QLabel:
    caption = label(name, "small")
    caption.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    return caption


def in_survey(
    pixels: NDArray[np.float32], given: tuple[int, ...] | None, survey: SurveyPixels
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Planes (B, H, W) in the order of the survey's bands, and which are missing (empty, or
    none of those `given`)."""
    if given is not None and given != tuple(range(len(survey.bands))):
        whole = np.zeros((len(survey.bands), *pixels.shape[1:]), pixels.dtype)
        whole[list(given)] = pixels
        pixels = whole
    return pixels, np.logical_not(pixels.any(axis=(1, 2)))


def _settings_of(band: int, settings: DisplaySettings) -> DisplaySettings:
    return settings if band == AS_SHOWN else replace(settings, mode="band", band=band)
