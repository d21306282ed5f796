"""Measures on the picture: the light within an aperture, its profile, and the Einstein ring."""

from __future__ import annotations

from dataclasses import replace

from PyQt6.QtCore import QSignalBlocker, QSize, Qt
from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.measure_shapes import SKY
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import Tool
from astromask_gui.state.measure import Shape
from astromask_gui.theme import ICON
from astromask_gui.widgets.measure.profile import ProfilePlot
from astromask_gui.widgets.measure.table import FluxTable, flux_unit, tab_separated

_WIDE = 480
"""Width from which table and profile stand beside each other, screen pixels."""
_LARGEST = 240
"""Side of a cutout by which the first shapes are made at most, pixels."""
_EMPTY = (
    "Aperture: the light within a circle or ellipse, in every band, and its radial profile.\n"
    "Ring: an Einstein radius, by a ring laid over the arcs."
)


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
        self.table = FluxTable()
        self.plot = ProfilePlot()
        self.shape = label("", "muted", wrap=True)
        self.shape.setToolTip(
            "Half the long axis of the aperture, its short over its long axis, and the ring whose"
            " sky is\ntaken away, in units of the aperture; dotted on the picture"
        )
        self.notes = label("", "warn", wrap=True)
        self.fit = QPushButton("Fit")
        self.fit.setProperty("small", True)
        self.fit.setToolTip(
            "An ellipse about the galaxy that holds nearly all of its light: 2.5 Kron radii, as"
            " for SExtractor's\nMAG_AUTO. What neighbours shine within it counts, too (Alt+T)"
        )
        self.keep = QPushButton("Keep")
        self.keep.setProperty("small", True)
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
        shape = QHBoxLayout()
        shape.setSpacing(6)
        shape.addWidget(self.shape, 1)
        shape.addWidget(self.fit)
        shape.addWidget(self.keep)
        shape.addWidget(self.drop)
        answer = QHBoxLayout()
        answer.setSpacing(12)
        answer.addWidget(self.table, 5)
        answer.addWidget(self.plot, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(3)
        layout.addLayout(tools)
        layout.addLayout(shape)
        layout.addLayout(answer, 1)
        layout.addWidget(self.notes)

    def _connect_signals(self) -> None:
        self._measure.shape_changed.connect(self._sync)
        self._measure.ring_changed.connect(self._sync_shape)
        self._measure.kept_changed.connect(self._sync_shape)
        self._measure.changed.connect(self._sync)
        self._state.cutout.changed.connect(self._sync_shape)
        self._state.cutout_view.tool_changed.connect(self._sync)
        self._state.display.changed.connect(self._sync)
        self._state.preferences.changed.connect(self._sync)
        self.aperture.clicked.connect(lambda: self.take("aperture"))
        self.ring.clicked.connect(lambda: self.take("ring"))
        self.profile.toggled.connect(self._follow_profile)
        self.copy.clicked.connect(self.copy_table)
        self.fit.clicked.connect(self._measure.fit_aperture)
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
        self.notes.setText("" if answer is None else " ".join(answer.notes))
        self.notes.setVisible(bool(self.notes.text()))
        self._sync_pages()
        survey = self._state.display.survey
        self.table.show_fluxes(() if answer is None else answer.fluxes, bool(survey.zero_points))
        knows = bool(survey.zero_points) and survey.pixel_scale is not None
        self.plot.set_profiles(
            () if answer is None else answer.profiles,
            "radius (arcsec)" if survey.pixel_scale else "radius (px)",
            "mag/arcsec²" if knows else "nMgy/px" if survey.zero_points else "counts/px",
            knows,
        )
        self._sync_shape()

    def _sync_pages(self) -> None:
        """Table and profile, beside each other where there is room for both."""
        is_there, is_wide = self._measure.answer is not None, self.width() >= _WIDE
        self.table.setVisible(is_there and (is_wide or not self.profile.isChecked()))
        self.plot.setVisible(is_there and (is_wide or self.profile.isChecked()))
        self.profile.setVisible(not is_wide)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        self._sync_pages()

    def _shape_text(self) -> str:
        shape = self._measure.aperture
        if shape is None:
            return _EMPTY
        text = f"Aperture {self._length(shape.radius)}"
        if shape.axis_ratio < 1:
            text += f", b/a {shape.axis_ratio:.2f}"
        return f"{text}; sky {SKY[0]:g}–{SKY[1]:g} ×"

    def _sync_shape(self) -> None:
        """One line for the shape whose tool was taken last, so that nothing below it jumps."""
        ring, row = self._measure.ring, self._row()
        kept = None if row is None else self._measure.kept(row)
        tells_ring = self._state.cutout_view.tool == "ring" or self._measure.aperture is None
        parts = []
        if ring is not None:
            parts.append(f"θ<sub>E</sub> {self._length(ring.mean_radius)}")
        if kept is not None:
            unit = "″" if self._state.display.survey.pixel_scale else " px"
            parts.append(f"kept {kept:.2f}{unit}")
        tells_ring = tells_ring and bool(parts)
        self.shape.setTextFormat(Qt.TextFormat.RichText if tells_ring else Qt.TextFormat.PlainText)
        self.shape.setText(", ".join(parts) if tells_ring else self._shape_text())
        self.fit.setVisible(not tells_ring and self._measure.aperture is not None)
        self.keep.setVisible(tells_ring)
        self.keep.setEnabled(ring is not None and row is not None)
        self.drop.setVisible(tells_ring and kept is not None)

    def _length(self, pixels: float) -> str:
        scale = self._state.display.survey.pixel_scale
        return f"{pixels * scale:.2f}″" if scale else f"{pixels:.1f} px"

    def _row(self) -> int | None:
        cutout = self._state.cutout.cutout
        return None if cutout is None else cutout.row

    # -- intents -------------------------------------------------------------------------

    def take(self, tool: Tool) -> None:
        """Take a tool, the first time with its shape; put it back when taken again."""
        view = self._state.cutout_view
        view.set_tool("pan" if view.tool == tool else tool)
        cutout = self._state.cutout.cutout
        # In a wide field the galaxy is still one in its middle.
        side = min(*cutout.pixels.shape[1:], _LARGEST) if cutout is not None else 64
        if view.tool == "aperture" and self._measure.aperture is None:
            self._measure.set_aperture(Shape(radius=side / 6))
            self._measure.fit_aperture()
        if view.tool == "ring" and self._measure.ring is None:
            self._measure.set_ring(Shape(radius=side / 10))
        self._sync()

    def fit_aperture(self) -> None:
        """Fit the aperture to the galaxy; take it first, where there is none yet."""
        if self._measure.aperture is None:
            self.take("aperture")
        else:
            self._measure.fit_aperture()

    def toggle_profile(self) -> None:
        """Show the profile, or the table again."""
        self.profile.toggle()

    def _follow_profile(self, shown: bool) -> None:
        if shown and self._measure.aperture is None:
            self.take("aperture")
        self._sync_pages()

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
        unit = flux_unit(bool(self._state.display.survey.zero_points))
        clipboard.setText(tab_separated(answer.fluxes, unit))
        self._state.messages.info("The table is on the clipboard.")


def _round(shape: Shape) -> Shape:
    return replace(shape, radius=shape.mean_radius, axis_ratio=1.0)


def _button(name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setText(name)
    button.setCheckable(True)
    button.setToolTip(tip)
    button.setIconSize(QSize(ICON, ICON))
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    return button
