"""Which entry of another catalogue belongs to which galaxy: by identifier, or on the sky."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainer.cutouts.coordinates import sky_directions

if TYPE_CHECKING:
    import pyarrow as pa

ARCSEC = np.pi / 180 / 3600


@dataclass(frozen=True, eq=False)
class Match:
    """The entry of every galaxy, and which galaxies had more than one to choose from."""

    places: NDArray[np.int64]
    """(N,) place in the other catalogue, −1 where nothing belongs to the galaxy."""
    ambiguous: NDArray[np.bool_]
    """(N,): more than one entry belongs to it; the nearest or the first was taken."""
    entries: int
    """Entries of the other catalogue."""

    @property
    def matched(self) -> int:
        """Galaxies that have an entry."""
        return int((self.places >= 0).sum())

    @property
    def unmatched(self) -> int:
        """Galaxies without one."""
        return len(self.places) - self.matched

    @property
    def ambiguous_count(self) -> int:
        """Galaxies with several."""
        return int(self.ambiguous.sum())

    @property
    def shared(self) -> int:
        """Galaxies whose entry another galaxy has too."""
        found = self.places[self.places >= 0]
        return len(found) - len(np.unique(found))

    @property
    def unused(self) -> int:
        """Entries that no galaxy took."""
        return self.entries - len(np.unique(self.places[self.places >= 0]))


def match_ids(wanted: pa.ChunkedArray, known: pa.ChunkedArray) -> Match:
    """By identifiers as text, blanks around them aside; the first of equal entries is taken."""
    import pyarrow.compute as pc

    mine = _as_text(wanted)
    theirs = _as_text(known)
    found = pc.index_in(mine, value_set=theirs, skip_nulls=True).fill_null(-1)
    places = np.asarray(found.to_numpy(zero_copy_only=False), np.int64)
    if not len(theirs):
        return Match(places, np.zeros(len(places), bool), 0)
    codes = theirs.dictionary_encode().indices.fill_null(-1).to_numpy(zero_copy_only=False)
    counts = np.bincount(codes[codes >= 0], minlength=1)
    repeated = counts[np.maximum(codes, 0)] > 1
    ambiguous = np.zeros(len(places), bool)
    ambiguous[places >= 0] = repeated[places[places >= 0]]
    return Match(places, ambiguous, len(theirs))


def match_sky(
    ra: np.ndarray, dec: np.ndarray, other_ra: np.ndarray, other_dec: np.ndarray, radius: float
) -> Match:
    """By the nearest position within `radius` arcsec, positions in degrees; NaN never matches.

    By chord lengths on the unit sphere, so right also at the poles and across RA 0.
    """
    from scipy.spatial import cKDTree

    places = np.full(len(ra), -1, np.int64)
    ambiguous = np.zeros(len(ra), bool)
    here = np.flatnonzero(np.isfinite(ra) & np.isfinite(dec))
    there = np.flatnonzero(np.isfinite(other_ra) & np.isfinite(other_dec))
    if not len(here) or not len(there):
        return Match(places, ambiguous, len(other_ra))
    chord = 2 * np.sin(radius * ARCSEC / 2)
    tree = cKDTree(sky_directions(other_ra[there], other_dec[there]))
    directions = sky_directions(ra[here], dec[here])
    _, nearest = tree.query(directions, k=2, distance_upper_bound=chord)
    found = nearest < len(there)
    places[here[found[:, 0]]] = there[nearest[found[:, 0], 0]]
    ambiguous[here] = found[:, 1]
    return Match(places, ambiguous, len(other_ra))


def _as_text(column: pa.ChunkedArray) -> pa.Array:
    import pyarrow as pa
    import pyarrow.compute as pc

    # A column with gaps may have been read as float64; its 12 is "12", not "12.0".
    if pa.types.is_floating(column.type):
        whole = pc.fill_null(pc.equal(column, pc.floor(column)), True)
        if pc.all(whole).as_py():
            column = column.cast(pa.int64(), safe=False)
    texts = pc.utf8_trim_whitespace(column.cast(pa.large_string()))
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
