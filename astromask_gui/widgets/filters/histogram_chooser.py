"""Choosing a column to be shown as a histogram: a list with a box to find names in."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QListWidgetItem, QWidget

from astromask_gui.parts.column_popup import ColumnPopup
from astromask_gui.state.columns import Columns
from astromask_gui.state.histograms import Histograms

_SIZE = (220, 280)


class HistogramChooser(ColumnPopup):
    """A small window that goes when something is chosen, or one clicks beside it."""

    chosen = pyqtSignal(str)

    def __init__(self, columns: Columns, histograms: Histograms, parent: QWidget) -> None:
        super().__init__("Columns", parent)
        column = self.column()
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
        self.search.returnPressed.connect(self._choose_current)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)

    def show_at(self, place: QPoint) -> None:
        """Open with the upper left corner there, or where the screen has room."""
        self.open_at(place, self)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and Down go along the list while one types."""
        assert event is not None
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is not None:
            shown = [row for row, item in enumerate(self.items()) if not item.isHidden()]
            further = [row for row in shown if (row - self.list.currentRow()) * step > 0]
            if further:
                self.list.setCurrentRow(further[0] if step > 0 else further[-1])
        else:
            super().keyPressEvent(event)

    def filter(self, text: str) -> None:
        """Hide the names in which a text does not stand; Return means the first of the others."""
        super().filter(text)
        shown = (row for row, item in enumerate(self.items()) if not item.isHidden())
        self.list.setCurrentRow(next(shown, -1))

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
