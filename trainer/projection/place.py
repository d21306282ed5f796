"""The job `place`: galaxies that came later are put on maps that stay as they are."""

from __future__ import annotations

import numpy as np

from trainer.config import PlaceConfig
from trainer.errors import AstroMaskError, MismatchError, QueryError
from trainer.events import Finished, Stage
from trainer.launch.context import JobContext
from trainer.projection.placing import place_later
from trainer.projection.source import WhitenedVectors
from trainer.store.choose import open_store
from trainer.store.embeddings import EmbeddingStore
from trainer.store.projections import (
    Projection,
    list_projections,
    projection_folder,
    read_projection_manifest,
    write_projection,
)
from trainer.workspace.workspace import Workspace


def run(config: PlaceConfig, context: JobContext) -> Finished:
    """Complete the projections that `config` names. Raises AstroMaskError, JobCancelled."""
    workspace = Workspace.open(config.workspace)
    store = open_store(workspace, config.store)
    names = [config.projection] if config.projection else list_projections(store.folder)
    if not names:
        raise QueryError(
            f'The store "{store.folder.name}" has no projection yet. `astromask project'
            f" {workspace.folder}` makes one."
        )
    context.emit(Stage(name="Reading the embeddings"))
    vectors = WhitenedVectors(store, context.raise_if_cancelled)
    placed: dict[str, int] = {}
    for name in names:
        try:
            placed[name] = complete(name, store, vectors, config, context)
        except AstroMaskError as error:
            if len(names) == 1:
                raise
            # The other maps need not wait for one that can't be mended.
            context.warn(str(error))
    return Finished(
        message=_sentence(placed),
        outputs={"store": store.folder.name} | {name: str(n) for name, n in placed.items()},
    )


def complete(
    name: str,
    store: EmbeddingStore,
    vectors: WhitenedVectors,
    config: PlaceConfig,
    context: JobContext,
) -> int:
    """Place what the projection `name` lacks; returns how many. Raises AstroMaskError."""
    projection = Projection.open(projection_folder(store.folder, name))
    projection.require_store(store)
    manifest = projection.manifest
    if manifest.whitening not in ("", vectors.whitening.identity) and projection.axes is None:
        raise MismatchError(
            f'The projection "{name}" was laid out in another space than the one in which the'
            f' store "{store.folder.name}" is compared now (whitening'
            f" {manifest.whitening[:12]}… then, {vectors.whitening.identity[:12]}… now). Run"
            " `astromask project` again."
        )
    rows, places, how = place_later(vectors, projection, config.epochs, context)
    if len(rows) == 0:
        return 0
    context.raise_if_cancelled()
    if read_projection_manifest(projection.folder) != manifest:
        raise MismatchError(
            f'The projection "{name}" was changed by another job meanwhile, so nothing was placed'
            " on it. Run `astromask place` again."
        )
    grown = manifest.model_copy(
        update={
            "count": manifest.count + len(rows),
            "rows": store.manifest.rows,
            "catalogue_fingerprint": store.manifest.catalogue_fingerprint,
            "placements": (*manifest.placements, how),
        }
    )
    write_projection(
        store.folder,
        grown,
        np.concatenate([projection.rows, rows]),
        np.concatenate([projection.points, places]),
        placed=np.concatenate([projection.placed, np.ones(len(rows), bool)]),
        axes=projection.axes,
    )
    return len(rows)


def _sentence(placed: dict[str, int]) -> str:
    told = [f'{count:,} galaxies on "{name}"' for name, count in placed.items() if count]
    if told:
        return f"Placed {', '.join(told)}; the points that were there have not moved."
    return "Every galaxy with a usable vector is on the map already; nothing was placed."
