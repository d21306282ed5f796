"""A galaxy that is dropped on the map becomes active, and the map goes there."""

from __future__ import annotations

from astromask_gui.parts.row_drop import RowDrop
from astromask_gui.state.selection import Selection
from astromask_gui.widgets.map.canvas import MapCanvas
from astromask_gui.widgets.map.views import MapViews


class MapDrop(RowDrop):
    """Takes tiles on the surface of the map."""

    def __init__(self, canvas: MapCanvas, views: MapViews, selection: Selection) -> None:
        super().__init__(canvas.viewport(), selection, self._go)
        self._selection, self._views = selection, views

    def _go(self, rows: list[int]) -> None:
        self._selection.set_active(rows[0])
        self._views.centre(rows[0])
