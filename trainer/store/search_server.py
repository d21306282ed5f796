"""The search process: `python -m trainer.store.search_server` finds a store's nearest vectors.

It is a `trainer.serving.Server` on its standard streams and ends when its input does. Faiss, its
threads and the vectors that are kept in memory are none of the window's.

    open    store: its folder                       → count: its vectors
    row     row, count                              → rows (k,) uint32, distances (k,) float32
    vector  count, projection (or null); vector (1, D) float32
                                                    → the same; place: [x, y] where the projection
                                                      has axes that say so, else null

The answer to `open` comes when the store is ready to be searched.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from trainer.errors import QueryError
from trainer.serving import (
    Answer,
    Arrays,
    Header,
    Server,
    serve_standard_streams,
    take_standard_output,
)
from trainer.store.embeddings import EmbeddingStore
from trainer.store.index import ExactIndex
from trainer.store.projections import place_on_axes


class SearchServer(Server):
    """Searches one open store."""

    def __init__(self) -> None:
        operations = {"open": self._open, "row": self._row, "vector": self._vector}
        super().__init__("The search", operations)
        self._index: ExactIndex | None = None

    def _open(self, request: Header, _: Arrays) -> Answer:
        # Where it can't be opened, nothing is found: not the galaxies of the store before.
        self._index = None
        store = EmbeddingStore.open(Path(request["store"]))
        self._index = ExactIndex(store)
        if len(store):
            # The first search loads faiss and the vectors: before the first click, if it may.
            self._index.prepare()
        return {"count": len(store)}, {}

    def _row(self, request: Header, _: Arrays) -> Answer:
        index, rows = self._opened(), np.array([int(request["row"])])
        vectors = index.store.read(rows)
        found, distances = index.search(vectors, int(request["count"]), exclude_rows=rows)
        return {}, _known(found[0], distances[0])

    def _vector(self, request: Header, arrays: Arrays) -> Answer:
        index, projection = self._opened(), request.get("projection")
        vector = arrays.get("vector")
        if vector is None:
            raise QueryError("The request brings no array named vector.")
        found, distances = index.search(vector, int(request["count"]))
        place = None if projection is None else place_on_axes(index.store, projection, vector)
        return {"place": place}, _known(found[0], distances[0])

    def _opened(self) -> ExactIndex:
        if self._index is None:
            raise QueryError("The search was asked while no store was open.")
        return self._index


def _known(rows: np.ndarray, distances: np.ndarray) -> dict[str, np.ndarray]:
    # Where a store is smaller than the number sought, the rest is filled with no row.
    found = np.isfinite(distances)
    return {"rows": rows[found], "distances": distances[found]}


def main() -> int:
    """Serve on the standard streams; returns the exit code."""
    answers = take_standard_output()
    return serve_standard_streams(SearchServer(), answers)


if __name__ == "__main__":
    sys.exit(main())
