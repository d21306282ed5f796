"""Where the galaxies of a contact sheet stand on its pages. Lengths are millimetres."""

from __future__ import annotations

from dataclasses import dataclass

from astromask_gui.state.sheets import SheetOptions

PAGES = {"A4": (210.0, 297.0), "A3": (297.0, 420.0), "Letter": (215.9, 279.4)}
MARGIN = 12.0
HEADER = 9.0
"""For the title."""
FOOTER = 6.0
GAP = 3.0
LINE = 3.2
"""Height of a line of text."""


@dataclass(frozen=True)
class SheetLayout:
    """Cells of equal size in lines; each has a square picture with lines of text below it."""

    width: float
    height: float
    columns: int
    lines: int
    """Lines of cells on a page."""
    side: float
    """Of a picture."""
    pitch: float
    """From the top of a line of cells to that of the next."""

    @property
    def on_page(self) -> int:
        """Galaxies on a page."""
        return self.columns * self.lines

    def pages(self, count: int) -> int:
        """Pages that so many galaxies take."""
        return -(-count // self.on_page)

    def page_of(self, number: int) -> int:
        """On which page a galaxy stands, from 0."""
        return number // self.on_page

    def corner(self, number: int) -> tuple[float, float]:
        """Left and top of a galaxy's picture on its page."""
        line, column = divmod(number % self.on_page, self.columns)
        return MARGIN + column * (self.side + GAP), MARGIN + HEADER + line * self.pitch


def lay_out(options: SheetOptions, text_lines: int) -> SheetLayout:
    """Pages for cells with so many lines of text each."""
    width, height = PAGES[options.page]
    if options.landscape:
        width, height = height, width
    columns = max(options.columns, 1)
    across = (width - 2 * MARGIN + GAP) / columns - GAP
    down = height - 2 * MARGIN - HEADER - FOOTER
    # Of few columns on a wide page the pictures must not be higher than it.
    side = min(across, down - text_lines * LINE)
    pitch = side + text_lines * LINE + GAP
    return SheetLayout(width, height, columns, max(int((down + GAP) // pitch), 1), side, pitch)
