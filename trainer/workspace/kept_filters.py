"""`filters.json`: the filters and histograms that a workspace is opened with.

A filter that is a set of galaxies, which nothing tells anew, has a file of its own in `filters/`,
of the same kind as a saved selection.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trainer.atomic import disk_errors, remove_stale
from trainer.errors import WorkspaceError
from trainer.workspace.catalogue import Catalogue
from trainer.workspace.kept_json import read_kept, write_kept
from trainer.workspace.selections import save_selection, selected_rows

FILTERS_FILE = "filters.json"
ROWS_FOLDER = "filters"


def read_filters(folder: Path) -> dict[str, Any] | None:
    """What is kept in the workspace at `folder`; None where there is no file.

    Raises `WorkspaceError` for a file that can't be read or holds something else.
    """
    return read_kept(folder / FILTERS_FILE, "filters")


def write_filters(folder: Path, values: Mapping[str, Any]) -> None:
    """Keep filters in the workspace at `folder`, in one step. Raises `WorkspaceError`."""
    write_kept(folder / FILTERS_FILE, values)


def write_filter_rows(folder: Path, catalogue: Catalogue, name: str, rows: np.ndarray) -> str:
    """Write the rows (n,) of a filter to a new file; returns the file's name.

    Raises `QueryError` for rows there are not, `WorkspaceError` where it can't be written.
    """
    return save_selection(folder / ROWS_FOLDER, catalogue, name, rows).path.name


def read_filter_rows(folder: Path, catalogue: Catalogue, file: str) -> np.ndarray:
    """(n,) uint32 rows of a filter, ascending.

    Raises `WorkspaceError` for a missing or damaged file, `MismatchError` for one of another
    catalogue.
    """
    if not re.fullmatch(r"[\w.+-]+\.parquet", file):
        raise WorkspaceError(f"{file!r} is no name of a file in {folder / ROWS_FOLDER}.")
    return selected_rows(folder / ROWS_FOLDER / file, catalogue)


def remove_filter_rows(folder: Path, kept: Collection[str]) -> None:
    """Remove all files of filters' rows but those `kept`. Raises `WorkspaceError`."""
    rows_folder = folder / ROWS_FOLDER
    if not rows_folder.is_dir():
        return
    remove_stale(rows_folder)
    for path in rows_folder.glob("*.parquet"):
        if path.name not in kept:
            with disk_errors(path):
                path.unlink(missing_ok=True)
