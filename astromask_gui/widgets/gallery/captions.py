"""What is said below the gallery's tiles: a column's values, or identifiers."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.parts.value_text import value_text
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.gallery import ID_CAPTION

_MOST_KEPT = 8000
_AWAITED = "…"


class GalleryCaptions(QObject):
    """Texts by row, kept while the caption and its column's values are the same."""

    changed = pyqtSignal()

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._columns, self._identifiers = state.columns, state.identifiers
        self._gallery = state.gallery
        self._kept: dict[int, str] = {}
        state.gallery.look_changed.connect(self._forget)
        state.session.changed.connect(self._forget)
        state.columns.changed.connect(self._forget)
        state.columns.ready.connect(self._on_values)
        state.identifiers.ready.connect(self._on_identifiers)

    def of(self, row: int) -> str:
        """The text below the tile of a row; empty where there is to be none."""
        text = self._kept.get(row)
        if text is None:
            text = self._made(row)
            if text != _AWAITED:
                if len(self._kept) >= _MOST_KEPT:
                    self._kept.clear()
                self._kept[row] = text
        return text

    def _made(self, row: int) -> str:
        name = self._gallery.caption
        if not name:
            return ""
        if name == ID_CAPTION:
            return self._identifiers.get(row) or _AWAITED
        column, values = self._columns.column(name), self._columns.values(name)
        if column is None:
            return ""
        if values is None:
            return _AWAITED
        return value_text(column, values[row]) if row < len(values) else ""

    def _forget(self) -> None:
        self._kept.clear()
        self.changed.emit()

    def _on_values(self, name: str) -> None:
        if name == self._gallery.caption:
            self._forget()

    def _on_identifiers(self) -> None:
        if self._gallery.caption == ID_CAPTION:
            self.changed.emit()
