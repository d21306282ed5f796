"""Reading a workspace from disk into plain facts; slow, so never on the window's thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astromask_gui.services.workspace.describing import Describer
from astromask_gui.services.workspace.placed_columns import placed_columns
from astromask_gui.state.columns import Column
from astromask_gui.state.session import OpenWorkspace
from trainer.errors import AstroMaskError, MismatchError

# What reads files brings pyarrow and h5py along, and is imported only when something is
# opened: the window is painted before.
if TYPE_CHECKING:
    from trainer.store.embeddings import EmbeddingStore
    from trainer.store.projections import Projection
    from trainer.workspace.workspace import Workspace

PREFERRED = ("umap", "tsne", "pca")
CHECKPOINTS = ("checkpoint-best.safetensors", "checkpoint-last.safetensors")
"""What a pretraining leaves in its run folder; the model's own room would bring torch along."""


@dataclass(frozen=True)
class Loaded:
    """An open workspace, as far as services need it."""

    workspace: Workspace
    facts: OpenWorkspace
    columns: tuple[Column, ...]
    store: EmbeddingStore | None
    projections: tuple[str, ...]
    projection: str | None
    coordinates: NDArray[np.float32] | None
    describer: Describer
    has_checkpoint: bool
    """Whether the checkpoint that `facts` name is there."""
    own_colours: Mapping[str, Mapping[str, str]]
    """The user's colours, by column and category."""
    cutouts: Mapping[str, Any]
    """What the reader has to know of the cutouts, by the names of its request."""
    notes: tuple[str, ...] = ()
    """Sentences on what could not be opened; the rest works."""
    placed: NDArray[np.bool_] | None = None
    """(N,): rows that were placed on the projection later; None where none were."""
    placed_on: Mapping[str, str] = field(default_factory=dict)
    """Projections by the name of the column that tells who was placed on them; these columns are
    in no file."""


def workspace_folder(path: Path) -> Path | None:
    """The folder of the workspace that `path` is, or whose `workspace.toml` it is."""
    folder = path.parent if path.name == "workspace.toml" else path
    return folder if (folder / "workspace.toml").is_file() else None


def load_workspace(
    folder: Path,
    store: str | None = None,
    projection: str | None = None,
    *,
    is_demo: bool = False,
    notes: Sequence[str] = (),
) -> Loaded:
    """Open a workspace with its newest store and projection, or with those named.

    Raises `AstroMaskError` where the workspace can't be opened; a store or projection that
    can't is left out and noted, after the `notes` given.
    """
    from trainer.workspace.workspace import Workspace

    workspace = Workspace.open(folder)
    said = [*notes]
    if (missing := workspace.missing_sentence()) is not None:
        said.append(missing)
    stores = _complete_stores(workspace, said)
    chosen = stores.get(store) if store in stores else next(iter(stores.values()), None)
    names, shown, coordinates, placed = _load_projection(workspace, chosen, projection, said)
    checkpoints = find_checkpoints(workspace.folder)
    checkpoint = _checkpoint(workspace.folder, chosen, checkpoints)
    own_colours = _own_colours(workspace.folder, said)
    facts = OpenWorkspace(
        folder=workspace.folder,
        name=workspace.settings.name,
        count=len(workspace),
        bands=workspace.settings.bands,
        stores=tuple(stores),
        store=chosen.manifest.name if chosen else None,
        checkpoint=checkpoint,
        checkpoints=checkpoints,
        bad_files=tuple(f"{file.path}: {file.reason}" for file in workspace.bad_files),
        is_demo=is_demo,
    )
    columns = describe_columns(workspace)
    placed_on = placed_columns(chosen, {column.name for column in columns})
    return Loaded(
        workspace,
        facts,
        (*columns, *placed_on),
        chosen,
        names,
        shown,
        coordinates,
        Describer(workspace.catalogue),
        checkpoint is not None and checkpoint.exists(),
        own_colours,
        _cutouts(workspace),
        tuple(said),
        placed,
        {column.name: column.source for column in placed_on},
    )


def _cutouts(workspace: Workspace) -> dict[str, Any]:
    from trainer.cutouts.packs import read_manifest
    from trainer.workspace.settings import resolve

    settings, folder = workspace.settings, workspace.folder
    files = [
        {"path": str(resolve(folder, file)), "count": file.count, "first_row": file.first_row}
        for file in settings.files
    ]
    return {
        "workspace_files": files,
        "bands": list(settings.bands),
        "crop": settings.crop,
        "zero_points": settings.zero_points,
        "packed": str(workspace.packed_folder),
        # Read by nobody: copies that were packed since are another survey to the reader.
        "packed_files": [file.pixels for file in read_manifest(workspace.packed_folder).files],
    }


def load_points(loaded: Loaded, name: str) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
    """(N, 2) float32 of a projection of the open store, and which were placed on it later.

    Raises `AstroMaskError`.
    """
    from trainer.store.projections import Projection, projection_folder

    assert loaded.store is not None, "projections belong to a store"
    found = Projection.open(projection_folder(loaded.store.folder, name))
    found.require_store(loaded.store)
    return _points_of(found, loaded.facts.count)


def _points_of(
    projection: Projection, count: int
) -> tuple[NDArray[np.float32], NDArray[np.bool_] | None]:
    placed = projection.placed_of(count) if projection.placed.any() else None
    return projection.coordinates_of(count), placed


def describe_columns(workspace: Workspace) -> tuple[Column, ...]:
    """What columns the workspace has, without their values."""
    store = workspace.columns
    infos = [store.info(name) for name in store.names()]
    return tuple(
        Column(
            info.name,
            info.kind,
            info.unit or "",
            info.source or "",
            info.description or "",
            tuple(info.categories or ()),
        )
        for info in infos
    )


def find_checkpoints(folder: Path) -> tuple[Path, ...]:
    """The best checkpoint of each pretraining of the workspace, newest first."""
    found = []
    # A run's name begins with its time.
    for run in sorted((folder / "runs").glob("*"), reverse=True):
        found += [run / name for name in CHECKPOINTS if (run / name).is_file()][:1]
    return tuple(found)


def _own_colours(folder: Path, notes: list[str]) -> Mapping[str, Mapping[str, str]]:
    from trainer.workspace.own_colours import read_colours

    try:
        return read_colours(folder)
    except AstroMaskError as error:
        notes.append(f"{error} Default colours are shown.")
        return {}


def _complete_stores(workspace: Workspace, notes: list[str]) -> dict[str, EmbeddingStore]:
    """The stores that can be used, newest first."""
    from trainer.store.embeddings import EmbeddingStore

    stores = []
    for name in workspace.stores():
        try:
            store = EmbeddingStore.open(workspace.store_folder(name))
            _require_catalogue(workspace, store)
            stores.append(store)
        except AstroMaskError as error:
            notes.append(str(error))
    stores.sort(key=lambda store: store.manifest.created, reverse=True)
    return {store.manifest.name: store for store in stores}


def _require_catalogue(workspace: Workspace, store: EmbeddingStore) -> None:
    manifest = store.manifest
    if not workspace.catalogue.has_grown_from(manifest.catalogue_fingerprint, manifest.rows):
        raise MismatchError(
            f'The store "{manifest.name}" was made for another catalogue than this workspace'
            f" has ({manifest.rows} rows then, {len(workspace)} now); it is left out. Embed"
            " again under another name."
        )


def _load_projection(
    workspace: Workspace, store: EmbeddingStore | None, wanted: str | None, notes: list[str]
) -> tuple[tuple[str, ...], str | None, NDArray[np.float32] | None, NDArray[np.bool_] | None]:
    """Names of all projections, and the first that can be shown, with its points and which of
    them were placed."""
    from trainer.store.projections import Projection, list_projections, projection_folder

    if store is None:
        return (), None, None, None
    names = list_projections(store.folder)
    for name in sorted(names, key=lambda name: (name != wanted, _preference(name))):
        try:
            found = Projection.open(projection_folder(store.folder, name))
            found.require_store(store)
            return tuple(names), name, *_points_of(found, len(workspace))
        except AstroMaskError as error:
            notes.append(str(error))
    return tuple(names), None, None, None


def _preference(name: str) -> int:
    return next(
        (i for i, method in enumerate(PREFERRED) if name.startswith(method)), len(PREFERRED)
    )


def _checkpoint(folder: Path, store: EmbeddingStore | None, found: tuple[Path, ...]) -> Path | None:
    """The checkpoint that made the store; where none is known the newest of the runs."""
    if store is None or store.manifest.checkpoint_path is None:
        return found[0] if found else None
    # Joining an absolute path gives that path.
    return folder / store.manifest.checkpoint_path
