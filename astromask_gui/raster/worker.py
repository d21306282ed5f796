"""Frames in a thread of their own: the newest request wins, the caller never waits.

Points appear at once through plain NumPy; the kernels are loaded and the index is built in a
second thread, which then changes the map over. No Qt here: `deliver` is called in the worker's
thread, and a window turns it into a signal.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from astromask_gui.raster.frame import Frame, FrameRequest, ViewRect
from astromask_gui.raster.loading import kernels_are_loaded, load_kernels
from astromask_gui.raster.motion import MOST_MOVED, Motion
from astromask_gui.raster.plain import PlainMap
from astromask_gui.raster.styles import StyleTables

if TYPE_CHECKING:
    from astromask_gui.raster.engine import MapEngine


class Style(NamedTuple):
    """How the rows look: see `engine.MapEngine.set_style`."""

    colours: np.ndarray
    """(N,) uint8."""
    states: np.ndarray | None
    """(N,) uint8, None where all are normal."""
    tables: StyleTables


StyleSource = Callable[[], Style]
"""Works a style out in the worker's thread, from arrays that nobody writes to any more."""


class PointMap(Protocol):
    """What `PlainMap` and `MapEngine` share."""

    def set_style(
        self, colours: np.ndarray, states: np.ndarray | None, tables: StyleTables
    ) -> None:
        """Recolour."""

    def render(self, request: FrameRequest) -> Frame:
        """Draw."""

    def render_overview(self, request: FrameRequest) -> Frame:
        """Draw what is seen beside the frames, in a brightness of its own."""

    def nearest(
        self, x: float, y: float, radius: tuple[float, float], allowed: np.ndarray | None = None
    ) -> int | None:
        """Pick."""

    def in_box(self, box: ViewRect, allowed: np.ndarray | None = None) -> np.ndarray:
        """Select a box."""

    def in_lasso(self, vertices: np.ndarray, allowed: np.ndarray | None = None) -> np.ndarray:
        """Select a polygon."""


_STILL_SECONDS = 0.05
"""A view that has rested so long gets frames that only refine its brightness."""
_FIRST_SIGHT_SECONDS = 0.5
_REFRESH_SECONDS = 0.008
"""Left between two frames of points that move."""
_SAMPLED_FROM = 2_000_000
"""More points than this are first seen as a sample."""


class _Job(NamedTuple):
    """What the frame thread does in one round."""

    points: PointMap
    style: StyleSource | None
    request: FrameRequest
    is_overview: bool
    is_moving: bool
    generation: int

    def draw(self) -> Frame:
        """The picture, and of which points it is."""
        render = self.points.render_overview if self.is_overview else self.points.render
        frame = render(self.request)
        return replace(frame, is_moving=self.is_moving, generation=self.generation)


class FrameWorker:
    """Draws what is asked for last. All methods return at once and may be called from anywhere."""

    def __init__(
        self,
        deliver: Callable[[Frame], None],
        deliver_overview: Callable[[Frame], None] | None = None,
    ) -> None:
        self._deliver, self._deliver_overview = deliver, deliver_overview
        self._condition = threading.Condition()
        self._map: PointMap | None = None
        self._style: StyleSource | None = None
        self._style_due = self._is_moving = False
        self._request: FrameRequest | None = None
        self._latest: FrameRequest | None = None
        self._overview: FrameRequest | None = None
        self._latest_overview: FrameRequest | None = None
        self._generation = 0
        self._closing = False
        self._drawn = threading.Event()
        self.sorted = threading.Event()
        """Set while the shown points have their index."""
        self._frames = threading.Thread(target=self._run, name="map-frames", daemon=True)
        self._frames.start()

    @property
    def points(self) -> PointMap | None:
        """The map as it is now, to pick from; None while there are no points."""
        return self._map

    @property
    def generation(self) -> int:
        """Of the points as they are now; frames of others are of no use any more."""
        return self._generation

    def set_points(
        self, x: np.ndarray, y: np.ndarray, style: StyleSource, motion: Motion | None = None
    ) -> None:
        """Show (N,) coordinates, NaN where a row has no place; by a motion that ends there, if
        frames are quick enough for one."""
        with self._condition:
            self._generation += 1
            generation = self._generation
            self.sorted.clear()
            # Once the kernels are there, the exact picture takes no longer than the plain one.
            exact = kernels_are_loaded() and x.size <= _SAMPLED_FROM
            self._map = None if exact else PlainMap(x, y)
            self._style, self._style_due, self._is_moving = style, True, False
            self._request, self._overview = self._request or self._latest, self._latest_overview
            self._drawn.clear()
            self._condition.notify_all()
        arguments = (generation, x, y, motion if exact and x.size <= MOST_MOVED else None)
        threading.Thread(
            target=self._prepare, args=arguments, name="map-index", daemon=True
        ).start()

    def clear(self) -> None:
        """Show nothing."""
        with self._condition:
            self._generation += 1
            self._map = self._style = self._request = self._latest = None
            self._overview = self._latest_overview = None

    def set_style(self, style: StyleSource) -> None:
        """Recolour the shown points and draw them again."""
        with self._condition:
            self._style, self._style_due = style, True
            self._request, self._overview = self._request or self._latest, self._latest_overview
            self._condition.notify_all()

    def request(self, request: FrameRequest) -> None:
        """Draw this next; a request that has not been started is dropped."""
        with self._condition:
            self._request = self._latest = request
            self._condition.notify_all()

    def request_overview(self, request: FrameRequest | None) -> None:
        """Draw this as well, once no frame is waiting, and again when points or colours are
        others; None for nothing more."""
        with self._condition:
            self._overview = self._latest_overview = request
            self._condition.notify_all()

    def close(self) -> None:
        """Stop after the frame in hand."""
        with self._condition:
            self._closing = True
            self._generation += 1
            self._condition.notify_all()
        self._frames.join()

    def _prepare(
        self, generation: int, x: np.ndarray, y: np.ndarray, motion: Motion | None
    ) -> None:
        """Load the kernels, then draw with them, then build the index and draw with that."""
        if not kernels_are_loaded():
            # The first sight of the points comes before all that, which holds the interpreter.
            self._drawn.wait(_FIRST_SIGHT_SECONDS)
            load_kernels()
        from astromask_gui.raster.engine import MapEngine

        if generation != self._generation:
            return
        if motion is not None:
            engine = MapEngine(*motion.places(0.0))
            if not self._move(generation, engine, motion):
                return
        else:
            # Very many points: a sample is on the screen already, so go straight for the index.
            engine = MapEngine(x, y, is_sorted=x.size > _SAMPLED_FROM)
            if not self._install(generation, engine):
                return
        if not engine.is_sorted:
            # The first sight of the points comes before their order: sorting takes all cores.
            self._drawn.wait(_FIRST_SIGHT_SECONDS)
            engine.sort()
        with self._condition:
            if generation == self._generation:
                self.sorted.set()

    def _move(self, generation: int, engine: MapEngine, motion: Motion) -> bool:
        """Draw frame after frame while the points move; False where others have taken over."""
        if not self._install(generation, engine, is_moving=True):
            return False
        # The way begins when its beginning has been drawn. Where nobody asks for frames, there
        # is nothing to be seen moving.
        is_seen = self._drawn.wait(_FIRST_SIGHT_SECONDS)
        motion.start()
        while is_seen and motion.share < 1.0:
            engine.place(*motion.places(motion.share))
            if not self._install(generation, engine, is_moving=True):
                return False
            is_seen = self._drawn.wait(_FIRST_SIGHT_SECONDS)
            # Few points are drawn faster than any screen shows them.
            with self._condition:
                self._condition.wait_for(
                    lambda: generation != self._generation, timeout=_REFRESH_SECONDS
                )
        engine.place(*motion.places(1.0))
        return self._install(generation, engine)

    def _install(self, generation: int, engine: PointMap, *, is_moving: bool = False) -> bool:
        """Draw with `engine` from now on, as it is; False where other points have taken over."""
        with self._condition:
            if generation != self._generation:
                return False
            self._style_due = self._style_due or engine is not self._map
            self._map, self._is_moving = engine, is_moving
            self._request = self._request or self._latest
            if not is_moving:
                self._overview = self._latest_overview
            self._drawn.clear()
            self._condition.notify_all()
            return True

    def _run(self) -> None:
        while (job := self._next_job()) is not None:
            if job.style is not None:
                job.points.set_style(*job.style())
            frame = job.draw()
            if job.is_overview:
                if self._deliver_overview is not None:
                    self._deliver_overview(frame)
                continue
            self._deliver(frame)
            self._drawn.set()
            if not frame.stats.settled:
                self._refine_when_still(job.request)

    def _next_job(self) -> _Job | None:
        """Wait for something to draw; None at the end."""
        with self._condition:
            self._condition.wait_for(
                lambda: self._closing or (self._map and (self._request or self._overview))
            )
            request = self._request or self._overview
            if self._closing or self._map is None or request is None:
                return None
            style = self._style if self._style_due else None
            is_overview = self._request is None
            job = _Job(self._map, style, request, is_overview, self._is_moving, self._generation)
            self._style_due = False
            if job.is_overview:
                self._overview = None
            else:
                self._request = None
            return job

    def _refine_when_still(self, request: FrameRequest) -> None:
        """Draw the same once more, unless something newer is asked for within a moment."""
        with self._condition:
            self._condition.wait_for(
                lambda: self._closing or self._request is not None, timeout=_STILL_SECONDS
            )
            if self._request is None and self._latest is request:
                self._request = request
