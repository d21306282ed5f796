"""The menus of the table: of a cell with its row, and of a column."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu, QWidget

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.table import Sort, TablePart
from astromask_gui.state.view import Colouring
from astromask_gui.widgets.table.model import PICTURE
from astromask_gui.widgets.table.view import TableView


class TableMenus:
    """Makes the menus of a view; copying and choosing are the panel's."""

    def __init__(
        self, state: ApplicationState, view: TableView, choose_columns: Callable[[], None]
    ) -> None:
        self._state, self._view, self._choose_columns = state, view, choose_columns

    def of_cell(self, part: TablePart, place: int, column: Column) -> QMenu:
        """What can be done with a cell, its row and the selected rows of `part`, the whole."""
        menu, rows, mask = QMenu(self._view), part.rows, self._state.selection.mask
        row, selected = rows[place : place + 1], rows[mask[rows]]
        copy = self._state.table.copy
        if column is not PICTURE:
            add(menu, "Copy the cell", partial(copy, TablePart(row, (column.name,))))
        add(menu, "Copy the row", partial(copy, TablePart(row, part.columns)))
        words = f"Copy the selected rows ({len(selected):,})"
        several = add(menu, words, partial(copy, TablePart(selected, part.columns)))
        several.setEnabled(len(selected) > 0)
        menu.addSeparator()
        words = "Take out of the selection" if mask[row[0]] else "Take into the selection"
        add(menu, f"{words}\tSpace", partial(self._view.toggle, place))
        return menu

    def of_column(self, column: Column) -> QMenu:
        """What can be done with a column."""
        menu, table, name = QMenu(self._view), self._state.table, column.name
        if column is not PICTURE:
            add(menu, "Sort upwards", partial(table.set_sort, Sort(name)))
            add(menu, "Sort downwards", partial(table.set_sort, Sort(name, descending=True)))
            unsorted = add(menu, "The catalogue's order", partial(table.set_sort, None))
            unsorted.setEnabled(table.sort is not None)
            menu.addSeparator()
            colour = partial(self._state.maps.current.set_colouring, Colouring(name))
            add(menu, "Colour the map by it", colour).setEnabled(column.kind != "text")
            add(menu, "Hide the column", partial(self._hide, name))
        add(menu, "Choose the columns …", self._choose_columns)
        return menu

    def _hide(self, name: str) -> None:
        preferences = self._state.preferences
        look, names = preferences.table_look, self._state.columns.names()
        preferences.set_table_look(look.with_hidden((*look.hidden, name), names))


def add(menu: QMenu, text: str, run: Callable[[], object]) -> QAction:
    """Put an entry at the end."""
    action = menu.addAction(text)
    assert action is not None
    action.triggered.connect(lambda: run())
    return action


def pop_up(menu: QMenu, widget: QWidget, place: QPoint) -> None:
    """Open at a place of a widget; gone for good once closed."""
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(widget.mapToGlobal(place))
