"""`filters.json`: the filters and histograms that a workspace is opened with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.atomic import write_text
from trainer.errors import WorkspaceError

FILTERS_FILE = "filters.json"
_VERSION = 1
_MOST_BYTES = 4 * 2**20
"""Nobody's filters are longer; a file that is was not written here."""


def read_filters(folder: Path) -> dict[str, Any] | None:
    """What is kept in the workspace at `folder`; None where there is no file.

    Raises `WorkspaceError` for a file that can't be read or holds something else.
    """
    path = folder / FILTERS_FILE
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise WorkspaceError(f"{path} is too large to be a file of filters.")
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WorkspaceError(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise WorkspaceError(f"{path} is not valid JSON: {error}.") from error
    if not isinstance(values, dict) or values.get("version") != _VERSION:
        raise WorkspaceError(f"{path} holds no filters of version {_VERSION}.")
    return values


def write_filters(folder: Path, values: Mapping[str, Any]) -> None:
    """Keep filters in the workspace at `folder`, in one step. Raises `WorkspaceError`."""
    text = json.dumps({"version": _VERSION, **values}, indent=2, ensure_ascii=False)
    write_text(folder / FILTERS_FILE, text + "\n")
