"""New vectors among the points of a map: their neighbours found, block by block."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

import numpy as np

from trainer.errors import FormatError
from trainer.events import Stage
from trainer.launch.context import JobContext
from trainer.projection.source import WhitenedVectors
from trainer.store.nearest import EXACT_LIMIT, NearestSearch, nearest_in_blocks
from trainer.store.placement import NEIGHBOURS, mean_places, neighbour_weights, settled_places
from trainer.store.projections import Placement, Projection, ProjectionManifest

FEW = 16_384
"""New vectors up to which comparing all pairs costs less than making an inverted file."""

_AT_ONCE = 2048
STAGE = ("Placing new galaxies", "galaxies")


def place_by_neighbours(
    new: WhitenedVectors,
    search: NearestSearch,
    points: np.ndarray,
    manifest: ProjectionManifest,
    epochs: int,
    context: JobContext,
) -> tuple[np.ndarray, Placement]:
    """Places (n, 2) float32 of `new` among `points` (m, 2), one for each vector of `search`."""
    out = np.empty((len(new), 2), np.float32)
    k = min(_neighbours(manifest), len(points))
    report = context.stage(*STAGE)
    done = 0
    for _, directions in new.directions(search.unit.shape[1]):
        # In small steps, so that a request to stop is soon seen.
        for low in range(0, len(directions), _AT_ONCE):
            report(done, len(new))
            found = search(directions[low : low + _AT_ONCE], k)
            here = slice(done, done + len(found[0]))
            out[here] = _places(found, points, manifest, epochs, new.rows[here])
            done = here.stop
    report(done, len(new))
    return out, _placement(manifest, len(new), k, epochs)


def place_later(
    vectors: WhitenedVectors, projection: Projection, epochs: int, context: JobContext
) -> tuple[np.ndarray, np.ndarray, Placement]:
    """Rows (n,), places (n, 2) and how, of those of `vectors` that the projection lacks.

    Only points that were laid out count as neighbours, not those placed before.
    """
    manifest = projection.manifest
    new = vectors.only(~np.isin(vectors.rows, projection.rows))
    if len(new) == 0:
        return new.rows, np.empty((0, 2), np.float32), _by_axes(0)
    if projection.axes is not None:
        places = place_by_axes(new, projection.axes, context)
        return new.rows, places, _by_axes(len(new))
    points = np.full((len(vectors), 2), np.nan, np.float32)
    fixed = projection.rows[~projection.placed & np.isfinite(projection.points).all(axis=1)]
    inside = np.isin(vectors.rows, fixed)
    points[inside] = projection.coordinates_of(int(vectors.rows.max(initial=0)) + 1)[
        vectors.rows[inside]
    ]
    known, points = vectors.only(inside), points[inside]
    if len(known) == 0:
        raise FormatError(
            f'No galaxy of the projection "{manifest.name}" has a vector in the store, so nothing'
            " can be placed among them. Run `astromask project` again."
        )
    width = min(int(manifest.parameters.get("features") or vectors.width), vectors.width)
    if len(known) > EXACT_LIMIT and len(new) <= FEW:
        k = min(_neighbours(manifest), len(known))
        found = _compare_all(new, known, width, k, context)
        places = _places(found, points, manifest, epochs, new.rows)
        return new.rows, places, _placement(manifest, len(new), k, epochs)
    context.emit(Stage(name="Preparing the search for neighbours"))
    search = NearestSearch(known.unit(width), seed=manifest.seed, check=context.raise_if_cancelled)
    places, how = place_by_neighbours(new, search, points, manifest, epochs, context)
    return new.rows, places, how


def place_by_axes(new: WhitenedVectors, axes: np.ndarray, context: JobContext) -> np.ndarray:
    """(n, 2) float32: exact, by the directions and offset (D + 1, 2) of a PCA."""
    out = np.empty((len(new), 2), np.float32)
    report = context.stage(*STAGE)
    for places, vectors in new.raw():
        report(places.start, len(new))
        if vectors.shape[1] + 1 != len(axes):
            raise FormatError(
                f"The axes of the projection are for vectors of length {len(axes) - 1}; the"
                f" store's have {vectors.shape[1]}. Run `astromask project` again."
            )
        out[places] = vectors.astype(np.float64) @ axes[:-1] + axes[-1]
    report(len(new), len(new))
    return out


def _compare_all(
    new: WhitenedVectors, known: WhitenedVectors, width: int, k: int, context: JobContext
) -> tuple[np.ndarray, np.ndarray]:
    """Few vectors with all that are on the map, of which only a block is in memory at once."""
    report = context.stage(*STAGE)

    def blocks() -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for places, directions in known.directions(width):
            report(places.start, len(known))
            yield np.arange(places.start, places.stop), directions

    return nearest_in_blocks(new.unit(width), blocks(), k)


def _places(
    found: tuple[np.ndarray, np.ndarray],
    points: np.ndarray,
    manifest: ProjectionManifest,
    epochs: int,
    rows: np.ndarray,
) -> np.ndarray:
    cosines, neighbours = found
    distances = np.where(neighbours >= 0, np.clip(1.0 - cosines, 0.0, 2.0), np.inf)
    weights = neighbour_weights(distances)
    force = _force(manifest)
    if force is None:
        return mean_places(points, neighbours, weights)
    a, b = force
    return settled_places(
        points, neighbours, weights, a=a, b=b, keys=rows, seed=manifest.seed, epochs=epochs
    )


def _neighbours(manifest: ProjectionManifest) -> int:
    # UMAP counts a point itself among its neighbours.
    return max(int(manifest.parameters.get("n_neighbors", NEIGHBOURS + 1)) - 1, 1)


def _force(manifest: ProjectionManifest) -> tuple[float, float] | None:
    """a and b of a map that was laid out by UMAP's force."""
    a, b = manifest.parameters.get("a"), manifest.parameters.get("b")
    return None if a is None or b is None else (float(a), float(b))


def _placement(manifest: ProjectionManifest, count: int, k: int, epochs: int) -> Placement:
    forced = _force(manifest) is not None and epochs > 0
    parameters = {"neighbours": k, "seed": manifest.seed} | ({"epochs": epochs} if forced else {})
    return Placement(
        count=count,
        how="force" if forced else "mean",
        parameters=parameters,
        code_version=version("astromask"),
    )


def _by_axes(count: int) -> Placement:
    return Placement(count=count, how="axes", code_version=version("astromask"))
