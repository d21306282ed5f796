"""`colours.json`: the colours that a user gave to categories of columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.errors import WorkspaceError
from trainer.workspace.kept_json import read_kept, write_kept

COLOURS_FILE = "colours.json"
_COLOUR = re.compile(r"#[0-9a-f]{6}")

Colours = dict[str, dict[str, str]]
"""By column and category, "#rrggbb"."""


def read_colours(folder: Path) -> Colours:
    """The colours kept in the workspace at `folder`; none where there is no file.

    Raises `WorkspaceError` for a file that can't be read or holds something else.
    """
    path = folder / COLOURS_FILE
    values = read_kept(path, "colours")
    return {} if values is None else _checked(path, values.get("columns"))


def write_colours(folder: Path, colours: Mapping[str, Mapping[str, str]]) -> None:
    """Keep colours in the workspace at `folder`, in one step. Raises `WorkspaceError`."""
    write_kept(folder / COLOURS_FILE, {"columns": colours})


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
