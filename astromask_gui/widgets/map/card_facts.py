"""What a card says of a galaxy: which columns, and their values in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from astromask_gui.parts.usual_columns import importance
from astromask_gui.parts.value_text import value_text
from astromask_gui.rendering.colouring import Colours
from astromask_gui.state.columns import Column, Columns

LOADING = "…"
_USUAL = 3
_NOT_USUAL = {"object_id", "original_id", "ra", "dec", "tile", "field", "file"}


@dataclass(frozen=True)
class Line:
    """One column of a galaxy."""

    name: str
    value: str
    colour: str | None = None
    """Colour of the galaxy's point, where the map is coloured by this column."""


def card_columns(
    columns: Columns, chosen: tuple[str, ...] | None, colouring: str | None
) -> list[str]:
    """Names of the columns on a card: the colouring one, then those chosen or the usual ones.

    Where a survey has none of the columns chosen for others, the usual ones are shown.
    """
    names = columns.names()
    shown = [name for name in chosen or () if name in names]
    if chosen is None or (chosen and not shown):
        known = [columns.column(name) for name in names]
        shown = usual_columns(column for column in known if column is not None)
    first = [colouring] if colouring in names else []
    return [*first, *(name for name in shown if name != colouring)]


def usual_columns(columns: Iterable[Column]) -> list[str]:
    """Up to three columns that say most of a galaxy."""
    found = [
        (_rank(column), place, column.name)
        for place, column in enumerate(columns)
        if column.name.lower() not in _NOT_USUAL
        and column.source != "labels"  # the grade is shown anyway
        and column.kind != "text"
    ]
    return [name for _, _, name in sorted(found)[:_USUAL]]


def card_lines(
    row: int, columns: Columns, names: Iterable[str], coloured: str | None, colours: Colours | None
) -> list[Line]:
    """The columns' values of a row; what is still being loaded is awaited with an ellipsis."""
    lines = []
    for name in names:
        column, values = columns.column(name), columns.values(name)
        if column is None:
            continue
        # Values of a catalogue that has just grown may be those of a moment ago.
        known = values is not None and row < len(values)
        text = value_text(column, values[row]) if known else LOADING  # type: ignore[index]
        lines.append(Line(name, text, _colour_of(row, colours) if name == coloured else None))
    return lines


def _rank(column: Column) -> int:
    """Scores are worth as much as magnitudes."""
    return importance("mag" if column.source == "scores" else column.name)


def _colour_of(row: int, colours: Colours | None) -> str | None:
    if colours is None or row >= len(colours.index):
        return None
    red, green, blue = (int(part) for part in np.asarray(colours.table[colours.index[row], :3]))
    return f"#{red:02x}{green:02x}{blue:02x}"
