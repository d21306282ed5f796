"""Finds the galaxies nearest to a query in the open store's vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.cores import spare_cores
from astromask_gui.services.concurrency.worker import Request, Worker
from astromask_gui.services.cutouts.service import CutoutService
from astromask_gui.services.model.inference import InferenceService
from astromask_gui.services.search.query_place import MapTarget, place_amid
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.neighbours import Neighbours, Query
from astromask_gui.state.thumbnails import SIDE
from trainer.errors import QueryError

(SEARCH,) = LANES = ("search",)
NO_STORE = (
    "There are no embeddings yet, so nothing can be compared. Start an embedding in the jobs"
    " panel; it needs a checkpoint."
)


def search_worker() -> Worker:
    """The process of `trainer.store.search_server`; it starts when a store is open."""
    words = ("-m", "trainer.store.search_server")
    return Worker("The search", words, LANES, threads=spare_cores(), gives_way=True)


@dataclass(frozen=True)
class _Outside:
    """A cutout from a file, on its way to its neighbours."""

    number: int
    query: Query
    thumbnail: NDArray[np.float16] | None = None


class SearchService(QObject):
    """Answers `neighbours.query` by number; an answer to an older query is dropped."""

    def __init__(
        self,
        state: ApplicationState,
        worker: Worker,
        background: Background,
        cutouts: CutoutService,
        inference: InferenceService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._worker, self._background = state, worker, background
        self._cutouts, self._inference = cutouts, inference
        self._loaded: Loaded | None = None
        self._held: Callable[[], None] | None = None
        """A search that waits until the galaxy itself is on screen."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._let_go)
        state.cutout.changed.connect(self._soon.start)
        state.selection.active_changed.connect(self._follow)
        state.neighbours.query_changed.connect(self._seek)
        state.columns.ready.connect(self._repeat_column)
        worker.died.connect(lambda sentence, _: state.messages.error(sentence))

    def open(self, loaded: Loaded) -> None:
        """Search in another workspace's store, or in another of its stores."""
        before, self._loaded = self._loaded, loaded
        if _same_vectors(before, loaded):
            return
        if loaded.store is not None:
            message = {"op": "open", "store": str(loaded.store.folder)}
            self._worker.introduce([Request(message, failed=self._state.messages.warning)])
        if before is not None and before.workspace.folder == loaded.workspace.folder:
            self._state.neighbours.repeat()

    def _follow(self, row: int | None) -> None:
        if row is not None and self._state.neighbours.follows_active:
            self._state.neighbours.set_query(Query("row", row=row))

    def _seek(self, number: int, query: Query) -> None:
        self._held = None
        if self._loaded is None:
            self._state.neighbours.fail(number, "Open a workspace first.")
        elif query.kind == "column":
            self._rank(number, query)
        elif self._loaded.store is None:
            self._state.neighbours.fail(number, NO_STORE)
        elif query.kind == "row" and query.row is not None:
            self._held = partial(self._seek_row, number, query)
            self._let_go()
        elif query.path is not None:
            self._encode_file(number, query, query.path)

    def _let_go(self) -> None:
        # One look at what was clicked on is worth more than forty at its like, and a search
        # keeps every core busy.
        if self._held is not None and self._state.cutout.loading is None:
            held, self._held = self._held, None
            held()

    def _seek_row(self, number: int, query: Query) -> None:
        def take(_: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
            self._answer(number, Neighbours(query, arrays["rows"], arrays["distances"]))

        message = {"op": "row", "row": query.row, "count": self._state.neighbours.count}
        self._worker.ask(SEARCH, Request(message, {}, take, partial(self._fail, number)))

    def _answer(self, number: int, results: Neighbours) -> None:
        self._state.neighbours.set_results(number, results)

    def _fail(self, number: int, sentence: str) -> None:
        self._state.neighbours.fail(number, sentence)

    def _encode_file(self, number: int, query: Query, path: Path) -> None:
        self._cutouts.load_file(
            str(path),
            query.row_in_file,
            partial(self._take_file, _Outside(number, query)),
            partial(self._fail, number),
        )

    def _take_file(
        self, outside: _Outside, facts: dict[str, Any], pixels: NDArray[np.float32]
    ) -> None:
        thumbnail = self._thumbnail(pixels, facts.get("zero_points"))
        found = _Outside(outside.number, outside.query, thumbnail)
        self._inference.encode(
            pixels, partial(self._take_vectors, found), partial(self._fail, outside.number)
        )

    def _thumbnail(
        self, pixels: NDArray[np.float32], zero_points: list[float] | None
    ) -> NDArray[np.float16]:
        from trainer.cutouts.crop import centre_crop
        from trainer.cutouts.thumbnails import make_thumbnails

        survey = self._state.display.survey
        size = min(survey.crop or pixels.shape[-1], *pixels.shape[2:])
        missing = np.asarray(~pixels.any(axis=(2, 3)))
        zero_points = zero_points or (list(survey.zero_points) or None)
        bands = self._state.display.settings.rgb
        pictures = make_thumbnails(centre_crop(pixels, size), missing, bands, SIDE, zero_points)
        picture: NDArray[np.float16] = pictures[0]
        return picture

    def _take_vectors(self, outside: _Outside, vectors: NDArray[np.float32]) -> None:
        from trainer.store.placement import NEIGHBOURS

        target, count = self._target(), self._state.neighbours.count
        message = {
            "op": "vector",
            "count": max(count, NEIGHBOURS),
            "projection": None if target is None else target.name,
        }

        def take(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> None:
            rows, distances = arrays["rows"], arrays["distances"]
            # By a projection's own axes, else amid its neighbours, where `place` would begin.
            place = header["place"] or place_amid(target, rows, distances)
            results = Neighbours(
                outside.query,
                rows[:count],
                distances[:count],
                query_picture=outside.thumbnail,
                position=None if place is None else (place[0], place[1]),
            )
            self._answer(outside.number, results)

        failed = partial(self._fail, outside.number)
        self._worker.ask(SEARCH, Request(message, {"vector": vectors}, take, failed))

    def _target(self) -> MapTarget | None:
        # Only a projection places alike galaxies close together.
        view = self._state.view
        if view.projection is None or view.coordinates is None:
            return None
        return MapTarget(view.projection, view.coordinates, view.placed)

    def _rank(self, number: int, query: Query) -> None:
        columns, name = self._state.columns, query.column or ""
        column, values = columns.column(name), columns.values(name)
        if column is None:
            self._fail(number, f'There is no column "{name}" in this workspace.')
        elif values is not None:
            count = self._state.neighbours.count
            self._background.run(
                partial(best_rows, values, column, query, count),
                partial(self._answer, number),
                partial(self._fail, number),
                lane="best",
            )
        # Else the values are being loaded, and `_repeat_column` comes back.

    def _repeat_column(self, name: str) -> None:
        query = self._state.neighbours.query
        if query is not None and query.kind == "column" and query.column == name:
            self._state.neighbours.repeat()


def best_rows(values: NDArray[np.generic], column: Column, query: Query, count: int) -> Neighbours:
    """The rows of a number column's largest values, largest first, equal ones by row; NaN are
    left out."""
    if column.kind != "number":
        raise QueryError(f'"{column.name}" holds no numbers, so no row is its best.')
    known = np.flatnonzero(np.isfinite(values))
    wanted = min(count, len(known))
    if wanted < len(known):
        known = known[np.argpartition(values[known], len(known) - wanted)[len(known) - wanted :]]
    # As they are: scores that differ in the eighth figure only are many near 1, and the
    # negative of an unsigned number is not one.
    _, ranks = np.unique(values[known], return_inverse=True)
    order = known[np.lexsort((known, -ranks))]
    return Neighbours(query, order.astype(np.uint32), values[order].astype(np.float64), column.name)


def _same_vectors(before: Loaded | None, loaded: Loaded) -> bool:
    if before is None or before.workspace.folder != loaded.workspace.folder:
        return False
    old, new = before.store, loaded.store
    if old is None or new is None:
        return old is new
    return old.manifest == new.manifest
