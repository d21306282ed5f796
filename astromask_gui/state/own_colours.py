"""The colours that the user has given to categories; a paper's colours stay with the workspace."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.undo import UndoStack

ByCategory = dict[str, str]
_NONE: Mapping[str, str] = MappingProxyType({})


class OwnColours(QObject):
    """Colours "#rrggbb" by column and category. Changes can be undone."""

    changed = pyqtSignal()
    edited = pyqtSignal()
    """Changed by the user, and to be kept."""

    def __init__(self, undo: UndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._undo = undo
        self._colours: dict[str, ByCategory] = {}

    @property
    def by_column(self) -> dict[str, ByCategory]:
        """All of them; a copy."""
        return {column: dict(colours) for column, colours in self._colours.items()}

    def of(self, column: str) -> Mapping[str, str]:
        """Colours by category of a column."""
        return self._colours.get(column, _NONE)

    def reset(self, colours: Mapping[str, Mapping[str, str]]) -> None:
        """Take in what another workspace has kept."""
        self._colours = {column: dict(own) for column, own in colours.items()}
        self.changed.emit()

    def set(self, column: str, category: str, colour: str | None) -> None:
        """Give a category a colour; None for its default one."""
        after = dict(self.of(column))
        if colour is None:
            after.pop(category, None)
        else:
            after[category] = colour
        self._replace(column, after, f"Colour of {category}")

    def clear(self, column: str) -> None:
        """Give all categories of a column their default colours."""
        self._replace(column, {}, f"Colours of {column}")

    def _replace(self, column: str, after: ByCategory, caption: str) -> None:
        before = dict(self.of(column))
        if after == before:
            return
        self._assign(column, after)
        self._undo.push(
            caption, lambda: self._assign(column, before), lambda: self._assign(column, after)
        )

    def _assign(self, column: str, colours: ByCategory) -> None:
        self._colours.pop(column, None)
        if colours:
            self._colours[column] = colours
        self.changed.emit()
        self.edited.emit()
