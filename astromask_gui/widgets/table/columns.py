"""Choosing the table's columns: a list to tick and to drag, with a box to find names in."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QSignalBlocker, Qt
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from astromask_gui.parts.column_popup import ColumnPopup
from astromask_gui.parts.small import label
from astromask_gui.state.columns import Columns
from astromask_gui.state.preferences import Preferences
from astromask_gui.state.table_look import TableLook

_SIZE = (260, 380)
_GAP = 4
_CHECKED, _UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class TableColumns(ColumnPopup):
    """A small window that goes when one clicks beside it; each tick and drag counts at once."""

    def __init__(self, columns: Columns, preferences: Preferences, parent: QWidget) -> None:
        super().__init__("Columns of the table", parent)
        self._columns, self._preferences = columns, preferences
        self.all = QPushButton("Show all")
        self.none = QPushButton("Hide all")
        self.usual = QPushButton("As usual")
        self._build()
        self._fill()
        self.list.itemChanged.connect(self._choose)
        model = self.list.model()
        assert model is not None
        model.rowsMoved.connect(self._move)
        self.all.clicked.connect(lambda: self._tick(_CHECKED))
        self.none.clicked.connect(lambda: self._tick(_UNCHECKED))
        self.usual.clicked.connect(self._choose_usual)

    def _build(self) -> None:
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.all.setToolTip("Show every column that is listed here")
        self.none.setToolTip("Hide every column that is listed here")
        self.usual.setToolTip("Every column, in the catalogue's order and at its usual width")
        column = self.column()
        column.addWidget(label("Columns of the table", "strong"))
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        column.addWidget(label("Drag a name to move its column.", "small"))
        buttons = QHBoxLayout()
        for button in (self.all, self.none, self.usual):
            buttons.addWidget(button)
        column.addLayout(buttons)
        self.resize(*_SIZE)

    def show_above(self, widget: QWidget) -> None:
        """Open at a button, on whichever side there is room."""
        corner = widget.mapToGlobal(QPoint(widget.width() - self.width(), -self.height() - _GAP))
        screen = widget.screen()
        if screen is not None and corner.y() < screen.availableGeometry().top():
            corner.setY(widget.mapToGlobal(QPoint(0, widget.height() + _GAP)).y())
        self.open_at(corner, widget)

    def _fill(self) -> None:
        look = self._preferences.table_look
        hidden = set(look.hidden)
        with QSignalBlocker(self.list):
            self.list.clear()
            for name in look.arranged(self._columns.names()):
                item = QListWidgetItem(name)
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
                item.setCheckState(_UNCHECKED if name in hidden else _CHECKED)
                column = self._columns.column(name)
                item.setToolTip(column.description if column is not None else "")
                self.list.addItem(item)
        self.filter(self.search.text())

    def _choose(self) -> None:
        hidden = [item.text() for item in self.items() if item.checkState() == _UNCHECKED]
        look = self._preferences.table_look
        self._preferences.set_table_look(look.with_hidden(hidden, self._columns.names()))

    def _move(self) -> None:
        names = [item.text() for item in self.items()]
        self._preferences.set_table_look(self._preferences.table_look.with_order(names))

    def _tick(self, state: Qt.CheckState) -> None:
        with QSignalBlocker(self.list):
            for item in self.items():
                if not item.isHidden():
                    item.setCheckState(state)
        self._choose()

    def _choose_usual(self) -> None:
        look = self._preferences.table_look
        self._preferences.set_table_look(TableLook(pictures=look.pictures))
        self._fill()
