"""The legend of a figure: keys in as many columns as there is room for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

KeyKind = Literal["swatch", "ring", "open", "more"]
_WIDEST = 0.45
"""Share of the room that one column may take where there are many keys."""
_MANY = 8


@dataclass(frozen=True)
class Key:
    """One line: a swatch of a category, the ring of a mark or an open point, its name, how many."""

    kind: KeyKind
    label: str
    colour: str
    count: str = ""


@dataclass(frozen=True)
class PlacedKey:
    """A key on the page; `y` is the middle of its line."""

    key: Key
    x: float
    y: float
    label_x: float
    count_right: float
    """Right end of the count."""


@dataclass(frozen=True)
class KeyGrid:
    """Keys in columns, from their own upper left corner."""

    placed: tuple[PlacedKey, ...] = ()
    width: float = 0.0
    height: float = 0.0
    beside: bool = False
    left_out: int = 0

    def moved(self, x: float, y: float) -> tuple[PlacedKey, ...]:
        """The keys with that corner at a place of the page."""
        return tuple(
            replace(
                placed,
                x=placed.x + x,
                y=placed.y + y,
                label_x=placed.label_x + x,
                count_right=placed.count_right + x,
            )
            for placed in self.placed
        )


def arrange_keys(
    keys: tuple[Key, ...],
    width: float,
    height: float,
    line: float,
    measure: Callable[[str], float],
    *,
    beside: bool,
) -> KeyGrid:
    """Keys in columns within `width` × `height`, each `line` high; those that find no place are
    told by a last line. Beside a map a column is filled first, below it the columns evenly."""
    swatch = 1.1 * line
    most = width * (_WIDEST if len(keys) > _MANY and not beside else 1.0)
    counts = max((measure(key.count) for key in keys), default=0.0)
    tail = counts + 0.8 * line if counts else 0.0
    keys = tuple(
        replace(key, label=elided(key.label, most - swatch - tail, measure)) for key in keys
    )
    column = swatch + max(measure(key.label) + (tail if key.count else 0.0) for key in keys)
    step = column + 1.6 * line
    columns = max(1, int((width + 1.6 * line + 1e-6) / step))
    rows_at_most = max(1, int(height / line + 1e-6))
    columns = min(columns, -(-len(keys) // (rows_at_most if beside else 1)))
    rows = min(rows_at_most, -(-len(keys) // columns))
    left_out = max(0, len(keys) - rows * columns)
    if left_out:
        left_out += 1
        kept = keys[: rows * columns - 1]
        keys = (*kept, Key("more", f"and {left_out} more", ""))
    placed = []
    for number, key in enumerate(keys):
        x, y = (number // rows) * step, (number % rows + 0.5) * line
        placed.append(PlacedKey(key, x, y, x + swatch, x + column))
    used = -(-len(keys) // rows)
    return KeyGrid(tuple(placed), used * step - 1.6 * line, rows * line, beside, left_out)


def elided(text: str, room: float, measure: Callable[[str], float]) -> str:
    """The text, or as much of its beginning as has room, with an ellipsis."""
    if measure(text) <= room:
        return text
    for length in range(len(text) - 1, 0, -1):
        shorter = text[:length].rstrip() + "…"
        if measure(shorter) <= room:
            return shorter
    return "…"
