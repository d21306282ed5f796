"""The user's own copy of the demo survey, made at its first opening."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from pathlib import Path

from astromask_gui.resource_files import resource
from astromask_gui.services.user.folders import data_folder
from trainer.atomic import disk_errors
from trainer.errors import WorkspaceError

SHOWN_GALAXY = "SIM-2026-000629"
"""The galaxy of the demo that is active at its opening: a lens with two bright arcs."""


def copy_demo(shipped: Path | None = None, target: Path | None = None) -> Path:
    """Folder of the demo's workspace, which may be written to; copied where it is missing.

    The copy appears in one step, so that an interrupted one is made again. Raises
    `WorkspaceError` where the demo was not installed or can't be copied.
    """
    shipped = shipped or resource("demo")
    if not (shipped / "workspace.toml").is_file():
        raise WorkspaceError(
            f"The demo survey is not part of this installation: expected it at {shipped}."
        )
    target = target or data_folder() / f"demo-{_edition(shipped)}"
    if (target / "workspace.toml").is_file():
        return target
    with disk_errors(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            shutil.copytree(shipped, temporary, dirs_exist_ok=True)
            # What the system's own folders hold may be for reading only.
            for path in (temporary, *temporary.rglob("*")):
                path.chmod(path.stat().st_mode | stat.S_IWUSR)
            _put_in_place(temporary, target)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return target


def _edition(shipped: Path) -> str:
    """Eight letters for the demo's galaxies and embeddings: another demo is another folder, so
    that grades given to an older one stay with it."""
    parts = [shipped / "catalogue.parquet", *sorted(shipped.glob("embeddings/*/manifest.json"))]
    digest = hashlib.sha256()
    for part in parts:
        if part.is_file():
            digest.update(part.read_bytes())
    return digest.hexdigest()[:8]


def _put_in_place(made: Path, target: Path) -> None:
    try:
        os.replace(made, target)
    except OSError:
        # Another window may have been quicker; its copy is as good.
        if not (target / "workspace.toml").is_file():
            raise
