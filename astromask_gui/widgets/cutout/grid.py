"""Pictures beside each other in as many columns as make them largest."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QImage, QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QWidget

from astromask_gui.parts.linked_picture import LinkedPicture
from astromask_gui.state.cutout_view import CutoutView

_SPACE = 4


@dataclass(frozen=True)
class Tile:
    """One picture of the grid: its key, its line of text, and what is said without a picture."""

    key: Hashable
    caption: str
    sentence: str = ""
    current: bool = False


def best_columns(count: int, width: float, height: float) -> int:
    """The number of columns with which `count` squares fill width × height best."""

    def side(columns: int) -> float:
        rows = -(-count // columns)
        return min((width + _SPACE) / columns, (height + _SPACE) / rows)

    # Of equal ones the widest: pictures are compared along a line.
    return max(range(1, count + 1), key=lambda columns: (side(columns), columns), default=1)


class CutoutGrid(QWidget):
    """Linked pictures by key; a click on one tells its key."""

    clicked = pyqtSignal(object)

    def __init__(self, view: CutoutView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._columns = 0
        self._tiles: tuple[Tile, ...] = ()
        self.pictures: dict[Hashable, LinkedPicture] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(_SPACE)

    def set_tiles(self, tiles: Sequence[Tile]) -> None:
        """Show these; pictures whose key stays keep their image."""
        keys = [tile.key for tile in tiles]
        if keys != [tile.key for tile in self._tiles]:
            for key in [key for key in self.pictures if key not in keys]:
                gone = self.pictures.pop(key)
                self._grid.removeWidget(gone)
                gone.deleteLater()
            for key in keys:
                if key not in self.pictures:
                    self.pictures[key] = self._new_picture(key)
            self._columns = 0
        self._tiles = tuple(tiles)
        for tile in tiles:
            picture = self.pictures[tile.key]
            picture.set_caption(tile.caption, tile.current)
            picture.set_sentence(tile.sentence)
            if tile.sentence:
                picture.set_picture(None)
        self._arrange()

    def set_image(self, key: Hashable, image: QImage) -> None:
        """Show an image, if its place is still there."""
        if key in self.pictures:
            self.pictures[key].set_picture(image)

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _new_picture(self, key: Hashable) -> LinkedPicture:
        picture = LinkedPicture(self._view, self, smallest=40)
        picture.clicked.connect(lambda: self.clicked.emit(key))
        picture.show()
        return picture

    def _arrange(self) -> None:
        columns = best_columns(len(self._tiles), self.width(), self.height())
        if columns == self._columns:
            return
        self._columns = columns
        for index, tile in enumerate(self._tiles):
            self._grid.addWidget(self.pictures[tile.key], index // columns, index % columns)
