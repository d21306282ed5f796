"""The gallery: which galaxies it shows, in which order, and what it says below each."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.hold import Hold

SourceKind = Literal["automatic", "selection", "visible", "neighbours", "saved"]
Rows = NDArray[np.uint32]

SMALLEST_SIDE, LARGEST_SIDE = 48, 256
"""Sides of a tile's picture, screen pixels."""
ID_CAPTION = "object_id"
"""As a caption: the galaxy's identifier."""


@dataclass(frozen=True)
class Source:
    """Which galaxies are shown; "automatic": the selection if there is one, else the visible."""

    kind: SourceKind = "automatic"
    name: str = ""
    """Of the saved selection."""


@dataclass(frozen=True)
class Sorting:
    """By which column the galaxies are sorted; what is missing comes last either way."""

    column: str | None = None
    """None for the order in which they come: by row, or the nearest first."""
    descending: bool = False


@dataclass(frozen=True, eq=False)
class Listing:
    """An answer: the galaxies in their order."""

    rows: Rows
    """(n,) uint32."""
    kind: SourceKind
    """What they are; never "automatic"."""
    is_ascending: bool = False
    """Whether they are in the order of their rows."""

    def position_of(self, row: int) -> int | None:
        """Where a galaxy stands in the list; None where it is not listed."""
        if self.is_ascending:
            place = int(np.searchsorted(self.rows, np.uint32(row)))
            return place if place < len(self.rows) and self.rows[place] == row else None
        found = np.flatnonzero(self.rows == np.uint32(row))
        return int(found[0]) if len(found) else None


_NOTHING = Listing(np.zeros(0, np.uint32), "visible")


class Gallery(QObject):
    """What the user chose, and the galaxies that a service lists accordingly."""

    requested = pyqtSignal()
    """Another source or sorting: the galaxies are to be listed anew."""
    changed = pyqtSignal()
    """The galaxies listed, the error, or whether an answer is awaited."""
    look_changed = pyqtSignal()
    """The tiles' side or caption."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._source, self._sorting = Source(), Sorting()
        self._side, self._caption = 80, ""
        self._listing = _NOTHING
        self._error: str | None = None
        self._busy = False
        self._hold = Hold()

    @property
    def source(self) -> Source:
        """Which galaxies are wanted."""
        return self._source

    @property
    def sorting(self) -> Sorting:
        """How they are wanted to be sorted."""
        return self._sorting

    @property
    def side(self) -> int:
        """Side of a tile's picture, screen pixels."""
        return self._side

    @property
    def caption(self) -> str:
        """Name of the column below each tile, or `ID_CAPTION`; "" for none."""
        return self._caption

    @property
    def listing(self) -> Listing:
        """The galaxies listed; they stay until the next ones are there."""
        return self._listing

    @property
    def rows(self) -> Rows:
        """(n,) uint32: the galaxies listed, in their order."""
        return self._listing.rows

    @property
    def error(self) -> str | None:
        """Why there is nothing to list, as a sentence."""
        return self._error

    @property
    def busy(self) -> bool:
        """True while an answer is awaited."""
        return self._busy

    @property
    def is_held(self) -> bool:
        """True while the gallery itself changes what is selected or active."""
        return self._hold.is_up

    def held(self) -> AbstractContextManager[None]:
        """While galaxies are selected among those listed, the list stays as it is."""
        return self._hold.up()

    def set_source(self, source: Source) -> None:
        """Show other galaxies."""
        if source != self._source:
            self._source = source
            self.requested.emit()

    def set_sorting(self, sorting: Sorting) -> None:
        """Sort in another way."""
        if sorting != self._sorting:
            self._sorting = sorting
            self.requested.emit()

    def set_side(self, side: int) -> None:
        """Show larger or smaller tiles."""
        side = min(max(side, SMALLEST_SIDE), LARGEST_SIDE)
        if side != self._side:
            self._side = side
            self.look_changed.emit()

    def set_caption(self, name: str) -> None:
        """Say something else below the tiles."""
        if name != self._caption:
            self._caption = name
            self.look_changed.emit()

    def set_busy(self) -> None:
        """Say that galaxies are being listed."""
        if not self._busy:
            self._busy = True
            self.changed.emit()

    def set_listing(self, listing: Listing) -> None:
        """Take in the galaxies listed."""
        self._listing, self._error, self._busy = listing, None, False
        self.changed.emit()

    def fail(self, sentence: str) -> None:
        """Say why they can't be listed."""
        self._listing, self._error, self._busy = _NOTHING, sentence, False
        self.changed.emit()

    def clear(self) -> None:
        """Start over, for another survey: its columns and saved selections are others."""
        self._source, self._sorting, self._caption = Source(), Sorting(), ""
        self._listing, self._error, self._busy = _NOTHING, None, False
        self.look_changed.emit()
        self.changed.emit()
