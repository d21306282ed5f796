"""The colours of a map's points, worked out once for everyone who shows them."""

from __future__ import annotations

import threading
from collections.abc import Callable

from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.rendering.colouring import Colours, colour_column, plain_colours
from astromask_gui.state.columns import Columns
from astromask_gui.state.preferences import Preferences
from astromask_gui.state.view import MapView

_AT_ONCE = 100_000
"""So many rows are coloured within a frame's time; more in a thread."""


class MapColours(QObject):
    """Follows the colouring, the columns and the style; says `changed` when colours are new.

    While a column is loaded or its colours are worked out, the old ones stay.
    """

    changed = pyqtSignal()
    _worked_out = pyqtSignal(int, object)

    def __init__(
        self,
        view: MapView,
        columns: Columns,
        preferences: Preferences,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._columns = columns
        self._preferences = preferences
        self._colours: Colours | None = None
        self._style = preferences.style
        self._number = 0
        self._connect_signals()
        self._update()

    def _connect_signals(self) -> None:
        self._view.colouring_changed.connect(self._update)
        self._view.coordinates_changed.connect(self._update_if_resized)
        self._columns.ready.connect(self._update_if_shown)
        self._preferences.changed.connect(self._update_if_restyled)
        self._worked_out.connect(self._take)

    @property
    def colours(self) -> Colours | None:
        """Colours of all rows; None while there is no map."""
        return self._colours

    @property
    def column(self) -> str | None:
        """Name of the column that the map is to be coloured by."""
        return self._view.colouring.column

    def _update(self) -> None:
        coordinates = self._view.coordinates
        if coordinates is None:
            self._take_new(None)
            return
        size, style, colouring = len(coordinates), self._preferences.style, self._view.colouring
        column = self._columns.column(colouring.column) if colouring.column else None
        if column is None:
            self._work_out(size, lambda: plain_colours(size, style))
            return
        values = self._columns.values(column.name)
        if values is not None and len(values) == size:
            self._work_out(size, lambda: colour_column(column, values, colouring, style))
        elif self._colours is None or len(self._colours.index) != size:
            # Something must be drawn until the column has been loaded.
            self._take_new(plain_colours(size, style))

    def _update_if_resized(self) -> None:
        coordinates = self._view.coordinates
        shown = None if self._colours is None else len(self._colours.index)
        if shown != (None if coordinates is None else len(coordinates)):
            self._update()

    def _update_if_shown(self, name: str) -> None:
        if name == self._view.colouring.column:
            self._update()

    def _update_if_restyled(self) -> None:
        if self._preferences.style != self._style:
            self._style = self._preferences.style
            self._update()

    def _work_out(self, size: int, make: Callable[[], Colours]) -> None:
        self._number += 1
        number = self._number
        if size <= _AT_ONCE:
            self._take(number, make())
            return

        def run() -> None:
            self._worked_out.emit(number, make())

        threading.Thread(target=run, name="map-colours", daemon=True).start()

    def _take_new(self, colours: Colours | None) -> None:
        self._number += 1
        self._take(self._number, colours)

    def _take(self, number: int, colours: Colours | None) -> None:
        if number == self._number:
            self._colours = colours
            self.changed.emit()
