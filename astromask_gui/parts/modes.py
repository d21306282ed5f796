"""How keys held at a click or a key say the way a new set meets the selection."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, Qt
from PyQt6.QtGui import QKeyEvent

from astromask_gui.state.selection import CombineMode

MODES_HINT = "Shift adds to the selection, Ctrl removes, both keep only what is in both."
MODE_TEXTS = {
    CombineMode.REPLACE: "Select these",
    CombineMode.ADD: "Add to the selection",
    CombineMode.REMOVE: "Remove from the selection",
    CombineMode.INTERSECT: "Keep only these of the selection",
}
MODE_KEYS = {
    CombineMode.REPLACE: "Return",
    CombineMode.ADD: "Shift+Return",
    CombineMode.REMOVE: "Ctrl+Return",
    CombineMode.INTERSECT: "Ctrl+Shift+Return",
}
_RETURN = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


def mode_of(modifiers: Qt.KeyboardModifier) -> CombineMode:
    """Shift adds, Ctrl removes, both intersect, neither replaces."""
    adds = bool(modifiers & Qt.KeyboardModifier.ShiftModifier)
    removes = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
    if adds and removes:
        return CombineMode.INTERSECT
    if adds:
        return CombineMode.ADD
    return CombineMode.REMOVE if removes else CombineMode.REPLACE


def is_return(event: QEvent | None) -> bool:
    """Whether Return is pressed, or about to be taken by a shortcut of the window.

    Who accepts the second keeps Ctrl+Return for itself while it has the focus.
    """
    return isinstance(event, QKeyEvent) and event.key() in _RETURN
