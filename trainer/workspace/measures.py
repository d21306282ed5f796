"""Scores and other numbers by galaxy: `scores/<name>.parquet`, each with its provenance."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.atomic import atomic_path, disk_errors
from trainer.errors import MismatchError, QueryError, WorkspaceError
from trainer.workspace.catalogue import Catalogue
from trainer.workspace.kinds import annotated
from trainer.workspace.tables import arrow_column, arrow_field

if TYPE_CHECKING:
    import pyarrow as pa

_PROVENANCE = b"astromask.provenance"
_NAME = re.compile(r"\w[\w .+-]*")


def measure_path(folder: Path, name: str) -> Path:
    """Where a measure is kept. Raises `QueryError` for what can't be a name."""
    if not _NAME.fullmatch(name):
        raise QueryError(
            f"{name!r} can't be the name of a column: letters, digits, _, ., + and - only."
        )
    return folder / f"{name}.parquet"


def write_measure(
    folder: Path,
    catalogue: Catalogue,
    name: str,
    rows: np.ndarray,
    values: np.ndarray,
    unit: str | None,
    description: str | None,
    provenance: Mapping[str, Any],
) -> None:
    """Write `values` (n,) of `rows` (n,) in one step, with the catalogue they belong to.

    Raises `QueryError` for rows there are not, `WorkspaceError` where it can't be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = measure_path(folder, name)
    numbers = np.asarray(rows, np.int64)
    if len(numbers) != len(values):
        raise QueryError(f"{name}: {len(values)} values were given for {len(numbers)} rows.")
    if len(numbers) and (numbers.min() < 0 or numbers.max() >= len(catalogue)):
        raise QueryError(f"{name}: rows beyond the catalogue's {len(catalogue)}.")
    if len(np.unique(numbers)) < len(numbers):
        raise QueryError(f"{name}: a row was given two values.")
    column = pa.chunked_array([arrow_column(values)])
    field = annotated(
        arrow_field(name, column.type, unit=unit, description=description, source="score"), column
    )
    record = {
        "catalogue_fingerprint": catalogue.fingerprint,
        "catalogue_rows": len(catalogue),
        **provenance,
    }
    schema = pa.schema(
        [pa.field("row", pa.uint32()), field],
        metadata={_PROVENANCE: json.dumps(record, default=str).encode()},
    )
    table = pa.Table.from_arrays(
        [pa.chunked_array([numbers.astype(np.uint32)]), column], schema=schema
    )
    with disk_errors(path):
        folder.mkdir(parents=True, exist_ok=True)
    with atomic_path(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")


def read_measure(path: Path, catalogue: Catalogue) -> tuple[pa.Field, pa.ChunkedArray]:
    """A measure's field and its values in row order, null where it has none.

    Raises `WorkspaceError` for a damaged file, `MismatchError` for one of another catalogue.
    """
    import pyarrow as pa

    table = _read(path)
    record = _record(table.schema)
    fingerprint, count = record.get("catalogue_fingerprint"), record.get("catalogue_rows", 0)
    if not catalogue.has_grown_from(str(fingerprint), int(count)):
        raise MismatchError(
            f"{path.stem} was computed for another catalogue: its fingerprint was"
            f" {str(fingerprint)[:12]}… ({count} galaxies); this one's is"
            f" {catalogue.fingerprint[:12]}… ({len(catalogue)} galaxies)."
        )
    places = np.full(len(catalogue), -1, np.int64)
    places[table["row"].to_numpy()] = np.arange(len(table))
    return table.schema.field(1), table.column(1).take(pa.array(places, mask=places < 0))


def measure_field(path: Path) -> pa.Field:
    """A measure's field, without its values. Raises `WorkspaceError`."""
    return _schema(path).field(1)


def provenance(path: Path) -> dict[str, Any]:
    """From what a measure was computed. Raises `WorkspaceError`."""
    return _record(_schema(path))


def _schema(path: Path) -> pa.Schema:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowInvalid) as error:
        raise WorkspaceError(f"{path} can't be read: {error}.") from error


def _read(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            return file.read()
    except (OSError, pa.ArrowInvalid) as error:
        raise WorkspaceError(f"{path} can't be read: {error}.") from error


def _record(schema: pa.Schema) -> dict[str, Any]:
    record: dict[str, Any] = json.loads((schema.metadata or {}).get(_PROVENANCE, b"{}"))
    return record
