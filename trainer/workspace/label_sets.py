"""Everybody's labels together: the journals of a workspace's graders, read side by side."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from trainer.errors import MismatchError, WorkspaceError
from trainer.workspace.catalogue import Catalogue

GRADES = ("A", "B", "C", "X")
"""Almost certain, probable, possible, not a lens. Code 1 is A, 4 is X, 0 is ungraded."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS actions (
    id INTEGER PRIMARY KEY,      -- in the order in which they were done
    time TEXT NOT NULL,          -- ISO 8601, UTC
    label_set TEXT NOT NULL,
    undone INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS grades (
    id INTEGER PRIMARY KEY,
    action INTEGER NOT NULL REFERENCES actions (id),
    row INTEGER NOT NULL,
    object_id TEXT,
    grade TEXT,                  -- A, B, C, X; null where a grade was taken away
    previous TEXT,
    subclass TEXT
);
CREATE INDEX IF NOT EXISTS grades_by_action ON grades (action);
CREATE INDEX IF NOT EXISTS grades_by_row ON grades (row);
"""
"""Of one grader's journal."""

_CODES = {grade: code for code, grade in enumerate(GRADES, start=1)}

_CURRENT = """
SELECT row, grade, MAX(grades.id) FROM grades JOIN actions ON actions.id = grades.action
WHERE label_set = ? AND NOT undone GROUP BY row ORDER BY row
"""
_TABLES = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'actions'"
_SETS = "SELECT DISTINCT label_set FROM actions WHERE NOT undone"


def journals(folder: Path) -> list[Path]:
    """The graders' files in a workspace's `labels` folder."""
    return sorted(folder.glob("*@*.sqlite"))


def label_sets(folder: Path) -> list[str]:
    """Names of the sets that anybody has graded in. Raises `WorkspaceError`."""
    found: set[str] = set()
    for path in journals(folder):
        with reading(path) as connection:
            found.update(name for (name,) in connection.execute(_SETS))
    return sorted(found)


def current_grades(
    path: Path, label_set: str, catalogue: Catalogue | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Rows (n,) int64, ascending, and codes (n,) int8 of one grader's grades, none of them 0.

    Of a `catalogue` only its rows: another program may have added galaxies to the workspace
    since it was read, and others graded them. Raises `WorkspaceError` for a file that can't be
    read, `MismatchError` for one that belongs to another catalogue.
    """
    with reading(path) as connection:
        if catalogue is not None:
            require_catalogue(connection, path, catalogue)
        found = connection.execute(_CURRENT, (label_set,)).fetchall()
    length = None if catalogue is None else len(catalogue)
    graded = [
        (row, _CODES[grade])
        for row, grade, _ in found
        if grade in _CODES and (length is None or row < length)
    ]
    pairs = np.array(graded, np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1].astype(np.int8)


def combined_grades(
    folder: Path, label_set: str, length: int | None, catalogue: Catalogue | None = None
) -> np.ndarray:
    """(length,) int8: by row the median of the graders' grades, 0 where nobody graded.

    Without `length` it goes as far as the last row that was graded.

    Between two grades the more cautious one counts, so that of A and B it is B.
    """
    found = [current_grades(path, label_set, catalogue) for path in journals(folder)]
    rows = np.concatenate([rows for rows, _ in found] or [np.empty(0, np.int64)])
    codes = np.concatenate([codes for _, codes in found] or [np.empty(0, np.int8)])
    order = np.lexsort((codes, rows))
    rows, codes = rows[order], codes[order]
    graded, starts, counts = np.unique(rows, return_index=True, return_counts=True)
    combined = np.zeros(int(rows.max(initial=-1)) + 1 if length is None else length, np.int8)
    combined[graded] = codes[starts + counts // 2]
    return combined


def revision(folder: Path, label_set: str) -> str:
    """A short hash of every grader's present grades; the same grades give the same hash."""
    digest = hashlib.sha256(label_set.encode())
    for path in journals(folder):
        rows, codes = current_grades(path, label_set)
        if len(rows):
            digest.update(path.stem.encode() + b"\0")
            digest.update(rows.astype("<i8").tobytes() + codes.tobytes())
    return digest.hexdigest()[:16]


def stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever any journal does; quick to ask for."""
    stamps = []
    for path in sorted(folder.glob("*@*.sqlite*")):
        try:
            status = path.stat()
        except FileNotFoundError:  # A write-ahead log comes and goes.
            continue
        stamps.append((path.name, status.st_mtime_ns, status.st_size))
    return tuple(stamps)


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can't write. Raises `WorkspaceError`."""
    with sqlite_sentences(path), closing(_connect_read_only(path)) as connection:
        yield connection


@contextmanager
def sqlite_sentences(path: Path, what: str = "labels") -> Iterator[None]:
    """Turn SQLite's errors into a `WorkspaceError` that says `what` is in the file."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "") or ""
        reasons = {
            "SQLITE_FULL": "the disk is full; what was added last is not kept",
            "SQLITE_READONLY": "you have no permission to write there",
            "SQLITE_CANTOPEN": "it can't be opened; check the permissions of its folder",
            "SQLITE_BUSY": "another program is writing to it; try again",
            "SQLITE_NOTADB": "it is no database, or damaged",
            "SQLITE_CORRUPT": "it is damaged",
        }
        fitting = (reason for name, reason in reasons.items() if code.startswith(name))
        reason = next(fitting, f"SQLite says: {error}")
        raise WorkspaceError(f"The {what} in {path} are out of reach: {reason}.") from error


def require_catalogue(connection: sqlite3.Connection, path: Path, catalogue: Catalogue) -> None:
    """Refuse labels whose rows are those of another catalogue."""
    facts = dict(connection.execute("SELECT name, value FROM facts").fetchall())
    if "fingerprint" not in facts:
        return
    if not catalogue.has_grown_from(facts["fingerprint"], int(facts["rows"])):
        raise MismatchError(
            f"The labels in {path} belong to another catalogue: they were begun on one with the"
            f" fingerprint {facts['fingerprint'][:12]}… ({facts['rows']} galaxies); this one"
            f" has {catalogue.fingerprint[:12]}… ({len(catalogue)} galaxies)."
        )


def _connect_read_only(path: Path) -> sqlite3.Connection:
    uri = path.absolute().as_uri() + "?mode=ro"
    try:
        return _require_tables(sqlite3.connect(uri, uri=True, timeout=5.0))
    except sqlite3.OperationalError:
        # A write-ahead log in a folder that can't be written; nobody else writes there either.
        return _require_tables(sqlite3.connect(uri + "&immutable=1", uri=True))


def _require_tables(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, or one to an empty journal where the file was never furnished."""
    try:
        if connection.execute(_TABLES).fetchone() == (1,):
            return connection
    except sqlite3.Error:
        connection.close()
        raise
    # The disk was full, or the program killed, before the first grade.
    connection.close()
    empty = sqlite3.connect(":memory:")
    empty.executescript(SCHEMA)
    return empty
