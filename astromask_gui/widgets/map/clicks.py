"""What clicks, boxes and lassos on the map mean: the active galaxy, and the selected ones."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject, QPointF

from astromask_gui.raster.frame import ViewRect
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.selection import CombineMode
from astromask_gui.widgets.map.canvas import MapCanvas
from astromask_gui.widgets.map.frames import MapFrames
from astromask_gui.widgets.map.picker import MapPicker


class MapClicks(QObject):
    """States what is clicked and drawn on one canvas as intents; the filters are honoured."""

    def __init__(
        self, canvas: MapCanvas, frames: MapFrames, picker: MapPicker, state: ApplicationState
    ) -> None:
        super().__init__(canvas)
        self._frames, self._picker = frames, picker
        self._selection, self._filters = state.selection, state.filters
        canvas.clicked.connect(self._on_click)
        canvas.box_drawn.connect(self._on_box)
        canvas.lasso_drawn.connect(self._on_lasso)

    def _on_click(self, position: QPointF, mode: CombineMode) -> None:
        row = self._picker.row_at(position)
        if row is None:
            return
        if mode is CombineMode.REPLACE:
            self._selection.set_active(row)
        else:
            self._selection.select_rows(np.array([row]), mode)

    def _on_box(self, box: ViewRect, mode: CombineMode) -> None:
        points = self._frames.points
        if points is not None:
            self._selection.combine(points.in_box(box, self._filters.visible), mode)

    def _on_lasso(self, vertices: np.ndarray, mode: CombineMode) -> None:
        points = self._frames.points
        if points is not None:
            self._selection.combine(points.in_lasso(vertices, self._filters.visible), mode)
