"""The choices of a figure of the map: format, size, style, and what is on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import get_args

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QWidget,
)

from astromask_gui.parts.small import label
from astromask_gui.state.exports import AxesChoice, FigureFormat, FigureOptions
from astromask_gui.widgets.map.figure import PRINT_SAFE_MAP
from astromask_gui.widgets.map.figure_scene import MapScene

PRESETS: dict[str, FigureOptions] = {
    "One column, 8.9 cm": FigureOptions(width_cm=8.9, height_cm=None, text_pt=8.0),
    "Two columns, 18.2 cm": FigureOptions(width_cm=18.2, height_cm=None, text_pt=8.0),
    "Slide, 16:9": FigureOptions(width_cm=25.4, height_cm=14.29, text_pt=14.0),
}
"""Sizes to choose from: width, height and text."""
OWN_SIZE = "Own size"
_FORMATS: dict[FigureFormat, str] = {
    "pdf": "PDF: points as pixels, all else as lines and text",
    "svg": "SVG: the same, for Inkscape or Illustrator",
    "png": "PNG: pixels only",
}
_AXES: dict[AxesChoice, str] = {
    "automatic": "Automatic",
    "ticks": "Frame and ticks",
    "frame": "Frame and names",
    "none": "None",
}
_LARGEST_CM = 120.0


class ExportForm(QWidget):
    """Editors of `FigureOptions`; which of them there are depends on what the map shows."""

    changed = pyqtSignal()

    def __init__(self, scene: MapScene, options: FigureOptions) -> None:
        super().__init__()
        self._scene = scene
        self.format = _choice(_FORMATS.values(), "Format")
        self.size_choice = _choice([*PRESETS, OWN_SIZE], "Size")
        self.width_cm = _number("Width", " cm")
        self.height_cm = _number("Height", " cm")
        self.as_the_map = QCheckBox("As the map")
        self.text_pt = _number("Text", " pt")
        self.dpi = QSpinBox()
        self.style_choice = _choice(["Black on white", "As on the screen"], "Style")
        self.print_safe = QCheckBox(f"In {PRINT_SAFE_MAP}, which can be read in grey as well")
        self.title_text = QLineEdit()
        self.axes = _choice(_AXES.values(), "Axes")
        self.legend = QCheckBox("Legend or colour bar")
        self.marks = QCheckBox("Rings of selected galaxies, neighbours and the active one")
        self.thumbnails = QCheckBox("Thumbnails, where the map shows them")
        self._build()
        self._show(options)
        self._connect_signals()

    def _build(self) -> None:
        for box in (self.width_cm, self.height_cm):
            box.setRange(2.0, _LARGEST_CM)
        self.text_pt.setRange(4.0, 40.0)
        self.text_pt.setDecimals(1)
        self.dpi.setRange(72, 1200)
        self.dpi.setSingleStep(50)
        self.dpi.setSuffix(" dots per inch")
        self.dpi.setAccessibleName("Resolution")
        self.title_text.setPlaceholderText("None")
        self.title_text.setAccessibleName("Title")
        column = self._scene.column
        continuous = column is not None and column.kind == "number"
        has_it = self._scene.colouring.map_name == PRINT_SAFE_MAP
        self.print_safe.setVisible(continuous and not has_it)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(label("Format", "muted"), self.format)
        form.addRow(label("Size", "muted"), self.size_choice)
        form.addRow(label("Width", "muted"), self.width_cm)
        form.addRow(label("Height", "muted"), _side_by_side(self.height_cm, self.as_the_map))
        form.addRow(label("Text", "muted"), self.text_pt)
        form.addRow(label("Resolution", "muted"), self.dpi)
        form.addRow(label("Style", "muted"), self.style_choice)
        form.addRow("", self.print_safe)
        form.addRow(label("Title", "muted"), self.title_text)
        form.addRow(label("Axes", "muted"), self.axes)
        for check in (self.legend, self.marks, self.thumbnails):
            form.addRow("", check)

    def _connect_signals(self) -> None:
        self.size_choice.textActivated.connect(self._take_preset)
        for number in (self.width_cm, self.height_cm, self.text_pt):
            number.valueChanged.connect(self._change_size)
        self.as_the_map.toggled.connect(self._change_size)
        for box in (self.format, self.style_choice, self.axes):
            box.currentIndexChanged.connect(self.changed)
        self.dpi.valueChanged.connect(self.changed)
        self.title_text.textChanged.connect(self.changed)
        for check in (self.print_safe, self.legend, self.marks, self.thumbnails):
            check.toggled.connect(self.changed)

    def options(self) -> FigureOptions:
        """What the form says."""
        return FigureOptions(
            get_args(FigureFormat)[self.format.currentIndex()],
            self.width_cm.value(),
            None if self.as_the_map.isChecked() else self.height_cm.value(),
            self.dpi.value(),
            self.text_pt.value(),
            self.style_choice.currentIndex() == 0,
            self.print_safe.isChecked() and self.print_safe.isVisibleTo(self),
            self.title_text.text(),
            get_args(AxesChoice)[self.axes.currentIndex()],
            self.legend.isChecked(),
            self.marks.isChecked(),
            self.thumbnails.isChecked(),
        )

    def _show(self, options: FigureOptions) -> None:
        self.format.setCurrentIndex(get_args(FigureFormat).index(options.format))
        self.style_choice.setCurrentIndex(0 if options.paper else 1)
        self.axes.setCurrentIndex(get_args(AxesChoice).index(options.axes))
        self.dpi.setValue(options.dpi)
        self.print_safe.setChecked(options.print_safe)
        self.title_text.setText(options.title)
        self.legend.setChecked(options.legend)
        self.marks.setChecked(options.marks)
        self.thumbnails.setChecked(options.thumbnails)
        self._show_size(options)

    def _show_size(self, options: FigureOptions) -> None:
        numbers = (self.width_cm, self.height_cm, self.text_pt)
        blockers = [QSignalBlocker(widget) for widget in (*numbers, self.as_the_map)]
        self.width_cm.setValue(options.width_cm)
        self.as_the_map.setChecked(options.height_cm is None)
        width, height = self._scene.size
        self.height_cm.setValue(options.height_cm or options.width_cm * height / width)
        self.text_pt.setValue(options.text_pt)
        del blockers
        self._name_size()

    def _name_size(self) -> None:
        """Say which preset the numbers are those of."""
        now = self.options()
        found = OWN_SIZE
        for name, preset in PRESETS.items():
            if _size_of(preset) == _size_of(now):
                found = name
        self.size_choice.setCurrentText(found)
        self.height_cm.setEnabled(now.height_cm is not None)

    def show_height(self, height_cm: float) -> None:
        """Say how high the figure has become that is as high as the map asks for."""
        if self.as_the_map.isChecked():
            with QSignalBlocker(self.height_cm):
                self.height_cm.setValue(height_cm)

    def _take_preset(self, name: str) -> None:
        if name in PRESETS:
            self._show_size(PRESETS[name])
        self.changed.emit()

    def _change_size(self) -> None:
        self._name_size()
        self.changed.emit()


def _size_of(options: FigureOptions) -> FigureOptions:
    """Only the size, so that options can be compared by it."""
    plain = FigureOptions()
    return replace(
        plain,
        width_cm=round(options.width_cm, 2),
        height_cm=None if options.height_cm is None else round(options.height_cm, 2),
        text_pt=options.text_pt,
    )


def _choice(words: Iterable[str], name: str) -> QComboBox:
    box = QComboBox()
    box.addItems(list(words))
    box.setAccessibleName(name)
    return box


def _number(name: str, unit: str) -> QDoubleSpinBox:
    box = QDoubleSpinBox()
    box.setButtonSymbols(QDoubleSpinBox.ButtonSymbols.NoButtons)
    box.setSingleStep(0.5)
    box.setSuffix(unit)
    box.setAccessibleName(name)
    return box


def _side_by_side(first: QWidget, second: QWidget) -> QWidget:
    holder = QWidget()
    row = QHBoxLayout(holder)
    row.setContentsMargins(0, 0, 0, 0)
    row.addWidget(first, 1)
    row.addWidget(second)
    return holder
