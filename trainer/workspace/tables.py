"""Tables of others: CSV, FITS, VOTable, ECSV and Parquet as Arrow tables.

A column's unit and description travel in its Arrow field's metadata.
"""

from __future__ import annotations

import warnings
from collections.abc import Container, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.errors import FormatError

if TYPE_CHECKING:
    import pyarrow as pa

UNIT = b"unit"
DESCRIPTION = b"description"
SOURCE = b"source"

ID_NAMES = (
    "object_id",
    "cfis_id",
    "known_id",
    "unique_id",
    "objid",
    "OBJID",
    "targetid",
    "TARGETID",
    "id_str",
    "source_id",
    "SOURCE_ID",
    "id",
    "ID",
    "name",
    "filename",
    "file_name",
)
"""Columns that may identify an object, in the order in which they are tried."""

RA_NAMES = ("ra", "RA", "Ra", "ra_deg", "RA_deg", "RAJ2000", "ALPHA_J2000", "RA [deg]", "ra_2")
DEC_NAMES = (
    "dec",
    "DEC",
    "Dec",
    "dec_deg",
    "DEC_deg",
    "DEJ2000",
    "DELTA_J2000",
    "DEC [deg]",
    "dec_2",
)
"""Columns that may hold positions in degrees."""

_ASTROPY_FORMATS = {
    ".fits": "fits",
    ".fit": "fits",
    ".fits.gz": "fits",
    ".xml": "votable",
    ".vot": "votable",
    ".votable": "votable",
    ".ecsv": "ascii.ecsv",
}
_NULLS = ["", "nan", "NaN", "NAN", "null", "NULL", "None", "N/A", "n/a", "--"]
_EXPECTED = "expected CSV, FITS, VOTable, ECSV or Parquet"


def read_table(path: Path) -> pa.Table:
    """The table in a file, by its ending; columns of more than one dimension are left out.

    NaN, masked and empty values are null. Raises `FormatError` naming the file.
    """
    ending = _ending(path)
    if not path.is_file():
        raise FormatError(f"There is no catalogue {path}.")
    try:
        if ending == ".parquet":
            return _with_own_names(_read_parquet(path))
        if ending == ".csv":
            return _with_own_names(_read_csv(path))
        if ending in _ASTROPY_FORMATS:
            return _read_with_astropy(path, _ASTROPY_FORMATS[ending])
    # What a foreign file makes the libraries raise is theirs to choose.
    except (OSError, ValueError, KeyError, IndexError, TypeError) as error:
        raise FormatError(f"The catalogue {path} can't be read: {_one_line(error)}") from error
    raise FormatError(f"{path} is no catalogue that is known by its ending: {_EXPECTED}.")


def arrow_column(values: np.ndarray) -> pa.Array:
    """An Arrow array of (N,) numbers, booleans or text; NaN and masked values are null.

    Bytes become text, dates and objects their text; big-endian numbers native ones.
    """
    import pyarrow as pa

    mask = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else None
    plain = np.ma.getdata(values) if mask is not None else np.asarray(values)
    if plain.dtype.kind == "S":
        plain = np.char.decode(plain, "utf-8", "replace")
    elif plain.dtype.kind == "O":
        mask = np.array([value is None for value in plain]) | (False if mask is None else mask)
        plain = np.array([as_text(value) for value in plain], object)
    elif plain.dtype.kind in "mMc":
        plain = plain.astype(str)
    elif plain.dtype.kind == "f":
        # Parquet and DuckDB know half floats poorly.
        plain = plain.astype(np.float32 if plain.dtype.itemsize < 8 else np.float64)
        mask = np.isnan(plain) | (False if mask is None else mask)
    plain = np.ascontiguousarray(plain.astype(plain.dtype.newbyteorder("="), copy=False))
    return pa.array(plain, mask=mask)


def arrow_field(name: str, kind: pa.DataType, **facts: str | None) -> pa.Field:
    """A field of type `kind` that carries its `unit`, `description` and `source`."""
    import pyarrow as pa

    metadata: Mapping[bytes, bytes] = {
        key.encode(): value.encode() for key, value in facts.items() if value
    }
    return pa.field(name, kind, metadata=metadata or None)


def _ending(path: Path) -> str:
    name = path.name.lower()
    return ".fits.gz" if name.endswith(".fits.gz") else path.suffix.lower()


def free_name(name: str, taken: Container[str]) -> str:
    """`name`, or `name_2`, `name_3` … where it is taken."""
    number, free = 2, name
    while free in taken:
        free, number = f"{name}_{number}", number + 1
    return free


def _with_own_names(table: pa.Table) -> pa.Table:
    names: list[str] = []
    for name in table.column_names:
        names.append(free_name(name.strip().lstrip("# ") or "column", names))
    return table.rename_columns(names)


def _read_parquet(path: Path) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        table = file.read()
    fields, columns = [], []
    for field, column in zip(table.schema, table.columns, strict=True):
        if (plain := _plain_column(column)) is not None:
            fields.append(field.with_type(plain.type))
            columns.append(plain)
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _plain_column(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    """The column as numbers, booleans or text; None where its values are nested."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain_column(column.cast(kind.value_type))
    if pa.types.is_nested(kind):
        return None
    if pa.types.is_floating(kind):
        return _nan_as_null(column.cast(pa.float32()) if kind.bit_width < 32 else column)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        return column
    return column.cast(pa.float64() if pa.types.is_decimal(kind) else pa.string())


def _nan_as_null(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow.compute as pc

    return pc.if_else(pc.is_nan(column), None, column)


def _read_csv(path: Path) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    options = csv.ConvertOptions(
        strings_can_be_null=True,
        null_values=_NULLS,
        # As numbers, identifiers of twenty digits would lose their last ones.
        column_types=dict.fromkeys(ID_NAMES, pa.string()),
    )
    table = csv.read_csv(path, convert_options=options)
    columns = [_plain_column(column) for column in table.columns]
    kept = [place for place, column in enumerate(columns) if column is not None]
    names = [table.column_names[place] for place in kept]
    return pa.Table.from_arrays([columns[place] for place in kept], names=names)


def _read_with_astropy(path: Path, format: str) -> pa.Table:
    import pyarrow as pa
    from astropy.table import Table

    with warnings.catch_warnings():
        # Units that astropy does not know are kept as text.
        warnings.simplefilter("ignore")
        # FITS may hold many tables; the first is the catalogue.
        table = Table.read(path, format=format)
    fields, columns = [], []
    for name in table.colnames:
        column = table[name]
        if getattr(column, "ndim", 1) != 1:
            continue
        values = _without_empty(arrow_column(_plain_values(column)))
        unit = str(column.unit) if getattr(column, "unit", None) is not None else None
        description = getattr(column.info, "description", None)
        fields.append(arrow_field(name, values.type, unit=unit, description=description))
        columns.append(values)
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _without_empty(values: pa.Array) -> pa.Array:
    """VOTable has no other word than an empty text for one that is missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_string(values.type):
        return values
    return pc.if_else(pc.equal(values, ""), None, values)


def _plain_values(column: Any) -> np.ndarray:
    if isinstance(column, np.ndarray):
        return column
    # Times, sky positions and other mixins: their text.
    return np.array([str(value) for value in column])


def beside(parts: Sequence[pa.Table]) -> pa.Table:
    """Tables of the same rows as one, its fields with what they are known by."""
    import pyarrow as pa

    fields = [field for part in parts for field in part.schema]
    arrays = [column for part in parts for column in part.columns]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields))


def as_text(value: Any) -> str:
    """A value as text; "" for none."""
    if value is None:
        return ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _one_line(error: Exception) -> str:
    text = str(error).strip().split("\n")[0].rstrip(".")
    return f"{text or type(error).__name__}."
