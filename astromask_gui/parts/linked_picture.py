"""A picture of a cutout that is zoomed and panned together with all others."""

from __future__ import annotations

from PyQt6.QtCore import QPointF, QRectF, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
    QPen,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from astromask_gui.parts.picture_view import HALF, PictureView, on_screen
from astromask_gui.state.cutout_view import CutoutView
from astromask_gui.theme import FONT_SIZES

_WHEEL_STEP = 1.25
"""Factor of a wheel's click, and of a key."""
_CLICK = 3.0
"""Screen pixels that the mouse may move in a click."""
_SMALL = 90
"""Width below which the caption is small as well, screen pixels."""
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_ZOOMS = {
    Qt.Key.Key_Plus: _WHEEL_STEP,
    Qt.Key.Key_Equal: _WHEEL_STEP,
    Qt.Key.Key_Minus: 1 / _WHEEL_STEP,
}


class LinkedPicture(PictureView):
    """Follows `view` and changes it: the wheel zooms about the mouse, a drag pans, a double
    click shows all again; with the focus + − 0 and the arrow keys do the same."""

    clicked = pyqtSignal()
    """Pressed and let go at the same place."""

    def __init__(self, view: CutoutView, parent: QWidget | None = None, smallest: int = 64) -> None:
        super().__init__(parent, smallest)
        self._view = view
        self._grip: QPointF | None = None
        self._start = QPointF()
        self._is_click = False
        self._caption, self._is_current = "", False
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.set_window(view.window)
        self.add_overlay(self._draw_crosshair)
        self.add_overlay(self._draw_caption)
        view.changed.connect(self._follow)
        view.mouse_changed.connect(self._redraw_crosshair)
        view.marks_changed.connect(self.update)
        self.left.connect(lambda: view.set_mouse(None))

    def set_caption(self, caption: str, current: bool = False) -> None:
        """Write a line into the upper left corner; what is current is framed."""
        if (caption, current) != (self._caption, self._is_current):
            self._caption, self._is_current = caption, current
            self.update()

    @property
    def caption(self) -> str:
        """The line in the upper left corner."""
        return self._caption

    def let_go(self) -> None:
        """Leave the mouse to somebody else until it is pressed anew."""
        self._grip, self._is_click = None, False

    def _follow(self) -> None:
        self.set_window(self._view.window)

    def _redraw_crosshair(self) -> None:
        if self._view.crosshair:
            self.update()

    # -- what the mouse and the keys do --------------------------------------------------

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None or self._image is None:
            return
        clicks = (event.angleDelta().y() or event.angleDelta().x()) / 120
        self._zoom(_WHEEL_STEP**clicks, self._offset_of(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        super().mousePressEvent(event)
        if event is None or self._tool_holds:
            return
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._grip = self._start = event.position()
            self._is_click = event.button() == Qt.MouseButton.LeftButton

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        super().mouseMoveEvent(event)
        if event is None:
            return
        if self._grip is not None:
            if (event.position() - self._start).manhattanLength() > _CLICK:
                self._is_click = False
            if not self._is_click:
                step = (self._grip - event.position()) / self.picture_scale()
                self._pan(step.x(), -step.y())
                self._grip = event.position()
        self._tell_mouse(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        super().mouseReleaseEvent(event)
        if event is None:
            return
        was_click = self._grip is not None and self._is_click
        self._grip, self._is_click = None, False
        if was_click and event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and event.button() == Qt.MouseButton.LeftButton:
            self._view.show_whole()

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        if event is None:
            return
        key = Qt.Key(event.key())
        if key in _ZOOMS:
            self._zoom(_ZOOMS[key], QPointF(self._view.window.x, self._view.window.y))
        elif key == Qt.Key.Key_0:
            self._view.show_whole()
        elif key in _ARROWS and self._view.window.span is not None:
            right, up = _ARROWS[key]
            step = self._view.window.span / 8
            self._pan(right * step, up * step)
        else:
            super().keyPressEvent(event)

    def _zoom(self, factor: float, about: QPointF) -> None:
        if self._image is None:
            return
        columns, rows = self._image.width(), self._image.height()
        scale = min(self.width() / columns, self.height() / rows)
        whole = min(self.width(), self.height()) / scale
        window = self._view.window.zoomed(factor, about.x(), about.y(), whole)
        self._view.set_window(window)

    def _pan(self, right: float, up: float) -> None:
        if self._image is not None:
            columns, rows = self._image.width(), self._image.height()
            self._view.set_window(self._view.window.panned(right, up, columns, rows))

    def _tell_mouse(self, place: QPointF) -> None:
        if self._image is None:
            return
        inside = self.picture_rectangle().contains(place) and self.rect().contains(place.toPoint())
        offset = self._offset_of(place + HALF)
        self._view.set_mouse((offset.x(), offset.y()) if inside else None)

    def _offset_of(self, place: QPointF) -> QPointF:
        """A place of the widget in pixels right of and above the cutout's centre."""
        if self._image is None:
            return QPointF()
        return self.place_of(place) - QPointF(self._image.width(), self._image.height()) / 2

    # -- what lies over it ---------------------------------------------------------------

    def _draw_caption(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        shown = rectangle.intersected(QRectF(self.rect()))
        if self._is_current:
            painter.setPen(QPen(self.palette().color(QPalette.ColorRole.Highlight), 2))
            painter.drawRect(shown.adjusted(1, 1, -1, -1))
        if not self._caption:
            return
        if shown.width() < _SMALL:
            font = painter.font()
            font.setPixelSize(FONT_SIZES[0])
            painter.setFont(font)
        metrics = painter.fontMetrics()
        room = int(shown.width()) - 8
        # Identifiers differ at their ends.
        text = metrics.elidedText(self._caption, Qt.TextElideMode.ElideLeft, room)
        width, height = metrics.horizontalAdvance(text) + 6, metrics.height() + 2
        box = QRectF(shown.left() + 1, shown.top() + 1, width, height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 150))
        painter.drawRoundedRect(box, 3, 3)
        painter.setPen(QColor(255, 255, 255, 225))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_crosshair(self, painter: QPainter, rectangle: QRectF, scale: float) -> None:
        mouse = self._view.mouse
        if not self._view.crosshair or mouse is None:
            return
        place = on_screen(rectangle, scale, *mouse)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        gap, ends = 6.0, QRectF(self.rect())
        for colour, width in ((QColor(0, 0, 0, 150), 3), (QColor(255, 255, 255, 220), 1)):
            painter.setPen(QPen(colour, width))
            painter.drawLine(QPointF(ends.left(), place.y()), place - QPointF(gap, 0))
            painter.drawLine(place + QPointF(gap, 0), QPointF(ends.right(), place.y()))
            painter.drawLine(QPointF(place.x(), ends.top()), place - QPointF(0, gap))
            painter.drawLine(place + QPointF(0, gap), QPointF(place.x(), ends.bottom()))
