"""The menu of one or several galaxies, wherever they are shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QEvent, QObject, QPoint, Qt
from PyQt6.QtGui import QContextMenuEvent
from PyQt6.QtWidgets import QMenu, QWidget

from astromask_gui.parts import galaxy_deeds as deeds
from astromask_gui.parts.galaxy_deeds import Rows
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.neighbours import Query

Extend = Callable[[QMenu, Rows], None]
"""Adds to the menu of some rows."""


def galaxy_menu(state: ApplicationState, rows: Rows, parent: QWidget) -> QMenu:
    """Everything that can be done with galaxies; of several, what makes sense for several."""
    menu, one = QMenu(parent), int(rows[0])
    menu.setToolTipsVisible(True)
    is_one = len(rows) == 1
    if not is_one:
        menu.addSection(f"{len(rows):,} galaxies")

    def add(text: str, run: Callable[[], object]) -> None:
        action = menu.addAction(text)
        assert action is not None
        action.triggered.connect(lambda: run())

    if is_one:
        if one != state.selection.active:
            add("Show this galaxy", partial(state.selection.set_active, one))
        add("Find its neighbours", partial(state.neighbours.set_query, Query("row", row=one)))
        menu.addSeparator()
    add("Copy identifier" if is_one else "Copy identifiers", partial(deeds.copy_ids, state, rows))
    copy = partial(deeds.copy_positions, state, rows)
    add("Copy RA and Dec in degrees", partial(copy, deeds.degrees))
    add("Copy RA and Dec in hours", partial(copy, deeds.sexagesimal))
    menu.addSeparator()
    add("Save as FITS …", partial(deeds.save_fits, state, rows, parent))
    if is_one:
        menu.addSeparator()
        add("Open at the Legacy viewer", partial(deeds.open_legacy, state, one))
        add("Open in Aladin Lite", partial(deeds.open_aladin, state, one))
        add("Look up in SIMBAD", partial(deeds.open_simbad, state, one))
    return menu


class GalaxyMenu(QObject):
    """Opens the menu on a right click (or the menu key) on a view that shows galaxies."""

    def __init__(
        self,
        target: QWidget,
        state: ApplicationState,
        rows_at: Callable[[QPoint], Rows],
        extend: Extend | None = None,
    ) -> None:
        """`rows_at`: the rows that a place of `target` stands for, none where it is empty."""
        super().__init__(target)
        self._target, self._state, self._rows_at, self._extend = target, state, rows_at, extend
        target.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QContextMenuEvent):
            return False
        rows = self._rows_at(event.pos())
        if len(rows):
            menu = self.make(rows)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(event.globalPos())
        return len(rows) > 0

    def make(self, rows: Rows) -> QMenu:
        """The menu of some rows."""
        menu = galaxy_menu(self._state, rows, self._target)
        if self._extend is not None:
            self._extend(menu, rows)
        return menu
