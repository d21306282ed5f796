"""Small JSON files that the window keeps in a workspace, and that a user may edit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.atomic import write_text
from trainer.errors import WorkspaceError

_VERSION = 1
_MOST_BYTES = 4 * 2**20
"""What a user keeps is never so long; a file that is was not written here."""


def read_kept(path: Path, what: str) -> dict[str, Any] | None:
    """The object in the file at `path`; None where there is no file.

    Raises `WorkspaceError` for a file that can't be read or holds no `what`.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise WorkspaceError(f"{path} is too large to be a file of {what}.")
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise WorkspaceError(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise WorkspaceError(f"{path} is not valid JSON: {error}.") from error
    if not isinstance(values, dict) or values.get("version") != _VERSION:
        raise WorkspaceError(f"{path} holds no {what} of version {_VERSION}.")
    return values


def write_kept(path: Path, values: Mapping[str, Any]) -> None:
    """Write an object in one step. Raises `WorkspaceError`."""
    text = json.dumps({"version": _VERSION, **values}, indent=2, ensure_ascii=False)
    write_text(path, text + "\n")
