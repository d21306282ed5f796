"""A small map of the whole with the view marked in it, for when one is deep in."""

from __future__ import annotations

import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF, Qt
from PyQt6.QtGui import (
    QColor,
    QImage,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PyQt6.QtWidgets import QWidget

from astromask_gui.raster.frame import Frame, FrameRequest, ViewRect
from astromask_gui.state.preferences import Preferences
from astromask_gui.theme import RADIUS, SPACE, tokens
from astromask_gui.widgets.map import geometry
from astromask_gui.widgets.map.canvas import MapCanvas
from astromask_gui.widgets.map.frames import MapFrames
from astromask_gui.widgets.map.geometry import PixelMapping
from astromask_gui.widgets.map.item import place_of
from astromask_gui.widgets.map.views import MapViews

DEEP, NOT_DEEP = 1 / 4, 1 / 3
"""Shown when the view is a quarter of the whole, hidden when it is a third."""
_LONGER, _SHORTEST = 176, 84
"""Pixels of the longer side, and of the other at least."""
_MOST_OF_MAP = 0.4
"""On a small map it takes at most so much of either side."""
_SMALLEST_MARK = 9.0
_VEIL = 120
_NOTCH = 240.0
"""Of the wheel's units that double the scale, as many as on the map's."""


class MiniMap(QWidget):
    """Lies over a canvas at its lower left. A click or a drag in it moves the view."""

    def __init__(
        self, canvas: MapCanvas, views: MapViews, frames: MapFrames, preferences: Preferences
    ) -> None:
        super().__init__(canvas)
        self._canvas, self._views, self._frames = canvas, views, frames
        self._preferences = preferences
        self._frame: Frame | None = None
        self._asked: FrameRequest | None = None
        self._grip: QPointF | None = None
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setToolTip("Click or drag to move the view (hide it: Shift+M)")
        self.setAccessibleName("Mini-map")
        self.hide()
        canvas.view_changed.connect(self._follow)
        preferences.changed.connect(self._follow)
        frames.overview_arrived.connect(self._take)

    def renew(self) -> None:
        """Show other points, as after another projection."""
        self._frame = self._asked = None
        self._follow()

    def places(self) -> list[QRectF]:
        """The part of the canvas that it covers, in pixels."""
        return [] if self.isHidden() else [QRectF(self.geometry())]

    @property
    def whole(self) -> ViewRect:
        """What it shows: the whole map with a margin, in its own shape."""
        whole = self._views.whole.grown(geometry.FIT_MARGIN)
        return geometry.with_aspect(whole, self.width(), self.height())

    def mark(self) -> QRectF:
        """Where the canvas's view lies in it, in pixels; never too small to be seen."""
        mark = place_of(self._canvas.view, self._mapping())
        wider = max(_SMALLEST_MARK - mark.width(), 0.0) / 2
        higher = max(_SMALLEST_MARK - mark.height(), 0.0) / 2
        return mark.adjusted(-wider, -higher, wider, higher)

    def _mapping(self) -> PixelMapping:
        return PixelMapping(self.whole, self.width(), self.height())

    # What is shown.

    def _follow(self) -> None:
        if not self._is_wanted():
            if not self.isHidden():
                self.hide()
                self._frames.ask_overview(None)
                self._asked = None
            return
        self._fit()
        self._ask()
        self.update()

    def _is_wanted(self) -> bool:
        if not self._preferences.mini_map or self._frames.points is None:
            # While points are being prepared it stays as it is.
            return self._preferences.mini_map and not self.isHidden()
        canvas = self._canvas
        whole = self._views.whole.grown(geometry.FIT_MARGIN)
        fitted = geometry.with_aspect(whole, canvas.width(), canvas.height())
        limit = DEEP if self.isHidden() else NOT_DEEP
        return bool(canvas.view.width < limit * fitted.width)

    def _fit(self) -> None:
        """As large as the map's shape asks for, at the canvas's lower left."""
        whole, canvas = self._views.whole, self._canvas
        ratio = whole.height / whole.width if whole.width > 0 else 1.0
        width = _LONGER if ratio <= 1 else max(_LONGER / ratio, _SHORTEST)
        height = _LONGER if ratio > 1 else max(_LONGER * ratio, _SHORTEST)
        room_x, room_y = _MOST_OF_MAP * canvas.width(), _MOST_OF_MAP * canvas.height()
        scale = min(1.0, room_x / width, room_y / height)
        width, height = round(width * scale), round(height * scale)
        margin = SPACE[2]
        self.setGeometry(margin, canvas.height() - height - margin, width, height)

    def _ask(self) -> None:
        ratio = self.devicePixelRatioF()
        size = (round(self.width() * ratio), round(self.height() * ratio))
        ground = QColor(tokens(self._preferences.style).map_background)
        background = (ground.red(), ground.green(), ground.blue())
        request = FrameRequest(self.whole, *size, background, ratio)
        if request != self._asked:
            self._asked = request
            self._frames.ask_overview(request)
        if self.isHidden() and self._frame is not None and self._frame.request == request:
            self.show()

    def _take(self, frame: Frame) -> None:
        if frame.request == self._asked:
            self._frame = frame
            # It appears with its picture, not before.
            self.show()
            self.update()

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if self._frame is None:
            return
        look = tokens(self._preferences.style)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        border = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        outline = QPainterPath()
        outline.addRoundedRect(border, RADIUS, RADIUS)
        painter.setClipPath(outline)
        painter.drawImage(self.rect(), _image_of(self._frame))
        veil, mark = QColor(look.map_background), self.mark()
        veil.setAlpha(_VEIL)
        seen = QPainterPath()
        seen.addRect(mark)
        painter.fillPath(outline - seen, veil)
        painter.setPen(QPen(QColor(look.accent), 1.5))
        painter.drawRect(mark)
        painter.setClipping(False)
        painter.setPen(QPen(QColor(look.muted if self._grip is not None else look.line), 1))
        painter.drawPath(outline)

    # The mouse.

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton:
            return
        mark, position = self.mark(), event.position()
        if mark.contains(position):
            self._grip = position - mark.center()
        else:
            self._grip = QPointF()
            self._go_to(position, fly=True)
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        if event is not None and self._grip is not None:
            self._go_to(event.position() - self._grip, fly=False)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        self._grip = None
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """A second press is as good as a first."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """The wheel zooms the map about its middle."""
        assert event is not None
        self._canvas.zoom(2.0 ** (event.angleDelta().y() / _NOTCH))
        event.accept()

    def _go_to(self, position: QPointF, *, fly: bool) -> None:
        x, y = self._mapping().to_map(position)
        view = geometry.centred(self._canvas.view, x, y)
        self._canvas.show_rect(view, fly=fly and self._preferences.motion)


def _image_of(frame: Frame) -> QImage:
    """A QImage that borrows the frame's pixels: it lives no longer than the frame."""
    height, width = frame.image.shape
    pixels = pg.Qt.sip.voidptr(frame.image.ctypes.data)
    return QImage(pixels, width, height, 4 * width, QImage.Format.Format_RGB32)
