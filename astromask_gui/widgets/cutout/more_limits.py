"""The rows about a single band: its limits, the curve between them, its colours."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSignalBlocker
from PyQt6.QtGui import QDoubleValidator
from PyQt6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QWidget

from astromask_gui.rendering.colour_maps import COLOUR_MAPS
from astromask_gui.state.display import DisplaySettings, SurveyPixels

_LIMITS = {
    "noise": "Sky noise",
    "percentile": "Percentile",
    "zscale": "zscale",
    "manual": "By hand",
}
_CURVES = {"linear": "linear", "sqrt": "square root", "asinh": "asinh", "log": "logarithm"}


class LimitsRows:
    """Widgets that `put(**changes)` settings, or `measure(**changes)` where limits follow."""

    def __init__(self, put: Callable[..., None], measure: Callable[..., None]) -> None:
        self._put, self._measure = put, measure
        self._settings = DisplaySettings()
        self.kind = _box(_LIMITS, "Limits of a band")
        self.kind.setToolTip(
            "Where black and white are. Percentile and zscale are measured on the galaxy in the"
            " viewer and held for all while the stretch is locked; unlocked, on each galaxy."
        )
        self.percentile = QDoubleSpinBox()
        self.percentile.setRange(50, 100)
        self.percentile.setDecimals(2)
        self.percentile.setSingleStep(0.5)
        self.percentile.setSuffix(" %")
        self.percentile.setAccessibleName("Percentile")
        self.low, self.high = _number("Black"), _number("White")
        self.curve = _box(_CURVES, "Curve between the limits")
        self.colours = _box({name: name for name in COLOUR_MAPS}, "Colour map")
        self._connect_signals()

    def rows(self) -> list[tuple[str, QWidget]]:
        """The widgets by their names."""
        return [
            ("Limits", _pair(self.kind, self.percentile)),
            ("From, to", _pair(self.low, self.high)),
            ("Curve", self.curve),
            ("Colours", self.colours),
        ]

    def _connect_signals(self) -> None:
        self.kind.activated.connect(lambda _: self._measure(limits=self.kind.currentData()))
        self.percentile.valueChanged.connect(
            lambda value: self._measure(limits="percentile", percentile=value)
        )
        for edit in (self.low, self.high):
            edit.editingFinished.connect(self._set_by_hand)
        self.curve.activated.connect(lambda _: self._put(curve=self.curve.currentData()))
        self.colours.activated.connect(
            lambda _: self._put(mode="band", colour_map=self.colours.currentData())
        )

    def show(self, settings: DisplaySettings, survey: SurveyPixels) -> None:
        """Show what is in force."""
        self._settings = settings
        self.kind.setCurrentIndex(self.kind.findData(settings.limits))
        self.curve.setCurrentIndex(self.curve.findData(settings.curve))
        self.colours.setCurrentIndex(self.colours.findData(settings.colour_map))
        with QSignalBlocker(self.percentile):
            self.percentile.setValue(settings.percentile)
        between = settings.limits != "noise"
        self.percentile.setEnabled(settings.limits == "percentile")
        self.curve.setEnabled(between)
        unit = "nanomaggies" if survey.zero_points else "counts"
        is_held = between and settings.band < len(settings.held)
        for place, edit in enumerate((self.low, self.high)):
            edit.setEnabled(between)
            edit.setToolTip(f"In {unit}; a number typed here holds for every galaxy")
            if not edit.hasFocus():
                edit.setText(f"{settings.held[settings.band][place]:.4g}" if is_held else "")

    def _set_by_hand(self) -> None:
        settings = self._settings
        values = [_parsed(edit.text()) for edit in (self.low, self.high)]
        if settings.band >= len(settings.held) or None in values:
            return
        held = list(settings.held)
        shown = tuple(float(f"{value:.4g}") for value in held[settings.band])
        if tuple(values) != shown:
            held[settings.band] = values[0], values[1]  # type: ignore[assignment]
            self._put(mode="band", limits="manual", held=tuple(held))


def _parsed(text: str) -> float | None:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def _box(entries: dict[str, str], name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for key, text in entries.items():
        box.addItem(text, key)
    return box


def _number(name: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setAccessibleName(name)
    edit.setValidator(QDoubleValidator())
    return edit


def _pair(first: QWidget, second: QWidget) -> QWidget:
    both = QWidget()
    row = QHBoxLayout(both)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(8)
    row.addWidget(first, 1)
    row.addWidget(second, 1)
    return both
