"""The files that other programs read: tables of galaxies, and this program's icon."""

from __future__ import annotations

from pathlib import Path

from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.interop import SendTable
from trainer.atomic import write_bytes
from trainer.errors import QueryError


def write_icon(icon: bytes, folder: Path | None) -> str | None:
    """Write a PNG file; its address, or None where there is no folder for it."""
    if folder is None:
        return None
    path = folder / "icon.png"
    write_bytes(path, icon)
    return path.as_uri()


def write_table_of(loaded: Loaded, sending: SendTable, path: Path) -> None:
    """Write rows and columns of a workspace as a VOTable. Raises `AstroMaskError`."""
    from trainer.workspace.write_tables import write_table

    columns = loaded.workspace.columns
    known = [name for name in columns.names() if name in sending.columns]
    if not known:
        raise QueryError("No column was chosen, so no table was sent.")
    write_table(columns.rows_table(sending.rows, known), path, "votable")
