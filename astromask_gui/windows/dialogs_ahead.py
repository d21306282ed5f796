"""Imports dialogs before they are asked for: that of the export takes as long as several frames."""

from __future__ import annotations

import importlib
import threading

DIALOGS = (
    "export_dialog",
    "join_dialog",
    "picture_dialog",
    "send_dialog",
    "sheet_dialog",
    "table_export_dialog",
)
"""Modules of this folder that nothing imports at the start."""


def import_dialogs() -> threading.Thread:
    """Import them in a thread, which is returned; to be called once the window is at rest."""
    thread = threading.Thread(target=_import_all, name="dialogs", daemon=True)
    thread.start()
    return thread


def _import_all() -> None:
    for name in DIALOGS:
        importlib.import_module(f"astromask_gui.windows.{name}")
