"""Which part of the plane the map looks at: fitting, remembering, going back."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject, QTimer

from astromask_gui.raster.frame import ViewRect
from astromask_gui.raster.grid import natural_view
from astromask_gui.rendering.sky import sky_bounds
from astromask_gui.state.preferences import Preferences
from astromask_gui.state.view import MapView, ViewRange
from astromask_gui.widgets.map import geometry
from astromask_gui.widgets.map.canvas import MapCanvas

_REMEMBER_MS = 400
_STEP = 1.5
_CLOSEST_FIT = 0.02
"""Fitting a few galaxies shows at least this share of the whole map, so that a single one is
seen among its neighbours."""


class MapViews(QObject):
    """Keeps a canvas and the range in a `MapView` in step.

    A view that has rested for a moment is remembered in the state; a range set there is shown.
    """

    def __init__(self, canvas: MapCanvas, view: MapView, preferences: Preferences) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._view = view
        self._preferences = preferences
        self._whole = ViewRect(0.0, 1.0, 0.0, 1.0)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REMEMBER_MS)
        self._rest.timeout.connect(self.remember)
        canvas.view_changed.connect(self._rest.start)
        canvas.view_changed.connect(self._tell)
        view.range_changed.connect(self._follow)
        view.followed.connect(self._go_along)

    @property
    def whole(self) -> ViewRect:
        """What holds nearly all galaxies, without a margin."""
        return self._whole

    def set_coordinates(self, coordinates: np.ndarray) -> None:
        """Fit other points, or show the range that the state still knows for them."""
        whole_sky = sky_bounds(self._view.axes)
        self._whole = whole_sky or natural_view(coordinates[:, 0], coordinates[:, 1])
        if self._view.range is None:
            self.fit(fly=False)
        else:
            self._follow()

    def fit(self, *, fly: bool = True) -> None:
        """Show all galaxies."""
        self._show(self._whole.grown(geometry.FIT_MARGIN), fly=fly)

    def fit_rows(self, rows: np.ndarray) -> None:
        """Show all of some rows; nothing happens where none of them has a place."""
        coordinates = self._view.coordinates
        if coordinates is None:
            return
        places = coordinates[rows]
        places = places[np.isfinite(places).all(axis=1)]
        if places.size:
            (x0, y0), (x1, y1) = places.min(axis=0), places.max(axis=0)
            least = _CLOSEST_FIT * max(self._whole.width, self._whole.height)
            view = _at_least(ViewRect(float(x0), float(x1), float(y0), float(y1)), least)
            self._show(view.grown(1.2))

    def bring_into_view(self, row: int) -> None:
        """Move the view, without zooming, so that a row's place is in its middle; a place that
        is in view already stays where it is."""
        coordinates = self._view.coordinates
        if coordinates is None or row >= len(coordinates):
            return
        x, y = (float(value) for value in coordinates[row])
        view = self._canvas.destination
        inside = view.x0 <= x <= view.x1 and view.y0 <= y <= view.y1
        if np.isfinite(x + y) and not inside:
            self._show(geometry.centred(view, x, y))

    def centre(self, row: int) -> None:
        """Move the view, without zooming, so that a row's place is in its middle."""
        coordinates = self._view.coordinates
        if coordinates is None or row >= len(coordinates):
            return
        x, y = (float(value) for value in coordinates[row])
        if np.isfinite(x + y):
            self._show(geometry.centred(self._canvas.destination, x, y))

    def zoom_in(self) -> None:
        """One step nearer."""
        self._canvas.zoom(_STEP, fly=self._preferences.motion)

    def zoom_out(self) -> None:
        """One step back."""
        self._canvas.zoom(1 / _STEP, fly=self._preferences.motion)

    def back(self) -> None:
        """The view before; a view looked at for a moment only can be come back to as well."""
        self.remember()
        self._view.back()

    def forward(self) -> None:
        """Undo `back`."""
        self._view.forward()

    def remember(self) -> None:
        """Tell the state where the map looks now."""
        self._rest.stop()
        shown, known = self._canvas.destination, self._view.range
        if self._view.coordinates is None or (known is not None and self._shows(shown, known)):
            return
        self._view.set_range(ViewRange(*shown))

    def _tell(self) -> None:
        self._view.move(ViewRange(*self._canvas.view))

    def _go_along(self, shown: ViewRange) -> None:
        """Follow a linked map, which moves by itself: no animation of our own."""
        self._show(ViewRect(shown.x0, shown.x1, shown.y0, shown.y1), fly=False)

    def _follow(self) -> None:
        wanted = self._view.range
        if wanted is not None and not self._shows(self._canvas.destination, wanted):
            self._show(ViewRect(wanted.x0, wanted.x1, wanted.y0, wanted.y1))

    def _shows(self, shown: ViewRect, known: ViewRange) -> bool:
        """Whether `shown` is what a remembered range looks like in a window of this size."""
        rect = ViewRect(known.x0, known.x1, known.y0, known.y1)
        rect = geometry.with_aspect(rect, self._canvas.width(), self._canvas.height())
        return bool(np.allclose(shown, rect, rtol=0, atol=1e-6 * rect.width))

    def _show(self, view: ViewRect, *, fly: bool = True) -> None:
        self._canvas.show_rect(view, fly=fly and self._preferences.motion)


def _at_least(view: ViewRect, extent: float) -> ViewRect:
    """The view, widened about its centre to at least `extent` a side."""
    x, y = (view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2
    half_x, half_y = max(view.width, extent) / 2, max(view.height, extent) / 2
    return ViewRect(x - half_x, x + half_x, y - half_y, y + half_y)
