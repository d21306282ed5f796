"""The checkpoint that made a store: where it is, and whether it is still the same."""

from __future__ import annotations

import hashlib
from pathlib import Path

from trainer.errors import CheckpointError, MismatchError
from trainer.store.manifest import StoreManifest


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal. Raises CheckpointError where it can't be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise CheckpointError(f"{path} can't be read: {error.strerror}.") from error


def checkpoint_reference(path: Path, workspace: Path) -> str:
    """How a manifest names a checkpoint: relative to the workspace where it lies inside."""
    path, workspace = path.resolve(), workspace.resolve()
    inside = path.is_relative_to(workspace)
    return (path.relative_to(workspace) if inside else path).as_posix()


def find_checkpoint(manifest: StoreManifest, workspace: Path, given: Path | None = None) -> Path:
    """The checkpoint file of a store: `given`, or where the manifest says.

    Raises CheckpointError where it is not there or not known, MismatchError naming both where its
    contents are not those that made the store.
    """
    if manifest.checkpoint_path is None or manifest.checkpoint_sha256 is None:
        raise CheckpointError(manifest.why_no_encoder or f'"{manifest.name}" has no checkpoint.')
    # Joining an absolute path gives that path.
    path = given if given is not None else workspace / manifest.checkpoint_path
    if not path.is_file():
        hint = "" if given is not None else " If it was moved, --checkpoint says where it is now."
        raise CheckpointError(
            f'The checkpoint of the store "{manifest.name}" is not at {path}.{hint}'
        )
    found = file_sha256(path)
    if found != manifest.checkpoint_sha256:
        raise MismatchError(
            f'The store "{manifest.name}" was made by {manifest.checkpoint_path} with the sha256'
            f" {manifest.checkpoint_sha256[:12]}…; {path} has the sha256 {found[:12]}… and would"
            " give vectors that can't be compared. Name the right checkpoint by --checkpoint, or"
            " embed the workspace with this one under another name."
        )
    return path
