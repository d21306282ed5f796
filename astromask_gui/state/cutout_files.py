"""Cutouts as FITS files: those that the user saves, and those handed to other programs."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QObject, pyqtSignal

MOST_HANDED_OUT = 200
"""Files that one drag brings to another program at most."""
_LONGEST_NAME = 100


class CutoutFiles(QObject):
    """Intents of writing cutouts; what became of them is told by a message."""

    save_requested = pyqtSignal(int, object)
    """Row, and the Path of its FITS file."""
    save_all_requested = pyqtSignal(object, object)
    """list[int] rows, and the Path of the folder in which a new folder is made for them."""
    hand_out_requested = pyqtSignal(object)
    """dict[int, Path]: rows, and the files that other programs will look for."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder: Path | None = None
        self._handed_out: dict[int, Path] = {}

    @property
    def folder(self) -> Path | None:
        """Where files for other programs lie until this one ends; None where there is no place."""
        return self._folder

    def set_folder(self, folder: Path | None) -> None:
        """Hand files out from another folder, as for another survey."""
        self._folder = folder
        self._handed_out.clear()

    def save(self, row: int, path: Path) -> None:
        """Ask for a FITS file of one cutout."""
        self.save_requested.emit(row, path)

    def save_all(self, rows: Sequence[int], folder: Path) -> None:
        """Ask for a FITS file of each cutout, in a new folder inside `folder`."""
        self.save_all_requested.emit(list(rows), folder)

    def hand_out(self, rows: Sequence[int], names: Sequence[str]) -> list[Path]:
        """Files of cutouts for another program, each named after its galaxy. They are being
        written when this returns: who drags them needs longer to let go of them."""
        if self._folder is None:
            return []
        wanted: dict[int, Path] = {}
        for row, name in list(zip(rows, names, strict=True))[:MOST_HANDED_OUT]:
            if row not in self._handed_out:
                path = self.path_of(row, name)
                assert path is not None
                wanted[row] = path
        self._handed_out.update(wanted)
        if wanted:
            self.hand_out_requested.emit(wanted)
        return [self._handed_out[row] for row in rows if row in self._handed_out]

    def path_of(self, row: int, name: str) -> Path | None:
        """Where a cutout lies that is handed out; None where there is no place for it."""
        # A folder each: two galaxies' names may differ in letters that no file name has.
        return self._folder and self._folder / str(row) / f"{file_name(name)}.fits"

    def take_back(self, row: int) -> None:
        """Say that a file could not be written, so that it is tried anew when it is asked for."""
        self._handed_out.pop(row, None)


def file_name(name: str) -> str:
    """A name for a file, without an ending: letters, digits and what no system minds."""
    return re.sub(r"[^\w.+-]+", "_", name)[:_LONGEST_NAME].strip("._") or "galaxy"
