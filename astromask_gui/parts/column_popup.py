"""A small window with a list of columns, and a box to find names in."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from astromask_gui.parts.small import kept_on_screen
from astromask_gui.theme import SPACE


class ColumnPopup(QFrame):
    """Goes on Escape, or when one clicks beside it; what the list means is a subclass's matter."""

    def __init__(self, name: str, parent: QWidget) -> None:
        """`name` tells the list to who can't see it."""
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("columnChooser")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Find a column")
        self.search.setClearButtonEnabled(True)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.search.textChanged.connect(self.filter)

    def column(self) -> QVBoxLayout:
        """The layout of all that the window holds."""
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE[1], SPACE[1], SPACE[1], SPACE[1])
        column.setSpacing(SPACE[1])
        return column

    def items(self) -> list[QListWidgetItem]:
        """Everything in the list, hidden or not."""
        found = (self.list.item(place) for place in range(self.list.count()))
        return [item for item in found if item is not None]

    def filter(self, text: str) -> None:
        """Hide the names in which a text does not stand."""
        for item in self.items():
            item.setHidden(text.strip().lower() not in item.text().lower())

    def open_at(self, corner: QPoint, beside: QWidget) -> None:
        """Open with the upper left corner there, or where the screen of a widget has room."""
        self.move(kept_on_screen(corner, self, beside))
        self.show()
        self.search.setFocus()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
