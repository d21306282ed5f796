"""The surface of the map: holds the view, and turns mouse and wheel into what the user wants."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QEvent, QPointF, Qt, QVariantAnimation, pyqtSignal
from PyQt6.QtGui import (
    QBrush,
    QFocusEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QResizeEvent,
    QWheelEvent,
)

from astromask_gui.parts.modes import mode_of
from astromask_gui.raster.frame import ViewRect
from astromask_gui.state.selection import CombineMode
from astromask_gui.widgets.map import geometry
from astromask_gui.widgets.map.geometry import PixelMapping
from astromask_gui.widgets.map.overlay import Outline

Tool = Literal["pan", "box", "lasso"]
_Drag = Literal["none", "pressed", "pan", "box", "lasso"]
TOOL_NAMES: dict[str, Tool] = {"pan": "pan", "box": "box", "lasso": "lasso"}
PICK_RADIUS = 14.0
"""A click or the mouse finds the nearest point within so many pixels."""
_DRAG_FROM = 4.0
_LASSO_STEP = 2.0
_FLIGHT_MS = 160
_WHEEL_PER_OCTAVE = 420.0


class MapCanvas(pg.GraphicsView):  # type: ignore[misc]
    """Pan by dragging, zoom about the mouse by scrolling, boxes and lassos by tool or modifier."""

    view_changed = pyqtSignal()
    """The visible rectangle or the window's size is another one."""
    clicked = pyqtSignal(QPointF, object)
    """Position in pixels, and the `CombineMode` of the keys held (REPLACE: none)."""
    hovered = pyqtSignal(object)
    """QPointF in pixels, or None when the mouse has left or drags."""
    box_drawn = pyqtSignal(object, object)
    """ViewRect and CombineMode."""
    lasso_drawn = pyqtSignal(object, object)
    """(V, 2) float64 vertices in map coordinates, and CombineMode."""
    used = pyqtSignal()
    """The keyboard's focus has come here, by a click or by a key."""
    outline_changed = pyqtSignal(object)
    """The `Outline` on its way, or None."""

    def __init__(self) -> None:
        super().__init__(background=None)
        self.box = pg.ViewBox(enableMenu=False, border=None, defaultPadding=0.0)
        self.box.setMouseEnabled(False, False)
        self.setCentralItem(self.box)
        self.tool: Tool = "pan"
        self._view = ViewRect(0.0, 1.0, 0.0, 1.0)
        self._wanted: ViewRect | None = None
        self._drag: _Drag = "none"
        self._press = QPointF()
        self._last = QPointF()
        self._path: list[QPointF] = []
        self._flight = QVariantAnimation(self)
        self._flight.setDuration(_FLIGHT_MS)
        self._flight.valueChanged.connect(self._fly_on)
        self._flight_ends = (self._view, self._view)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setFrameShape(self.Shape.NoFrame)
        # The map's picture covers everything: filling the window before costs time at each move.
        self.setBackgroundBrush(QBrush(Qt.BrushStyle.NoBrush))
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    # The view.

    @property
    def view(self) -> ViewRect:
        """The visible rectangle; it has the window's aspect."""
        return self._view

    @property
    def destination(self) -> ViewRect:
        """Where the view is or is flying to."""
        running = self._flight.state() == QVariantAnimation.State.Running
        return self._flight_ends[1] if running else self._view

    def mapping(self) -> PixelMapping:
        """Between the map and this window's pixels."""
        return PixelMapping(self._view, max(self.width(), 1), max(self.height(), 1))

    def show_rect(self, view: ViewRect, *, fly: bool = False) -> None:
        """Look at a rectangle, or at the smallest one of the window's aspect that holds it."""
        self._flight.stop()
        wanted = ViewRect(*(float(edge) for edge in view))
        view = geometry.with_aspect(wanted, self.width(), self.height())
        if not geometry.is_valid(view):
            return
        if fly and self.isVisible():
            self._flight_ends = (self._view, view)
            self._flight.setStartValue(0.0)
            self._flight.setEndValue(1.0)
            self._flight.start()
        else:
            self._set_view(view)
        self._wanted = wanted

    def zoom(self, factor: float, about: QPointF | None = None, *, fly: bool = False) -> None:
        """Magnify about a pixel position, the middle by default."""
        view = self.destination
        centre = QPointF(self.width() / 2, self.height() / 2) if about is None else about
        x, y = PixelMapping(view, self.width(), self.height()).to_map(centre)
        self.show_rect(geometry.zoomed(view, factor, x, y), fly=fly)
        self._wanted = None

    def pan(self, pixels: QPointF) -> None:
        """Move what is shown by so many pixels."""
        self._flight.stop()
        per_x, per_y = self.mapping().units(1.0)
        self._set_view(geometry.shifted(self._view, -pixels.x() * per_x, pixels.y() * per_y))
        self._wanted = None

    def _set_view(self, view: ViewRect) -> None:
        self._view = view
        self.box.setRange(xRange=view[:2], yRange=view[2:], padding=0, disableAutoRange=True)
        # Else pyqtgraph would find out while painting, and everything would be painted twice.
        self.box.updateMatrix()
        self.view_changed.emit()

    def _fly_on(self, share: float) -> None:
        eased = 1 - (1 - share) ** 3
        self._set_view(geometry.between(*self._flight_ends, eased))

    # Events.

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Keep a rectangle that was asked for in view; else the middle and the scale."""
        super().resizeEvent(event)
        if event is None or not hasattr(self, "_flight_ends"):
            return
        old, view = event.oldSize(), self._view
        if self._wanted is not None:
            view = self._wanted
        elif old.width() > 0 and old.height() > 0:
            factor_x, factor_y = self.width() / old.width(), self.height() / old.height()
            x, y = (view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2
            half_x, half_y = view.width / 2 * factor_x, view.height / 2 * factor_y
            view = ViewRect(x - half_x, x + half_x, y - half_y, y + half_y)
        self._flight.stop()
        self._set_view(geometry.with_aspect(view, self.width(), self.height()))

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """A wheel zooms about the mouse; two fingers on a trackpad pan, with Ctrl they zoom."""
        assert event is not None
        device = event.device()
        trackpad = device is not None and device.type() == QInputDevice.DeviceType.TouchPad
        held = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if trackpad and not held and not event.pixelDelta().isNull():
            self.pan(QPointF(event.pixelDelta()))
        else:
            self._flight.stop()
            self.zoom(2.0 ** (event.angleDelta().y() / _WHEEL_PER_OCTAVE), event.position())
        event.accept()

    def viewportEvent(self, event: QEvent | None) -> bool:
        """Pinching zooms."""
        if isinstance(event, QNativeGestureEvent):
            if event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
                self.zoom(1.0 + event.value(), event.position())
            return True
        return bool(super().viewportEvent(event))

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """Begin a click or a drag; which of them shows when the mouse moves."""
        assert event is not None
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = "pressed"
        elif event.button() == Qt.MouseButton.MiddleButton:
            self._drag = "pan"
        self._press = self._last = event.position()
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Drag, or say what the mouse is over."""
        assert event is not None
        position = event.position()
        if self._drag == "pressed":
            moved = position - self._press
            if abs(moved.x()) + abs(moved.y()) >= _DRAG_FROM:
                self._begin_drag(event.modifiers())
        if self._drag == "none":
            self.hovered.emit(position)
        elif self._drag == "pan":
            self.pan(position - self._last)
            self._last = position
        elif self._drag == "box" or self._drag == "lasso":
            self._extend_outline(position, self._drag)
            self.outline_changed.emit(Outline(self._drag, tuple(self._path)))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """End a click or a drag."""
        assert event is not None
        drag, self._drag = self._drag, "none"
        mode = mode_of(event.modifiers())
        if drag == "pressed":
            self.clicked.emit(event.position(), mode)
        elif drag == "box" or drag == "lasso":
            self._extend_outline(event.position(), drag)
            self._finish_outline(drag, mode)
        self._show_cursor()
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Zoom in where the mouse is."""
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton:
            self.zoom(2.5, event.position(), fly=True)
        event.accept()

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        """The keys are this map's from now on."""
        super().focusInEvent(event)
        self.used.emit()

    def leaveEvent(self, event: QEvent | None) -> None:
        """Nothing is hovered outside."""
        self.hovered.emit(None)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Escape gives up a box or lasso; other keys are the window's."""
        assert event is not None
        if event.key() == Qt.Key.Key_Escape and self._drag in ("box", "lasso"):
            self._drag, self._path = "none", []
            self.outline_changed.emit(None)
            self._show_cursor()
            event.accept()
        else:
            event.ignore()

    # Drags.

    def set_tool(self, tool: Tool) -> None:
        """What a drag without keys does."""
        self.tool = tool
        self._show_cursor()

    def _begin_drag(self, modifiers: Qt.KeyboardModifier) -> None:
        self._drag = self._tool_for(modifiers)
        self._path = [self._press]
        self.hovered.emit(None)
        self._show_cursor()

    def _tool_for(self, modifiers: Qt.KeyboardModifier) -> Tool:
        """Alt draws a lasso; with the hand, Shift and Ctrl draw a box."""
        if modifiers & Qt.KeyboardModifier.AltModifier:
            return "lasso"
        if self.tool == "pan" and mode_of(modifiers) is not CombineMode.REPLACE:
            return "box"
        return self.tool

    def _extend_outline(self, position: QPointF, shape: Literal["box", "lasso"]) -> None:
        if shape == "box":
            self._path = [self._path[0], position]
            return
        moved = position - self._path[-1]
        if abs(moved.x()) + abs(moved.y()) >= _LASSO_STEP:
            self._path.append(position)

    def _finish_outline(self, shape: Literal["box", "lasso"], mode: CombineMode) -> None:
        mapping = self.mapping()
        vertices = np.array([mapping.to_map(point) for point in self._path])
        self._path = []
        self.outline_changed.emit(None)
        if shape == "box":
            low, high = vertices.min(axis=0), vertices.max(axis=0)
            self.box_drawn.emit(ViewRect(low[0], high[0], low[1], high[1]), mode)
        elif len(vertices) >= 3:
            self.lasso_drawn.emit(vertices, mode)

    def _show_cursor(self) -> None:
        if self._drag == "pan":
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._drag in ("box", "lasso") or self.tool != "pan":
            self.setCursor(Qt.CursorShape.CrossCursor)
        else:
            self.unsetCursor()
