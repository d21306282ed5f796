"""Contact sheets: lists of galaxies as pages of pictures, made on the user's wish."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

PageName = Literal["A4", "A3", "Letter"]
MOST_ON_SHEETS = 5000
"""More galaxies than that nobody looks at on paper."""


@dataclass(frozen=True)
class SheetOptions:
    """How the pages look."""

    page: PageName = "A4"
    landscape: bool = False
    columns: int = 5
    title: str = ""
    coordinates: bool = True
    grades: bool = True


@dataclass(frozen=True, eq=False)
class Sheet:
    """A file that is wanted."""

    path: Path
    rows: NDArray[np.uint32]
    """(n,) uint32, in the order of the pages."""
    options: SheetOptions = field(default_factory=SheetOptions)
    caption: str = ""
    """Name of a column that is told of each galaxy too; "" for none."""


class Sheets(QObject):
    """Intents, and how far the sheet that is being made has got. One is made at a time."""

    requested = pyqtSignal(object)
    """`Sheet`."""
    cancelled = pyqtSignal()
    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.options = SheetOptions()
        """The choice made last."""
        self._progress: tuple[int, int] | None = None
        self._error = ""

    @property
    def progress(self) -> tuple[int, int] | None:
        """Galaxies drawn and to be drawn; None while no sheet is being made."""
        return self._progress

    @property
    def error(self) -> str:
        """Why the last sheet could not be made, as a sentence."""
        return self._error

    def request(self, sheet: Sheet) -> None:
        """Ask for a sheet; nothing happens while another one is being made."""
        if self._progress is None:
            self._error = ""
            self.set_progress(0, len(sheet.rows))
            self.requested.emit(sheet)

    def cancel(self) -> None:
        """Ask for the sheet that is being made to be given up."""
        if self._progress is not None:
            self.cancelled.emit()

    def set_progress(self, done: int, total: int) -> None:
        """Say how far it has got."""
        self._progress = (done, total)
        self.changed.emit()

    def set_finished(self, error: str = "") -> None:
        """Say that nothing is being made any more, and why it failed if it did."""
        self._progress, self._error = None, error
        self.changed.emit()
