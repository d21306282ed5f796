"""The text field of filters: conditions in SQL that are tried, applied and remembered."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QObject, pyqtSignal

MOST = 30
"""Conditions that are remembered."""
FILTER = "condition "
"""Begins the name of a filter that a condition makes; a number follows."""


class Conditions(QObject):
    """Intents on conditions, and what became of them."""

    requested = pyqtSignal(int, str, str)
    """Number, expression, and the name of the filter it shall be; "" only to say what it leaves."""
    answered = pyqtSignal(int, int)
    """Number, and how many rows pass."""
    refused = pyqtSignal(int, str)
    """Number, and what is wrong with the expression, as a sentence."""
    edit_wanted = pyqtSignal(str, str)
    """Name of a filter, and its expression, which the user wants to change."""
    history_changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._history: tuple[str, ...] = ()
        self._number = 0

    @property
    def history(self) -> tuple[str, ...]:
        """Conditions that were applied, the latest first."""
        return self._history

    def reset(self, history: Iterable[str] = ()) -> None:
        """Start over with what a workspace has kept."""
        self._history = tuple(history)[:MOST]
        self.history_changed.emit()

    def try_out(self, expression: str) -> int:
        """Ask how many rows a condition leaves; returns the number of the answer."""
        return self._request(expression, "")

    def apply(self, expression: str, name: str) -> int:
        """Ask for a condition to become the filter `name`; returns the number of the answer."""
        return self._request(expression, name)

    def remember(self, expression: str) -> None:
        """Put a condition at the head of the history."""
        others = (known for known in self._history if known != expression)
        self._history = (expression, *others)[:MOST]
        self.history_changed.emit()

    def _request(self, expression: str, name: str) -> int:
        self._number += 1
        self.requested.emit(self._number, expression, name)
        return self._number
