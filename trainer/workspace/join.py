"""Joining another catalogue to the rows of a workspace, by identifier or on the sky."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.errors import QueryError
from trainer.workspace.catalogue import ID_COLUMN, ORIGINAL_ID
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
"""Arcsec within which two positions are one object."""


@dataclass(frozen=True)
class JoinReport:
    """How a catalogue fitted the workspace."""

    by: str
    """The column that identified objects, or "position"."""
    matched: int
    """Galaxies of the workspace that found their entry."""
    rows: int
    """Galaxies of the workspace."""
    unused: int
    """Entries of the catalogue that no galaxy wanted."""

    def sentence(self, path: Path) -> str:
        """The report in words."""
        how = "by position" if self.by == "position" else f"by {self.by}"
        return (
            f"{path.name}: {self.matched:,} of {self.rows:,} galaxies matched {how};"
            f" {self.unused:,} of its entries were not needed."
        )


def join_catalogue(table: pa.Table, path: Path) -> tuple[pa.Table, JoinReport]:
    """The catalogue `table` with the columns of the file at `path` beside its own.

    Matched by a column of identifiers that fits, else by position within 1 arcsec (the
    nearest wins). Coordinates fill in where the cutouts have none; another column whose
    name is taken gets `_2` at its end. Raises `FormatError` for a file that can't be read
    and `QueryError` where nothing matches.
    """
    other = read_table(path)
    by, places = _match(table, other)
    if by is None:
        raise QueryError(
            f"Nothing in {path} belongs to these cutouts: expected a column of their"
            f" identifiers ({', '.join(ID_NAMES[:4])} …) or positions (ra, dec) within"
            f" {RADIUS:g} arcsec; found the columns {', '.join(other.column_names[:12])}."
        )
    matched = int((places >= 0).sum())
    unused = len(other) - len(np.unique(places[places >= 0]))
    joined = _with_columns(table, other, places, by, path.name)
    return joined, JoinReport(by, matched, len(table), unused)


def match_positions(
    ra: np.ndarray, dec: np.ndarray, other_ra: np.ndarray, other_dec: np.ndarray, radius: float
) -> np.ndarray:
    """(N,) int64: index of the nearest other position within `radius` arcsec, −1 where none.

    All in degrees; NaN never matches. Chord lengths on the unit sphere, so right also at
    the poles and across RA 0.
    """
    from scipy.spatial import cKDTree

    places = np.full(len(ra), -1, np.int64)
    here = np.flatnonzero(np.isfinite(ra) & np.isfinite(dec))
    there = np.flatnonzero(np.isfinite(other_ra) & np.isfinite(other_dec))
    if not len(here) or not len(there):
        return places
    chord = 2 * np.sin(np.radians(radius / 3600) / 2)
    tree = cKDTree(sky_directions(other_ra[there], other_dec[there]))
    _, nearest = tree.query(sky_directions(ra[here], dec[here]), distance_upper_bound=chord)
    found = nearest < len(there)
    places[here[found]] = there[nearest[found]]
    return places


def _match(table: pa.Table, other: pa.Table) -> tuple[str | None, np.ndarray]:
    for name in ID_NAMES:
        if name in other.column_names:
            places = _match_ids(table, other[name])
            if (places >= 0).any():
                return name, places
    ra, dec = _first(other, RA_NAMES), _first(other, DEC_NAMES)
    if ra is not None and dec is not None:
        places = match_positions(
            _numbers(table["ra"]), _numbers(table["dec"]), _numbers(ra), _numbers(dec), RADIUS
        )
        if (places >= 0).any():
            return "position", places
    return None, np.empty(0, np.int64)


def _match_ids(table: pa.Table, other: pa.ChunkedArray) -> np.ndarray:
    import pyarrow as pa
    import pyarrow.compute as pc

    # Overlapping tiles repeat an object: its entry belongs to every one of its rows.
    name = ORIGINAL_ID if ORIGINAL_ID in table.column_names else ID_COLUMN
    wanted = table[name].cast(pa.string())
    known = pc.utf8_trim_whitespace(other.cast(pa.string())).combine_chunks()
    found = pc.index_in(wanted, value_set=known, skip_nulls=True)
    return np.asarray(found.fill_null(-1).to_numpy(), np.int64)


def _with_columns(
    table: pa.Table, other: pa.Table, places: np.ndarray, by: str, source: str
) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    index = pa.array(places, mask=places < 0)
    for name in ("ra", "dec"):
        theirs = _first(other, RA_NAMES if name == "ra" else DEC_NAMES)
        if theirs is not None and table[name].null_count:
            filled = pc.coalesce(table[name], pa.chunked_array([_numbers_of(theirs.take(index))]))
            at = table.schema.get_field_index(name)
            table = table.set_column(at, table.schema.field(name), filled)
    for field in other.schema:
        if field.name in (by, *RA_NAMES, *DEC_NAMES):
            continue
        column = other[field.name].take(index)
        facts = {key.decode(): value.decode() for key, value in (field.metadata or {}).items()}
        kept = {key: facts.get(key.decode()) for key in (UNIT, DESCRIPTION)}
        new = arrow_field(
            free_name(field.name, table.column_names),
            column.type,
            source=source,
            **{key.decode(): value for key, value in kept.items()},
        )
        table = table.append_column(new, column)
    return table


def _numbers_of(column: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa

    numbers = _numbers(column)
    return pa.array(numbers, mask=np.isnan(numbers))


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    import pyarrow as pa

    try:
        return np.asarray(column.cast(pa.float64()).to_numpy(), np.float64)
    except pa.ArrowInvalid:  # Text that is no number.
        return np.full(len(column), np.nan)


def _first(table: pa.Table, names: tuple[str, ...]) -> pa.ChunkedArray | None:
    return next((table[name] for name in names if name in table.column_names), None)


def sky_directions(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """(N, 3) directions of positions in degrees."""
    longitude, latitude = np.radians(ra), np.radians(dec)
    return np.stack(
        [
            np.cos(latitude) * np.cos(longitude),
            np.cos(latitude) * np.sin(longitude),
            np.sin(latitude),
        ],
        axis=1,
    )
