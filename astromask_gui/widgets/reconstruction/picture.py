"""A picture cut into patches: tells which of them the mouse or the keys mean."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PyQt6.QtWidgets import QWidget

from astromask_gui.parts.picture_view import PictureView

SMALLEST = 52
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_BRUSH = {Qt.Key.Key_BracketLeft: -1, Qt.Key.Key_BracketRight: 1}
_KEYS = {*_ARROWS, *_BRUSH, Qt.Key.Key_Space}
_NAME = QColor(230, 232, 236)
_SHADOW = QColor(0, 0, 0, 170)


class PatchPicture(PictureView):
    """Shows one picture of a grid of patches; `name` stands in its corner."""

    patch_pressed = pyqtSignal(int)
    patch_dragged = pyqtSignal(int)
    released = pyqtSignal()
    patch_asked = pyqtSignal(int)
    """Clicked with the right button, or with Alt held."""
    brush_changed = pyqtSignal(int)
    """By so much wider, after [ and ]."""

    def __init__(self, takes_keys: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent, SMALLEST)
        self.name = ""
        self.side = 1
        """Patches along the picture's side."""
        self.cursor_place = 0
        self._takes_keys = takes_keys
        self._asking = False
        self._keyed = False
        """Whether the cursor was moved by keys, and so is to be seen."""
        if takes_keys:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.add_overlay(self._draw_cursor)
        self.add_overlay(self._draw_name)
        self.pressed.connect(self._press)
        self.dragged.connect(self._drag)

    def set_side(self, side: int) -> None:
        """Cut the picture into another number of patches."""
        self.side = side
        self.cursor_place = min(self.cursor_place, side**2 - 1)

    def patch_rectangle(self, place: int, rectangle: QRectF) -> QRectF:
        """Where a patch lies in the picture's rectangle; the first are at the bottom left."""
        step = rectangle.width() / self.side
        row, column = divmod(place, self.side)
        top = rectangle.bottom() - (row + 1) * step
        return QRectF(rectangle.x() + column * step, top, step, step)

    def place_at(self, x: float, y: float) -> int | None:
        """The patch at a place in picture pixels from the bottom left."""
        if self.image is None:
            return None
        column = int(x * self.side / self.image.width())
        row = int(y * self.side / self.image.height())
        return row * self.side + column if max(row, column) < self.side else None

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        if event is None:
            return
        self._keyed = False
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        self._asking = event.button() == Qt.MouseButton.RightButton or alt
        if self._asking:
            self._tell(event.position(), self.pressed)
        else:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.buttons() & Qt.MouseButton.RightButton:
            self._tell(event.position(), self.dragged)
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._asking = False
        self.released.emit()

    def event(self, event: QEvent | None) -> bool:
        # The window's shortcuts and the map take arrows and letters, but not from here.
        wanted = isinstance(event, QKeyEvent) and event.key() in _KEYS and self._takes_keys
        if wanted and event is not None and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None or not self._takes_keys or self.image is None:
            return
        key = Qt.Key(event.key())
        self._keyed = True
        if key in _ARROWS:
            row, column = divmod(self.cursor_place, self.side)
            right, up = _ARROWS[key]
            column = min(max(column + right, 0), self.side - 1)
            row = min(max(row + up, 0), self.side - 1)
            self.cursor_place = row * self.side + column
            self.update()
        elif key in _BRUSH:
            self.brush_changed.emit(_BRUSH[key])
        elif key == Qt.Key.Key_Space:
            self.patch_pressed.emit(self.cursor_place)
            self.released.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        self._keyed = event is not None and event.reason() != Qt.FocusReason.MouseFocusReason
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        self.update()

    def _press(self, x: float, y: float) -> None:
        place = self.place_at(x, y)
        if place is not None:
            self.cursor_place = place
            (self.patch_asked if self._asking else self.patch_pressed).emit(place)

    def _drag(self, x: float, y: float) -> None:
        place = self.place_at(x, y)
        if place is not None and place != self.cursor_place:
            self.cursor_place = place
            (self.patch_asked if self._asking else self.patch_dragged).emit(place)

    def _draw_cursor(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        if self.hasFocus() and self._keyed:
            painter.setPen(QPen(QColor(255, 209, 102), 1.5))
            painter.drawRect(self.patch_rectangle(self.cursor_place, rectangle))

    def _draw_name(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        if not self.name:
            return
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        width = painter.fontMetrics().horizontalAdvance(self.name)
        corner = rectangle.intersected(QRectF(self.rect())).topLeft()
        painter.fillRect(QRectF(corner.x(), corner.y(), width + 8, 15), _SHADOW)
        painter.setPen(_NAME)
        painter.drawText(corner + QPointF(4, 11.5), self.name)
