"""Thumbnails as images, stretched as everything else is; kept while nothing changes."""

from __future__ import annotations

from collections import OrderedDict

from PyQt6.QtCore import QObject
from PyQt6.QtGui import QImage

from astromask_gui.parts.picture_view import to_image
from astromask_gui.rendering.picture import render_thumbnails
from astromask_gui.state.application import ApplicationState

_KEPT = 600


class ThumbnailImages(QObject):
    """`get` answers at once, or asks `state.thumbnails`, which says `ready` later."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._images: OrderedDict[int, QImage] = OrderedDict()
        state.display.changed.connect(self.clear)
        state.session.changed.connect(self.clear)

    def get(self, row: int) -> QImage | None:
        """The picture of a row; None while it is being read."""
        image = self._images.get(row)
        if image is None:
            thumbnail = self._state.thumbnails.get(row)
            if thumbnail is None:
                return None
            display = self._state.display
            picture = render_thumbnails(thumbnail[None], display.settings, display.survey)[0]
            image = self._images[row] = to_image(picture)
            if len(self._images) > _KEPT:
                self._images.popitem(last=False)
        return image

    def clear(self) -> None:
        """Make all of them anew."""
        self._images.clear()
