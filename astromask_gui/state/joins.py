"""Joining another catalogue: what a file offers, how it would match, and the wish to join it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

JoinBy = Literal["id", "sky"]


@dataclass(frozen=True)
class JoinChoice:
    """How a catalogue is to be joined."""

    path: Path
    by: JoinBy
    own: str = ""
    """Column of the workspace that identifies objects."""
    other: str = ""
    """Column of the file that identifies objects."""
    ra: str = ""
    dec: str = ""
    """Columns of the file with positions in degrees."""
    radius: float = 1.0
    """Arcsec within which two positions are one object."""
    columns: tuple[str, ...] | None = None
    """Columns to take; None for all but identifiers and positions."""


@dataclass(frozen=True)
class OfferedColumn:
    """A column of the file."""

    name: str
    kind: str
    unit: str = ""
    new_name: str = ""
    """What it would be called, where its own name is taken."""
    proposed: bool = True
    """Whether it is taken unless the user says otherwise."""


@dataclass(frozen=True)
class JoinOffer:
    """What a file offers, and how it is likeliest to be joined."""

    choice: JoinChoice
    entries: int
    columns: tuple[OfferedColumn, ...]
    own_ids: tuple[str, ...]
    """Columns of the workspace that may identify objects, the likeliest first."""
    other_ids: tuple[str, ...]


@dataclass(frozen=True)
class JoinCounts:
    """How a choice would match."""

    matched: int
    unmatched: int
    ambiguous: int
    """Galaxies with more than one entry to choose from."""
    shared: int
    """Galaxies whose entry another galaxy has too."""
    unused: int
    """Entries of the file that no galaxy takes."""


class Joins(QObject):
    """Intents of joining a catalogue, and the answers to them."""

    open_requested = pyqtSignal(object)
    """Path of a catalogue."""
    offered = pyqtSignal(object)
    """`JoinOffer`: what the file has; a dialog asks how to join it."""
    preview_requested = pyqtSignal(int, object)
    """Number, and `JoinChoice`; a newer one replaces it."""
    previewed = pyqtSignal(int, object)
    """Number, and `JoinCounts`."""
    preview_failed = pyqtSignal(int, str)
    """Number, and a sentence on why."""
    join_requested = pyqtSignal(object)
    """`JoinChoice`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.newest_preview = 0
        """Number of the preview asked for last: answers to others are stale."""

    def request_open(self, path: Path) -> None:
        """Ask what a file offers."""
        self.open_requested.emit(path)

    def preview(self, choice: JoinChoice) -> int:
        """Ask how many galaxies would match, and return the question's number."""
        number = self.newest_preview = self.newest_preview + 1
        self.preview_requested.emit(number, choice)
        return number

    def join(self, choice: JoinChoice) -> None:
        """Ask for the columns to be taken in."""
        self.join_requested.emit(choice)
