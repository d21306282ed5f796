"""Captioned fields side by side, in as many columns as there is the width for."""

from __future__ import annotations

from dataclasses import dataclass

from PyQt6.QtGui import QResizeEvent
from PyQt6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

COLUMN = 160
"""Least width of a column, screen pixels."""


@dataclass
class _Cell:
    holder: QWidget
    columns: int
    is_shown: bool = True


class FieldColumns(QWidget):
    """Holds fields, each below its caption; `columns` of a field says how many it takes."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: list[_Cell] = []
        self._width = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)

    def add(self, caption: QLabel, field: QWidget, columns: int = 1) -> None:
        """Put a field at the end."""
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(caption)
        column.addWidget(field)
        caption.setBuddy(field)
        self._cells.append(_Cell(holder, columns))
        self._arrange()

    def show_field(self, place: int, shown: bool) -> None:
        """Show or hide the field at a place."""
        self._cells[place].is_shown = shown
        self._arrange()

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        if self._columns() != self._width:
            self._arrange()
        super().resizeEvent(event)

    def _columns(self) -> int:
        return max(1, self.width() // COLUMN)

    def _arrange(self) -> None:
        self._width = width = self._columns()
        row = column = 0
        for cell in self._cells:
            self._grid.removeWidget(cell.holder)
            cell.holder.setVisible(cell.is_shown)
            if not cell.is_shown:
                continue
            taken = min(cell.columns, width)
            if column + taken > width:
                row, column = row + 1, 0
            self._grid.addWidget(cell.holder, row, column, 1, taken)
            column += taken
        for place in range(self._grid.columnCount()):
            self._grid.setColumnStretch(place, 1 if place < width else 0)
        for place in range(self._grid.rowCount() + 1):
            self._grid.setRowStretch(place, 1 if place == row + 1 else 0)
