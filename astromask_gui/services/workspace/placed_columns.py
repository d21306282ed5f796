"""Columns that tell which galaxies a projection was not laid out from, but which came later."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from astromask_gui.state.columns import Column
from trainer.errors import AstroMaskError

if TYPE_CHECKING:
    from astromask_gui.services.workspace.loading import Loaded
    from trainer.store.embeddings import EmbeddingStore


def placed_columns(store: EmbeddingStore | None, taken: Collection[str]) -> tuple[Column, ...]:
    """One column for each projection on which galaxies were placed, which is its source. Its name
    is none of those `taken` by others. Reads manifests."""
    from trainer.store.projections import (
        list_projections,
        projection_folder,
        read_projection_manifest,
    )

    if store is None:
        return ()
    found = []
    for name in sorted(list_projections(store.folder)):
        try:
            manifest = read_projection_manifest(projection_folder(store.folder, name))
        except AstroMaskError:
            continue  # It has vanished since; whoever wants to see it is told.
        if manifest.placed_count:
            found.append(_column(name, manifest.placed_count, taken))
    return tuple(found)


def placed_values(loaded: Loaded, name: str) -> NDArray[np.int16] | None:
    """(N,) codes 0 and 1 in row order, −1 where a row has no place; None for another column.

    Reads files. Raises `AstroMaskError` where the projection can't be read.
    """
    from trainer.store.projections import Projection, projection_folder

    projection = loaded.placed_on.get(name)
    if projection is None or loaded.store is None:
        return None
    count = loaded.facts.count
    found = Projection.open(projection_folder(loaded.store.folder, projection))
    codes = found.placed_of(count).astype(np.int16)
    codes[~np.isfinite(found.coordinates_of(count)).all(axis=1)] = -1
    return codes


def _column(projection: str, count: int, taken: Collection[str]) -> Column:
    name = f"placed on {projection}"
    while name in taken:
        name += " (this map)"
    return Column(
        name,
        "boolean",
        source=projection,
        description=f"{count:,} galaxies that came after {projection} was laid out, or were too"
        " many for it, and were placed among the others.",
        categories=("false", "true"),
    )
