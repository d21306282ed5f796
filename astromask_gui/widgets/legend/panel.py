"""Colour & legend: which column colours the map, and what the colours mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QSignalBlocker, Qt
from PyQt6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from astromask_gui.parts.map_colours import MapColours
from astromask_gui.parts.small import label
from astromask_gui.raster.binning import suits_logarithm
from astromask_gui.rendering.colouring import MISSING, Colours
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import MAP_DENSITY, MISSING_BANDS, Column
from astromask_gui.state.view import Colouring, MapView
from astromask_gui.theme import SPACE
from astromask_gui.widgets.legend.categories import CategoryLegend
from astromask_gui.widgets.legend.missing import MissingBandsOffer
from astromask_gui.widgets.legend.placed import PlacedLine
from astromask_gui.widgets.legend.scale import ScaleLegend

_NOTHING, _DENSITY = "Plain", "Density on this map"
_KINDS = ("category", "boolean", "number", "text")


class LegendPanel(QWidget):
    """Follows the current map's colouring, and states intents on it."""

    def __init__(self, state: ApplicationState, colours: Mapping[MapView, MapColours]) -> None:
        super().__init__()
        self._state = state
        self._colours_of = colours
        self._undecided: str | None = None
        """A column just chosen, whose values are still to tell which scale suits them."""
        self.column_choice = QComboBox()
        self.column_choice.setToolTip("The column that colours the map")
        self.scale = ScaleLegend(state)
        self.categories = CategoryLegend(state)
        self.offer = MissingBandsOffer(state)
        self.note = label("", "muted", wrap=True)
        self.placed = PlacedLine(state)
        self._build()
        self._connect_signals()
        self._offer_columns()
        self._show()

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE[1], SPACE[1], SPACE[1], SPACE[1])
        column.setSpacing(SPACE[1])
        column.addWidget(self.column_choice)
        column.addWidget(self.offer)
        column.addWidget(self.scale)
        column.addWidget(self.note)
        column.addWidget(self.categories)
        column.addWidget(self.placed)
        # What there is stays together at the top.
        column.addStretch(1)

    def _connect_signals(self) -> None:
        self.column_choice.activated.connect(self._choose_column)
        self.scale.changed.connect(self._change)
        self.offer.found.connect(lambda: self._colour_by(MISSING_BANDS))
        for view, colours in self._colours_of.items():
            colours.changed.connect(self._show)
            view.colouring_changed.connect(self._follow_colouring)
        self._state.maps.current_changed.connect(self._follow_current)
        self._state.maps.second_changed.connect(self._follow_colouring)
        self._state.columns.changed.connect(self._offer_columns)
        self._state.columns.ready.connect(self._decide_scale)
        self._state.preferences.changed.connect(self.scale.follow_style)

    @property
    def _view(self) -> MapView:
        return self._state.maps.current

    @property
    def _colours(self) -> MapColours:
        return self._colours_of[self._view]

    def _follow_current(self) -> None:
        self._follow_colouring()
        self._show()

    # Choices.

    def _offer_columns(self) -> None:
        columns = self._state.columns
        named = [columns.column(name) for name in columns.names()]
        known = [column for column in named if column is not None]
        with QSignalBlocker(self.column_choice):
            self.column_choice.clear()
            self.column_choice.addItem(_NOTHING, None)
            self.column_choice.addItem(_DENSITY, MAP_DENSITY.name)
            self.column_choice.setItemData(1, MAP_DENSITY.description, Qt.ItemDataRole.ToolTipRole)
            for kind in _KINDS:
                for column in known:
                    if column.kind == kind:
                        self.column_choice.addItem(_caption(column), column.name)
                        place = self.column_choice.count() - 1
                        tip = column.description or column.source
                        self.column_choice.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
            if columns.column(MISSING_BANDS) is None and known:
                self.column_choice.addItem("missing bands …", MISSING_BANDS)
        self._follow_colouring()

    def _follow_colouring(self) -> None:
        column = self._view.colouring.column
        with QSignalBlocker(self.column_choice):
            self.column_choice.setCurrentIndex(max(0, self.column_choice.findData(column)))

    def _choose_column(self) -> None:
        name = self.column_choice.currentData()
        if name == MISSING_BANDS and self._state.columns.column(name) is None:
            self.offer.make()
            self._follow_colouring()
        else:
            self.offer.withdraw()
            self._colour_by(name)

    def _colour_by(self, name: str | None) -> None:
        before = self._view.colouring
        # Maps are a thousand times as crowded in one place as in another.
        chosen = Colouring(name, logarithmic=name == MAP_DENSITY.name)
        self._view.set_colouring(replace(chosen, map_name=before.map_name, reverse=before.reverse))
        self._undecided = name
        self._decide_scale(name)

    def _decide_scale(self, name: str | None) -> None:
        """A long tail needs a logarithmic scale, or nearly all galaxies have one colour."""
        if name is None or name != self._undecided:
            return
        column, values = self._state.columns.column(name), self._state.columns.values(name)
        if column is None or values is None:
            return
        self._undecided = None
        is_shown = self._view.colouring.column == name
        if is_shown and column.kind == "number" and suits_logarithm(values):
            self._change({"logarithmic": True})

    def _change(self, changes: Mapping[str, object]) -> None:
        self._undecided = None
        self._view.set_colouring(replace(self._view.colouring, **changes))  # type: ignore[arg-type]

    # What is shown.

    def _show(self) -> None:
        colours, colouring = self._colours.colours, self._view.colouring
        column = self._state.columns.column(colouring.column or "")
        is_scale = colours is not None and colours.limits is not None and column is not None
        self.scale.setVisible(is_scale)
        if is_scale and colours is not None and column is not None:
            self.scale.show_scale(column, colours, colouring)
        self.categories.show_categories(colouring.column, colours)
        self.categories.setVisible(colours is not None and colours.legend is not None)
        self.note.setText(_sentence(colours, column))
        self.note.setVisible(bool(self.note.text()))


def _sentence(colours: Colours | None, column: Column | None) -> str:
    if colours is None:
        return "There is no map yet whose galaxies could be coloured."
    if column is None:
        return "One colour for all galaxies: brighter where they are crowded."
    if colours.limits is None:
        return ""
    below, above = colours.beyond
    parts = [f"{below:,} lie below the range" if below else ""]
    parts.append(f"{above:,} above it" if below and above else "")
    parts.append(f"{above:,} lie above the range" if above and not below else "")
    said = [", ".join(part for part in parts if part) + "."] if below or above else []
    missing = int(np.count_nonzero(colours.index == MISSING))
    said = [MAP_DENSITY.description, *said] if column is MAP_DENSITY else said
    said += [f"{missing:,} without a value are grey."] if missing else []
    return " ".join(said)


def _caption(column: Column) -> str:
    return f"{column.name}  ({column.unit})" if column.unit else column.name
