"""The columns known about every galaxy; values are loaded when first asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

MISSING_BANDS = "missing_bands"
"""Name of the column that tells which bands are missing, once a job has looked."""
SURPRISE = "reconstruction_surprise"
"""Name of the column that tells how strange galaxies are to the model, once a job has looked."""

ColumnKind = Literal["number", "category", "text", "boolean"]


@dataclass(frozen=True)
class Column:
    """What a column is, before its values are loaded."""

    name: str
    kind: ColumnKind
    unit: str = ""
    source: str = ""
    description: str = ""
    categories: tuple[str, ...] = ()


MAP_DENSITY = Column(
    "density on this map",
    "number",
    description="About how many galaxies lie close by on this map, each weighted by its distance.",
)
"""No column of the catalogue, for each map has its own; a map can be coloured by it like by one."""


class Columns(QObject):
    """The columns by name. `values` answers at once or asks for them and says `ready` later."""

    changed = pyqtSignal()
    """Columns were added or taken away."""
    requested = pyqtSignal(str)
    ready = pyqtSignal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns: dict[str, Column] = {}
        self._values: dict[str, NDArray[np.generic]] = {}
        self._asked: set[str] = set()

    def names(self) -> tuple[str, ...]:
        """All columns, in the order to show them."""
        return tuple(self._columns)

    def column(self, name: str) -> Column | None:
        """What a column is; None where there is none of this name."""
        return MAP_DENSITY if name == MAP_DENSITY.name else self._columns.get(name)

    def values(self, name: str) -> NDArray[np.generic] | None:
        """(N,) values in row order: numbers with NaN for missing, int16 codes of categories with
        −1 for missing, text as objects; None where they are still to be loaded."""
        values = self._values.get(name)
        if values is None and name in self._columns and name not in self._asked:
            self._asked.add(name)
            self.requested.emit(name)
        return values

    def has_values(self, name: str) -> bool:
        """Whether a column's values are here; they are not asked for."""
        return name in self._values

    def set_columns(self, columns: Iterable[Column]) -> None:
        """Say which columns there are; loaded values of those that are gone are dropped."""
        self._columns = {column.name: column for column in columns}
        self._values = {k: v for k, v in self._values.items() if k in self._columns}
        self._asked &= set(self._columns)
        self.changed.emit()

    def add(self, column: Column) -> None:
        """Say that there is one column more; nothing happens where its name is known."""
        if column.name not in self._columns:
            self.set_columns([*self._columns.values(), column])

    def set_values(
        self, name: str, values: NDArray[np.generic], column: Column | None = None
    ) -> None:
        """Give a column's values, and its description where that has changed with them."""
        if column is not None:
            self._columns[name] = column
        self._values[name] = values
        self._asked.add(name)
        self.ready.emit(name)

    def invalidate(self, name: str) -> None:
        """Drop a column's values, because they have changed on disk."""
        self._values.pop(name, None)
        self._asked.discard(name)
        if name in self._columns:
            self.requested.emit(name)
            self._asked.add(name)
