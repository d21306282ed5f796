"""Which galaxies are marked on a map: the active one, the query, its neighbours, the selection."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.view import MapView
from astromask_gui.widgets.map.overlay import MOST_MARKS, Marks, OverlayItem

_NO_ROWS = np.empty(0, np.uint32)


class MapMarks(QObject):
    """Keeps the marks of an overlay in step with the selection, the neighbours and the filters."""

    def __init__(
        self,
        state: ApplicationState,
        view: MapView,
        overlay: OverlayItem,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._view, self._overlay = state, view, overlay
        self._selected = _NO_ROWS
        state.filters.changed.connect(self._update)
        state.selection.changed.connect(self._on_selection)
        state.selection.active_changed.connect(self._update)
        state.selection.hovered_changed.connect(self._update)
        state.neighbours.changed.connect(self._update)
        self._on_selection()

    def _on_selection(self) -> None:
        selection = self._state.selection
        few = 0 < selection.count <= MOST_MARKS
        self._selected = selection.rows() if few else _NO_ROWS
        self._update()

    def _update(self) -> None:
        selection, neighbours = self._state.selection, self._state.neighbours
        results = neighbours.results
        query = neighbours.query
        self._overlay.set_marks(
            Marks(
                active=selection.active,
                hovered=selection.hovered if selection.hovered != selection.active else None,
                selected=self._visible(self._selected),
                neighbours=self._visible(results.rows if results is not None else _NO_ROWS),
                query=query.row if query is not None and query.kind == "row" else None,
                query_position=self._query_position(),
            )
        )

    def _visible(self, rows: np.ndarray) -> np.ndarray:
        """Those of `rows` that the filters leave: no ring is drawn about what is not."""
        visible = self._state.filters.visible
        if visible is None or (rows.size and rows.max() >= len(visible)):
            return rows
        left: np.ndarray = rows[visible[rows]]
        return left

    def _query_position(self) -> tuple[float, float] | None:
        """Place of a query from outside the survey; it is known on the first map's projection."""
        results, projection = self._state.neighbours.results, self._view.projection
        known = projection is not None and projection == self._state.maps.first.projection
        return results.position if results is not None and known else None
