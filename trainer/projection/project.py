"""The job `project`: lays a store's vectors out in two dimensions.

UMAP and t-SNE are given the neighbours that a search finds: by the angle between whitened
embeddings. PCA shows the principal components of the standardised ones.
"""

from __future__ import annotations

import re
import time
from importlib.metadata import version
from typing import Any

import numpy as np

from trainer.config import ProjectConfig
from trainer.errors import QueryError
from trainer.events import Finished, Progress, Stage
from trainer.launch.context import JobContext
from trainer.projection.layouts import Report, tsne_layout, umap_layout
from trainer.projection.neighbours import neighbour_graph
from trainer.projection.pca import principal_axes
from trainer.projection.source import WhitenedVectors
from trainer.store.choose import open_store
from trainer.store.embeddings import EmbeddingStore
from trainer.store.projections import ProjectionManifest, write_projection
from trainer.store.vectors import unit_vectors
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
    points, parameters = _lay_out(config, vectors, context)
    manifest = ProjectionManifest(
        name=name,
        method=config.method,
        store=store.folder.name,
        store_identity=store.manifest.identity,
        catalogue_fingerprint=store.manifest.catalogue_fingerprint,
        rows=store.manifest.rows,
        count=len(vectors),
        seed=config.seed,
        metric="euclidean" if config.method == "pca" else "cosine",
        whitening=vectors.whitening.identity,
        parameters=parameters,
        code_version=version("astromask"),
    )
    projection = write_projection(store.folder, manifest, vectors.rows, points)
    return Finished(
        message=f'{len(vectors):,} galaxies are laid out by {_TITLES[config.method]} as "{name}".',
        outputs={
            "projection": str(projection.folder.relative_to(workspace.folder)),
            "store": store.folder.name,
            "name": name,
        },
    )


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


def _lay_out(
    config: ProjectConfig, vectors: WhitenedVectors, context: JobContext
) -> tuple[np.ndarray, dict[str, Any]]:
    context.emit(Stage(name="Finding the principal components"))
    components = vectors.whitening.components
    found = principal_axes(
        (components(features) for _, features in vectors.blocks()), vectors.width, 2
    )
    start = np.zeros((len(vectors), 2), np.float32)  # One column stays 0 where K is 1.
    start[:, : vectors.width] = vectors.transformed(
        min(vectors.width, 2), lambda features: found.transform(components(features))
    )
    if config.method == "pca":
        return start, {"explained_variance": found.explained.tolist()}
    unit = _for_the_graph(vectors)
    if config.method == "umap":
        return _umap(config, unit, start, context)
    return _tsne(config, unit, start, context)


def _for_the_graph(vectors: WhitenedVectors) -> np.ndarray:
    """(n, C) float32 unit vectors: all features, or the first of them that fit in memory."""
    width = max(_FEWEST_FEATURES, _GRAPH_BYTES // (4 * len(vectors)))
    width = min(width, vectors.width)
    return vectors.transformed(width, lambda features: unit_vectors(features[:, :width]))


def _umap(
    config: ProjectConfig, unit: np.ndarray, start: np.ndarray, context: JobContext
) -> tuple[np.ndarray, dict[str, Any]]:
    k = _at_most(config.neighbours, len(unit) - 1, "UMAP's neighbours", context)
    graph = neighbour_graph(unit, k, seed=config.seed, report=_stage(context, *_SEARCHING))
    report = _stage(context, "Laying out by UMAP", "epochs")
    return umap_layout(graph, start, min_dist=config.min_dist, seed=config.seed, report=report)


def _tsne(
    config: ProjectConfig, unit: np.ndarray, start: np.ndarray, context: JobContext
) -> tuple[np.ndarray, dict[str, Any]]:
    perplexity = _at_most(config.neighbours, (len(unit) - 1) // 3, "t-SNE's perplexity", context)
    graph = neighbour_graph(
        unit, 3 * perplexity + 1, seed=config.seed, report=_stage(context, *_SEARCHING)
    )
    report = _stage(context, "Laying out by t-SNE", "steps")
    return tsne_layout(graph, start, perplexity=perplexity, seed=config.seed, report=report)


_SEARCHING = ("Finding neighbours", "galaxies")


def _at_most(wanted: int, most: int, what: str, context: JobContext) -> int:
    if wanted <= most:
        return wanted
    context.warn(f"{what} can be at most {most} here; {wanted} was asked for, {most} is used.")
    return most


def _stage(context: JobContext, name: str, unit: str) -> Report:
    """Begin a stage; returns what reports its progress and looks for a request to stop."""
    context.emit(Stage(name=name))
    began = time.monotonic()

    def report(done: int, total: int) -> None:
        context.raise_if_cancelled()
        elapsed = time.monotonic() - began
        left = elapsed * (total - done) / done if done else None
        context.emit(Progress(done=done, total=total, unit=unit, seconds_left=left))

    return report
