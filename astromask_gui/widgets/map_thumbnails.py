"""Pictures of galaxies in place of points, where few enough are in view."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from PyQt6.QtCore import QObject, QRectF, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QImage, QPainter, QPen

from astromask_gui.raster.frame import THUMBNAIL_LIMIT
from astromask_gui.rendering.picture import render_thumbnails
from astromask_gui.state.display import Display
from astromask_gui.state.thumbnails import Thumbnails
from astromask_gui.widgets.map_geometry import PixelMapping
from astromask_gui.widgets.map_item import PixelItem

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
_KEPT = 1200
_BATCH = 40


class RenderedThumbnails(QObject):
    """Stretched pictures by row, rendered a few at a time so that the window stays quick."""

    changed = pyqtSignal()

    def __init__(
        self, thumbnails: Thumbnails, display: Display, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._display = display
        self._images: OrderedDict[int, QImage] = OrderedDict()
        self._wanted: dict[int, None] = {}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._render_some)
        self._thumbnails.ready.connect(self._on_ready)
        self._display.changed.connect(self.forget)

    def image(self, row: int) -> QImage | None:
        """The picture of a row, or None and `changed` later."""
        image = self._images.get(row)
        if image is not None:
            self._images.move_to_end(row)
        elif row not in self._wanted:
            self._wanted[row] = None
            self._timer.start()
        return image

    def forget(self) -> None:
        """Render everything anew, as after another stretch."""
        self._images.clear()
        self._wanted.clear()
        self.changed.emit()

    def _on_ready(self, rows: list[int]) -> None:
        if any(row in self._wanted for row in rows):
            self._timer.start()

    def _render_some(self) -> None:
        rows, pictures = [], []
        for row in self._wanted:
            picture = self._thumbnails.get(row)
            if picture is not None:
                rows.append(row)
                pictures.append(picture)
            if len(rows) == _BATCH:
                self._timer.start()
                break
        if not rows:
            return
        rendered = render_thumbnails(
            np.stack(pictures), self._display.settings, self._display.survey
        )
        for row, pixels in zip(rows, rendered, strict=True):
            del self._wanted[row]
            self._images[row] = to_image(pixels)
        while len(self._images) > _KEPT:
            self._images.popitem(last=False)
        self.changed.emit()


def to_image(pixels: np.ndarray) -> QImage:
    """A QImage with its own copy of (H, W, 3) uint8 pixels."""
    height, width = pixels.shape[:2]
    data = np.ascontiguousarray(pixels).tobytes()
    return QImage(data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


@dataclass(frozen=True)
class Pictures:
    """The pictures that are shown, for whoever draws them elsewhere."""

    side: float = SMALLEST
    """Pixels of the window."""
    opacity: float = 0.0
    images: dict[int, QImage] = field(default_factory=dict)
    """By row."""

    def sides(self) -> dict[int, float]:
        """Rows whose picture stands for their point, with its side."""
        return dict.fromkeys(self.images, self.side) if self.opacity >= _SOLID else {}


class ThumbnailItem(PixelItem):
    """Draws pictures at the places of `rows`, as many as fit without covering each other."""

    def __init__(self, rendered: RenderedThumbnails) -> None:
        super().__init__()
        self._rendered = rendered
        self._coordinates: np.ndarray | None = None
        self._rows = np.empty(0, np.int64)
        self._index: np.ndarray | None = None
        self._table: np.ndarray | None = None
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
        images = {int(row): self._rendered.image(int(row)) for row in self._rows}
        there = {row: image for row, image in images.items() if image is not None}
        return Pictures(self._side, self._opacity, there)

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
        painter.setPen(QPen(_colour_of(row, *colours), 1.5))
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
