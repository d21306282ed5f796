"""Choosing the columns on the cards: a list to tick, with a box to find names in."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QSignalBlocker, Qt
from PyQt6.QtWidgets import (
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from astromask_gui.parts.column_popup import ColumnPopup
from astromask_gui.parts.small import label
from astromask_gui.state.columns import Columns
from astromask_gui.state.preferences import Preferences
from astromask_gui.state.view import MapView
from astromask_gui.widgets.map.card_facts import card_columns

_SIZE = (240, 320)
_GAP = 4
_NOT_OFFERED = "object_id"


class ColumnChooser(ColumnPopup):
    """A small window that goes when one clicks beside it; each tick counts at once."""

    def __init__(
        self, columns: Columns, preferences: Preferences, view: MapView, parent: QWidget
    ) -> None:
        super().__init__("Columns on the cards", parent)
        self._columns, self._preferences, self._view = columns, preferences, view
        self.usual = QPushButton("The usual ones")
        self.usual.setToolTip("Kind, redshift and magnitude, as far as the survey has them")
        self._build()
        self._fill()
        self.list.itemChanged.connect(self._choose)
        self.usual.clicked.connect(self._choose_usual)

    def _build(self) -> None:
        column = self.column()
        column.addWidget(label("Columns on the cards", "strong"))
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(self.usual)
        self.resize(*_SIZE)

    def show_beside(self, widget: QWidget | None) -> None:
        """Open beside a card, which shows what is chosen, or in the middle of the map."""
        parent = self.parentWidget()
        assert parent is not None
        if widget is not None:
            corner = widget.mapToGlobal(QPoint(widget.width() + _GAP, 0))
        else:
            middle = parent.rect().center()
            corner = parent.mapToGlobal(middle - self.rect().center())
        if widget is not None and _is_beyond(corner.x() + self.width(), parent):
            corner = widget.mapToGlobal(QPoint(-_GAP - self.width(), 0))
        self.open_at(corner, parent)

    def _fill(self) -> None:
        """The columns in the catalogue's order; the colouring one is always on the card."""
        coloured = self._view.colouring.column
        shown = card_columns(self._columns, self._preferences.card_columns, coloured)
        with QSignalBlocker(self.list):
            self.list.clear()
            for name in self._columns.names():
                if name == _NOT_OFFERED:
                    continue
                item = QListWidgetItem(name)
                item.setCheckState(
                    Qt.CheckState.Checked if name in shown else Qt.CheckState.Unchecked
                )
                column = self._columns.column(name)
                item.setToolTip(column.description if column is not None else "")
                if name == coloured:
                    item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
                    item.setToolTip("The map is coloured by it, so it is always shown")
                self.list.addItem(item)
        self.filter(self.search.text())

    def _choose(self) -> None:
        ticked = [
            item.text() for item in self.items() if item.checkState() == Qt.CheckState.Checked
        ]
        coloured, kept = self._view.colouring.column, self._preferences.card_columns or ()
        # What was chosen for other surveys, or is shown for its colour only, is not forgotten.
        names = set(self._columns.names())
        others = [name for name in kept if name not in names]
        ours = [name for name in ticked if name != coloured or name in kept]
        self._preferences.set_card_columns((*ours, *others))

    def _choose_usual(self) -> None:
        self._preferences.set_card_columns(None)
        self._fill()


def _is_beyond(right: int, widget: QWidget) -> bool:
    """Whether a place lies to the right of what a widget's screen shows."""
    screen = widget.screen()
    return screen is not None and right > screen.availableGeometry().right()
