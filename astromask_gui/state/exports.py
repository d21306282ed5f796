"""Files that the user wants made from what is shown, and previews of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

FigureFormat = Literal["pdf", "svg", "png"]
AxesChoice = Literal["automatic", "ticks", "frame", "none"]


@dataclass(frozen=True)
class FigureOptions:
    """How a figure of the map is made."""

    format: FigureFormat = "pdf"
    width_cm: float = 8.9
    height_cm: float | None = None
    """None for as high as the map's own shape asks for."""
    dpi: int = 300
    """Pixels an inch, of all of a PNG and of the points in the other formats."""
    text_pt: float = 8.0
    paper: bool = True
    """Black on white; else the colours of the screen."""
    print_safe: bool = False
    """A continuous column in cividis, which reads in grey and with any colour vision."""
    title: str = ""
    axes: AxesChoice = "automatic"
    """"automatic": ticks where the coordinates mean something, a bare frame where they don't."""
    legend: bool = True
    marks: bool = True
    thumbnails: bool = True


class CantBeMade(ValueError):
    """What was asked for can't be made; a sentence says why."""


@dataclass(frozen=True)
class MadeFile:
    """A file's content, and what it is in words."""

    data: bytes
    words: str


@dataclass(frozen=True)
class Export:
    """A file to be written."""

    path: Path
    make: Callable[[], MadeFile]
    """Called in a thread. Raises `CantBeMade`."""


class Exports(QObject):
    """Intents of making files and previews; what has been written is told by a message."""

    write_requested = pyqtSignal(object)
    """`Export`."""
    preview_requested = pyqtSignal(int, object)
    """Number, and a callable that draws and is called in a thread; a newer one replaces it."""
    preview_made = pyqtSignal(int, object)
    """Number, and what was drawn."""
    preview_failed = pyqtSignal(int, str)
    """Number, and a sentence on why."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.options = FigureOptions()
        """The choice made last."""
        self.newest_preview = 0
        """Number of the preview asked for last: answers to others are stale."""

    def write(self, export: Export) -> None:
        """Ask for a file."""
        self.write_requested.emit(export)

    def preview(self, draw: Callable[[], object]) -> int:
        """Ask for a preview, and return its number."""
        # Known before the answer, which may come at once.
        number = self.newest_preview = self.newest_preview + 1
        self.preview_requested.emit(number, draw)
        return number
