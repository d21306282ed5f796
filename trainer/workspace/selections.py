"""Named sets of galaxies that stay with the workspace: `selections/<name>.parquet`.

Each file has the columns `row` and `object_id`, so that it can be read without this program;
name, date and the catalogue it belongs to are in its metadata, as JSON.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.atomic import atomic_path, disk_errors, remove_stale
from trainer.errors import AstroMaskError, MismatchError, QueryError, WorkspaceError
from trainer.workspace.catalogue import ID_COLUMN, Catalogue

if TYPE_CHECKING:
    import pyarrow as pa

LONGEST_NAME = 100
_RECORD = b"astromask.selection"
_VERSION = 1
_LONGEST_STEM = 40
"""Characters of a name in its file's; file systems allow some 200 bytes."""


@dataclass(frozen=True)
class SelectionFile:
    """A saved selection, without its rows."""

    path: Path
    name: str
    count: int
    created: str
    """ISO 8601, UTC."""
    problem: str = ""
    """Why it can't be used here, as a sentence."""


def save_selection(
    folder: Path, catalogue: Catalogue, name: str, rows: np.ndarray, created: str | None = None
) -> SelectionFile:
    """Write the set of `rows` (n,) into a new file; other files are never written over.

    Where the name is taken, a number is added to it. Raises `QueryError` for a name that
    won't do or rows there are not, `WorkspaceError` where it can't be written.
    """
    numbers = _checked_rows(name, rows, catalogue)
    others = list_selections(folder, catalogue)
    free = _free_name(_checked_name(name), [other.name for other in others])
    record = {
        "version": _VERSION,
        "name": free,
        "created": created or datetime.now(UTC).isoformat(timespec="seconds"),
        "catalogue_fingerprint": catalogue.fingerprint,
        "catalogue_rows": len(catalogue),
    }
    return _write(_free_path(folder, free), _table(catalogue, numbers), record)


def replace_selection(file: SelectionFile, catalogue: Catalogue, rows: np.ndarray) -> SelectionFile:
    """Give a saved selection another set of rows (n,); name and file stay. Raises likewise."""
    record = _open(file.path, catalogue)[1]
    numbers = _checked_rows(file.name, rows, catalogue)
    record["catalogue_fingerprint"] = catalogue.fingerprint
    record["catalogue_rows"] = len(catalogue)
    return _write(file.path, _table(catalogue, numbers), record)


def rename_selection(file: SelectionFile, catalogue: Catalogue, name: str) -> SelectionFile:
    """Call a saved selection, and its file, otherwise; a number is added to a name taken."""
    table, record = _open(file.path, catalogue)
    others = list_selections(file.path.parent, catalogue)
    taken = [other.name for other in others if other.path != file.path]
    record["name"] = _free_name(_checked_name(name), taken)
    target = _free_path(file.path.parent, record["name"], file.path)
    renamed = _write(target, table, record)
    if target != file.path:
        delete_selection(file)
    return renamed


def delete_selection(file: SelectionFile) -> None:
    """Remove a saved selection's file. Raises `WorkspaceError` where that is not allowed."""
    try:
        with disk_errors(file.path):
            file.path.unlink(missing_ok=True)
    except OSError as error:
        raise WorkspaceError(f"{file.path} can't be removed: {error.strerror}.") from error


def list_selections(folder: Path, catalogue: Catalogue) -> list[SelectionFile]:
    """All saved selections, the oldest first; what can't be used says why. Reads no rows."""
    if not folder.is_dir():
        return []
    remove_stale(folder)
    found: list[SelectionFile] = []
    for path in sorted(folder.glob("*.parquet"), key=lambda path: (len(path.stem), path.stem)):
        file = _look_at(path, catalogue)
        if file.name.casefold() in {other.name.casefold() for other in found}:
            # A copy that was made by hand says the same name.
            file = SelectionFile(
                path, f"{file.name} ({path.stem})", file.count, file.created, file.problem
            )
        found.append(file)
    return sorted(found, key=lambda file: (file.created, file.name))


def selected_rows(path: Path, catalogue: Catalogue) -> np.ndarray:
    """(n,) uint32 rows of a saved selection, ascending.

    Raises `WorkspaceError` for a damaged file, `MismatchError` for one of another catalogue.
    """
    table, record = _open(path, catalogue)
    # An empty entry would become a number by chance.
    rows = np.unique(table["row"].drop_null().to_numpy())
    if len(rows) != len(table) or (len(rows) and rows[-1] >= record["catalogue_rows"]):
        raise WorkspaceError(
            f"{path} is damaged: its rows are empty, repeated, or beyond the"
            f" {record['catalogue_rows']} galaxies that it was made of."
        )
    return rows.astype(np.uint32)


def _checked_rows(name: str, rows: np.ndarray, catalogue: Catalogue) -> np.ndarray:
    numbers = np.unique(np.asarray(rows, np.int64))
    if len(numbers) and (numbers[0] < 0 or numbers[-1] >= len(catalogue)):
        raise QueryError(f"{name}: rows beyond the catalogue's {len(catalogue)}.")
    return numbers


def _table(catalogue: Catalogue, rows: np.ndarray) -> pa.Table:
    import pyarrow as pa

    ids = catalogue.column(ID_COLUMN).take(pa.array(rows))
    return pa.table({"row": pa.array(rows.astype(np.uint32)), ID_COLUMN: ids})


def _write(path: Path, table: pa.Table, record: dict[str, Any]) -> SelectionFile:
    import pyarrow.parquet as pq

    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary:
        noted = table.replace_schema_metadata({_RECORD: json.dumps(record).encode()})
        pq.write_table(noted, temporary, compression="zstd")
    return SelectionFile(path, record["name"], len(table), record["created"])


def _look_at(path: Path, catalogue: Catalogue) -> SelectionFile:
    """What the file's footer says, or why that says nothing."""
    try:
        record, count = _footer(path)
    except AstroMaskError as error:
        return SelectionFile(path, path.stem, 0, "", str(error))
    problem = ""
    try:
        _require_catalogue(path, record, catalogue)
    except MismatchError as error:
        problem = str(error)
    return SelectionFile(path, record["name"], count, record["created"], problem)


def _open(path: Path, catalogue: Catalogue) -> tuple[pa.Table, dict[str, Any]]:
    """The file's table and record. Raises `WorkspaceError` or `MismatchError`."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    record, _ = _footer(path)
    _require_catalogue(path, record, catalogue)
    try:
        with pq.ParquetFile(path) as file:
            return file.read(columns=["row", ID_COLUMN]), record
    except (OSError, pa.ArrowException) as error:
        raise WorkspaceError(f"{path} can't be read: {error}.") from error


def _footer(path: Path) -> tuple[dict[str, Any], int]:
    """The record and the number of rows. Raises `WorkspaceError` where it is none of ours."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            schema, count = file.schema_arrow, file.metadata.num_rows
    except FileNotFoundError:
        raise WorkspaceError(f"The saved selection {path} is no longer there.") from None
    except (OSError, pa.ArrowException) as error:
        raise WorkspaceError(f"{path} can't be read: {error}.") from error
    record = _valid_record((schema.metadata or {}).get(_RECORD))
    has_columns = {"row", ID_COLUMN} <= set(schema.names)
    if record is None or not has_columns or schema.field("row").type != pa.uint32():
        raise WorkspaceError(
            f"{path} is no saved selection: expected the columns row and {ID_COLUMN} with a"
            f" record of their catalogue, found {', '.join(schema.names[:8])}."
        )
    return record, count


def _valid_record(text: bytes | None) -> dict[str, Any] | None:
    try:
        record = json.loads(text or b"null")
    except ValueError:
        return None
    kinds = {"name": str, "created": str, "catalogue_fingerprint": str, "catalogue_rows": int}
    if not isinstance(record, dict):
        return None
    fits = all(isinstance(record.get(key), kind) for key, kind in kinds.items())
    return record if fits and record["catalogue_rows"] >= 0 and record["name"].strip() else None


def _require_catalogue(path: Path, record: dict[str, Any], catalogue: Catalogue) -> None:
    fingerprint, count = record["catalogue_fingerprint"], record["catalogue_rows"]
    if not catalogue.has_grown_from(fingerprint, count):
        raise MismatchError(
            f"The selection “{record['name']}” ({path.name}) was made of another catalogue: its"
            f" fingerprint was {fingerprint[:12]}… ({count} galaxies); this one's is"
            f" {catalogue.fingerprint[:12]}… ({len(catalogue)} galaxies)."
        )


def _checked_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise QueryError(
            f"A selection's name has 1 to {LONGEST_NAME} characters; {len(name)} were given."
        )
    return name


def _free_name(name: str, taken: list[str]) -> str:
    folded = {other.casefold() for other in taken}
    free, number = name, 2
    while free.casefold() in folded:
        free, number = f"{name} {number}", number + 1
    return free


def _free_path(folder: Path, name: str, own: Path | None = None) -> Path:
    """A file for a selection of that name; `own` is the one it has already."""
    stem = re.sub(r"[^\w.+]+", "-", name.casefold()).strip("-.")[:_LONGEST_STEM] or "selection"
    path, number = folder / f"{stem}.parquet", 2
    while path.exists() and path != own:
        path, number = folder / f"{stem}-{number}.parquet", number + 1
    return path
