"""Arrow keys on the map: to the next galaxy, or with Shift to the next part of the plane."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QObject, QPointF, Qt
from PyQt6.QtGui import QKeyEvent

from astromask_gui.state.selection import Selection
from astromask_gui.widgets.map.canvas import MapCanvas
from astromask_gui.widgets.map.picker import MapPicker

_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}
_PAN = 0.15
"""Share of the window's shorter side by which one key moves the view."""


class MapKeys(QObject):
    """Takes the arrow keys while the canvas has the focus; all others pass."""

    def __init__(self, canvas: MapCanvas, picker: MapPicker, selection: Selection) -> None:
        super().__init__(canvas)
        self._canvas, self._picker, self._selection = canvas, picker, selection
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        arrow = _ARROWS.get(Qt.Key(event.key()))
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if arrow is None or held not in (
            Qt.KeyboardModifier.NoModifier,
            Qt.KeyboardModifier.ShiftModifier,
        ):
            return False
        if held:
            self._pan(*arrow)
        else:
            self._step(*arrow)
        return True

    def _pan(self, dx: int, dy: int) -> None:
        pixels = _PAN * min(self._canvas.width(), self._canvas.height())
        self._canvas.pan(QPointF(-dx, -dy) * pixels)

    def _step(self, dx: int, dy: int) -> None:
        row = self._picker.row_towards(self._selection.active, dx, dy)
        if row is not None:
            self._selection.set_active(row)
