"""Where a galaxy from outside the survey lies on the map that is shown."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class MapTarget:
    """The projection on which a query from outside gets its place."""

    name: str
    coordinates: NDArray[np.float32]
    placed: NDArray[np.bool_] | None = None


def place_amid(
    target: MapTarget | None, rows: NDArray[np.uint32], distances: NDArray[np.float32]
) -> tuple[float, float] | None:
    """Amid its neighbours `rows` (k,), where `astromask place` would begin; None where it can't."""
    from trainer.store.placement import NEIGHBOURS, mean_places, neighbour_weights

    if target is None:
        return None
    known = rows < len(target.coordinates)
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
