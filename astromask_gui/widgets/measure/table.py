"""The fluxes within an aperture, a line a band: on screen, and as text for other programs."""

from __future__ import annotations

import math

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from astromask_gui.parts.value_text import figures
from astromask_gui.state.measure import BandFlux
from astromask_gui.style import tabular

_LINE = 18
"""Height of a band's line: five of them fit into a small window."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_TIPS = (
    "",
    "Flux above the sky",
    "Error of the flux by the noise of the sky around the aperture; the galaxy's own photons"
    " are not counted, for the gain is not known",
    "AB magnitude",
    "Mean AB mag/arcsec²",
    "Flux over its error",
)

_OF_ZERO_POINTS = (3, 4)
"""Columns that can't be told without."""


class FluxTable(QTableWidget):
    """Band, flux with error, magnitude, mean surface brightness and S/N."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TIPS), parent)
        header, side = self.horizontalHeader(), self.verticalHeader()
        assert header is not None and side is not None
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        header.setMinimumSectionSize(28)
        header.setHighlightSections(False)
        side.hide()
        side.setMinimumSectionSize(_LINE)
        side.setDefaultSectionSize(_LINE)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setShowGrid(False)
        self.setMinimumHeight(60)
        self.setFont(tabular(self.font()))

    def show_fluxes(self, fluxes: tuple[BandFlux, ...], in_nanomaggies: bool) -> None:
        """Show these bands; without zero-points fluxes are counts."""
        names = ["Band", flux_unit(in_nanomaggies), "±", "AB mag", "mag/″²", "S/N"]
        self.setHorizontalHeaderLabels(names)
        for column, tip in enumerate(_TIPS):
            if (item := self.horizontalHeaderItem(column)) is not None:
                item.setToolTip(tip)
                if column:
                    item.setTextAlignment(_RIGHT)
        for column in _OF_ZERO_POINTS:
            self.setColumnHidden(column, not in_nanomaggies)
        self.setRowCount(len(fluxes))
        for row, flux in enumerate(fluxes):
            for column, text in enumerate(_cells(flux)):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(_RIGHT)
                self.setItem(row, column, item)


def flux_unit(in_nanomaggies: bool) -> str:
    """What fluxes are in."""
    return "nMgy" if in_nanomaggies else "counts"


def tab_separated(fluxes: tuple[BandFlux, ...], unit: str) -> str:
    """The table as text, a line of names first, with tabs between its columns."""
    lines = [f"band\tflux [{unit}]\terror [{unit}]\tmag [AB]\tmag/arcsec2\tS/N"]
    for flux in fluxes:
        if flux.flux is None:
            lines.append(f"{flux.name}\tmissing")
            continue
        numbers = (flux.flux, flux.error, flux.magnitude, flux.brightness, _ratio(flux))
        lines.append("\t".join([flux.name, *(_number(value, 6) for value in numbers)]))
    return "\n".join(lines) + "\n"


def _ratio(flux: BandFlux) -> float:
    return flux.flux / flux.error if flux.flux is not None and flux.error > 0 else math.nan


def _number(value: float | None, digits: int) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.{digits}g}"


def _cells(flux: BandFlux) -> tuple[str, ...]:
    if flux.flux is None:
        return flux.name, "missing", "", "", "", ""
    magnitudes = [
        "–" if value is None or not math.isfinite(value) else f"{value:.2f}"
        for value in (flux.magnitude, flux.brightness)
    ]
    return (
        flux.name,
        figures(flux.flux, 4),
        figures(flux.error, 2),
        *magnitudes,
        f"{_ratio(flux):.1f}",
    )
