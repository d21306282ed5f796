"""What neighbours are sought for, and the galaxies found."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.hold import Hold

QueryKind = Literal["row", "file", "column"]


@dataclass(frozen=True)
class Query:
    """A galaxy of the survey, a cutout in a file, or a column whose best rows are wanted."""

    kind: QueryKind
    row: int | None = None
    path: Path | None = None
    row_in_file: int = 0
    column: str | None = None
    caption: str = ""


@dataclass(frozen=True)
class Neighbours:
    """An answer: rows, nearest or best first, and a value for each."""

    query: Query
    rows: NDArray[np.uint32]
    values: NDArray[np.floating]
    """Cosine distance to the query, or the column's value."""
    value_name: str = "distance"
    query_picture: NDArray[np.float16] | None = field(default=None, compare=False)
    """(3, 48, 48) linear thumbnail of a query from outside."""
    position: tuple[float, float] | None = None
    """Where a query from outside would lie on the map."""


class NeighboursState(QObject):
    """The query in force and its answer; an answer to an older query is dropped."""

    query_changed = pyqtSignal(int, object)
    """Query's number and the `Query`."""
    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._number = 0
        self._query: Query | None = None
        self._results: Neighbours | None = None
        self._error: str | None = None
        self._busy = False
        self._count = 40
        self._hold = Hold()

    @property
    def query(self) -> Query | None:
        """What is sought for."""
        return self._query

    @property
    def results(self) -> Neighbours | None:
        """The latest answer; it stays until the next one is there."""
        return self._results

    @property
    def error(self) -> str | None:
        """Why there is no answer, as a sentence."""
        return self._error

    @property
    def busy(self) -> bool:
        """True while an answer is awaited."""
        return self._busy

    @property
    def count(self) -> int:
        """How many neighbours to find."""
        return self._count

    @property
    def follows_active(self) -> bool:
        """True where a click on a galaxy makes it the query."""
        return not self._hold.is_up

    def held(self) -> AbstractContextManager[None]:
        """While a galaxy among the answers is made active, the query stays as it is."""
        return self._hold.up()

    def set_query(self, query: Query) -> int:
        """Seek for something else; returns the query's number."""
        if query == self._query and self._error is None:
            return self._number
        self._number += 1
        self._query, self._error, self._busy = query, None, True
        self.changed.emit()
        self.query_changed.emit(self._number, query)
        return self._number

    def set_count(self, count: int) -> None:
        """Find another number of neighbours."""
        if count != self._count:
            self._count = count
            self.repeat()

    def repeat(self) -> None:
        """Seek for the same again, as after a new score or another store."""
        if self._query is not None:
            self._number += 1
            self._busy = True
            self.changed.emit()
            self.query_changed.emit(self._number, self._query)

    def set_results(self, number: int, results: Neighbours) -> bool:
        """Take in the answer to query `number`; False (and dropped) where that is not in force."""
        if number != self._number:
            return False
        self._results, self._error, self._busy = results, None, False
        self.changed.emit()
        return True

    def fail(self, number: int, sentence: str) -> bool:
        """Say why query `number` has no answer; False where that is not in force."""
        if number != self._number:
            return False
        self._results, self._error, self._busy = None, sentence, False
        self.changed.emit()
        return True

    def clear(self) -> None:
        """Seek for nothing."""
        self._number += 1
        self._query = self._results = self._error = None
        self._busy = False
        self.changed.emit()
