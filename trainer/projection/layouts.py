"""UMAP and t-SNE of a neighbour graph, seeded, with progress and a way to stop.

UMAP: McInnes, Healy & Melville 2018, arXiv:1802.03426. t-SNE: van der Maaten & Hinton
2008; openTSNE: Poličar, Stražar & Zupan 2019. Both begin from principal components, which
keeps the large-scale arrangement (Kobak & Linderman 2021).
"""

from __future__ import annotations

import io
import warnings
from typing import Any

import numpy as np

from trainer.launch.context import Report
from trainer.projection.neighbours import NeighbourGraph

_EARLY, _LATE = 250, 500
_TSNE_STEP, _MANY = 10, 100_000


def umap_layout(
    graph: NeighbourGraph, start: np.ndarray, *, min_dist: float, seed: int, report: Report
) -> tuple[np.ndarray, dict[str, Any]]:
    """Lay `graph` out from `start` (N, 2); returns points (N, 2) float32 and the parameters.

    The parameters hold `a` and `b` of the low-dimensional similarity 1 / (1 + a d^(2b)),
    by which new points can later be placed on the same map. One thread, for only then is
    UMAP the same with the same seed.
    """
    import umap
    from umap.umap_ import find_ab_params

    count, k = graph.indices.shape
    a, b = (float(value) for value in find_ab_params(1.0, min_dist))
    epochs = 500 if count <= 10_000 else 200
    reducer = umap.UMAP(
        n_neighbors=k,
        metric="cosine",
        precomputed_knn=(graph.indices.copy(), graph.distances.copy()),
        init=_spread(start, seed),
        a=a,
        b=b,
        min_dist=min_dist,
        n_epochs=epochs,
        random_state=seed,
        n_jobs=1,
        tqdm_kwds={
            "file": _EpochListener(report),
            "bar_format": "{n_fmt}/{total_fmt}",
            "disable": False,
            "mininterval": 0.05,
            "miniters": 1,
        },
    )
    with warnings.catch_warnings():
        # We place new points ourselves and keep no reducer: its index is not needed.
        warnings.filterwarnings("ignore", message="precomputed_knn", category=UserWarning)
        # The vectors themselves are not looked at when their neighbours are given.
        points = reducer.fit_transform(start)
    parameters = {"n_neighbors": k, "min_dist": min_dist, "n_epochs": epochs, "a": a, "b": b}
    return np.asarray(points, np.float32), parameters


def tsne_layout(
    graph: NeighbourGraph, start: np.ndarray, *, perplexity: float, seed: int, report: Report
) -> tuple[np.ndarray, dict[str, Any]]:
    """Lay `graph` out from `start` (N, 2); returns points (N, 2) float32 and the parameters.

    `graph` should hold three times as many neighbours as `perplexity`.
    """
    from openTSNE import TSNE
    from openTSNE.affinity import PerplexityBasedNN
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    # Between unit vectors the squared Euclidean distance is twice the cosine distance.
    euclidean = np.sqrt(2.0 * graph.distances[:, 1:], dtype=np.float64)
    affinities = PerplexityBasedNN(
        knn_index=PrecomputedNeighbors(graph.indices[:, 1:], euclidean),
        perplexity=perplexity,
        random_state=seed,
    )
    # A step of many points takes seconds, and a request to stop should not wait for ten.
    step = _TSNE_STEP if len(start) <= _MANY else 1
    done = 0

    def callback(iteration: int, error: float, embedding: np.ndarray) -> None:
        nonlocal done
        done += step
        report(done, _EARLY + _LATE)

    start = _spread(start, seed)
    points = TSNE(
        early_exaggeration_iter=_EARLY,
        n_iter=_LATE,
        callbacks=callback,
        callbacks_every_iters=step,
        n_jobs=1,  # Sums over threads differ in their last digit, then in all of them.
        random_state=seed,
    ).fit(affinities=affinities, initialization=start * (1e-4 / start[:, 0].std()))
    parameters = {"perplexity": perplexity, "n_iter": _EARLY + _LATE}
    return np.asarray(points, np.float32), parameters


class _EpochListener(io.StringIO):
    """The file to which UMAP's progress bar is written; hears its count."""

    def __init__(self, report: Report) -> None:
        super().__init__()
        self._report = report

    def write(self, text: str) -> int:
        done, slash, total = text.strip().partition("/")
        if slash and done.isdigit() and total.isdigit():
            self._report(int(done), int(total))
        return len(text)


def _spread(start: np.ndarray, seed: int) -> np.ndarray:
    """`start` with a breath of noise: no two points coincide and no axis has no extent."""
    scale = float(start.std()) or 1.0
    noise = np.random.default_rng(seed).normal(scale=1e-4 * scale, size=start.shape)
    return (start + noise).astype(np.float32)
