"""The columns of the listed rows as Qt's model: a cell becomes text when it is painted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QAbstractTableModel, QModelIndex, Qt

from astromask_gui.parts.cell_format import EXACT, CellFormat, format_of
from astromask_gui.parts.value_text import MISSING
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column

PICTURE = Column("\0picture", "text", description="The cutout, as the viewer shows it.")
"""No column of the catalogue: a small picture of the galaxy."""
IDENTIFIERS = ("object_id", "original_id")

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_Parent = QModelIndex | None


class TableModel(QAbstractTableModel):
    """Rows in the order of `state.table`, and the columns that were chosen."""

    def __init__(self, state: ApplicationState) -> None:
        super().__init__()
        self._state = state
        self._columns: tuple[Column, ...] = ()
        self._rows: NDArray[np.uint32] = state.table.rows
        self._formats: dict[str, CellFormat] = {}
        state.columns.ready.connect(self._forget_format)

    @property
    def rows(self) -> NDArray[np.uint32]:
        """(n,) rows of the catalogue, as listed."""
        return self._rows

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns from the left to the right."""
        return self._columns

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show other columns."""
        if tuple(columns) != self._columns:
            self.beginResetModel()
            self._columns = tuple(columns)
            self._formats.clear()
            self.endResetModel()

    def set_rows(self, rows: NDArray[np.uint32]) -> None:
        """List other rows. As many in another order need nothing but to be painted."""
        if len(rows) == len(self._rows):
            self._rows = rows
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def place_of(self, row: int) -> int | None:
        """Where a row of the catalogue is listed; None where it is not."""
        found = np.flatnonzero(self._rows == row)
        return int(found[0]) if len(found) else None

    def cell(self, row: int, column: Column) -> str | None:
        """What a cell says: a dash where the value is missing, None while it is being read."""
        if column is PICTURE:
            return ""
        if self.is_text(column):
            return self._text(column.name, row)
        values = self._state.columns.values(column.name)
        if values is None or row >= len(values):
            return None
        if column.kind != "number":
            names = ("no", "yes") if column.kind == "boolean" else column.categories
            code = int(values[row])
            return names[code] if 0 <= code < len(names) else MISSING
        value = float(values[row])
        if EXACT <= abs(value) < np.inf:
            return self._text(column.name, row)
        return self._format(column, values).text(value)

    def is_right(self, column: Column) -> bool:
        """Whether a column's cells stand at its right edge, as numbers do."""
        return column.kind == "number" and column.name not in IDENTIFIERS

    def is_text(self, column: Column) -> bool:
        """Whether its cells are looked up one by one: text, and identifiers of any digits."""
        return column.kind == "text" or column.name in IDENTIFIERS

    def _text(self, name: str, row: int) -> str | None:
        text = self._state.cells.get(name, row)
        return MISSING if text == "" else text

    def _format(self, column: Column, values: NDArray[np.generic]) -> CellFormat:
        if column.name not in self._formats:
            self._formats[column.name] = format_of(column, values)
        return self._formats[column.name]

    def _forget_format(self, name: str) -> None:
        self._formats.pop(name, None)

    # -- what Qt asks for ----------------------------------------------------------------

    def rowCount(self, parent: _Parent = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Parent = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._columns)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self._columns[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cell(int(self._rows[index.row()]), column) or ""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if self.is_right(column) else _LEFT
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return "" if column is PICTURE else column.name
        return _tooltip(column) if role == Qt.ItemDataRole.ToolTipRole else None


def _tooltip(column: Column) -> str:
    if column is PICTURE:
        return column.description
    unit = f" [{column.unit}]" if column.unit else ""
    lines = [f"<b>{_escaped(column.name)}</b>{_escaped(unit)}", _escaped(column.description)]
    if column.source:
        lines.append(f"From: {_escaped(column.source)}")
    lines.append("Click to sort, once more for the other way round, and again for neither.")
    return "<br>".join(text for text in lines if text)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
