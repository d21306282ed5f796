"""Cutouts that are no workspace yet: what they are, and making a workspace of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from trainer.errors import FormatError, WorkspaceError

CHECKPOINT_ENDINGS = {".safetensors", ".pth", ".pt", ".ckpt"}


def describe_path(path: Path) -> dict[str, Any]:
    """Facts of cutouts at `path` for the dialog that offers to make a workspace of them.

    Keys: path, cutouts (list of paths), files, count, bands, bands_guessed, size (H, W),
    pixel_scale, zero_points, layout, warnings, bad (sentences), name, folder (suggested).
    Raises `AstroMaskError` for what holds no cutouts.
    """
    if not path.exists():
        raise WorkspaceError(f"There is no file or folder {path}.")
    if path.suffix.lower() in CHECKPOINT_ENDINGS:
        raise WorkspaceError(
            f"{path} is a checkpoint. Open a workspace or cutouts first; then embed them with it"
            " from the jobs panel."
        )
    from trainer.cutouts.scan import scan

    found = scan([path])
    layout = found.layout
    if layout is None:
        raise FormatError(
            found.bad[0].reason
            if found.bad
            else f"{path} holds neither a workspace nor cutouts in a layout that is known."
        )
    name = path.name if path.is_dir() else path.name.split(".")[0]
    return {
        "path": path,
        "cutouts": [path],
        "files": len(found.files),
        "count": sum(file.count for file in found.files),
        "bands": found.bands,
        "bands_guessed": layout.bands_guessed,
        "size": tuple(layout.shape[1:]),
        "pixel_scale": layout.pixel_scale,
        "zero_points": layout.zero_points,
        "layout": layout.sentence,
        "warnings": list(found.warnings),
        "bad": [bad.reason for bad in found.bad],
        "name": name,
        "folder": path.parent / f"{name}-workspace",
    }


def create_workspace(arguments: dict[str, Any]) -> tuple[Path, list[str]]:
    """Make a workspace of `arguments`, those of `Workspace.create`; its folder and warnings.

    Raises `AstroMaskError`.
    """
    from trainer.workspace.workspace import Workspace

    made = Workspace.create(**arguments)
    return made.folder, list(made.warnings)
