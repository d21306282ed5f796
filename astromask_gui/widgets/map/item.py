"""The map's picture as a pyqtgraph item: the last frame, re-projected until the next is there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyqtgraph as pg
from PyQt6.QtCore import QPointF, QRectF
from PyQt6.QtGui import QColor, QImage, QPainter
from PyQt6.QtWidgets import QStyleOptionGraphicsItem, QWidget

from astromask_gui.raster.frame import Frame, ViewRect
from astromask_gui.raster.motion import seen_in
from astromask_gui.widgets.map.geometry import PixelMapping


class PixelItem(pg.GraphicsObject):  # type: ignore[misc]
    """An item over the whole view that paints in the window's layout pixels."""

    def mapping(self) -> PixelMapping:
        """Between the map and the pixels of the view box that holds this item."""
        box = self.getViewBox()
        (x0, x1), (y0, y1) = box.viewRange()
        return PixelMapping(ViewRect(x0, x1, y0, y1), box.width(), box.height())

    def boundingRect(self) -> QRectF:
        """All of the view. An item directly in a view box has the box's coordinates."""
        box = self.getViewBox()
        return QRectF() if box is None else box.viewRect()

    def viewTransformChanged(self) -> None:
        """Called by pyqtgraph when the view has moved."""
        super().viewTransformChanged()
        self.prepareGeometryChange()
        self.update()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionGraphicsItem | None = None,
        widget: QWidget | None = None,
    ) -> None:
        """Hand over to `paint_pixels` with the origin at the view box's upper left corner."""
        painter.save()
        painter.resetTransform()
        painter.translate(self.getViewBox().mapToScene(QPointF(0, 0)))
        self.paint_pixels(painter, self.mapping())
        painter.restore()

    def paint_pixels(self, painter: QPainter, mapping: PixelMapping) -> None:
        """Draw; `mapping` is the view as it is now."""
        raise NotImplementedError


class RasterItem(PixelItem):
    """Shows one `Frame` at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._frame: Frame | None = None
        self._image = QImage()
        self._background = QColor()

    def set_background(self, background: QColor) -> None:
        """Colour of what the picture does not reach; the view itself need not paint any."""
        self._background = background
        self.update()

    @property
    def frame(self) -> Frame | None:
        """What is shown."""
        return self._frame

    def set_frame(self, frame: Frame | None) -> None:
        """Show another picture, or none."""
        self._frame = frame
        if frame is None:
            self._image = QImage()
        else:
            height, width = frame.image.shape
            # QImage borrows the pixels: `self._frame` keeps them alive.
            pixels = frame.image.ctypes.data
            self._image = QImage(
                pg.Qt.sip.voidptr(pixels), width, height, 4 * width, QImage.Format.Format_RGB32
            )
        self.update()

    def keep_in_place(self, view: ViewRect, other: ViewRect) -> None:
        """Leave the picture where it is on the screen although `other` is shown, not `view`."""
        if self._frame is not None:
            x0, x1, y0, y1 = self._frame.request.view
            (left, bottom), (right, top) = seen_in(np.array([[x0, y0], [x1, y1]]), view, other)
            place = ViewRect(float(left), float(right), float(bottom), float(top))
            self._frame = replace(self._frame, request=replace(self._frame.request, view=place))

    def paint_pixels(self, painter: QPainter, mapping: PixelMapping) -> None:
        """One copy where the frame fits exactly; else stretch it to where its corners are now."""
        whole = QRectF(0, 0, mapping.width, mapping.height)
        if self._frame is None:
            painter.fillRect(whole, self._background)
            return
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Source)
        target = place_of(self._frame.request.view, mapping)
        exact = abs(target.width() - mapping.width) < 1e-6 and abs(target.x()) < 1e-6
        exact = exact and abs(target.y()) < 1e-6
        ratio = self._frame.image.shape[1] / mapping.width
        if exact and abs(self._frame.image.shape[0] / mapping.height - ratio) < 0.01:
            self._image.setDevicePixelRatio(ratio)
            painter.drawImage(QPointF(0, 0), self._image)
        else:
            self._image.setDevicePixelRatio(1.0)
            if not target.contains(whole):
                painter.fillRect(whole, self._background)
            painter.drawImage(target, self._image, QRectF(self._image.rect()))


def place_of(view: ViewRect, mapping: PixelMapping) -> QRectF:
    """Where a view's rectangle lies on the window, in pixels."""
    now = mapping.view
    per_x, per_y = mapping.width / now.width, mapping.height / now.height
    return QRectF(
        (view.x0 - now.x0) * per_x,
        (now.y1 - view.y1) * per_y,
        view.width * per_x,
        view.height * per_y,
    )
