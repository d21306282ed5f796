"""How the table of galaxies looks: which columns, in which order, how wide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

FIRST = ("object_id", "ra", "dec")
"""What tables begin with, unless the user has them otherwise."""
MOST_WIDTHS = 2000


@dataclass(frozen=True)
class TableLook:
    """The user's choice, for the columns of every survey: those that a survey lacks stay in it."""

    order: tuple[str, ...] = ()
    """Columns that have been moved, and those around them; others follow."""
    hidden: tuple[str, ...] = ()
    widths: tuple[tuple[str, int], ...] = ()
    """Pixels, of columns that have been dragged wider or narrower."""
    pictures: bool = False
    """Whether every row begins with a small picture."""

    def arranged(self, names: Iterable[str]) -> list[str]:
        """The names of a survey's columns in the order to show them, hidden ones among them."""
        known = list(names)
        first = [name for name in self.order or FIRST if name in known]
        return first + [name for name in known if name not in set(first)]

    def shown(self, names: Iterable[str]) -> list[str]:
        """The names of the columns that are shown, from the left to the right."""
        hidden = set(self.hidden)
        return [name for name in self.arranged(names) if name not in hidden]

    def with_order(self, names: Iterable[str]) -> TableLook:
        """The same with a survey's columns in another order."""
        moved = list(names)
        others = [name for name in self.order if name not in set(moved)]
        return replace(self, order=(*moved, *others))

    def with_hidden(self, hidden: Iterable[str], names: Iterable[str]) -> TableLook:
        """The same with these of a survey's columns hidden, and no others of them."""
        ours = set(names)
        kept = [name for name in self.hidden if name not in ours]
        return replace(self, hidden=(*dict.fromkeys(hidden), *kept))

    def with_width(self, name: str, width: int) -> TableLook:
        """The same with a column made wider or narrower."""
        others = [item for item in self.widths if item[0] != name]
        return replace(self, widths=(*others[-MOST_WIDTHS:], (name, width)))

    def with_pictures(self, shown: bool) -> TableLook:
        """The same with or without pictures."""
        return replace(self, pictures=shown)
