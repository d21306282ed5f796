"""Lists the galaxies of the gallery: which they are, and in what order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.gallery.ordering import sort_rows
from astromask_gui.services.saved.shelf import Shelf
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.gallery import Listing, Source, SourceKind

Rows = NDArray[np.uint32]


class GalleryService(QObject):
    """Answers `state.gallery` in a thread; the newest wish wins."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._background = Background("gallery", parent=self)
        self._shelf: Shelf | None = None
        self._folder: Path | None = None
        self._source = state.gallery.source
        self._automatic: SourceKind = "visible"
        """What "automatic" means: it stays so while galaxies are selected in the gallery."""
        # What changes together in one turn of the event loop is one wish.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._list)
        state.gallery.requested.connect(self._on_request)
        state.selection.changed.connect(self._on_selection)
        state.filters.changed.connect(self._on_filters)
        state.neighbours.changed.connect(self._on_neighbours)
        state.saved.changed.connect(self._on_saved)
        state.columns.ready.connect(self._on_values)
        state.columns.changed.connect(self._on_columns)

    def open(self, loaded: Loaded) -> None:
        """Serve another workspace, or the same one with something new."""
        if loaded.facts.folder != self._folder:
            self._folder = loaded.facts.folder
            self._background.drop("list")
            self._state.gallery.clear()
            self._choose()
        self._shelf = Shelf(loaded)
        self._later.start()

    def forget(self) -> None:
        """Nothing is open any more."""
        self._shelf = self._folder = None
        self._later.stop()
        self._background.drop("list")
        self._state.gallery.clear()

    def close(self) -> None:
        """Nothing is listed any more."""
        self._later.stop()
        self._background.close()

    # -- what has an effect on the list --------------------------------------------------

    def _on_request(self) -> None:
        if self._state.gallery.source != self._source:
            self._source = self._state.gallery.source
            self._choose()
        self._later.start()

    def _choose(self) -> None:
        self._automatic = "selection" if self._state.selection.count else "visible"

    def _on_selection(self) -> None:
        if self._state.gallery.is_held:
            return
        self._choose()
        if self._state.gallery.source.kind in ("automatic", "selection"):
            self._later.start()

    def _on_filters(self) -> None:
        if self._kind() == "visible":
            self._later.start()

    def _on_neighbours(self) -> None:
        if self._kind() == "neighbours":
            self._later.start()

    def _on_saved(self) -> None:
        if self._kind() == "saved":
            self._later.start()

    def _on_values(self, name: str) -> None:
        if name == self._state.gallery.sorting.column:
            self._later.start()

    def _on_columns(self) -> None:
        if self._state.gallery.sorting.column is not None:
            self._later.start()

    def _kind(self) -> SourceKind:
        kind = self._state.gallery.source.kind
        return self._automatic if kind == "automatic" else kind

    # -- the list ------------------------------------------------------------------------

    def _list(self) -> None:
        gallery, columns = self._state.gallery, self._state.columns
        if self._shelf is None:
            return
        gallery.set_busy()
        name = gallery.sorting.column
        column = None if name is None else columns.column(name)
        values = None if name is None else columns.values(name)
        if column is not None and values is None:
            return  # They are being loaded, and `ready` will be said.
        kind = self._kind()
        find = self._finder(kind, gallery.source)
        work = partial(_listed, find, kind, column, values, gallery.sorting.descending)
        self._background.run(work, gallery.set_listing, gallery.fail, lane="list")

    def _finder(self, kind: SourceKind, source: Source) -> Callable[[], Rows]:
        """A callable for the thread, which gives the rows in the order in which they come."""
        state = self._state
        if kind == "selection":
            return partial(_rows_of, state.selection.mask, 0)
        if kind == "neighbours":
            results = state.neighbours.results
            found = np.zeros(0, np.uint32) if results is None else results.rows.astype(np.uint32)
            return partial(np.copy, found)
        if kind == "saved":
            assert self._shelf is not None
            return partial(_saved_rows, self._shelf, source.name)
        return partial(_rows_of, state.filters.visible, state.selection.size)


def _listed(
    find: Callable[[], Rows],
    kind: SourceKind,
    column: Column | None,
    values: NDArray[Any] | None,
    descending: bool,
) -> Listing:
    rows = find()
    if column is not None and values is not None:
        # A catalogue that has grown has rows whose values are still to come.
        known = rows < len(values)
        ordered = sort_rows(rows[known], column, values, descending)
        rows = np.concatenate([ordered, rows[~known]])
    elif descending:
        rows = rows[::-1].copy()
    is_ascending = kind != "neighbours" and column is None and not descending
    return Listing(rows, kind, is_ascending)


def _rows_of(mask: NDArray[np.bool_] | None, size: int) -> Rows:
    if mask is None:
        return np.arange(size, dtype=np.uint32)
    return np.flatnonzero(mask).astype(np.uint32)


def _saved_rows(shelf: Shelf, name: str) -> Rows:
    return _rows_of(shelf.mask(name), 0)
