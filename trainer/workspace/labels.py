"""Grades on disk: one journal a grader, append-only, durable, with an undo that lasts.

`labels/<grader>@<host>.sqlite` has one writer; everybody reads all of them. A grading of
several galaxies is one action: one transaction, one step of undo.
"""

from __future__ import annotations

import socket
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from trainer.atomic import disk_errors
from trainer.errors import QueryError
from trainer.workspace.catalogue import CATALOGUE_FILE, Catalogue
from trainer.workspace.disks import is_local
from trainer.workspace.grader import file_part, user_name
from trainer.workspace.label_sets import (
    GRADES,
    SCHEMA,
    combined_grades,
    current_grades,
    reading,
    require_catalogue,
    revision,
    sqlite_sentences,
)

DEFAULT_SET = "lens"

_HISTORY = """
SELECT grades.id, action, time, label_set, row, object_id, grade, previous, subclass, undone
FROM grades JOIN actions ON actions.id = grades.action WHERE label_set = ? ORDER BY grades.id
"""
_PREVIOUS = """
SELECT grade FROM grades JOIN actions ON actions.id = grades.action
WHERE label_set = ? AND NOT undone AND row = ? ORDER BY grades.id DESC LIMIT 1
"""
_FEW = 50
"""Up to so many galaxies are looked up one by one before they are graded."""

_LATEST_DONE = "SELECT MAX(id) FROM actions WHERE label_set = :set AND NOT undone"
_NEXT_UNDONE = f"""
SELECT MIN(id) FROM actions WHERE label_set = :set AND undone
AND id > IFNULL(({_LATEST_DONE}), 0)
"""


@dataclass(frozen=True)
class GradeRecord:
    """One galaxy of one grading."""

    id: int
    action: int
    """Number of the grading, in the order in which this grader did them."""
    time: str
    """ISO 8601, UTC."""
    label_set: str
    row: int
    object_id: str | None
    grade: str | None
    """None where a grade was taken away."""
    previous: str | None
    subclass: str | None
    undone: bool
    grader: str


class LabelJournal:
    """One grader's labels of one set, and a view of everybody's. Safe for several threads.

    The file is made by the first grade. Reading and writing raise `WorkspaceError` where
    the file is out of reach, `MismatchError` where it belongs to another catalogue.
    """

    def __init__(
        self,
        folder: Path,
        label_set: str = DEFAULT_SET,
        grader: str | None = None,
        host: str | None = None,
        *,
        catalogue: Catalogue | None = None,
    ) -> None:
        """`folder` is a workspace's `labels`; grader and host are by default those that run us."""
        self.folder = folder
        self.label_set = label_set
        self.grader = grader or user_name()
        self.path = (
            folder / f"{file_part(self.grader)}@{file_part(host or socket.gethostname())}.sqlite"
        )
        if catalogue is None and (folder.parent / CATALOGUE_FILE).is_file():
            catalogue = Catalogue(folder.parent)
        self._catalogue = catalogue
        self._connection: sqlite3.Connection | None = None
        self._lock = threading.RLock()

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def grade(
        self, rows: Sequence[int] | np.ndarray, grade: str | None, subclass: str | None = None
    ) -> int:
        """Give rows a grade (None takes theirs away); returns the number of the action.

        It is on the disk when this returns. Raises `QueryError` for a grade or row that
        does not exist.
        """
        if grade is not None and grade not in GRADES:
            raise QueryError(f"{grade!r} is no grade; expected one of {', '.join(GRADES)}.")
        numbers = np.unique(np.asarray(rows, np.int64))
        names = self._names(numbers)
        with self._writing() as connection:
            before = self._grades_before(connection, numbers)
            action = connection.execute(
                "INSERT INTO actions (time, label_set) VALUES (?, ?)",
                (datetime.now(UTC).isoformat(timespec="milliseconds"), self.label_set),
            ).lastrowid
            assert action is not None
            connection.executemany(
                "INSERT INTO grades (action, row, object_id, grade, previous, subclass)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    (action, row, name, grade, before.get(row), subclass)
                    for row, name in zip(numbers.tolist(), names, strict=True)
                ),
            )
        return action

    def undo(self) -> np.ndarray | None:
        """Take the latest grading back; returns its rows (uint32), None where there is none."""
        return self._flip(_LATEST_DONE, undone=True)

    def redo(self) -> np.ndarray | None:
        """Do again what was last taken back; None where nothing was, or was graded since."""
        return self._flip(_NEXT_UNDONE, undone=False)

    def current(self, label_set: str | None = None) -> np.ndarray:
        """(N,) int8 of this grader's grades by row: 0 none, 1 A, 2 B, 3 C, 4 X."""
        rows, codes = self._current(label_set)
        length = int(rows.max(initial=-1)) + 1
        grades = np.zeros(length if self._catalogue is None else len(self._catalogue), np.int8)
        grades[rows] = codes
        return grades

    def combined(self, label_set: str | None = None) -> np.ndarray:
        """(N,) int8 like `current`, over all graders: the median of their grades.

        Between two grades the more cautious one counts, so that of A and B it is B.
        """
        length = None if self._catalogue is None else len(self._catalogue)
        return combined_grades(self.folder, label_set or self.label_set, length, self._catalogue)

    def revision(self, label_set: str | None = None) -> str:
        """A short hash of everybody's grades; what is learnt from them records it."""
        return revision(self.folder, label_set or self.label_set)

    def history(self) -> list[GradeRecord]:
        """Everything this grader did in this set, in order, also what was undone."""
        with self._lock:
            if not self.path.exists():
                return []
            with reading(self.path) as connection:
                found = connection.execute(_HISTORY, (self.label_set,)).fetchall()
        names = [field.name for field in fields(GradeRecord)]
        records = [(*values, bool(undone), self.grader) for *values, undone in found]
        return [GradeRecord(**dict(zip(names, record, strict=True))) for record in records]

    def _current(self, label_set: str | None = None) -> tuple[np.ndarray, np.ndarray]:
        with self._lock:
            if not self.path.exists():
                return np.empty(0, np.int64), np.empty(0, np.int8)
            return current_grades(self.path, label_set or self.label_set, self._catalogue)

    def _flip(self, query: str, *, undone: bool) -> np.ndarray | None:
        if not self.path.exists():
            return None
        with self._writing() as connection:
            (action,) = connection.execute(query, {"set": self.label_set}).fetchone()
            if action is None:
                return None
            connection.execute("UPDATE actions SET undone = ? WHERE id = ?", (undone, action))
            rows = connection.execute("SELECT row FROM grades WHERE action = ?", (action,))
            return np.array([row for (row,) in rows], np.uint32)

    def _grades_before(self, connection: sqlite3.Connection, rows: np.ndarray) -> dict[int, str]:
        if len(rows) > _FEW:
            graded, codes = self._current()
            return {row: GRADES[code - 1] for row, code in zip(graded.tolist(), codes, strict=True)}
        found = {row: connection.execute(_PREVIOUS, (self.label_set, row)) for row in rows.tolist()}
        return {row: grade for row, cursor in found.items() for (grade,) in cursor}

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction; what it did is on the disk afterwards, or none of it is."""
        with self._lock, sqlite_sentences(self.path):
            connection = self._connect()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                # On a full disk SQLite may have rolled back by itself; to do it again would fail,
                # and hide what had happened.
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            with disk_errors(self.path):
                self.folder.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(
                self.path, timeout=5.0, isolation_level=None, check_same_thread=False
            )
            try:
                self._prepare(connection)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        mode = "WAL" if is_local(self.folder) else "DELETE"
        connection.execute(f"PRAGMA journal_mode = {mode}")
        # A grade outlives a power cut, not only a crash of ours.
        connection.execute("PRAGMA synchronous = FULL")
        connection.executescript(SCHEMA)
        self._sign(connection)

    def _sign(self, connection: sqlite3.Connection) -> None:
        """Write down whose rows these are, or see that they are this catalogue's."""
        if self._catalogue is None:
            return
        require_catalogue(connection, self.path, self._catalogue)
        facts = {"fingerprint": self._catalogue.fingerprint, "rows": str(len(self._catalogue))}
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT OR IGNORE INTO facts VALUES (?, ?)", facts.items())
        connection.execute("COMMIT")

    def _names(self, rows: np.ndarray) -> Sequence[str | None]:
        length = None if self._catalogue is None else len(self._catalogue)
        if len(rows) and (rows[0] < 0 or (length is not None and rows[-1] >= length)):
            wrong = rows[0] if rows[0] < 0 else rows[-1]
            raise QueryError(f"Row {wrong} can't be graded; the workspace has {length} rows.")
        return [None] * len(rows) if self._catalogue is None else self._catalogue.object_ids(rows)
