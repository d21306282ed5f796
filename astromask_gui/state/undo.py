"""One stack of what can be taken back: selections, filters, views and grades."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QObject, pyqtSignal

LIMIT = 200


@dataclass(frozen=True)
class Step:
    """One change, in words for the menu, and the two ways across it."""

    caption: str
    undo: Callable[[], None]
    redo: Callable[[], None]


class UndoStack(QObject):
    """Steps done and steps taken back. What a step changes while it runs is not recorded."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._replaying = False

    @property
    def undo_caption(self) -> str | None:
        """Words of the step that `undo` would take back; None when there is none."""
        return self._done[-1].caption if self._done else None

    @property
    def redo_caption(self) -> str | None:
        """Words of the step that `redo` would do again; None when there is none."""
        return self._undone[-1].caption if self._undone else None

    def push(self, caption: str, undo: Callable[[], None], redo: Callable[[], None]) -> None:
        """Record a change that has just been made; ignored while a step is replayed."""
        if self._replaying:
            return
        self._done.append(Step(caption, undo, redo))
        del self._done[:-LIMIT]
        self._undone.clear()
        self.changed.emit()

    def undo(self) -> bool:
        """Take the latest step back; False when there is none."""
        if not self._done:
            return False
        step = self._done.pop()
        self._undone.append(step)
        self._replay(step.undo)
        return True

    def redo(self) -> bool:
        """Do the latest step again that was taken back; False when there is none."""
        if not self._undone:
            return False
        step = self._undone.pop()
        self._done.append(step)
        self._replay(step.redo)
        return True

    def clear(self) -> None:
        """Forget everything, as when another workspace is opened."""
        self._done.clear()
        self._undone.clear()
        self.changed.emit()

    def _replay(self, action: Callable[[], None]) -> None:
        self._replaying = True
        try:
            action()
        finally:
            self._replaying = False
        self.changed.emit()
