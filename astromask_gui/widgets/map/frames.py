"""Asks for frames as the view moves, and hands them over in the window's thread."""

from __future__ import annotations

from functools import partial

import numpy as np
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from astromask_gui.raster.frame import Frame, FrameRequest, ViewRect
from astromask_gui.raster.motion import Motion
from astromask_gui.raster.styles import point_states, style_tables
from astromask_gui.raster.worker import FrameWorker, PointMap, Style
from astromask_gui.rendering.colouring import Colours

_STILL_MS = 120
_MANY_PIXELS = 2_000_000
_SLOW_MS = 30.0
_QUICK_MS = 9.0
_HALVED_GAIN = 3
"""So many times faster is a frame of half the resolution."""


class _Relay(QObject):
    """Carries frames between threads; outlives the widget that listens."""

    arrived = pyqtSignal(object)
    overview = pyqtSignal(object)


class MapFrames(QObject):
    """A frame worker that speaks Qt. On large screens that are slow, frames have half the
    resolution while the view moves."""

    arrived = pyqtSignal(object)
    """`Frame`, the exact picture of a view asked for."""
    overview_arrived = pyqtSignal(object)
    """`Frame`, the picture asked for by `ask_overview`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._relay = _Relay()
        self._relay.arrived.connect(self._take)
        self._relay.overview.connect(self._take_overview)
        self._worker = FrameWorker(self._relay.arrived.emit, self._relay.overview.emit)
        self._request: FrameRequest | None = None
        self._full_ms = 0.0
        self._still = QTimer(self)
        self._still.setSingleShot(True)
        self._still.setInterval(_STILL_MS)
        self._still.timeout.connect(self._draw_in_full)

    @property
    def points(self) -> PointMap | None:
        """The points as they are now, to pick from."""
        return self._worker.points

    @property
    def sorted(self) -> bool:
        """Whether the index of the shown points has been built."""
        return self._worker.sorted.is_set()

    @property
    def quick(self) -> bool:
        """Whether a frame asked for now comes within a refresh of the screen, as the last did."""
        return 0 < self._full_ms < _QUICK_MS

    def wait_until_sorted(self, seconds: float) -> bool:
        """Wait for the index, for benchmarks and screenshots; False after so long."""
        return self._worker.sorted.wait(seconds)

    def close(self) -> None:
        """Stop the worker; no frame arrives any more."""
        self._worker.close()

    def clear(self) -> None:
        """Draw nothing until there are points again."""
        self._worker.clear()

    def set_points(
        self, coordinates: np.ndarray, style: MapStyle, motion: Motion | None = None
    ) -> None:
        """Show (N, 2) coordinates in the view asked for last, by a motion that ends there."""
        x, y = coordinates[:, 0], coordinates[:, 1]
        self._worker.set_points(x, y, style.source(len(coordinates)), motion)

    def set_style(self, count: int, style: MapStyle) -> None:
        """Recolour the `count` shown points."""
        self._worker.set_style(style.source(count))

    def ask(
        self,
        view: ViewRect,
        size: tuple[int, int],
        ratio: float,
        background: tuple[int, int, int],
    ) -> None:
        """Ask for a view on `size` device pixels (width, height)."""
        if min(size) <= 0:
            return
        # Fewer pixels help where the pixels, not the points, take the time.
        slow = size[0] * size[1] > _MANY_PIXELS and self._full_ms > _SLOW_MS
        self._request = FrameRequest(view, *size, background, ratio, 2 if slow else 1)
        self._worker.request(self._request)
        if slow:
            self._still.start()

    def ask_overview(self, request: FrameRequest | None) -> None:
        """Ask for a picture beside the frames, which is renewed when points or colours are; None
        when it isn't seen any more."""
        self._worker.request_overview(request)

    def _draw_in_full(self) -> None:
        if self._request is not None:
            request = self._request
            whole = FrameRequest(
                request.view, request.width, request.height, request.background, request.pixel_ratio
            )
            self._request = whole
            self._worker.request(whole)

    def _take_overview(self, frame: Frame) -> None:
        if frame.generation == self._worker.generation:
            self.overview_arrived.emit(frame)

    def _take(self, frame: Frame) -> None:
        if frame.generation != self._worker.generation:
            return
        whole = frame.stats.milliseconds * (1 if frame.request.reduction == 1 else _HALVED_GAIN)
        # A single slow frame, as the first of all, says nothing on the next.
        self._full_ms = 0.7 * self._full_ms + 0.3 * whole
        self.arrived.emit(frame)


class MapStyle:
    """What decides how points look, gathered in the window's thread, worked out in the worker's."""

    def __init__(
        self,
        colours: Colours | None,
        background: tuple[int, int, int],
        visible: np.ndarray | None,
        selected: np.ndarray | None,
        *,
        ghosts: bool,
        hollow: np.ndarray | None = None,
    ) -> None:
        self._colours = colours
        self._background = background
        self._visible = visible
        self._selected = selected
        self._ghosts = ghosts
        self._hollow = hollow

    def source(self, count: int) -> partial[Style]:
        """A style for `count` rows, to be worked out when called."""
        return partial(self._work_out, count)

    def _work_out(self, count: int) -> Style:
        colours = self._colours
        if colours is None or len(colours.index) != count:
            index, palette = np.zeros(count, np.uint8), np.full((256, 3), 128, np.uint8)
        else:
            index, palette = colours.index, colours.table[:, :3]
        states = point_states(
            _fitting(self._visible, count),
            _fitting(self._selected, count),
            ghosts=self._ghosts,
            hollow=_fitting(self._hollow, count),
        )
        return Style(index, states, style_tables(palette, self._background))


def _fitting(mask: np.ndarray | None, count: int) -> np.ndarray | None:
    """The mask, or None while it still belongs to a catalogue of another length."""
    return mask if mask is not None and len(mask) == count else None
