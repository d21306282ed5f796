"""Measures on the picture: the light within an aperture, its profile, and the Einstein ring."""

from __future__ import annotations

import math
from dataclasses import replace

from PyQt6.QtCore import QSignalBlocker, QSize, Qt
from PyQt6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QStackedWidget,
    QTableWidget,
    QTableWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import Tool
from astromask_gui.state.measure import BandFlux, Shape
from astromask_gui.style import tabular
from astromask_gui.theme import ICON
from astromask_gui.widgets.measure_profile import ProfilePlot

_PAGES = ("table", "profile")
_SN_TIP = (
    "Flux over its error by the noise of the sky around the aperture; the galaxy's own photons"
    " are not counted, for the gain is not known"
)
_EMPTY = "Take the aperture and drag it over the galaxy: flux, magnitude and profile follow."


class MeasurePanel(QWidget):
    """Follows and changes `state.measure` and the tool in force."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._measure = state, state.measure
        self.aperture = _button("Aperture", "A circle or ellipse that light is summed in (Alt+A)")
        self.ring = _button("Ring", "An Einstein ring to fit to the arcs (Alt+E)")
        self.profile = _button("Profile", "Brightness over the radius, or the table (Alt+P)")
        self.copy = QToolButton()
        self.copy.setToolTip("Copy the table (Alt+C)")
        self.copy.setAccessibleName("Copy the table")
        self.table = QTableWidget(0, 5)
        self.plot = ProfilePlot()
        self.pages = QStackedWidget()
        self.shape = label("", "muted", wrap=True)
        self.notes = label("", "warn", wrap=True)
        self.radius = label("", "muted")
        self.keep = QPushButton("Keep")
        self.keep.setToolTip("Keep the ring's radius as a measure of this galaxy (Alt+K)")
        self.drop = QToolButton()
        self.drop.setToolTip("Take the kept radius away")
        self.drop.setAccessibleName("Take the kept radius away")
        self._build()
        self._connect_signals()
        self._sync()

    def _build(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(4)
        for widget in (self.aperture, self.ring, self.profile):
            tools.addWidget(widget)
        tools.addStretch(1)
        tools.addWidget(self.copy)
        ring = QHBoxLayout()
        ring.setSpacing(6)
        ring.addWidget(self.radius, 1)
        ring.addWidget(self.keep)
        ring.addWidget(self.drop)
        self._furnish_table()
        self.pages.addWidget(self.table)
        self.pages.addWidget(self.plot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 8)
        layout.setSpacing(4)
        layout.addLayout(tools)
        layout.addLayout(ring)
        layout.addWidget(self.shape)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.notes)

    def _furnish_table(self) -> None:
        header, side = self.table.horizontalHeader(), self.table.verticalHeader()
        assert header is not None and side is not None
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(28)
        side.hide()
        side.setDefaultSectionSize(20)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setMinimumHeight(60)
        self.table.setFont(tabular(self.table.font()))

    def _connect_signals(self) -> None:
        self._measure.shape_changed.connect(self._sync)
        self._measure.ring_changed.connect(self._sync_ring)
        self._measure.kept_changed.connect(self._sync_ring)
        self._measure.changed.connect(self._sync)
        self._state.cutout.changed.connect(self._sync_ring)
        self._state.cutout_view.tool_changed.connect(self._sync)
        self._state.display.changed.connect(self._sync)
        self._state.preferences.changed.connect(self._sync)
        self.aperture.clicked.connect(lambda: self.take("aperture"))
        self.ring.clicked.connect(lambda: self.take("ring"))
        self.profile.clicked.connect(self.toggle_profile)
        self.copy.clicked.connect(self.copy_table)
        self.keep.clicked.connect(self.keep_ring)
        self.drop.clicked.connect(self.drop_ring)

    # -- from state ----------------------------------------------------------------------

    def _sync(self) -> None:
        tool, answer = self._state.cutout_view.tool, self._measure.answer
        for button, name in ((self.aperture, "aperture"), (self.ring, "ring")):
            with QSignalBlocker(button):
                button.setChecked(tool == name)
        self.aperture.setIcon(icon("circle-outline"))
        self.ring.setIcon(icon("circle-double"))
        self.profile.setIcon(icon("chart-bell-curve-cumulative"))
        self.copy.setIcon(icon("content-copy"))
        self.drop.setIcon(icon("close"))
        self.copy.setEnabled(answer is not None)
        self.shape.setText(self._shape_text())
        self.notes.setText("" if answer is None else " ".join(answer.notes))
        self.notes.setVisible(bool(self.notes.text()))
        self.pages.setVisible(answer is not None)
        self._fill(() if answer is None else answer.fluxes)
        survey = self._state.display.survey
        knows = bool(survey.zero_points) and survey.pixel_scale is not None
        self.plot.set_profiles(
            () if answer is None else answer.profiles,
            "radius (arcsec)" if survey.pixel_scale else "radius (px)",
            "mag/arcsec²" if knows else "nMgy/px" if survey.zero_points else "counts/px",
            knows,
        )
        self._sync_ring()

    def _shape_text(self) -> str:
        shape = self._measure.aperture
        if shape is None:
            return _EMPTY
        text = f"Aperture: {self._length(shape.radius)}"
        if shape.axis_ratio < 1:
            text += f", b/a {shape.axis_ratio:.2f}"
        return f"{text}; sky from 1.5 to 2.2 times that"

    def _fill(self, fluxes: tuple[BandFlux, ...]) -> None:
        flux_unit = "nMgy" if self._state.display.survey.zero_points else "counts"
        self.table.setHorizontalHeaderLabels(["Band", flux_unit, "AB mag", "mag/″²", "S/N"])
        for column, tip in enumerate(
            ("", "Flux above the sky", "AB magnitude", "Mean AB mag/arcsec²", _SN_TIP)
        ):
            if (item := self.table.horizontalHeaderItem(column)) is not None:
                item.setToolTip(tip)
        self.table.setRowCount(len(fluxes))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for row, flux in enumerate(fluxes):
            for column, text in enumerate(_cells(flux)):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(right)
                self.table.setItem(row, column, item)

    def _sync_ring(self) -> None:
        ring, row = self._measure.ring, self._row()
        kept = None if row is None else self._measure.kept(row)
        parts = []
        if ring is not None:
            parts.append(f"θ<sub>E</sub> {self._length(ring.mean_radius)}")
        if kept is not None:
            unit = "″" if self._state.display.survey.pixel_scale else " px"
            parts.append(f"kept {kept:.2f}{unit}")
        self.radius.setTextFormat(Qt.TextFormat.RichText)
        self.radius.setText(", ".join(parts))
        for widget in (self.radius, self.keep):
            widget.setVisible(bool(parts))
        self.keep.setEnabled(ring is not None and row is not None)
        self.drop.setVisible(kept is not None)

    def _length(self, pixels: float) -> str:
        scale = self._state.display.survey.pixel_scale
        return f"{pixels * scale:.2f}″" if scale else f"{pixels:.1f} px"

    def _row(self) -> int | None:
        cutout = self._state.cutout.cutout
        return None if cutout is None else cutout.row

    # -- intents -------------------------------------------------------------------------

    def take(self, tool: Tool) -> None:
        """Take a tool, its shape in the middle the first time; put it back when taken again."""
        view = self._state.cutout_view
        view.set_tool("pan" if view.tool == tool else tool)
        cutout = self._state.cutout.cutout
        side = min(cutout.pixels.shape[1:]) if cutout is not None else 64
        if view.tool == "aperture" and self._measure.aperture is None:
            self._measure.set_aperture(Shape(radius=side / 6))
        if view.tool == "ring" and self._measure.ring is None:
            self._measure.set_ring(Shape(radius=side / 10))
        self._sync()

    def toggle_profile(self) -> None:
        """Show the profile, or the table again."""
        self.show_page("table" if self.pages.currentIndex() else "profile")

    def show_page(self, page: str) -> None:
        """Show the "table" or the "profile"."""
        self.pages.setCurrentIndex(_PAGES.index(page))
        self.profile.setChecked(page == "profile")

    def clear(self) -> None:
        """Take both shapes off the picture."""
        self._measure.set_aperture(None)
        self._measure.set_ring(None)
        self._state.cutout_view.set_tool("pan")

    def make_round(self) -> None:
        """Make the shape of the tool in force a circle of the same area."""
        measure, tool = self._measure, self._state.cutout_view.tool
        if tool == "ring" and measure.ring is not None:
            measure.set_ring(_round(measure.ring))
        elif measure.aperture is not None:
            measure.set_aperture(_round(measure.aperture))

    def keep_ring(self) -> None:
        """Keep the ring's radius as a measure of the galaxy in the viewer."""
        ring, row = self._measure.ring, self._row()
        if ring is None or row is None:
            self._state.messages.info("Take the Einstein ring and fit it to the arcs first.")
            return
        self._measure.keep_ring(
            row, ring.mean_radius * (self._state.display.survey.pixel_scale or 1)
        )

    def drop_ring(self) -> None:
        """Take the kept radius of the galaxy in the viewer away."""
        row = self._row()
        if row is not None and self._measure.kept(row) is not None:
            self._measure.keep_ring(row, None)

    def copy_table(self) -> None:
        """Put the table on the clipboard, with tabs between its columns."""
        answer, clipboard = self._measure.answer, QApplication.clipboard()
        if answer is None or clipboard is None:
            return
        unit = "nMgy" if self._state.display.survey.zero_points else "counts"
        lines = [f"band\tflux [{unit}]\terror [{unit}]\tmag [AB]\tmag/arcsec2\tS/N"]
        for flux in answer.fluxes:
            if flux.flux is None:
                lines.append(f"{flux.name}\tmissing")
                continue
            numbers = (flux.flux, flux.error, flux.magnitude, flux.brightness, _ratio(flux))
            lines.append("\t".join([flux.name, *(_number(value, 6) for value in numbers)]))
        clipboard.setText("\n".join(lines) + "\n")
        self._state.messages.info("The table is on the clipboard.")


def _round(shape: Shape) -> Shape:
    return replace(shape, radius=shape.mean_radius, axis_ratio=1.0)


def _ratio(flux: BandFlux) -> float:
    return flux.flux / flux.error if flux.flux is not None and flux.error > 0 else math.nan


def _number(value: float | None, digits: int) -> str:
    return "" if value is None or not math.isfinite(value) else f"{value:.{digits}g}"


def _cells(flux: BandFlux) -> tuple[str, ...]:
    if flux.flux is None:
        return flux.name, "missing", "", "", ""
    magnitudes = [
        "–" if value is None or not math.isfinite(value) else f"{value:.2f}"
        for value in (flux.magnitude, flux.brightness)
    ]
    return flux.name, f"{flux.flux:.4g}", *magnitudes, f"{_ratio(flux):.1f}"


def _button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(name)
    button.setCheckable(True)
    button.setToolTip(tip)
    button.setIconSize(QSize(ICON, ICON))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
