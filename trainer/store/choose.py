"""Which store of a workspace to use, and whether it still fits the catalogue."""

from __future__ import annotations

from trainer.errors import AstroMaskError, MismatchError, WorkspaceError
from trainer.store.embeddings import EmbeddingStore
from trainer.store.manifest import StoreManifest, read_manifest
from trainer.workspace.workspace import Workspace


def open_store(workspace: Workspace, name: str | None = None) -> EmbeddingStore:
    """Open the store `name`, or the newest finished one.

    Raises WorkspaceError where there is none, MismatchError where its rows are those of
    another catalogue.
    """
    others = workspace.stores()
    if name is not None and others and not workspace.store_folder(name).exists():
        raise WorkspaceError(
            f'{workspace.folder} has no embeddings named "{name}"; it has {", ".join(others)}.'
        )
    store = EmbeddingStore.open(workspace.store_folder(name or newest_store(workspace)))
    require_catalogue(store.manifest, workspace)
    return store


def newest_store(workspace: Workspace) -> str:
    """Name of the store that was finished last. Raises WorkspaceError where there is none."""
    finished: list[tuple[str, str]] = []
    unfinished: list[tuple[str, StoreManifest]] = []
    for name in workspace.stores():
        try:
            manifest = read_manifest(workspace.store_folder(name))
        except AstroMaskError:
            continue  # A damaged store is no candidate; asked for by name, it says what it lacks.
        if manifest.complete:
            finished.append((manifest.created, name))
        else:
            unfinished.append((name, manifest))
    if finished:
        return max(finished)[1]
    if unfinished:
        begun, manifest = unfinished[0]
        raise WorkspaceError(
            f'The embedding "{begun}" of {workspace.folder} is not finished.'
            f" {manifest.how_to_continue}"
        )
    raise WorkspaceError(
        f"{workspace.folder} has no embeddings yet. `astromask embed {workspace.folder}"
        " --checkpoint FILE` makes them."
    )


def require_catalogue(manifest: StoreManifest, workspace: Workspace) -> None:
    """Refuse a store whose rows are not the first rows of the workspace's catalogue."""
    catalogue = workspace.catalogue
    if catalogue.has_grown_from(manifest.catalogue_fingerprint, manifest.rows):
        return
    raise MismatchError(
        f'The store "{manifest.name}" was made for a catalogue of {manifest.rows} galaxies with'
        f" the fingerprint {manifest.catalogue_fingerprint[:12]}…; the workspace"
        f" {workspace.folder} has {len(catalogue)} galaxies with the fingerprint"
        f" {catalogue.fingerprint[:12]}…, and its first {manifest.rows} are not the same."
        " Embed the workspace anew."
    )
