"""Which rows the table lists and in what order, and what is to be copied or exported of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

Scope = Literal["all", "visible", "selected"]
TableFormat = Literal["csv", "ecsv", "fits", "votable", "parquet"]


@dataclass(frozen=True)
class Sort:
    """The column that rows are sorted by."""

    column: str
    descending: bool = False


@dataclass(frozen=True, eq=False)
class TablePart:
    """Some rows (n,) of the catalogue, in this order, and some columns of them."""

    rows: NDArray[np.uint32]
    columns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class TableExport:
    """A file to be written of a part of the table."""

    path: Path
    format: TableFormat
    part: TablePart


class Table(QObject):
    """The rows listed; a service finds them whenever something that they follow from changes."""

    changed = pyqtSignal()
    """Other rows, or another order, are wanted."""
    rows_changed = pyqtSignal()
    """`rows` are others."""
    busy_changed = pyqtSignal()
    copy_requested = pyqtSignal(object)
    """`TablePart`, to be made text of."""
    copied = pyqtSignal(str, str)
    """The text, as tab-separated values, and a sentence on it."""
    export_requested = pyqtSignal(object)
    """`TableExport`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._scope: Scope = "visible"
        self._sort: Sort | None = None
        self._watched = False
        self._busy = False
        self._rows: NDArray[np.uint32] = np.zeros(0, np.uint32)

    @property
    def scope(self) -> Scope:
        """Whether all rows are listed, those that no filter hides, or the selected ones."""
        return self._scope

    @property
    def sort(self) -> Sort | None:
        """What the rows are sorted by; None for the catalogue's order."""
        return self._sort

    @property
    def watched(self) -> bool:
        """Whether anyone looks at the table; rows are found only then."""
        return self._watched

    @property
    def busy(self) -> bool:
        """Whether other rows are awaited; the old ones stay until they are there."""
        return self._busy

    @property
    def rows(self) -> NDArray[np.uint32]:
        """(n,) rows as listed. Not to be written to."""
        return self._rows

    def set_scope(self, scope: Scope) -> None:
        """Choose the rows."""
        if scope != self._scope:
            self._scope = scope
            self.changed.emit()

    def set_sort(self, sort: Sort | None) -> None:
        """Choose the order."""
        if sort != self._sort:
            self._sort = sort
            self.changed.emit()

    def set_watched(self, watched: bool) -> None:
        """Say whether the table is on the screen."""
        if watched != self._watched:
            self._watched = watched
            if watched:
                self.changed.emit()

    def set_busy(self, busy: bool) -> None:
        """Say whether rows are awaited."""
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit()

    def set_rows(self, rows: NDArray[np.uint32]) -> None:
        """List other rows."""
        self.set_busy(False)
        if not np.array_equal(rows, self._rows):
            self._rows = rows
            self.rows_changed.emit()

    def copy(self, part: TablePart) -> None:
        """Ask for text of some rows; `copied` has it later."""
        self.copy_requested.emit(part)

    def export(self, export: TableExport) -> None:
        """Ask for a file; a message tells when it is written."""
        self.export_requested.emit(export)
