"""Pictures of galaxies in place of points, where few enough are in view."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PyQt6.QtCore import QRectF, Qt
from PyQt6.QtGui import QColor, QImage, QPainter, QPen

from astromask_gui.parts.rendered import RenderedPictures
from astromask_gui.raster.frame import THUMBNAIL_LIMIT
from astromask_gui.widgets.map.geometry import PixelMapping
from astromask_gui.widgets.map.item import PixelItem

SMALLEST, LARGEST = 26.0, 88.0
_COVER = 0.30
"""Share of the window that all pictures together may cover."""
_OVERLAP = 0.92
"""Pictures keep so many sides apart; points in between stay points."""
_FADE = 60
"""Over so many points fewer than the limit, pictures fade in."""
_SOLID = 0.5
"""From this opacity on a picture stands for its point."""
_NEAR = (-1, 0, 1)
_DASHES = (2.5, 2.0)
"""Of a frame, in its widths."""


@dataclass(frozen=True)
class Pictures:
    """The pictures that are shown, for whoever draws them elsewhere."""

    side: float = SMALLEST
    """Pixels of the window."""
    opacity: float = 0.0
    images: dict[int, QImage] = field(default_factory=dict)
    """By row."""
    placed: frozenset[int] = frozenset()
    """Those of galaxies that were placed on the map later: their frames are dashed."""

    def sides(self) -> dict[int, float]:
        """Rows whose picture stands for their point, with its side."""
        return dict.fromkeys(self.images, self.side) if self.opacity >= _SOLID else {}


class ThumbnailItem(PixelItem):
    """Draws pictures at the places of `rows`, as many as fit without covering each other."""

    def __init__(self, rendered: RenderedPictures) -> None:
        super().__init__()
        self._rendered = rendered
        self._coordinates: np.ndarray | None = None
        self._rows = np.empty(0, np.int64)
        self._index: np.ndarray | None = None
        self._table: np.ndarray | None = None
        self._placed: np.ndarray | None = None
        self._side = SMALLEST
        self._opacity = 0.0
        rendered.changed.connect(self.update)

    @property
    def side(self) -> float:
        """Side of a picture, in pixels."""
        return self._side

    def shown(self) -> dict[int, float]:
        """Rows that have a picture now, with its side in pixels."""
        if self._opacity < _SOLID:
            return {}
        return {int(row): self._side for row in self._rows}

    def pictures(self) -> Pictures:
        """What is drawn now; pictures that are not rendered yet are not among it."""
        if self._opacity <= 0:
            return Pictures()
        images = {int(row): self._rendered.ask(int(row)) for row in self._rows}
        there = {row: image for row, image in images.items() if image is not None}
        placed = frozenset(row for row in there if self._is_placed(row))
        return Pictures(self._side, self._opacity, there, placed)

    def _is_placed(self, row: int) -> bool:
        placed = self._placed
        return placed is not None and row < len(placed) and bool(placed[row])

    def set_points(
        self,
        coordinates: np.ndarray | None,
        rows: np.ndarray,
        visible: int,
        mapping: PixelMapping,
        first: np.ndarray,
    ) -> None:
        """Show pictures of `rows`, those in view; the rows in `first` get a place before others."""
        self._coordinates = coordinates
        self._opacity = float(np.clip((THUMBNAIL_LIMIT - visible) / _FADE, 0.0, 1.0))
        if coordinates is None or not rows.size or not visible:
            self._rows = np.empty(0, np.int64)
        else:
            area = mapping.width * mapping.height * _COVER
            self._side = float(np.clip(np.sqrt(area / visible), SMALLEST, LARGEST))
            rest = np.sort(rows).astype(np.int64)
            leading = np.asarray(first, np.int64)
            leading = leading[np.isin(leading, rest)]
            ordered = np.concatenate([leading, rest[~np.isin(rest, leading)]])
            pixels = mapping.to_pixels(coordinates[ordered])
            self._rows = ordered[_keep_apart(pixels, _OVERLAP * self._side)]
        self.update()

    def set_colours(self, index: np.ndarray | None, table: np.ndarray | None) -> None:
        """Colours of the frames: an index by row into a (256, 4) table."""
        self._index, self._table = index, table
        self.update()

    def set_placed(self, placed: np.ndarray | None) -> None:
        """(N,) bool: rows to be told as placed on the map later; None for none."""
        self._placed = placed
        self.update()

    def paint_pixels(self, painter: QPainter, mapping: PixelMapping) -> None:
        """Pictures on black with a thin frame of the point's colour."""
        if self._coordinates is None or not self._rows.size:
            return
        paint_pictures(
            painter, self.pictures(), self._coordinates, mapping, (self._index, self._table)
        )


def paint_pictures(
    painter: QPainter,
    pictures: Pictures,
    coordinates: np.ndarray,
    mapping: PixelMapping,
    colours: tuple[np.ndarray | None, np.ndarray | None],
) -> None:
    """Pictures at their rows' places in (N, 2) `coordinates`, framed in the colours of an index
    by row and its (256, 4) table."""
    if not pictures.images:
        return
    painter.setOpacity(pictures.opacity)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = pictures.side
    places = mapping.to_pixels(coordinates[list(pictures.images)])
    for (row, image), (x, y) in zip(pictures.images.items(), places, strict=True):
        place = QRectF(x - side / 2, y - side / 2, side, side)
        painter.drawImage(place, image)
        line = Qt.PenStyle.CustomDashLine if row in pictures.placed else Qt.PenStyle.SolidLine
        pen = QPen(_colour_of(row, *colours), 1.5, line, Qt.PenCapStyle.FlatCap)
        if row in pictures.placed:
            pen.setDashPattern(_DASHES)
        painter.setPen(pen)
        painter.drawRoundedRect(place, 2, 2)


def _colour_of(row: int, index: np.ndarray | None, table: np.ndarray | None) -> QColor:
    if index is None or table is None or row >= len(index):
        return QColor("#9aa3b2")
    red, green, blue = (int(value) for value in table[index[row], :3])
    return QColor(red, green, blue)


def _keep_apart(pixels: np.ndarray, distance: float) -> list[int]:
    """Positions of the pictures that keep `distance` in x or y from all those before them."""
    kept: list[int] = []
    # A square of that side holds at most one picture, so only its neighbours can be too near.
    squares: dict[tuple[int, int], tuple[float, float]] = {}
    for place, (x, y) in enumerate(pixels.tolist()):
        column, line = int(x // distance), int(y // distance)
        around = [(column + across, line + down) for across in _NEAR for down in _NEAR]
        others = [squares[square] for square in around if square in squares]
        if all(max(abs(x - a), abs(y - b)) >= distance for a, b in others):
            squares[column, line] = (x, y)
            kept.append(place)
    return kept
