"""The legend of a column of categories: hide them, select them, give them colours of their own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtWidgets import QFrame, QMenu, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from astromask_gui.parts.modes import MODE_KEYS, MODE_TEXTS
from astromask_gui.parts.swatches import SwatchPopup
from astromask_gui.rendering.colouring import (
    MAXIMUM_CATEGORIES,
    MISSING,
    Colours,
    LegendEntry,
)
from astromask_gui.rendering.palette import PALETTE
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.filter_specs import Categories, caption_of
from astromask_gui.state.selection import CombineMode
from astromask_gui.theme import tokens
from astromask_gui.widgets.legend.rows import LegendRows

FILTER = "legend "
"""Begins the name of a filter that hides categories; the column's name follows."""


class CategoryLegend(QScrollArea):
    """Shows the categories of one column at a time, and remembers which of each are hidden."""

    def __init__(self, state: ApplicationState) -> None:
        super().__init__()
        self._state = state
        self._column: str | None = None
        self._colours: Colours | None = None
        self._hidden: dict[str, frozenset[str]] = {}
        """Names of the hidden categories by column; codes change with the values."""
        self.rows = LegendRows()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setWidget(_on_top(self.rows))
        self.rows.hidden_changed.connect(self._hide)
        self.rows.select_wanted.connect(self.select)
        self.rows.colour_wanted.connect(self.choose_colour)
        self.rows.menu_wanted.connect(self._open_menu)
        state.filters.listed.connect(self._follow_filters)

    def show_categories(self, column: str | None, colours: Colours | None) -> None:
        """Show the legend of a column's colours; nothing where it has none."""
        self._column, self._colours = column, colours
        entries = self._entries()
        self.rows.set_entries(entries, tokens(self._state.preferences.style))
        self.updateGeometry()
        hidden = self._hidden.get(column or "", frozenset())
        self.rows.set_hidden_codes(frozenset(e.code for e in entries if e.label in hidden))
        if hidden and entries:
            # The values may have changed, as grades do.
            self._filter()

    def sizeHint(self) -> QSize:
        """As high as all rows, no higher: what belongs to them stands right below."""
        return QSize(super().sizeHint().width(), self._height())

    def minimumSizeHint(self) -> QSize:
        """A few rows, the others by scrolling."""
        least = super().minimumSizeHint()
        return QSize(least.width(), min(least.height(), self._height()))

    def _height(self) -> int:
        return sum(row.sizeHint().height() for row in self.rows.rows)

    # -- hiding --------------------------------------------------------------------------

    def _entries(self) -> tuple[LegendEntry, ...]:
        return (self._colours.legend if self._colours is not None else None) or ()

    def _hide(self, codes: frozenset[int]) -> None:
        if self._column is not None:
            names = frozenset(entry.label for entry in self._entries() if entry.code in codes)
            self._hidden[self._column] = names
            self._filter()

    def _filter(self) -> None:
        colours, column, filters = self._colours, self._column, self._state.filters
        if colours is None or column is None or len(colours.index) != self._state.selection.size:
            return
        codes = [entry.code for entry in self._entries() if entry.label in self._hidden[column]]
        if not codes:
            self._hidden.pop(column)
            filters.remove(FILTER + column)
            return
        shown = np.ones(256, bool)
        shown[codes] = False
        # What is hidden is told by name: undone and kept, it still fits when codes have changed.
        hidden = tuple(e.label for e in self._entries() if e.code in codes and e.code != MISSING)
        spec = Categories(column, hidden, all_but=True, missing=MISSING not in codes)
        left = [entry for entry in self._entries() if entry.code not in codes]
        names = tuple(entry.label for entry in left if entry.code != MISSING)
        only = Categories(column, names, missing=len(names) < len(left))
        is_told = colours.legend is not None and len(colours.legend) <= MAXIMUM_CATEGORIES
        filters.set(
            FILTER + column,
            caption_of(spec if len(codes) <= len(left) else only),
            shown[colours.index],
            spec if is_told else None,
        )

    def _follow_filters(self) -> None:
        """A filter may have been taken away elsewhere, brought back, or changed."""
        items = self._state.filters.items()
        for name, item in items.items():
            if name.startswith(FILTER) and isinstance(item.spec, Categories):
                self._follow_filter(item.spec)
        for column in [column for column in self._hidden if FILTER + column not in items]:
            self._hidden.pop(column)
            if column == self._column:
                self.rows.set_hidden_codes(frozenset())

    def _follow_filter(self, spec: Categories) -> None:
        codes = {e.label: e.code for e in self._entries()} if spec.column == self._column else {}
        without = {label for label, code in codes.items() if code == MISSING and not spec.missing}
        hidden = frozenset(spec.names) | without
        if not hidden or self._hidden.get(spec.column) == hidden:
            return
        self._hidden[spec.column] = hidden
        if spec.column == self._column:
            self.rows.set_hidden_codes(frozenset(codes[name] for name in hidden & codes.keys()))

    # -- selecting -----------------------------------------------------------------------

    def select(self, code: int, mode: CombineMode) -> None:
        """Have the visible galaxies of a category meet the selected set."""
        row, colours, selection = self.rows.row_of(code), self._colours, self._state.selection
        if row is None or colours is None or len(colours.index) != selection.size:
            return
        mask, visible = colours.index == code, self._state.filters.visible
        if visible is not None:
            mask &= visible
            if not mask.any():
                # Nothing is selected that is not seen; and nothing that is seen is given up.
                self._state.messages.info(
                    f"All of {row.entry.label} are hidden by filters; show them to select them."
                )
                return
        selection.combine(mask, mode, f"Select {row.entry.label}")

    # -- colours -------------------------------------------------------------------------

    def choose_colour(self, code: int) -> SwatchPopup | None:
        """Let the user pick a colour for a category."""
        row, column = self.rows.row_of(code), self._column
        if row is None or column is None or not row.is_colourable:
            return None
        entry = row.entry
        popup = SwatchPopup(PALETTE, entry.colour, resettable=entry.own, parent=self)
        popup.picked.connect(partial(self._state.own_colours.set, column, entry.label))
        popup.show_at(row.mapToGlobal(QPoint(0, row.height())))
        return popup

    # -- menu ----------------------------------------------------------------------------

    def _open_menu(self, code: int, place: QPoint) -> None:
        menu = self.make_menu(code)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def make_menu(self, code: int) -> QMenu:
        """Everything that can be done with a category."""
        menu, rows = QMenu(self), self.rows
        row, column = rows.row_of(code), self._column
        assert row is not None and column is not None

        def add(text: str, run: Callable[[], object], key: str = "", enabled: bool = True) -> None:
            action = menu.addAction(f"{text}\t{key}" if key else text)
            assert action is not None
            action.setEnabled(enabled)
            action.triggered.connect(lambda: run())

        for mode, text in MODE_TEXTS.items():
            add(text, partial(self.select, code, mode), MODE_KEYS[mode])
        menu.addSeparator()
        text = "Show" if row.is_hidden_category else "Hide"
        add(text, partial(rows.toggle, code, False), "Space")
        add("Show it alone, or all", partial(rows.toggle, code, True), "Alt+Space")
        add("Show all", partial(rows.hide_only, frozenset()), enabled=bool(rows.hidden_codes()))
        menu.addSeparator()
        own = self._state.own_colours
        add("Colour …", partial(self.choose_colour, code), enabled=row.is_colourable)
        add("Default colour", partial(own.set, column, row.entry.label, None),
            enabled=row.entry.own)  # fmt: skip
        add("Default colours for all", partial(own.clear, column), enabled=bool(own.of(column)))
        return menu


def _on_top(widget: QWidget) -> QWidget:
    """A holder that keeps a list at its upper edge."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(widget)
    column.addStretch(1)
    return holder
