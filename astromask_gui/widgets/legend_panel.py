"""Colour & legend: which column colours the map, and what the colours mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from PyQt6.QtCore import QSignalBlocker, Qt
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.small import label
from astromask_gui.rendering.colouring import MISSING, Colours, continuous_map
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.view import Colouring, MapView
from astromask_gui.theme import SPACE, tokens
from astromask_gui.widgets.colour_bar import ColourBar
from astromask_gui.widgets.legend_rows import LegendRows
from astromask_gui.widgets.map_colours import MapColours

MAPS = ("viridis", "cividis", "plasma", "magma", "inferno")
_NOTHING = "Density"
_FILTER = "legend"
_KINDS = ("category", "boolean", "number", "text")


class LegendPanel(QWidget):
    """Follows the current map's colouring; states intents on it and, for hidden categories, on
    filters."""

    def __init__(self, state: ApplicationState, colours: Mapping[MapView, MapColours]) -> None:
        super().__init__()
        self._state = state
        self._colours_of = colours
        look = tokens(state.preferences.style)
        self.column_choice = QComboBox()
        self.column_choice.setToolTip("The column that colours the map")
        self.map_choice = QComboBox()
        self.map_choice.addItems(MAPS)
        self.map_choice.setToolTip("The colours of a continuous column, all perceptually uniform")
        self.logarithmic = QCheckBox("Logarithmic")
        self.bar = ColourBar(look)
        self.rows = LegendRows()
        self.note = label("", "muted", wrap=True)
        self._shown_column: str | None = None
        self._filtered_column: str | None = None
        self._build()
        self._connect_signals()
        self._offer_columns()
        self._show()

    def _build(self) -> None:
        options = QHBoxLayout()
        options.addWidget(self.map_choice, 1)
        options.addWidget(self.logarithmic)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(_on_top(self.rows))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE[1], SPACE[1], SPACE[1], SPACE[1])
        column.setSpacing(SPACE[1])
        column.addWidget(self.column_choice)
        column.addLayout(options)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        column.addWidget(area, 1)

    def _connect_signals(self) -> None:
        self.column_choice.activated.connect(self._choose_column)
        self.map_choice.textActivated.connect(lambda name: self._change(map_name=name))
        self.logarithmic.toggled.connect(lambda on: self._change(logarithmic=on, limits=None))
        self.bar.limits_chosen.connect(lambda low, high: self._change(limits=(low, high)))
        self.bar.reset_wanted.connect(lambda: self._change(limits=None))
        self.rows.hidden_changed.connect(self._filter_hidden)
        for view, colours in self._colours_of.items():
            colours.changed.connect(self._show)
            view.colouring_changed.connect(self._follow_colouring)
        self._state.maps.current_changed.connect(self._follow_current)
        self._state.columns.changed.connect(self._offer_columns)
        self._state.filters.changed.connect(self._follow_filters)
        self._state.preferences.changed.connect(self._follow_style)

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
            for kind in _KINDS:
                for column in known:
                    if column.kind == kind:
                        self.column_choice.addItem(_caption(column), column.name)
                        place = self.column_choice.count() - 1
                        tip = column.description or column.source
                        self.column_choice.setItemData(place, tip, Qt.ItemDataRole.ToolTipRole)
        self._follow_colouring()

    def _follow_colouring(self) -> None:
        colouring = self._view.colouring
        with QSignalBlocker(self.column_choice):
            self.column_choice.setCurrentIndex(
                max(0, self.column_choice.findData(colouring.column))
            )
        with QSignalBlocker(self.map_choice):
            self.map_choice.setCurrentText(colouring.map_name)
        with QSignalBlocker(self.logarithmic):
            self.logarithmic.setChecked(colouring.logarithmic)
        if colouring.column != self._filtered_column:
            # Categories hidden in one column say nothing on another's.
            self._state.filters.remove(_FILTER)

    def _choose_column(self) -> None:
        name = self.column_choice.currentData()
        map_name = self._view.colouring.map_name
        self._view.set_colouring(Colouring(name, map_name=map_name))

    def _change(
        self,
        **changes: str | bool | tuple[float, float] | None,
    ) -> None:
        self._view.set_colouring(replace(self._view.colouring, **changes))  # type: ignore[arg-type]

    # What is shown.

    def _show(self) -> None:
        colours = self._colours.colours
        column = self._state.columns.column(self._view.colouring.column or "")
        continuous = colours is not None and colours.limits is not None and column is not None
        for widget in (self.bar, self.map_choice, self.logarithmic):
            widget.setVisible(continuous)
        if colours is not None and column is not None and colours.limits is not None:
            self._show_bar(colours, column, colours.limits)
        categories = colours.legend if colours is not None else None
        hidden = self.rows.hidden_codes()
        self.rows.set_entries(categories or (), tokens(self._state.preferences.style))
        if self._view.colouring.column == self._shown_column:
            self.rows.set_hidden_codes(hidden)
        self._shown_column = self._view.colouring.column
        self.note.setText(self._sentence(colours, column))
        self.note.setVisible(bool(self.note.text()))

    def _show_bar(self, colours: Colours, column: Column, limits: tuple[float, float]) -> None:
        values = self._state.columns.values(column.name)
        whole = limits if values is None else _finite_range(np.asarray(values), limits)
        colouring = self._view.colouring
        table = continuous_map(colouring.map_name)
        self.bar.set_scale(table, limits, whole, column.unit, colouring.logarithmic)

    def _sentence(self, colours: Colours | None, column: Column | None) -> str:
        if colours is None:
            return "Open a survey with a map to colour it."
        if column is None:
            return "One colour for all galaxies: brighter where they are crowded."
        if colours.limits is not None:
            missing = int(np.count_nonzero(colours.index == MISSING))
            return f"{missing:,} without a value are grey." if missing else ""
        return ""

    def _follow_style(self) -> None:
        self.bar.set_tokens(tokens(self._state.preferences.style))

    # Hidden categories.

    def _filter_hidden(self, hidden: frozenset[int]) -> None:
        colours = self._colours.colours
        if colours is None or not hidden:
            self._state.filters.remove(_FILTER)
            return
        self._filtered_column = self._view.colouring.column
        shown = np.ones(256, bool)
        shown[list(hidden)] = False
        entries = colours.legend or ()
        names = [entry.label for entry in entries if entry.code not in hidden]
        words = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        caption = f"{self._view.colouring.column}: {words or 'none'}"
        self._state.filters.set(_FILTER, caption, shown[colours.index])

    def _follow_filters(self) -> None:
        """The filter may have been taken away elsewhere."""
        if _FILTER not in self._state.filters.items():
            self.rows.set_hidden_codes(frozenset())


def _on_top(widget: QWidget) -> QWidget:
    """A holder that keeps a list at its upper edge."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    column.addStretch(1)
    return holder


def _caption(column: Column) -> str:
    return f"{column.name}  ({column.unit})" if column.unit else column.name


def _finite_range(values: np.ndarray, otherwise: tuple[float, float]) -> tuple[float, float]:
    """Robust range of the values; a handful of wild ones would make the handles useless."""
    sample = values[:: max(1, values.size // 200_000)]
    sample = sample[np.isfinite(sample)]
    if not sample.size:
        return otherwise
    low, high = np.percentile(sample, [0.1, 99.9])
    return float(low), float(high)
