"""Finds the galaxies nearest to a query in the open store's vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.cores import spare_cores
from astromask_gui.services.cutouts.service import CutoutService
from astromask_gui.services.model.inference import InferenceService
from astromask_gui.services.search.query_place import MapTarget, place_query
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.neighbours import Neighbours, Query
from astromask_gui.state.thumbnails import SIDE
from trainer.errors import QueryError

if TYPE_CHECKING:
    from trainer.store.index import ExactIndex

NO_STORE = (
    "There are no embeddings yet, so nothing can be compared. Start an embedding in the jobs"
    " panel; it needs a checkpoint."
)


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
        background: Background,
        cutouts: CutoutService,
        inference: InferenceService,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._background = state, background
        self._cutouts, self._inference = cutouts, inference
        self._loaded: Loaded | None = None
        self._index: ExactIndex | None = None
        self._held: Callable[[], None] | None = None
        """A search that waits until the galaxy itself is on screen."""
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._let_go)
        state.cutout.changed.connect(self._soon.start)
        state.selection.active_changed.connect(self._follow)
        state.neighbours.query_changed.connect(self._seek)
        state.columns.ready.connect(self._repeat_column)

    def open(self, loaded: Loaded) -> None:
        """Search in another workspace's store, or in another of its stores."""
        from trainer.store.index import ExactIndex

        before, self._loaded = self._loaded, loaded
        if _same_vectors(before, loaded):
            return
        self._index = ExactIndex(loaded.store) if loaded.store is not None else None
        if self._index is not None and len(self._index.store):
            # The first search loads faiss and the vectors: before the first click, if it may.
            self._background.run(partial(_warm, self._index), _nothing, self._tell)
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
        elif self._index is None:
            self._state.neighbours.fail(number, NO_STORE)
        elif query.kind == "row" and query.row is not None:
            count = self._state.neighbours.count
            work = partial(neighbours_of_row, self._index, query, count)
            self._held = partial(self._run, number, work)
            self._let_go()
        elif query.path is not None:
            self._encode_file(number, query, query.path)

    def _let_go(self) -> None:
        # One look at what was clicked on is worth more than forty at its like, and a search
        # keeps every core busy.
        if self._held is not None and self._state.cutout.loading is None:
            held, self._held = self._held, None
            held()

    def _run(self, number: int, work: partial[Neighbours]) -> None:
        self._background.run(
            work, partial(self._answer, number), partial(self._fail, number), lane="search"
        )

    def _answer(self, number: int, results: Neighbours) -> None:
        self._state.neighbours.set_results(number, results)

    def _fail(self, number: int, sentence: str) -> None:
        self._state.neighbours.fail(number, sentence)

    def _tell(self, sentence: str) -> None:
        self._state.messages.warning(sentence)

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
        from trainer.cutouts.thumbnails import make_thumbnails

        survey = self._state.display.survey
        size = min(survey.crop or pixels.shape[-1], *pixels.shape[2:])
        top, left = ((side - size) // 2 for side in pixels.shape[2:])
        missing = np.asarray(~pixels.any(axis=(2, 3)))
        cropped = pixels[:, :, top : top + size, left : left + size]
        zero_points = zero_points or (list(survey.zero_points) or None)
        bands = self._state.display.settings.rgb
        pictures = make_thumbnails(cropped, missing, bands, SIDE, zero_points)
        picture: NDArray[np.float16] = pictures[0]
        return picture

    def _take_vectors(self, outside: _Outside, vectors: NDArray[np.float32]) -> None:
        if self._index is None:
            self._fail(outside.number, NO_STORE)
            return
        work = partial(
            neighbours_of_vector,
            self._index,
            vectors,
            outside,
            self._state.neighbours.count,
            self._target(),
        )
        self._run(outside.number, work)

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
            self._run(number, partial(best_rows, values, column, query, count))
        # Else the values are being loaded, and `_repeat_column` comes back.

    def _repeat_column(self, name: str) -> None:
        query = self._state.neighbours.query
        if query is not None and query.kind == "column" and query.column == name:
            self._state.neighbours.repeat()


def _nothing(_: object) -> None:
    pass


def _warm(index: ExactIndex) -> None:
    import faiss

    faiss.omp_set_num_threads(spare_cores())
    index.search(index.store.read_positions(np.zeros(1, np.int64)), 1)


def neighbours_of_row(index: ExactIndex, query: Query, count: int) -> Neighbours:
    """The galaxies nearest to a galaxy of the store, itself left out."""
    rows = np.array([query.row])
    vectors = index.store.read(rows)
    found, distances = index.search(vectors, count, exclude_rows=rows)
    return _answer_of(query, found[0], distances[0])


def neighbours_of_vector(
    index: ExactIndex,
    vectors: NDArray[np.float32],
    outside: _Outside,
    count: int,
    target: MapTarget | None,
) -> Neighbours:
    """The galaxies nearest to a vector (1, D) from outside, and its place on the map."""
    from trainer.store.placement import NEIGHBOURS

    found, distances = index.search(vectors, max(count, NEIGHBOURS))
    return _answer_of(
        outside.query,
        found[0][:count],
        distances[0][:count],
        picture=outside.thumbnail,
        position=place_query(index.store, target, vectors, found, distances),
    )


def best_rows(values: NDArray[np.generic], column: Column, query: Query, count: int) -> Neighbours:
    """The rows of a number column's largest values, largest first; NaN are left out."""
    if column.kind != "number":
        raise QueryError(f'"{column.name}" holds no numbers, so no row is its best.')
    numbers = values.astype(np.float32)
    known = np.flatnonzero(np.isfinite(numbers))
    wanted = min(count, len(known))
    if wanted < len(known):
        known = known[np.argpartition(-numbers[known], wanted)[:wanted]]
    order = known[np.lexsort((known, -numbers[known]))]
    return Neighbours(query, order.astype(np.uint32), numbers[order], column.name)


def _answer_of(
    query: Query,
    rows: NDArray[np.uint32],
    distances: NDArray[np.float32],
    picture: NDArray[np.float16] | None = None,
    position: tuple[float, float] | None = None,
) -> Neighbours:
    # Where a store is smaller than the number sought, the rest is filled with no row.
    found = np.isfinite(distances)
    return Neighbours(
        query, rows[found], distances[found], query_picture=picture, position=position
    )


def _same_vectors(before: Loaded | None, loaded: Loaded) -> bool:
    if before is None or before.workspace.folder != loaded.workspace.folder:
        return False
    old, new = before.store, loaded.store
    if old is None or new is None:
        return old is new
    return old.manifest == new.manifest
