"""Arrow tables as files for others: CSV, FITS, VOTable, ECSV and Parquet, units kept."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from trainer.atomic import atomic_path
from trainer.errors import FormatError
from trainer.workspace.tables import DESCRIPTION, UNIT, as_text

if TYPE_CHECKING:
    import pyarrow as pa
    from astropy.table import Table

TableFormat: TypeAlias = Literal["fits", "csv", "parquet", "ecsv", "votable"]
ENDINGS: dict[TableFormat, str] = {
    "fits": "fits",
    "csv": "csv",
    "parquet": "parquet",
    "ecsv": "ecsv",
    "votable": "vot",
}
"""Ending of a file of each format, by which it is read again."""

_ASTROPY = {"fits": "fits", "ecsv": "ascii.ecsv", "votable": "votable"}
_VOTABLE_INTEGERS = {"int8": "int16", "uint16": "int32", "uint32": "int64", "uint64": "int64"}
_MOST_BYTES = 2**30
"""What a column of text may take where every row takes as much as the longest one."""


def write_table(table: pa.Table, path: Path, format: TableFormat) -> None:
    """Write an Arrow table in one step. Raises `WorkspaceError`."""
    with atomic_path(path) as temporary:
        if format == "parquet":
            import pyarrow.parquet as pq

            pq.write_table(table, temporary)
        elif format == "csv":
            from pyarrow import csv

            csv.write_csv(table, temporary)
        else:
            with warnings.catch_warnings():
                # Long or lower-case names are legal; astropy merely remarks on them.
                warnings.simplefilter("ignore")
                made = _to_astropy(table, as_bytes=format == "fits")
                made.write(temporary, format=_ASTROPY[format])


def _to_astropy(table: pa.Table, *, as_bytes: bool) -> Table:
    from astropy.table import MaskedColumn
    from astropy.table import Table as AstropyTable

    result = AstropyTable()
    for field, column in zip(table.schema, table.columns, strict=True):
        metadata = field.metadata or {}
        nulls = column.is_null().to_numpy()
        _require_room(field, column)
        values = _fits_values(column) if as_bytes else _plain_numpy(column)
        # FITS has NaN and empty text for what is missing, other formats a mask.
        is_masked = nulls.any() and (not as_bytes or values.dtype.kind in "iu")
        result[field.name] = MaskedColumn(
            values,
            mask=nulls if is_masked else False,
            unit=metadata[UNIT].decode() if UNIT in metadata else None,
            description=metadata[DESCRIPTION].decode() if DESCRIPTION in metadata else None,
        )
    return result


def _plain_numpy(column: pa.ChunkedArray) -> np.ndarray:
    """Values of a column as NumPy has them; NaN, 0, False or "" where it is null."""
    import pyarrow as pa

    if pa.types.is_floating(column.type):
        return np.asarray(column.to_numpy())
    if pa.types.is_boolean(column.type):
        return np.asarray(column.fill_null(False).to_numpy())
    if pa.types.is_integer(column.type):
        filled = column.fill_null(pa.scalar(0, column.type)).to_numpy()
        if column.type == pa.uint64() and filled.max(initial=0) > np.iinfo(np.int64).max:
            return np.asarray(filled.astype(str))
        # VOTable knows a byte without a sign, and larger integers only with one.
        return np.asarray(filled, _VOTABLE_INTEGERS.get(filled.dtype.name, filled.dtype))
    return np.array([as_text(value) for value in column.to_pylist()], dtype=str)


def _fits_values(column: pa.ChunkedArray) -> np.ndarray:
    """Values of a column in a type that FITS has; NaN, 0 or "" where it is null."""
    import pyarrow as pa

    if pa.types.is_floating(column.type):
        return np.asarray(column.to_numpy())
    # A logical column can't have missing values, and one byte's integers have no sign.
    if pa.types.is_boolean(column.type) and not column.null_count:
        return np.asarray(column.to_numpy())
    if pa.types.is_boolean(column.type) or pa.types.is_int8(column.type):
        column = column.cast(pa.int16())
    if pa.types.is_integer(column.type):
        return np.asarray(column.fill_null(pa.scalar(0, column.type)).to_numpy())
    # FITS knows ASCII only; as bytes, other letters at least survive the way back to us.
    return np.array([as_text(value).encode() for value in column.to_pylist()], dtype=bytes)


def _require_room(field: pa.Field, column: pa.ChunkedArray) -> None:
    """Refuse a text so long that a million times as much would have to be held and written."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(field.type) or pa.types.is_large_string(field.type):
        longest = pc.max(pc.binary_length(column)).as_py() or 0
        if longest * len(column) > _MOST_BYTES:
            raise FormatError(
                f"The column {field.name} has a text of {longest:,} letters, and in this format"
                " every row would take as many. Leave the column out, or write CSV or Parquet."
            )
