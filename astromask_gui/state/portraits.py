"""Small pictures of the maps of the workspaces opened lately."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

Picture = NDArray[np.uint32]
"""(H, W), 0xffRRGGBB, row 0 at the top."""


class Portraits(QObject):
    """By folder; a map offers what it shows, a service makes it small and keeps it."""

    changed = pyqtSignal()
    offered = pyqtSignal(str, object)
    """Folder of a workspace, and the `Picture` of its whole map."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pictures: dict[str, Picture] = {}

    def picture(self, folder: str) -> Picture | None:
        """The picture of a workspace's map, if there is one."""
        return self._pictures.get(folder)

    def offer(self, folder: str, picture: Picture) -> None:
        """Have a picture of the whole map kept."""
        self.offered.emit(folder, picture)

    def add(self, pictures: Mapping[str, Picture]) -> None:
        """Take in pictures that are kept."""
        if pictures:
            self._pictures.update(pictures)
            self.changed.emit()
