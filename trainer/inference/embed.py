"""Embedding: every galaxy of a workspace through an encoder, into a store on disk."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

import numpy as np

from trainer.config import EmbedConfig, PlaceConfig
from trainer.cutouts.scaling import Scaling, scaling_from_json, scaling_to_json
from trainer.errors import QueryError
from trainer.events import Finished, Stage
from trainer.inference.encode import Encoder
from trainer.inference.pixel_scaling import scaling_for
from trainer.inference.reading import work_through
from trainer.launch.apart import run_apart
from trainer.launch.context import JobContext
from trainer.model.checkpoints import BEST_NAME, LAST_NAME, LoadedCheckpoint, load_checkpoint
from trainer.model.device import pick_device
from trainer.model.preparation import CutoutSource, source_for, usable_part
from trainer.store.checkpoint_file import checkpoint_reference
from trainer.store.choose import require_catalogue
from trainer.store.embeddings import StoreWriter
from trainer.store.manifest import MANIFEST_NAME, StoreManifest, read_manifest
from trainer.store.projections import lack_galaxies
from trainer.workspace.workspace import Workspace

_SCALES_DIFFER = 0.1
"""Relative difference of pixel scales from which a checkpoint sees other sizes."""


def run(config: EmbedConfig, context: JobContext) -> Finished:
    """Encode every galaxy that has no vector yet; memory does not grow with their number.

    A store that was begun is continued, one that the workspace has outgrown is completed.
    Raises `MismatchError` where the store was made with another checkpoint, pooling or
    scaling, other `AstroMaskError`s, and `JobCancelled`.
    """
    device = pick_device(config.device)
    context.emit(Stage(name="Loading the checkpoint"))
    loaded = load_checkpoint(config.checkpoint, config.heads)
    for note in loaded.notes:
        context.warn(note)
    loaded.model.to(device)
    workspace = Workspace.open(config.workspace)
    survey, rows = usable_part(workspace.survey(packed=config.packed), context.warn)
    source = source_for(loaded, survey)
    _warn_of_scales(loaded, workspace, context)

    name = config.name or default_name(loaded.path)
    folder = workspace.store_folder(name)
    begun = read_manifest(folder) if (folder / MANIFEST_NAME).exists() else None
    if begun is not None:
        require_catalogue(begun, workspace)
    frozen = _frozen(begun, loaded)
    scaling = scaling_for(loaded, config.scaling, frozen, source, rows, context)
    encoder = Encoder(loaded.model, scaling, config.pool, config.orientations, config.batch_size)
    manifest = _manifest(name, workspace, loaded, source, encoder, begun)
    with StoreWriter(folder, manifest) as writer:
        todo = np.setdiff1d(rows, writer.done_rows())
        context.emit(Stage(name="Encoding"))
        failed = _encode(context, encoder, source, todo, writer)
        writer.finish()
    finished = _finished(folder, name, len(todo) - failed, failed, encoder)
    if config.place and begun is not None and lack_galaxies(folder):
        _place(config, name, context)
    return finished


def default_name(checkpoint: Path) -> str:
    """A store's name after its checkpoint: the run's, or the file's."""
    if checkpoint.name == BEST_NAME:
        return checkpoint.parent.resolve().name
    if checkpoint.name == LAST_NAME:
        return f"{checkpoint.parent.resolve().name}-last"
    return checkpoint.stem


def _place(config: EmbedConfig, name: str, context: JobContext) -> None:
    """Put what the store has grown by on its maps; where that fails, the embedding holds."""
    job = PlaceConfig(workspace=config.workspace, store=name, seed=config.seed)
    state = run_apart(job, context)
    if state.status != "finished":
        context.warn(
            f"The new galaxies are embedded but could not be put on the map: {state.sentence}"
            f" `astromask place {config.workspace}` tries again."
        )


def _frozen(begun: StoreManifest | None, loaded: LoadedCheckpoint) -> Scaling | None:
    """The scaling that the store was begun with, constants included."""
    if begun is None or begun.checkpoint_sha256 != loaded.sha256:
        return None
    return scaling_from_json(begun.scaling)


def _warn_of_scales(loaded: LoadedCheckpoint, workspace: Workspace, context: JobContext) -> None:
    trained = loaded.header.pixel_scale if loaded.header else None
    here = workspace.settings.pixel_scale
    if trained and here and abs(here / trained - 1) > _SCALES_DIFFER:
        context.warn(
            f"The checkpoint was trained on pixels of {trained:g} arcsec, and this survey's are"
            f" {here:g} arcsec: galaxies look {trained / here:.2g} times as large to it as they"
            " did."
        )


def _manifest(
    name: str,
    workspace: Workspace,
    loaded: LoadedCheckpoint,
    source: CutoutSource,
    encoder: Encoder,
    begun: StoreManifest | None,
) -> StoreManifest:
    a = loaded.architecture
    return StoreManifest(
        name=name,
        checkpoint_path=checkpoint_reference(loaded.path, workspace.folder),
        checkpoint_sha256=loaded.sha256,
        catalogue_fingerprint=workspace.catalogue.fingerprint,
        rows=len(workspace),
        dimension=encoder.dimension,
        pool=encoder.pool,
        orientations=encoder.orientations,
        crop=source.side,
        bands=source.bands,
        scaling=scaling_to_json(encoder.scaling),
        heads=a.heads,
        pixels=_pixels(source, workspace, begun),
        code_version=version("astromask"),
        model={"image": a.image, "patch": a.patch, "width": a.width, "depth": a.depth},
    )


def _pixels(
    source: CutoutSource, workspace: Workspace, begun: StoreManifest | None
) -> tuple[str, ...]:
    """What the store's vectors come from, the earlier ones among them."""
    now = source.survey.pixel_sources(source.side)
    if begun is None:
        return now
    # Stores of older versions do not say: there was nothing but the source.
    earlier = begun.pixels or ("source",)
    is_whole = begun.complete and begun.rows == len(workspace)
    return earlier if is_whole else tuple(sorted({*earlier, *now}))


def _encode(
    context: JobContext,
    encoder: Encoder,
    source: CutoutSource,
    rows: np.ndarray,
    writer: StoreWriter,
) -> int:
    """Encode `rows` batch by batch into the store; returns how many could not be."""

    def encode(chosen: np.ndarray, pixels: np.ndarray) -> np.ndarray:
        vectors = encoder.encode(pixels)
        finite: np.ndarray = np.isfinite(vectors).all(axis=1)
        writer.append(chosen[finite], vectors[finite])
        return finite

    return work_through(source, rows, encoder.batch_size, encode, context)


def _finished(folder: Path, name: str, new: int, failed: int, encoder: Encoder) -> Finished:
    if new == 0 and failed:
        raise QueryError(f"None of the {failed} galaxies that were left could be encoded.")
    message = (
        f'Embedded {new} galaxies into "{name}", {encoder.dimension} numbers each'
        f"{f'; {failed} were left out' if failed else ''}."
        if new
        else f'Every galaxy has its vector in "{name}" already.'
    )
    return Finished(
        message=message,
        outputs={"store": str(Path("embeddings") / folder.name), "name": name},
    )
