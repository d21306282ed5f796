"""What galaxies are called and where they are on the sky, looked up when asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal


@dataclass(frozen=True)
class SkyPlace:
    """One galaxy."""

    row: int
    object_id: str
    ra: float | None = None
    dec: float | None = None
    """Degrees, ICRS; both None where they are not known."""

    @property
    def position(self) -> tuple[float, float] | None:
        """RA and Dec, degrees."""
        return None if self.ra is None or self.dec is None else (self.ra, self.dec)


Answer = Callable[[list[SkyPlace]], None]


class SkyPlaces(QObject):
    """Asks for places; the answer comes later, on the window's thread."""

    asked = pyqtSignal(object, object)
    """list[int] rows, and the `Answer` to call with their places in the same order."""

    def ask(self, rows: Iterable[int], answer: Answer) -> None:
        """Have `answer` called with the places of rows."""
        self.asked.emit([int(row) for row in rows], answer)
