"""Projecting: neighbour graph, UMAP and the placing of new galaxies, which is beside UMAP's own.

Vectors of 384 dimensions. For the quality of placing, a tenth of the galaxies is taken off the
finished map and placed on what is left of it; where the map had them is what is aimed at.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np

from benchmarks.project_scene import Scene, make_scene, quality
from benchmarks.results import Result
from trainer.projection.layouts import umap_layout
from trainer.projection.neighbours import neighbour_graph
from trainer.store.nearest import NearestSearch
from trainer.store.placement import NEIGHBOURS, mean_places, neighbour_weights, settled_places

_LIMIT_AT_A_MILLION = 30 * 60
_MOST_HELD_OUT = 10_000
_TRUSTED = 50
T = TypeVar("T")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the benchmark."""
    parser.add_argument("--n", type=int, default=10_000, help="Galaxies. Default: 10,000.")
    parser.add_argument(
        "--no-umap", action="store_true", help="Leave out UMAP's own placing, slow for many."
    )


def run(args: argparse.Namespace) -> list[Result]:
    """Lay all out phase by phase, then place a tenth anew."""
    count = 1500 if args.small else args.n
    _compile()
    scene = make_scene(count)
    busy = time.process_time()
    search, making = _timed(lambda: NearestSearch(scene.unit))
    graph, searching = _timed(lambda: neighbour_graph(search, NEIGHBOURS))
    clock = _Phases()
    (points, parameters), laying = _timed(
        lambda: umap_layout(graph, scene.start, min_dist=0.1, seed=0, report=clock.hear)
    )
    whole, busy = making + searching + laying, time.process_time() - busy
    total = Result("all of it", whole, "s")
    if count >= 1_000_000:
        total = Result.at_most(total.metric, whole, "s", _LIMIT_AT_A_MILLION)
    results = [
        Result("galaxies", count, ""),
        Result("making the search", making, "s"),
        Result("neighbour graph", searching, "s"),
        Result("UMAP, before the first epoch", clock.before(laying), "s"),
        Result(f"UMAP, {parameters['n_epochs']} epochs", laying - clock.before(laying), "s"),
        total,
        Result("all of it, processor time", busy, "s"),
    ]
    return results + _placing(scene, points, parameters, with_umap=not args.no_umap)


def _placing(
    scene: Scene, points: np.ndarray, parameters: dict[str, Any], *, with_umap: bool
) -> list[Result]:
    """Time and quality of placing a part of the galaxies on the map of the others."""
    count = len(points)
    held = np.zeros(count, bool)
    order = np.random.default_rng(1).permutation(count)
    held[order[: min(count // 10, _MOST_HELD_OUT)]] = True
    fixed, wanted, keys = points[~held], points[held], np.flatnonzero(held)
    search, making = _timed(lambda: NearestSearch(scene.unit[~held]))
    (cosines, nearest), searching = _timed(lambda: search(scene.unit[held], _TRUSTED))
    weights, weighing = _timed(
        lambda: neighbour_weights(np.clip(1 - cosines[:, :NEIGHBOURS], 0, 2))
    )
    near = nearest[:, :NEIGHBOURS]
    force = {"a": parameters["a"], "b": parameters["b"], "keys": keys}
    places: dict[str, np.ndarray] = {}
    places["mean of neighbours"], averaging = _timed(lambda: mean_places(fixed, near, weights))
    places["with UMAP's force"], settling = _timed(
        lambda: settled_places(fixed, near, weights, **force)
    )
    results = [
        Result("placing, making the search", making, "s"),
        Result("placing, finding neighbours", len(keys) / searching, "images/s"),
        Result("placing, mean of neighbours", len(keys) / (weighing + averaging), "images/s"),
        Result("placing, with UMAP's force", len(keys) / (weighing + settling), "images/s"),
    ]
    if with_umap:
        places["UMAP's transform"], theirs = _timed(lambda: _umap_places(scene, fixed, held))
        results.append(Result("UMAP's transform, search included", len(keys) / theirs, "images/s"))
    places["place of the layout"] = wanted
    for name, found in places.items():
        q = quality(found, wanted, fixed, nearest)
        results += [
            Result(f"{name}: distance to the layout's place", 100 * q.gap, "% of the radius"),
            Result(f"{name}: neighbours as from there", 100 * q.overlap, "%"),
            Result(f"{name}: neighbours alike by vector", 100 * q.trust, "%"),
        ]
    return results


def _umap_places(scene: Scene, fixed: np.ndarray, held: np.ndarray) -> np.ndarray:
    """Where `umap.UMAP.transform` puts them on the very same map."""
    import umap

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reducer = umap.UMAP(
            n_neighbors=NEIGHBOURS, metric="cosine", n_epochs=1, init="random", random_state=0
        )
        reducer.fit(scene.unit[~held])
        # Only its index of neighbours was wanted: the map is the one that ours is placed on.
        reducer.embedding_, reducer.n_epochs = fixed.copy(), None
        places: np.ndarray = reducer.transform(scene.unit[held])
    return places


class _Phases:
    """Hears UMAP's epochs; knows when the first began."""

    def __init__(self) -> None:
        self._made = time.perf_counter()
        self._first: float | None = None

    def hear(self, done: int, total: int) -> None:
        if self._first is None:
            self._first = time.perf_counter()

    def before(self, whole: float) -> float:
        """Seconds until the first epoch; all of them where none was heard."""
        return whole if self._first is None else self._first - self._made


def _compile() -> None:
    """Let numba compile what is measured, or load it."""
    scene = make_scene(200)
    graph = neighbour_graph(NearestSearch(scene.unit), NEIGHBOURS)
    points, found = umap_layout(graph, scene.start, min_dist=0.1, seed=0, report=lambda *_: None)
    weights = neighbour_weights(graph.distances[:, 1:])
    keys = np.arange(len(points))
    near = graph.indices[:, 1:]
    settled_places(points, near, weights, a=found["a"], b=found["b"], keys=keys, epochs=1)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.perf_counter()
    answer = work()
    return answer, time.perf_counter() - began
