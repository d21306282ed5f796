"""Embedding: every galaxy of a workspace through an encoder, into a store on disk."""

from __future__ import annotations

import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np

from trainer.config import EmbedConfig, PlaceConfig, ScalingKind
from trainer.cutouts.scaling import BatchMinMaxScaling, Scaling, scaling_from_json, scaling_to_json
from trainer.errors import CheckpointError, FormatError, MismatchError, QueryError
from trainer.events import Finished, Progress, Stage
from trainer.inference.encode import Encoder
from trainer.launch.apart import run_apart
from trainer.launch.context import JobContext
from trainer.model.checkpoints import BEST_NAME, LAST_NAME, LoadedCheckpoint, load_checkpoint
from trainer.model.device import pick_device
from trainer.model.prefetch import prefetched
from trainer.model.preparation import CutoutSource, fit_survey_scaling, source_for, usable_part
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
    scaling = _scaling(config, context, loaded, source, rows, begun)
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


def _scaling(
    config: EmbedConfig,
    context: JobContext,
    loaded: LoadedCheckpoint,
    source: CutoutSource,
    rows: np.ndarray,
    begun: StoreManifest | None,
) -> Scaling:
    """The checkpoint's scaling; else the one asked for, with constants frozen in the store."""
    stated = loaded.scaling
    kind = _scaling_kind(config.scaling, stated, loaded.path)
    if begun is not None and begun.checkpoint_sha256 == loaded.sha256:
        frozen = scaling_from_json(begun.scaling)
        if frozen.kind == kind:
            return frozen
    unfrozen = isinstance(stated, BatchMinMaxScaling) and stated.minimum is None
    if stated is not None and not unfrozen:
        return stated

    def told(done: int, total: int) -> None:
        context.raise_if_cancelled()
        context.emit(Progress(done=done, total=total, unit="galaxies"))

    context.emit(Stage(name="Measuring the pixels' range"))
    return fit_survey_scaling(kind, source, rows, told)


def _scaling_kind(asked: ScalingKind | None, stated: Scaling | None, path: Path) -> ScalingKind:
    if stated is not None:
        if asked not in (None, stated.kind):
            raise MismatchError(
                f"{path} was trained on pixels scaled by {stated.kind}, but --scaling {asked} was"
                " asked for; its embeddings would mean nothing."
            )
        return stated.kind
    if asked is None:
        raise CheckpointError(
            f"{path} does not say how its cutouts were scaled. Give it with --scaling:"
            " batch_min_max for AstroMASK's first checkpoints, none where they took plain"
            " pixels, or asinh, standardise, min_max."
        )
    return asked


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
    path = loaded.path.resolve()
    home = workspace.folder.resolve()
    return StoreManifest(
        name=name,
        checkpoint_path=str(path.relative_to(home) if path.is_relative_to(home) else path),
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
    reader = _Reader(source)
    done, began = 0, time.monotonic()
    batches = reader.batches(rows, encoder.batch_size)
    with prefetched(batches, idle=context.raise_if_cancelled) as ready:
        for chosen, pixels, asked in ready:
            context.raise_if_cancelled()
            vectors = encoder.encode(pixels)
            finite = np.isfinite(vectors).all(axis=1)
            writer.append(chosen[finite], vectors[finite])
            reader.count_unusable(int((~finite).sum()))
            done += asked
            left = (time.monotonic() - began) / done * (len(rows) - done)
            context.emit(Progress(done=done, total=len(rows), unit="galaxies", seconds_left=left))
    for problem in reader.problems():
        context.warn(problem)
    return reader.failed


class _Reader:
    """Reads batch by batch; what can't be read is left out and told at the end."""

    def __init__(self, source: CutoutSource) -> None:
        self._source = source
        self._unreadable: dict[str, int] = {}
        self._unusable = 0

    @property
    def failed(self) -> int:
        """Galaxies left out so far."""
        return sum(self._unreadable.values()) + self._unusable

    def batches(self, rows: np.ndarray, size: int) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
        """Yield (rows, pixels, number of rows that were asked for)."""
        for start in range(0, len(rows), size):
            chosen = rows[start : start + size]
            try:
                yield chosen, self._source.read(chosen), len(chosen)
            except FormatError:
                good, pixels = self._one_by_one(chosen)
                yield good, pixels, len(chosen)

    def count_unusable(self, count: int) -> None:
        """Note galaxies whose vectors were not finite."""
        self._unusable += count

    def problems(self) -> list[str]:
        """Sentences on what was left out."""
        told = [
            f"{error} {count} galaxies were left out." for error, count in self._unreadable.items()
        ]
        if self._unusable:
            told.append(
                f"{self._unusable} galaxies were left out: their pixels are so extreme that the"
                " encoder gave no finite numbers."
            )
        return told

    def _one_by_one(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        good, pixels = [], []
        for row in rows:
            try:
                pixels.append(self._source.read(np.array([row]))[0])
                good.append(row)
            except FormatError as error:
                self._unreadable[str(error)] = self._unreadable.get(str(error), 0) + 1
        stacked = np.array(pixels, np.float32).reshape(len(pixels), *self._source.shape)
        return np.array(good, rows.dtype), stacked


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
