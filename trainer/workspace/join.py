"""Joining another catalogue to the rows of a workspace, by identifier or on the sky."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.errors import QueryError
from trainer.workspace.catalogue import ID_COLUMN, ORIGINAL_ID
from trainer.workspace.matching import Match, match_ids, match_sky
from trainer.workspace.settings import JoinBy, JoinRecord
from trainer.workspace.tables import (
    DEC_NAMES,
    DESCRIPTION,
    ID_NAMES,
    RA_NAMES,
    UNIT,
    arrow_field,
    free_name,
    read_table,
)

if TYPE_CHECKING:
    import pyarrow as pa

RADIUS = 1.0
"""Arcsec within which two positions are one object, unless the user says otherwise."""


@dataclass(frozen=True)
class JoinPlan:
    """How another catalogue fits, before anything is changed."""

    record: JoinRecord
    """What is to be done, in full."""
    match: Match
    names: Mapping[str, str]
    """What each column that is taken will be called; another name where its own is taken."""

    def sentence(self) -> str:
        """The plan in words."""
        record, match = self.record, self.match
        how = (
            f"by position within {record.radius:g}″" if record.by == "sky" else f"by {record.other}"
        )
        several = f", {match.ambiguous_count:,} of them with several to choose from"
        return (
            f"{Path(record.path).name}: {match.matched:,} of {len(match.places):,} galaxies matched"
            f" {how}{several if match.ambiguous_count else ''};"
            f" {match.unused:,} of its entries were not needed."
        )


def suggest(table: pa.Table, other: pa.Table, path: Path, by: JoinBy | None = None) -> JoinRecord:
    """By the first column of identifiers that fits, else by position, or only `by` one of them.

    `table` are the workspace's identifiers, and ra and dec; `other` was read from `path`.
    Raises `QueryError`.
    """
    for name in ID_NAMES:
        if name in other.column_names and by != "sky":
            record = JoinRecord(path=str(path), by="id", own=own_ids(table), other=name)
            if match_tables(table, other, record).matched:
                return record
    ra, dec = (_first(other, names) for names in (RA_NAMES, DEC_NAMES))
    if ra is not None and dec is not None and by != "id":
        return JoinRecord(path=str(path), by="sky", ra=ra, dec=dec, radius=RADIUS)
    raise _nothing_fits(other, path)


def plan(table: pa.Table, taken: Sequence[str], other: pa.Table, record: JoinRecord) -> JoinPlan:
    """What a join would do to a catalogue that has the columns `taken`. Raises `QueryError`."""
    match = match_tables(table, other, record)
    used = list(taken)
    names: dict[str, str] = {}
    for name in _columns_of(record, other):
        names[name] = free_name(name, used)
        used.append(names[name])
    full = record.model_copy(update={"columns": tuple(names), "names": tuple(names.values())})
    return JoinPlan(full, match, names)


def join_new(table: pa.Table, path: Path) -> tuple[pa.Table, JoinPlan]:
    """The rows of a new workspace with the columns of the file at `path` beside their own.

    Raises `FormatError` for a file that can't be read, `QueryError` where nothing matches.
    """
    other = read_table(path)
    made = plan(table, table.column_names, other, suggest(table, other, path))
    if not made.match.matched:
        raise _nothing_fits(other, path)
    return joined(table, other, made.record, made.match), made


def match_tables(table: pa.Table, other: pa.Table, record: JoinRecord) -> Match:
    """Which entry belongs to which row. Raises `QueryError` for a column there is not."""
    if record.by == "id":
        own = record.own or own_ids(table)
        return match_ids(_column(table, own, "The workspace"), _theirs(other, record.other, record))
    positions = [_numbers(_theirs(other, name, record)) for name in (record.ra, record.dec)]
    here = [_numbers(_column(table, name, "The workspace")) for name in ("ra", "dec")]
    return match_sky(here[0], here[1], positions[0], positions[1], record.radius)


def joined(
    table: pa.Table, other: pa.Table, record: JoinRecord, match: Match, *, fill: bool = True
) -> pa.Table:
    """The rows of `table` with the columns that a planned `record` takes beside their own.

    A name that the rows have is left alone. With `fill`, positions are filled in where the
    cutouts have none.
    """
    import pyarrow as pa

    index = pa.array(match.places, mask=match.places < 0)
    if fill:
        table = _with_positions(table, other, index)
    for theirs, name in zip(record.columns or (), record.names, strict=True):
        if name not in table.column_names and theirs in other.column_names:
            column = other[theirs].take(index)
            table = table.append_column(_field(other, theirs, name, record), column)
    return table


def own_ids(table: pa.Table) -> str:
    """The workspace's column that is compared with the identifiers of others."""
    # Overlapping tiles repeat an object: its entry belongs to every one of its rows.
    return ORIGINAL_ID if ORIGINAL_ID in table.column_names else ID_COLUMN


def id_candidates(other: pa.Table) -> list[str]:
    """Columns that may identify objects, the likeliest first."""
    known = [name for name in ID_NAMES if name in other.column_names]
    return known + [name for name in other.column_names if name not in known]


def _nothing_fits(other: pa.Table, path: Path) -> QueryError:
    return QueryError(
        f"Nothing in {path} belongs to these cutouts: expected a column of their"
        f" identifiers ({', '.join(ID_NAMES[:4])} …) or positions (ra, dec) within"
        f" {RADIUS:g} arcsec; found the columns {', '.join(other.column_names[:12])}."
    )


def _columns_of(record: JoinRecord, other: pa.Table) -> list[str]:
    """The columns to take: those asked for, else all but what identified and placed objects."""
    if record.columns is not None:
        for name in record.columns:
            _theirs(other, name, record)
        return list(record.columns)
    left_out = {record.other, *RA_NAMES, *DEC_NAMES}
    return [name for name in other.column_names if name not in left_out]


def _with_positions(table: pa.Table, other: pa.Table, index: pa.Array) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, names in (("ra", RA_NAMES), ("dec", DEC_NAMES)):
        theirs = _first(other, names)
        if theirs is not None and name in table.column_names and table[name].null_count:
            values = _numbers(other[theirs].take(index))
            found = pa.chunked_array([pa.array(values, mask=np.isnan(values))])
            at = table.schema.get_field_index(name)
            table = table.set_column(at, table.schema.field(name), pc.coalesce(table[name], found))
    return table


def _field(other: pa.Table, theirs: str, name: str, record: JoinRecord) -> pa.Field:
    """What a column that was taken is called, in what unit, and from which file."""
    field = other.schema.field(theirs)
    metadata = field.metadata or {}
    facts = {key.decode(): metadata[key].decode() for key in (UNIT, DESCRIPTION) if key in metadata}
    return arrow_field(name, field.type, source=Path(record.path).name, **facts)


def _theirs(other: pa.Table, name: str, record: JoinRecord) -> pa.ChunkedArray:
    return _column(other, name, Path(record.path).name)


def _column(table: pa.Table, name: str, whose: str) -> pa.ChunkedArray:
    if name not in table.column_names:
        raise QueryError(
            f"{whose} has no column {name!r}; there are {', '.join(table.column_names[:20])}."
        )
    return table[name]


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    import pyarrow as pa

    try:
        return np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)
    except pa.ArrowInvalid:  # Text that is no number.
        return np.full(len(column), np.nan)


def _first(table: pa.Table, names: Sequence[str]) -> str | None:
    return next((name for name in names if name in table.column_names), None)
