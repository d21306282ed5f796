"""`filters.json`: the filters and histograms that a workspace is opened with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.workspace.kept_json import read_kept, write_kept

FILTERS_FILE = "filters.json"


def read_filters(folder: Path) -> dict[str, Any] | None:
    """What is kept in the workspace at `folder`; None where there is no file.

    Raises `WorkspaceError` for a file that can't be read or holds something else.
    """
    return read_kept(folder / FILTERS_FILE, "filters")


def write_filters(folder: Path, values: Mapping[str, Any]) -> None:
    """Keep filters in the workspace at `folder`, in one step. Raises `WorkspaceError`."""
    write_kept(folder / FILTERS_FILE, values)
