"""The job `project`: lays a store's vectors out in two dimensions.

UMAP and t-SNE are given the neighbours that a search finds: by the angle between whitened
embeddings. PCA shows the principal components of the standardised ones.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np

from trainer.config import ProjectConfig
from trainer.errors import QueryError
from trainer.events import Finished, Stage
from trainer.launch.context import JobContext
from trainer.projection.layouts import tsne_layout, umap_layout
from trainer.projection.neighbours import neighbour_graph
from trainer.projection.pca import principal_axes
from trainer.projection.placing import place_by_neighbours
from trainer.projection.source import WhitenedVectors
from trainer.store.choose import open_store
from trainer.store.embeddings import EmbeddingStore
from trainer.store.nearest import NearestSearch
from trainer.store.placement import EPOCHS as PLACED_EPOCHS
from trainer.store.projections import ProjectionManifest, write_projection
from trainer.workspace.workspace import Workspace

FEWEST = 4
"""Points below which there is nothing to lay out."""

_GRAPH_BYTES = 2 * 2**30
_FEWEST_FEATURES = 32


def run(config: ProjectConfig, context: JobContext) -> Finished:
    """Project the store that `config` names. Raises AstroMaskError, JobCancelled."""
    name = _checked_name(config.name or f"{config.method}-{config.seed}")
    workspace = Workspace.open(config.workspace)
    store = open_store(workspace, config.store)
    vectors = _read(store, context)
    layout = _lay_out(config, vectors, context)
    manifest = ProjectionManifest(
        name=name,
        method=config.method,
        store=store.folder.name,
        store_identity=store.manifest.identity,
        catalogue_fingerprint=store.manifest.catalogue_fingerprint,
        rows=store.manifest.rows,
        count=len(layout.points),
        seed=config.seed,
        metric="euclidean" if config.method == "pca" else "cosine",
        whitening=vectors.whitening.identity,
        parameters=layout.parameters,
        code_version=version("astromask"),
    )
    rows, points, placed = layout.rows, layout.points, None
    if layout.search is not None and len(rows) < len(vectors):
        rest = vectors.only(~np.isin(vectors.rows, rows))
        places, how = place_by_neighbours(
            rest, layout.search, points, manifest, PLACED_EPOCHS, context
        )
        manifest = manifest.model_copy(update={"count": len(vectors), "placements": (how,)})
        placed = np.arange(len(vectors)) >= len(rows)
        rows, points = np.concatenate([rows, rest.rows]), np.concatenate([points, places])
    context.raise_if_cancelled()
    projection = write_projection(
        store.folder, manifest, rows, points, placed=placed, axes=layout.axes
    )
    return Finished(
        message=_sentence(manifest),
        outputs={
            "projection": str(projection.folder.relative_to(workspace.folder)),
            "store": store.folder.name,
            "name": name,
        },
    )


@dataclass(frozen=True)
class _Layout:
    rows: np.ndarray
    """(n,) uint32: those laid out."""
    points: np.ndarray
    """(n, 2) float32."""
    parameters: dict[str, Any]
    search: NearestSearch | None = None
    """Over the vectors of `rows`, in their order."""
    axes: np.ndarray | None = None
    """As in `trainer.store.projections.Projection`."""


def _sentence(manifest: ProjectionManifest) -> str:
    method, placed = _TITLES[manifest.method], manifest.placed_count
    told = f"{manifest.count - placed:,} galaxies are laid out by {method}"
    if placed:
        told += f" and {placed:,} are placed among them"
    return f'{told} as "{manifest.name}".'


_TITLES = {"umap": "UMAP", "tsne": "t-SNE", "pca": "principal components"}


def _checked_name(name: str) -> str:
    if not re.fullmatch(r"\w[\w.+ -]{0,99}", name):
        raise QueryError(
            f'"{name}" can\'t name a projection: a name begins with a letter or digit and goes'
            " on with letters, digits, spaces and . _ + -, at most 100 in all."
        )
    return name


def _read(store: EmbeddingStore, context: JobContext) -> WhitenedVectors:
    context.emit(Stage(name="Reading the embeddings"))
    vectors = WhitenedVectors(store, context.raise_if_cancelled)
    if vectors.left_out:
        context.warn(
            f"{vectors.left_out} of {len(store)} vectors are zero or not numbers; those galaxies"
            " have no place on the map."
        )
    if len(vectors) < FEWEST:
        raise QueryError(
            f"A map needs at least {FEWEST} galaxies with usable vectors; the store"
            f' "{store.manifest.name}" has {len(vectors)}.'
        )
    return vectors


def _lay_out(config: ProjectConfig, vectors: WhitenedVectors, context: JobContext) -> _Layout:
    if config.method != "pca":
        vectors = _landmarks(vectors, config, context)
    context.emit(Stage(name="Finding the principal components"))
    components = vectors.whitening.components
    found = principal_axes(
        (components(features) for _, features in vectors.features()), vectors.width, 2
    )
    start = np.zeros((len(vectors), 2), np.float32)  # One column stays 0 where K is 1.
    for places, features in vectors.features():
        start[places, : vectors.width] = found.transform(components(features))
    if config.method == "pca":
        parameters = {"explained_variance": found.explained.tolist()}
        axes = found.of_vectors(vectors.whitening)
        return _Layout(vectors.rows, start, parameters, axes=axes)
    # All features, or the first of them that fit in memory.
    width = max(_FEWEST_FEATURES, _GRAPH_BYTES // (4 * len(vectors)))
    context.emit(Stage(name="Preparing the search for neighbours"))
    unit = vectors.unit(min(width, vectors.width))
    search = NearestSearch(unit, seed=config.seed, check=context.raise_if_cancelled)
    by_method = _umap if config.method == "umap" else _tsne
    points, parameters = by_method(config, search, start, context)
    return _Layout(vectors.rows, points, parameters | {"features": unit.shape[1]}, search)


def _landmarks(
    vectors: WhitenedVectors, config: ProjectConfig, context: JobContext
) -> WhitenedVectors:
    """All vectors, or a random sample where there are more than shall be laid out."""
    if len(vectors) <= config.landmarks:
        return vectors
    context.warn(
        f"Of {len(vectors):,} galaxies a random sample of {config.landmarks:,} is laid out; the"
        " rest is placed among it."
    )
    chosen = np.zeros(len(vectors), bool)
    order = np.random.default_rng(config.seed).permutation(len(vectors))
    chosen[order[: config.landmarks]] = True
    return vectors.only(chosen)


def _umap(
    config: ProjectConfig, search: NearestSearch, start: np.ndarray, context: JobContext
) -> tuple[np.ndarray, dict[str, Any]]:
    k = _at_most(config.neighbours, len(start) - 1, "UMAP's neighbours", context)
    graph = neighbour_graph(search, k, report=context.stage(*_SEARCHING))
    report = context.stage("Laying out by UMAP", "epochs")
    return umap_layout(graph, start, min_dist=config.min_dist, seed=config.seed, report=report)


def _tsne(
    config: ProjectConfig, search: NearestSearch, start: np.ndarray, context: JobContext
) -> tuple[np.ndarray, dict[str, Any]]:
    perplexity = _at_most(config.neighbours, (len(start) - 1) // 3, "t-SNE's perplexity", context)
    graph = neighbour_graph(search, 3 * perplexity + 1, report=context.stage(*_SEARCHING))
    report = context.stage("Laying out by t-SNE", "steps")
    return tsne_layout(graph, start, perplexity=perplexity, seed=config.seed, report=report)


_SEARCHING = ("Finding neighbours", "galaxies")


def _at_most(wanted: int, most: int, what: str, context: JobContext) -> int:
    if wanted <= most:
        return wanted
    context.warn(f"{what} can be at most {most} here; {wanted} was asked for, {most} is used.")
    return most
