"""Catalogues that name a picture a galaxy, as Zoobot's do: CSV or Parquet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.cutouts.files import require_file
from trainer.errors import FormatError

if TYPE_CHECKING:
    import pyarrow as pa

ID, FILE = SIGNATURE = ("id_str", "file_loc")
"""Columns by which such a catalogue is known."""
_PARQUET = b"PAR1"
_LONGEST_HEADER = 2**20


def is_picture_table(path: Path) -> bool:
    """Whether a file is a CSV or Parquet table with `id_str` and `file_loc`."""
    try:
        return set(SIGNATURE) <= set(table_columns(path) or ())
    except FormatError:
        return False


def table_columns(path: Path) -> list[str] | None:
    """Names of the columns of a Parquet file, or of what may be a CSV file; None for others.

    Raises `FormatError` where the file can't be read.
    """
    require_file(path)
    try:
        with path.open("rb") as file:
            if file.read(4) == _PARQUET:
                return _parquet_columns(path)
            file.seek(0)
            line = file.readline(_LONGEST_HEADER)
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error.strerror or error}.") from error
    try:
        cells = next(csv.reader([line.decode("utf-8-sig")]), [])
    except (UnicodeDecodeError, csv.Error):
        return None
    return [cell.strip() for cell in cells]


def read_columns(path: Path, names: Sequence[str] | None = None) -> dict[str, np.ndarray]:
    """The columns `names`, or all that hold numbers, booleans or text, each (N,).

    Numbers with gaps are floats with NaN, text with gaps objects with None; identifiers and
    file names are text. Raises `FormatError`.
    """
    import pyarrow as pa

    try:
        table = _read_parquet(path, names) if _is_parquet(path) else _read_csv(path, names)
        columns: dict[str, np.ndarray] = {}
        for field, column in zip(table.schema, table.columns, strict=True):
            if (values := _plain(field.name, column)) is not None:
                columns[field.name] = values
    except (OSError, pa.ArrowException, ValueError, KeyError) as error:
        reason = str(error).strip().split("\n")[0].rstrip(".")
        raise FormatError(f"The catalogue {path} can't be read: {reason}.") from error
    return columns


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == _PARQUET


def _parquet_columns(path: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        names: list[str] = pq.read_schema(path).names
    except (OSError, pa.ArrowException) as error:
        raise FormatError(f"{path} can't be read as Parquet: {error}.") from error
    return names


def _read_parquet(path: Path, names: Sequence[str] | None) -> pa.Table:
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        return file.read(columns=None if names is None else list(names))


def _read_csv(path: Path, names: Sequence[str] | None) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    # Names as they stand in the file: a space before them is part of the name.
    return arrow_csv.read_csv(
        path,
        convert_options=arrow_csv.ConvertOptions(
            column_types=dict.fromkeys(SIGNATURE, pa.string()),
            include_columns=None if names is None else list(names),
        ),
    )


def _plain(name: str, column: pa.ChunkedArray) -> np.ndarray | None:
    """The column as a NumPy array; None where its values are nested."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(name, column.cast(kind.value_type))
    if pa.types.is_nested(kind):
        return None
    numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_boolean(kind)
    if numeric and name not in SIGNATURE:
        if pa.types.is_boolean(kind) and column.null_count:
            column = column.cast(pa.int8())
        return np.asarray(column.to_numpy())
    return np.array(column.cast(pa.string()).to_pylist(), object)
