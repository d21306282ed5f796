"""The colours of a map's points, worked out once for everyone who shows them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.raster.loading import load_kernels
from astromask_gui.rendering.colouring import (
    Colours,
    Spread,
    colour_column,
    plain_colours,
    spread_of,
)
from astromask_gui.state.columns import MAP_DENSITY, Column, Columns
from astromask_gui.state.own_colours import OwnColours
from astromask_gui.state.preferences import Preferences
from astromask_gui.state.view import Colouring, MapView

_AT_ONCE = 100_000
"""So many rows are coloured within a frame's time; more in a thread."""
Maker = Callable[[str, str | None], Colours]
"""Colours in a style, with the continuous map chosen (None) or another one."""


class _Relay(QObject):
    """Carries colours between threads; outlives whoever listens."""

    worked_out = pyqtSignal(object)


class MapColours(QObject):
    """Follows the colouring, the columns and the style; says `changed` when colours are new.

    While a column is loaded or its colours are worked out, the old ones stay.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        view: MapView,
        columns: Columns,
        preferences: Preferences,
        own: OwnColours,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._columns = columns
        self._preferences = preferences
        self._own = own
        self._colours: Colours | None = None
        self._style = preferences.style
        self._shown_own: dict[str, str] = {}
        self._spread = _KnownSpread()
        self._density = _KnownDensity()
        self._relay = _Relay()
        self._number = 0
        self._running: _Task | None = None
        self._waiting: _Task | None = None
        self._connect_signals()
        self._update()

    def _connect_signals(self) -> None:
        self._view.colouring_changed.connect(self._update)
        self._view.coordinates_changed.connect(self._update_if_resized)
        self._columns.ready.connect(self._update_if_shown)
        self._own.changed.connect(self._update_if_recoloured)
        self._preferences.changed.connect(self._update_if_restyled)
        self._relay.worked_out.connect(self._take)

    @property
    def colours(self) -> Colours | None:
        """Colours of all rows; None while there is no map."""
        return self._colours

    @property
    def column(self) -> str | None:
        """Name of the column that the map is to be coloured by."""
        return self._view.colouring.column

    @property
    def _shows_density(self) -> bool:
        return self._view.colouring.column == MAP_DENSITY.name

    def maker(self) -> Maker | None:
        """What works the colours out, for any style and in any thread; None while there is no map
        or its column is being loaded."""
        if self._view.coordinates is None:
            return None
        size, colouring = len(self._view.coordinates), self._view.colouring
        column = self._columns.column(colouring.column) if colouring.column else None
        if column is None:
            return lambda style, _: plain_colours(size, style)
        if column is MAP_DENSITY:
            return self._density.maker(self._view.coordinates, colouring)
        values = self._columns.values(column.name)
        if values is None or len(values) != size:
            return None
        own, spread = dict(self._own.of(column.name)), self._spread

        def make(style: str, map_name: str | None) -> Colours:
            chosen = colouring if map_name is None else replace(colouring, map_name=map_name)
            known = spread.of(column, values, colouring.logarithmic)
            return colour_column(column, values, chosen, style, own, known)

        return make

    def _update(self) -> None:
        coordinates = self._view.coordinates
        if coordinates is None:
            self._show_at_once(None)
            return
        size, style, make = len(coordinates), self._preferences.style, self.maker()
        self._shown_own = dict(self._own.of(self._view.colouring.column or ""))
        if make is not None:
            self._work_out(size, partial(make, style, None))
        elif self._colours is None or len(self._colours.index) != size:
            # Something must be drawn until the column has been loaded.
            self._show_at_once(plain_colours(size, style))

    def _update_if_resized(self) -> None:
        coordinates = self._view.coordinates
        shown = None if self._colours is None else len(self._colours.index)
        if self._shows_density or shown != (None if coordinates is None else len(coordinates)):
            self._update()

    def _update_if_shown(self, name: str) -> None:
        if name == self._view.colouring.column:
            self._update()

    def _update_if_recoloured(self) -> None:
        if self._own.of(self._view.colouring.column or "") != self._shown_own:
            self._update()

    def _update_if_restyled(self) -> None:
        if self._preferences.style != self._style:
            self._style = self._preferences.style
            self._update()

    # Colours are worked out one at a time; of those asked for meanwhile, only the newest.

    def _work_out(self, size: int, make: Callable[[], Colours]) -> None:
        self._number += 1
        task = _Task(self._number, (self._view.colouring.column, size), make)
        if size <= _AT_ONCE and not self._shows_density:
            self._waiting = None
            self._show(make())
        elif self._running is None:
            self._run(task)
        else:
            self._waiting = task

    def _run(self, task: _Task) -> None:
        self._running = task
        relay = self._relay

        def run() -> None:
            made = None
            try:
                made = task.make()
            finally:
                relay.worked_out.emit(made)

        threading.Thread(target=run, name="map-colours", daemon=True).start()

    def _take(self, colours: Colours | None) -> None:
        done, waiting = self._running, self._waiting
        assert done is not None
        self._running = self._waiting = None
        # While a handle is dragged, the colours of a moment ago are better than older ones.
        in_between = waiting is not None and waiting.subject == done.subject
        if colours is not None and (done.number == self._number or in_between):
            self._show(colours)
        if waiting is not None:
            self._run(waiting)

    def _show_at_once(self, colours: Colours | None) -> None:
        self._number += 1
        self._waiting = None
        self._show(colours)

    def _show(self, colours: Colours | None) -> None:
        self._colours = colours
        self.changed.emit()


@dataclass(frozen=True)
class _Task:
    """Colours to be worked out."""

    number: int
    subject: tuple[str | None, int]
    """Name of the column, and number of rows."""
    make: Callable[[], Colours]


class _KnownSpread:
    """The spread of the column coloured by, measured once."""

    def __init__(self) -> None:
        self._of: tuple[NDArray[np.generic], bool, Spread] | None = None

    def of(self, column: Column, values: NDArray[np.generic], logarithmic: bool) -> Spread | None:
        """The spread of a column's values; None where they are no numbers."""
        if column.kind != "number":
            return None
        # Replaced as a whole: several threads may ask.
        known = self._of
        if known is None or known[0] is not values or known[1] != logarithmic:
            known = self._of = (values, logarithmic, spread_of(values, logarithmic))
        return known[2]


class _KnownDensity:
    """The density on the map that is coloured by it, worked out once for its points."""

    def __init__(self) -> None:
        self._of: tuple[NDArray[np.float32], NDArray[np.generic]] | None = None
        self._lock = threading.Lock()

    def maker(self, coordinates: NDArray[np.float32], colouring: Colouring) -> Maker:
        """Works out the density, and the colours, in whatever thread that calls it."""

        def make(style: str, map_name: str | None) -> Colours:
            chosen = colouring if map_name is None else replace(colouring, map_name=map_name)
            return colour_column(MAP_DENSITY, self._values(coordinates), chosen, style)

        return make

    def _values(self, coordinates: NDArray[np.float32]) -> NDArray[np.generic]:
        load_kernels()
        from astromask_gui.raster.density import density

        with self._lock:
            if self._of is None or self._of[0] is not coordinates:
                self._of = (coordinates, density(coordinates))
            return self._of[1]
