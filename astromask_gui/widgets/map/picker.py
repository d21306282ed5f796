"""Which galaxy is meant by a place on the map: under the mouse, around it, or further along."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF

from astromask_gui.state.filters import Filters
from astromask_gui.state.view import MapView
from astromask_gui.widgets.map.canvas import PICK_RADIUS, MapCanvas
from astromask_gui.widgets.map.frames import MapFrames
from astromask_gui.widgets.map.thumbnails import ThumbnailItem
from astromask_gui.widgets.map.views import MapViews

_AROUND = 22.0
"""Pixels."""
_EIGHT = tuple((float(np.cos(angle)), float(np.sin(angle))) for angle in np.arange(8) * (np.pi / 4))
_NEXT, _STEP = 4.0, 1.5
"""Pixels to the nearest place looked at for the next galaxy, and the factor to the one after."""
_FARTHEST = 10.0
"""Windows' widths beyond which the next galaxy is too far away to be the next."""
_OPENING = 0.66
"""Sine of half the angle within which a galaxy lies in a direction."""


class MapPicker:
    """Finds visible galaxies by pixel positions; what is filtered out is never found."""

    def __init__(
        self,
        canvas: MapCanvas,
        frames: MapFrames,
        thumbnails: ThumbnailItem,
        views: MapViews,
        view: MapView,
        filters: Filters,
    ) -> None:
        self._canvas, self._frames, self._thumbnails = canvas, frames, thumbnails
        self._views, self._view, self._filters = views, view, filters

    @property
    def reach(self) -> float:
        """How far a galaxy's picture extends from its place, in pixels; 0 for points."""
        return self._thumbnails.side / 2 if self._thumbnails.shown() else 0.0

    def side_of(self, row: int) -> float:
        """Side of a row's picture in pixels; 0 where it is a point."""
        return self._thumbnails.shown().get(row, 0.0)

    def row_at(self, position: QPointF) -> int | None:
        """The galaxy nearest to a position, within the reach of a hand."""
        return self._nearest(position, max(PICK_RADIUS, self.reach))

    def rows_around(self, position: QPointF) -> list[int]:
        """A few galaxies that the mouse may be on next; none while finding them would be slow."""
        if not self._frames.sorted:
            return []
        spread = max(_AROUND, 2 * self.reach)
        found = [self.row_at(position + QPointF(dx, dy) * spread) for dx, dy in _EIGHT]
        return list(dict.fromkeys(row for row in found if row is not None))

    def row_towards(self, row: int | None, dx: int, dy: int) -> int | None:
        """The next galaxy right (dx 1), left (-1), below (dy 1) or above (-1) a row's place; the
        one in the middle of the view where the row is None or has no place."""
        start = None if row is None else self.place_of(row)
        if start is None:
            middle = QPointF(self._canvas.width() / 2, self._canvas.height() / 2)
            return self._nearest(middle, float(np.hypot(middle.x(), middle.y())))
        # Circles that grow with their distance fill the angle without ever holding the start.
        distance, farthest = _NEXT, self._farthest()
        while distance < farthest:
            centre = start + QPointF(dx, dy) * distance
            found = self._nearest(centre, _OPENING * distance)
            if found is not None:
                return found
            distance *= _STEP
        return None

    def place_of(self, row: int) -> QPointF | None:
        """Where a row lies, in pixels of the canvas; None where it has no place."""
        coordinates = self._view.coordinates
        if coordinates is None or row >= len(coordinates):
            return None
        place = self._canvas.mapping().to_pixels(coordinates[row : row + 1])[0]
        return QPointF(*place) if np.isfinite(place).all() else None

    def _nearest(self, position: QPointF, pixels: float) -> int | None:
        points = self._frames.points
        if points is None:
            return None
        mapping = self._canvas.mapping()
        x, y = mapping.to_map(position)
        return points.nearest(x, y, mapping.units(pixels), self._filters.visible)

    def _farthest(self) -> float:
        """Pixels within which the next galaxy is looked for: far beyond the view, yet not much
        beyond the map."""
        whole, view = self._views.whole, self._canvas.view
        extent = max(whole.width / view.width, whole.height / view.height, 1.0)
        return (
            2
            * min(extent, _FARTHEST)
            * float(np.hypot(self._canvas.width(), self._canvas.height()))
        )
