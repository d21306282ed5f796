"""What places the galaxies: the store's projections, the sky, or two columns."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QSignalBlocker
from PyQt6.QtWidgets import QComboBox

from astromask_gui.state.columns import Columns
from astromask_gui.state.plane import ColumnsLayout, Layout, SkyLayout, StoredLayout
from astromask_gui.state.view import MapView
from astromask_gui.widgets.map.columns import ColumnsRow, first_pair, numeric

SKY = "Sky (RA, Dec)"
TWO_COLUMNS = "Two columns"


class MapLayouts(QObject):
    """Fills a combo box from a `MapView` and the columns, and the row that names two of these;
    states the choice on the view."""

    def __init__(self, box: QComboBox, view: MapView, columns: Columns) -> None:
        super().__init__(box)
        self._box, self._view, self._columns = box, view, columns
        self.row = ColumnsRow()
        box.setToolTip("What places the galaxies on the map")
        box.setAccessibleName("Projection")
        box.activated.connect(self._choose)
        self.row.chosen.connect(view.request_layout)
        view.projections_changed.connect(self._offer)
        view.coordinates_changed.connect(self._offer)
        view.layout_refused.connect(self._offer)
        columns.changed.connect(self._offer)
        self._offer()

    def _offer(self) -> None:
        """Offer what there is, and show what is chosen."""
        columns = numeric(self._columns)
        layout = self._view.layout
        with QSignalBlocker(self._box):
            self._box.clear()
            for name in self._view.projections:
                self._box.addItem(name, StoredLayout(name))
            if self._box.count() and columns:
                self._box.insertSeparator(self._box.count())
            if has_sky(self._columns):
                self._box.addItem(SKY, SkyLayout())
            if columns:
                self._box.addItem(TWO_COLUMNS, ColumnsLayout(*first_pair(self._columns)))
            self._box.setCurrentIndex(self._place_of(layout))
        self._box.setVisible(self._box.count() > 0)
        self.row.offer(columns)
        self.row.setVisible(isinstance(layout, ColumnsLayout))
        if isinstance(layout, ColumnsLayout):
            self.row.set_layout(layout)

    def _place_of(self, layout: Layout | None) -> int:
        offered = (self._box.itemData(place) for place in range(self._box.count()))
        places = (
            place
            for place, data in enumerate(offered)
            if data == layout or (isinstance(data, ColumnsLayout) and type(data) is type(layout))
        )
        return next(places, -1)

    def _choose(self, place: int) -> None:
        layout = self._box.itemData(place)
        if isinstance(layout, ColumnsLayout):
            # The row comes at once, with the columns looked at last.
            layout = self.row.layout_chosen or layout
        if layout is not None:
            self._view.request_layout(layout)


def has_sky(columns: Columns) -> bool:
    """Whether the catalogue may have coordinates."""
    return {"ra", "dec"} <= {column.name for column in numeric(columns)}
