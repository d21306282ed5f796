"""Whose are the vectors of others: by identifier, else by position on the sky."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from trainer.cutouts.coordinates import sky_directions
from trainer.errors import QueryError
from trainer.store.foreign import ForeignEmbeddings
from trainer.workspace.catalogue import ID_COLUMN, ORIGINAL_ID
from trainer.workspace.join import RADIUS
from trainer.workspace.matching import match_sky
from trainer.workspace.tables import ID_NAMES

if TYPE_CHECKING:
    from trainer.workspace.workspace import Workspace

_TILE = "tile"


@dataclass(frozen=True)
class Matching:
    """Which vector is which galaxy's."""

    by: str
    """What identified objects: a dataset's name, that "and tile", or "position"."""
    places: np.ndarray
    """(N,) int64: place of each galaxy's vector in the file, −1 where it has none."""
    ambiguous: int
    """Galaxies that several vectors fitted; they have the nearest of them, else the first."""
    unused: int
    """Vectors that no galaxy wanted."""

    @property
    def matched(self) -> int:
        """Galaxies that have a vector."""
        return int((self.places >= 0).sum())

    @property
    def sentence(self) -> str:
        """The counts in words."""
        count = len(self.places)
        several = (
            f" {self.ambiguous:,} of them fitted several vectors and took the nearest in"
            " position, else the first."
            if self.ambiguous
            else ""
        )
        return (
            f"{self.matched:,} of {count:,} galaxies matched by {self.by},"
            f" {count - self.matched:,} did not, {self.ambiguous:,} are ambiguous.{several}"
            f" {self.unused:,} vectors are of no galaxy here."
        )


def match(workspace: Workspace, foreign: ForeignEmbeddings) -> Matching:
    """By the first identifiers of the file that fit any galaxy, else within 1 arcsec.

    An identifier that stands several times is told apart by the tile where both sides have
    one. Raises `QueryError` where nothing matches.
    """
    for name in foreign.id_names():
        if (found := _by_id(workspace, foreign, name)) is not None:
            return found
    if (found := _by_position(workspace, foreign)) is not None:
        return found
    names = ", ".join(foreign.columns()[:12]) or "nothing"
    raise QueryError(
        f"Nothing in {foreign.path} belongs to {workspace.folder}: expected identifiers of its"
        f" galaxies ({', '.join(ID_NAMES[:4])} …) or positions (ra, dec) within {RADIUS:g} arcsec"
        f" beside the vectors; found {names}."
    )


def _by_id(workspace: Workspace, foreign: ForeignEmbeddings, name: str) -> Matching | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    catalogue = workspace.catalogue
    # Overlapping tiles repeat an object: its vector belongs to every one of its rows.
    column = ORIGINAL_ID if ORIGINAL_ID in catalogue.column_names() else ID_COLUMN
    wanted = catalogue.column(column).cast(pa.string())
    ids = foreign.ids(name)
    known = pa.array(ids, pa.string(), mask=ids == "").dictionary_encode()
    codes = known.indices.fill_null(-1).to_numpy()
    rows = pc.index_in(wanted, value_set=known.dictionary, skip_nulls=True).fill_null(-1).to_numpy()
    if not (rows >= 0).any():
        return None
    order = np.argsort(codes, kind="stable")
    starts = np.searchsorted(codes[order], np.arange(len(known.dictionary) + 1))
    places = np.where(rows >= 0, order[starts[np.maximum(rows, 0)]], -1)
    several = np.flatnonzero((rows >= 0) & (np.diff(starts)[np.maximum(rows, 0)] > 1))
    candidates = [order[starts[code] : starts[code + 1]] for code in rows[several].tolist()]
    chosen, unclear, used_tile = _choose(workspace, foreign, several, candidates)
    places[several] = chosen
    by = f"{name} and tile" if used_tile else name
    return Matching(by, places, unclear, _unused(places, len(foreign)))


def _choose(
    workspace: Workspace,
    foreign: ForeignEmbeddings,
    rows: np.ndarray,
    candidates: Sequence[np.ndarray],
) -> tuple[np.ndarray, int, bool]:
    """The vector of each of `rows` among its candidates, how many stay unclear, and whether
    tiles told any apart."""
    chosen = np.empty(len(rows), np.int64)
    if not len(rows):
        return chosen, 0, False
    tiles, own_tiles = foreign.tiles(), _own_tiles(workspace)
    here, there = sky_directions(*workspace.catalogue.coordinates()), foreign.coordinates()
    theirs = None if there is None else sky_directions(*there)
    unclear, used_tile = 0, False
    for number, (row, places) in enumerate(zip(rows.tolist(), candidates, strict=True)):
        if tiles is not None and own_tiles is not None:
            same = places[tiles[places] == own_tiles[row]]
            used_tile |= len(same) > 0
            places = same if len(same) else places
        unclear += len(places) > 1
        chosen[number] = places[0]
        if theirs is not None and len(places) > 1:
            apart = np.linalg.norm(theirs[places] - here[row], axis=1)
            if np.isfinite(apart).any():
                chosen[number] = places[np.nanargmin(apart)]
    return chosen, unclear, used_tile


def _by_position(workspace: Workspace, foreign: ForeignEmbeddings) -> Matching | None:
    theirs = foreign.coordinates()
    if theirs is None:
        return None
    found = match_sky(*workspace.catalogue.coordinates(), *theirs, RADIUS)
    if not found.matched:
        return None
    return Matching("position", found.places, found.ambiguous_count, found.unused)


def _own_tiles(workspace: Workspace) -> np.ndarray | None:
    if _TILE not in workspace.catalogue.column_names():
        return None
    texts = [str(tile) for tile in workspace.catalogue.column(_TILE).to_pylist()]
    return np.array(texts, object)


def _unused(places: np.ndarray, count: int) -> int:
    return count - len(np.unique(places[places >= 0]))
