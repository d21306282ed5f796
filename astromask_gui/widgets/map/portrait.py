"""Offers a picture of the whole map, by which its workspace is known again on the start page."""

from __future__ import annotations

from PyQt6.QtCore import QObject, QTimer

from astromask_gui.raster.frame import Frame, ViewRect
from astromask_gui.state.portraits import Portraits
from astromask_gui.state.session import Session
from astromask_gui.widgets.map.frames import MapFrames
from astromask_gui.widgets.map.views import MapViews

_REST_MS = 1500
"""A map that has rested so long is what the user looks at."""


class MapPortrait(QObject):
    """Follows the frames; of those that hold all galaxies the newest is offered."""

    def __init__(
        self,
        frames: MapFrames,
        views: MapViews,
        session: Session,
        portraits: Portraits,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._views, self._session, self._portraits = views, session, portraits
        self._frame: Frame | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self._offer)
        frames.arrived.connect(self._follow)
        session.changed.connect(self._forget)

    @property
    def is_waiting(self) -> bool:
        """Whether a frame is offered if the map goes on resting."""
        return self._rest.isActive()

    def _follow(self, frame: Frame) -> None:
        self._rest.stop()
        if not frame.is_moving and _holds(frame.request.view, self._views.whole):
            self._frame = frame
            self._rest.start()

    def _forget(self) -> None:
        self._frame = None

    def _offer(self) -> None:
        workspace, frame = self._session.workspace, self._frame
        self._frame = None
        # The demo has its own button and picture.
        if workspace is not None and frame is not None and not workspace.is_demo:
            self._portraits.offer(str(workspace.folder), frame.image)


def _holds(view: ViewRect, whole: ViewRect) -> bool:
    inside_x = view.x0 <= whole.x0 and whole.x1 <= view.x1
    return inside_x and view.y0 <= whole.y0 and whole.y1 <= view.y1
