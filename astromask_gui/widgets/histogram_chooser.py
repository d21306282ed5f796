"""Choosing a column to be shown as a histogram: a list with a box to find names in."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from astromask_gui.state.columns import Columns
from astromask_gui.state.histograms import Histograms
from astromask_gui.theme import SPACE

_SIZE = (220, 280)


class HistogramChooser(QFrame):
    """A small window that goes when something is chosen, or one clicks beside it."""

    chosen = pyqtSignal(str)

    def __init__(self, columns: Columns, histograms: Histograms, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("columnChooser")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a column")
        self.list = QListWidget()
        self.list.setAccessibleName("Columns")
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE[1], SPACE[1], SPACE[1], SPACE[1])
        column.setSpacing(SPACE[1])
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self.resize(*_SIZE)
        for name in columns.names():
            found = columns.column(name)
            if found is not None and histograms.spec(name) is None:
                item = QListWidgetItem(name)
                facts = ", ".join(filter(None, (found.kind, found.unit, found.description)))
                item.setToolTip(facts)
                self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._choose_current)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)

    def show_at(self, place: QPoint) -> None:
        """Open with the upper left corner there, or where the screen has room."""
        screen = self.screen()
        if screen is not None:
            free = screen.availableGeometry()
            place.setX(max(free.left(), min(place.x(), free.right() - self.width())))
            place.setY(max(free.top(), min(place.y(), free.bottom() - self.height())))
        self.move(place)
        self.show()
        self.search.setFocus()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and Down go along the list while one types."""
        assert event is not None
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif step is not None:
            shown = [row for row in range(self.list.count()) if not self._item(row).isHidden()]
            further = [row for row in shown if (row - self.list.currentRow()) * step > 0]
            if further:
                self.list.setCurrentRow(further[0] if step > 0 else further[-1])
        else:
            super().keyPressEvent(event)

    def _filter(self, text: str) -> None:
        first = None
        for row in range(self.list.count()):
            is_hidden = text.strip().lower() not in self._item(row).text().lower()
            self._item(row).setHidden(is_hidden)
            first = row if first is None and not is_hidden else first
        self.list.setCurrentRow(-1 if first is None else first)

    def _item(self, row: int) -> QListWidgetItem:
        item = self.list.item(row)
        assert item is not None
        return item

    def _choose_current(self) -> None:
        item = self.list.currentItem()
        if item is not None and not item.isHidden():
            self._choose(item)

    def _choose(self, item: QListWidgetItem) -> None:
        name = item.text()
        # Return may say it twice; the second finds the window closed.
        if self.isVisible():
            self.close()
            self.chosen.emit(name)
