"""The objects of a catalogue: who they are, where they are, and what else is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.cutouts.coordinates import clean_coordinates
from trainer.errors import QueryError
from trainer.workspace.identity import unique_ids
from trainer.workspace.tables import DEC_NAMES, ID_NAMES, RA_NAMES, UNIT, free_name, read_table

if TYPE_CHECKING:
    import pyarrow as pa

_RA = (*RA_NAMES, "ALPHAWIN_J2000", "X_WORLD", "RA_ICRS", "raMean", "_RAJ2000")
_DEC = (*DEC_NAMES, "DELTAWIN_J2000", "Y_WORLD", "DE_ICRS", "decMean", "_DEJ2000", "DEJ2000")
_EXACT_INTEGERS = 2**53
_RESERVED = frozenset(
    {
        "images",
        "image_array",
        "cutouts",
        "bands",
        "band_names",
        "inds",
        "ans",
        "filenames",
        "simclr_reps",
        "embeddings",
        "image_embeddings",
        "segmaps",
        "cfis_id",
        "known_id",
        "object_id",
        "ra",
        "dec",
        "tile",
        "at_edge",
        "missing_bands",
        "wcs",
    }
)
"""Names that our own datasets have, or by which a reader knows another layout."""


@dataclass(frozen=True)
class Column:
    """A column that goes along with the cutouts."""

    values: np.ndarray
    """(N,) numbers, booleans or text; NaN or "" where missing."""
    unit: str | None = None


@dataclass(frozen=True)
class Objects:
    """What a catalogue says of N objects."""

    source: Path
    ids: np.ndarray
    """(N,) int64 or text, unique."""
    ra: np.ndarray
    dec: np.ndarray
    """(N,) float64 degrees each, NaN where unknown."""
    columns: dict[str, Column] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    """Sentences on what was assumed."""

    def __len__(self) -> int:
        return len(self.ra)


def read_objects(
    path: Path, ra: str | None = None, dec: str | None = None, identifier: str | None = None
) -> Objects:
    """The objects in a table; its columns are found by their usual names or given ones.

    Identifiers that are absent or not unique become `file:row`. Raises `FormatError` for a
    file that is no table, `QueryError` where a column or every position is missing.
    """
    table = read_table(path)
    if not len(table):
        raise QueryError(f"The catalogue {path} has no rows.")
    ra_name = _column_name(table, path, "--ra", ra, _RA)
    dec_name = _column_name(table, path, "--dec", dec, _DEC)
    positions = clean_coordinates(*(_degrees(table[name]) for name in (ra_name, dec_name)))
    if np.isnan(positions[0]).all():
        raise QueryError(
            f"No row of {path} has a position: its columns {ra_name} and {dec_name} were expected"
            " to hold degrees."
        )
    id_name = _id_name(table, path, identifier)
    ids, notes = _ids(table, path, id_name)
    used = {ra_name, dec_name, id_name}
    columns: dict[str, Column] = {}
    for place, name in enumerate(table.schema.names):
        if name not in used:
            safe = free_name(name.replace("/", "_").strip(".") or "column", _taken(columns))
            columns[safe] = _column(table.column(place), table.schema.field(place))
    return Objects(path, ids, *positions, columns, notes)


def _taken(columns: dict[str, Column]) -> set[str]:
    return {*_RESERVED, *columns}


def _column_name(
    table: pa.Table, path: Path, option: str, given: str | None, usual: Sequence[str]
) -> str:
    names = table.column_names
    if given is not None:
        if given in names:
            return given
        raise QueryError(f"{path} has no column {given}; found {_listed(names)}.")
    folded = {name.casefold(): name for name in reversed(names)}
    for name in usual:
        found = name if name in names else folded.get(name.casefold())
        if found is not None:
            return str(found)
    raise QueryError(
        f"{path} has no column that is clearly {option[2:].capitalize()} in degrees: found"
        f" {_listed(names)}. Name it with {option}."
    )


def _id_name(table: pa.Table, path: Path, given: str | None) -> str | None:
    if given is not None:
        return _column_name(table, path, "--id", given, ())
    return next((name for name in ID_NAMES if name in table.column_names), None)


def _ids(table: pa.Table, path: Path, name: str | None) -> tuple[np.ndarray, tuple[str, ...]]:
    import pyarrow as pa

    if name is None:
        raw = np.full(len(table), "", object)
    else:
        column = table[name]
        if pa.types.is_floating(column.type):
            column = _whole_numbers(column)
        whole = pa.types.is_integer(column.type) and not column.null_count
        raw = column.to_numpy() if whole else _texts(column)
    ids, given = unique_ids([(path.name, raw)])
    values = ids.to_numpy() if str(ids.type) == "int64" else _texts(ids)
    if name is None:
        return values, (f"{path.name} has no column of identifiers; objects are file:row.",)
    if given is None:
        return values, ()
    changed = int((_texts(ids) != _texts(given)).sum())
    sentence = (
        f"{changed:,} identifiers in {name} of {path.name} are absent or not unique; those"
        " objects are called file:row."
    )
    return values, (sentence,)


def _whole_numbers(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Integers where all values are whole: some formats lack integers that can be missing."""
    import pyarrow as pa

    try:
        return column.cast(pa.int64()).cast(pa.string())
    except pa.ArrowInvalid:
        return column


def _texts(column: pa.ChunkedArray) -> np.ndarray:
    import pyarrow as pa

    return np.asarray(column.cast(pa.string()).fill_null("").to_numpy(), object)


def _degrees(column: pa.ChunkedArray) -> np.ndarray:
    import pyarrow as pa

    if pa.types.is_string(column.type):
        return _texts(column)
    return np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)


def _column(column: pa.ChunkedArray, described: pa.Field) -> Column:
    import pyarrow as pa

    unit = (described.metadata or {}).get(UNIT, b"").decode() or None
    kind = column.type
    if pa.types.is_floating(kind):
        return Column(column.to_numpy(), unit)
    if pa.types.is_boolean(kind) and not column.null_count:
        return Column(column.to_numpy(), unit)
    if pa.types.is_integer(kind) or pa.types.is_boolean(kind):
        if not column.null_count:
            return Column(column.to_numpy(), unit)
        as_float = column.cast(pa.int64()) if pa.types.is_boolean(kind) else column
        values = as_float.cast(pa.float64(), safe=False).to_numpy()
        if np.nanmax(np.abs(values), initial=0) <= _EXACT_INTEGERS:
            return Column(values, unit)
    return Column(_texts(column), unit)


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
