"""`colours.json`: the colours that a user gave to categories of columns."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.atomic import write_text
from trainer.errors import WorkspaceError

COLOURS_FILE = "colours.json"
_VERSION = 1
_COLOUR = re.compile(r"#[0-9a-f]{6}")

Colours = dict[str, dict[str, str]]
"""By column and category, "#rrggbb"."""


def read_colours(folder: Path) -> Colours:
    """The colours kept in the workspace at `folder`; none where there is no file.

    Raises `WorkspaceError` for a file that can't be read or holds something else.
    """
    path = folder / COLOURS_FILE
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise WorkspaceError(f"{path} can't be read: {error.strerror}.") from error
    except ValueError as error:
        raise WorkspaceError(f"{path} is not valid JSON: {error}.") from error
    if not isinstance(values, dict) or values.get("version") != _VERSION:
        raise WorkspaceError(f"{path} holds no colours of version {_VERSION}.")
    return _checked(path, values.get("columns"))


def write_colours(folder: Path, colours: Mapping[str, Mapping[str, str]]) -> None:
    """Keep colours in the workspace at `folder`, in one step. Raises `WorkspaceError`."""
    values = {"version": _VERSION, "columns": colours}
    write_text(folder / COLOURS_FILE, json.dumps(values, indent=2, ensure_ascii=False) + "\n")


def _checked(path: Path, columns: Any) -> Colours:
    """The part of the file that is about columns, where it is what it should be."""
    made: Colours = {}
    if not isinstance(columns, dict):
        raise WorkspaceError(f'{path} has no "columns".')
    for column, own in columns.items():
        if not isinstance(own, dict):
            raise WorkspaceError(f"{path}: {column}: expected colours by category.")
        made[column] = {}
        for category, colour in own.items():
            if not isinstance(colour, str) or not _COLOUR.fullmatch(colour.lower()):
                raise WorkspaceError(
                    f"{path}: {column}: {category}: {colour!r} is no colour such as #56b4e9."
                )
            made[column][category] = colour.lower()
    return made
