"""Where tiles are in a list of any length: whole numbers only, so that a hundred million fit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP = 8
"""Screen pixels between tiles."""
CAPTION_HEIGHT = 18
MOST_STEPS = 2**30
"""A scroll bar counts in 32 bits; longer lists are scrolled in steps of several pixels."""


@dataclass(frozen=True)
class TileGrid:
    """`count` tiles in lines from the top left, in a view `width` pixels wide.

    Places in the list ("positions") count from 0; heights are measured from the top of all.
    """

    count: int
    side: int
    """Of a tile's picture, screen pixels."""
    width: int
    caption_height: int = 0

    @property
    def columns(self) -> int:
        """Tiles beside each other, one at least."""
        return max((self.width - GAP) // (self.side + GAP), 1)

    @property
    def line_height(self) -> int:
        """From a line of tiles to the next."""
        return self.side + self.caption_height + GAP

    @property
    def lines(self) -> int:
        """Lines of tiles."""
        return -(-self.count // self.columns)

    @property
    def height(self) -> int:
        """Of all lines."""
        return self.lines * self.line_height + GAP

    def left(self, column: int) -> int:
        """Where a column's pictures begin: what is left of the width is spread between them."""
        free = max(self.width - self.columns * self.side, 2 * GAP)
        return (column + 1) * free // (self.columns + 1) + column * self.side

    def corner(self, position: int) -> tuple[int, int]:
        """Top left of a tile's picture."""
        line, column = divmod(position, self.columns)
        return self.left(column), GAP + line * self.line_height

    def in_view(self, top: int, height: int) -> range:
        """Positions of the tiles of which a view from `top` shows some part."""
        if height <= 0 or not self.count:
            return range(0)
        first = max(top - GAP, 0) // self.line_height
        last = max(top + height - 1 - GAP, -1) // self.line_height
        end = min((last + 1) * self.columns, self.count)
        return range(min(first * self.columns, end), end)

    def at(self, x: int, y: int) -> int | None:
        """Position of the tile (its picture or caption) at a place; None between tiles."""
        line, down = divmod(y - GAP, self.line_height)
        if line < 0 or down >= self.line_height - GAP:
            return None
        near = min((x * self.columns) // max(self.width, 1), self.columns - 1)
        # Left edges are rounded, so that a tile may begin a pixel before its share of the width.
        for column in (near, near + 1):
            if 0 <= column < self.columns and 0 <= x - self.left(column) < self.side:
                position = line * self.columns + column
                return position if position < self.count else None
        return None

    def within(self, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.int64]:
        """Positions of the tiles that a box touches, ascending."""
        x0, x1, y0, y1 = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
        tall = self.line_height - GAP
        first = max(-(-(y0 - GAP - tall + 1) // self.line_height), 0)
        last = min((y1 - GAP) // self.line_height, self.lines - 1)
        lefts = [self.left(column) for column in range(self.columns)]
        hit = [c for c, left in enumerate(lefts) if left <= x1 and left + self.side > x0]
        if last < first or not hit:
            return np.zeros(0, np.int64)
        lines = np.arange(first, last + 1, dtype=np.int64) * self.columns
        positions = (lines[:, None] + np.array(hit, np.int64)).ravel()
        return positions[positions < self.count]

    def top_for(self, position: int, top: int, height: int) -> int:
        """Where the view is to begin to show a tile whole, moved as little as can be."""
        _, above = self.corner(position)
        below = above + self.line_height - GAP
        if above - GAP < top:
            return above - GAP
        return max(top, min(below + GAP - height, above - GAP))

    def clamped(self, top: int, height: int) -> int:
        """`top`, kept within the list."""
        return min(max(top, 0), max(self.height - height, 0))


def step_of(height: int) -> int:
    """Pixels of a step of the scroll bar over so much height."""
    return max(-(-height // MOST_STEPS), 1)


def middle_first(positions: range, columns: int) -> list[int]:
    """Positions by the distance of their line from the middle of the view."""
    if not positions:
        return []
    middle = (positions[0] // columns + positions[-1] // columns) / 2
    return sorted(positions, key=lambda position: abs(position // columns - middle))
