"""Where a galaxy from outside the survey lies on the map that is shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from trainer.store.embeddings import EmbeddingStore


@dataclass(frozen=True)
class MapTarget:
    """The projection on which a query from outside gets its place."""

    name: str
    coordinates: NDArray[np.float32]
    placed: NDArray[np.bool_] | None = None


def place_query(
    store: EmbeddingStore,
    target: MapTarget | None,
    vectors: NDArray[np.float32],
    rows: NDArray[np.uint32],
    distances: NDArray[np.float32],
) -> tuple[float, float] | None:
    """Where a vector (1, D) with neighbours `rows` (1, k) lies on the map; None where it can't.

    By a PCA's axes, else amid its neighbours: at once, where `astromask place` would begin.
    Reads a file.
    """
    from trainer.store.placement import NEIGHBOURS, mean_places, neighbour_weights
    from trainer.store.projections import projection_folder, read_axes

    if target is None:
        return None
    axes = read_axes(projection_folder(store.folder, target.name))
    if axes is not None and len(axes) == vectors.shape[1] + 1:
        x, y = vectors[0].astype(np.float64) @ axes[:-1] + axes[-1]
        return float(x), float(y)
    known = np.isfinite(distances) & (rows < len(target.coordinates))
    rows, distances = rows[known], distances[known]
    laid_out = np.isfinite(target.coordinates[rows]).all(axis=1)
    if target.placed is not None:
        laid_out &= ~target.placed[rows]
    rows, distances = rows[laid_out][:NEIGHBOURS], distances[laid_out][:NEIGHBOURS]
    if len(rows) == 0:
        return None
    weights = neighbour_weights(distances[None])
    x, y = mean_places(target.coordinates, rows[None].astype(np.int64), weights)[0]
    return float(x), float(y)
