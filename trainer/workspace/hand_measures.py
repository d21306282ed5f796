"""What graders measure by hand, one value a galaxy: a journal a grader, as for grades.

`measures/<grader>@<host>.sqlite` has one writer; everybody reads all of them. A value is
never overwritten: the latest of a galaxy counts, and taking one away is an entry too.
"""

from __future__ import annotations

import socket
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from trainer.atomic import disk_errors
from trainer.errors import QueryError
from trainer.workspace.catalogue import Catalogue
from trainer.workspace.grader import file_part, user_name
from trainer.workspace.label_sets import require_catalogue, sqlite_sentences

FOLDER = "measures"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS entries (
    id INTEGER PRIMARY KEY,      -- in the order in which they were made
    time TEXT NOT NULL,          -- ISO 8601, UTC
    name TEXT NOT NULL,          -- of the measure, such as einstein_radius_measured
    unit TEXT NOT NULL,
    row INTEGER NOT NULL,
    object_id TEXT,
    value REAL                   -- null where a value was taken away
);
"""
_LATEST = """
SELECT row, value, MAX(id) FROM entries WHERE name = ? GROUP BY row ORDER BY row
"""


@dataclass(frozen=True)
class HandMeasure:
    """What is measured: its column's name, unit and description."""

    name: str
    unit: str
    description: str


class HandMeasures:
    """One grader's journal of a workspace, and a view of everybody's.

    Raises `WorkspaceError` where a file is out of reach, `MismatchError` where it belongs to
    another catalogue.
    """

    def __init__(self, workspace: Path, catalogue: Catalogue, grader: str | None = None) -> None:
        self.folder = workspace / FOLDER
        self.grader = grader or user_name()
        self.path = (
            self.folder / f"{file_part(self.grader)}@{file_part(socket.gethostname())}.sqlite"
        )
        self._catalogue = catalogue

    def put(self, measure: HandMeasure, row: int, value: float | None) -> None:
        """Write a galaxy's value (None takes it away); it is on disk when this returns.

        Raises `QueryError` for a row there is not, or a value that is not finite,
        `WorkspaceError` where it can't be written.
        """
        if not 0 <= row < len(self._catalogue):
            raise QueryError(f"There is no row {row}; the catalogue has {len(self._catalogue)}.")
        if value is not None and not np.isfinite(value):
            raise QueryError(f"{measure.name} of row {row} is {value}; expected a finite number.")
        time = datetime.now(UTC).isoformat(timespec="milliseconds")
        name = self._catalogue.object_id(row)
        entry = (time, measure.name, measure.unit, row, name, value)
        with disk_errors(self.path):
            self.folder.mkdir(parents=True, exist_ok=True)
        with (
            sqlite_sentences(self.path, "measures"),
            closing(self._open()) as connection,
            connection,
        ):
            connection.execute(
                "INSERT INTO entries (time, name, unit, row, object_id, value)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                entry,
            )

    def own(self, name: str) -> dict[int, float]:
        """This grader's values by row."""
        return self._values(self.path, name) if self.path.exists() else {}

    def combined(self, name: str) -> dict[int, float]:
        """By row the median of the graders' values."""
        found: dict[int, list[float]] = {}
        for path in sorted(self.folder.glob("*@*.sqlite")):
            for row, value in self._values(path, name).items():
                found.setdefault(row, []).append(value)
        return {row: float(np.median(values)) for row, values in sorted(found.items())}

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self.path, timeout=5.0)
        try:
            # A value outlives a power cut, not only a crash of ours.
            connection.execute("PRAGMA synchronous = FULL")
            connection.executescript(_SCHEMA)
            require_catalogue(connection, self.path, self._catalogue)
            facts = {"fingerprint": self._catalogue.fingerprint, "rows": str(len(self._catalogue))}
            with connection:
                connection.executemany("INSERT OR IGNORE INTO facts VALUES (?, ?)", facts.items())
        except BaseException:
            connection.close()
            raise
        return connection

    def _values(self, path: Path, name: str) -> dict[int, float]:
        """Of the catalogue's rows; another program may have added galaxies since it was read."""
        with sqlite_sentences(path, "measures"):
            uri = path.absolute().as_uri() + "?mode=ro"
            with closing(sqlite3.connect(uri, uri=True, timeout=5.0)) as connection:
                require_catalogue(connection, path, self._catalogue)
                found = connection.execute(_LATEST, (name,)).fetchall()
        length = len(self._catalogue)
        return {row: value for row, value, _ in found if value is not None and row < length}
