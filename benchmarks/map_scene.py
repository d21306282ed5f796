"""The map widget in a window offscreen, and stopwatches around what a user does with it."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QEvent, QEventLoop, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication

from astromask_gui.parts.map_colours import MapColours
from astromask_gui.raster.engine import MapEngine
from astromask_gui.raster.frame import Frame, FrameRequest
from astromask_gui.raster.index import build_index
from astromask_gui.raster.loading import load_kernels
from astromask_gui.raster.paint import Paint
from astromask_gui.raster.renderer import Renderer
from astromask_gui.raster.styles import NORMAL, point_states, style_tables
from astromask_gui.rendering.colouring import colour_column
from astromask_gui.services.concurrency.cores import hand_over_quickly
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.session import OpenWorkspace
from astromask_gui.state.view import Colouring
from astromask_gui.widgets.map.view import MapWidget

_NO_KEY = Qt.KeyboardModifier.NoModifier
_WAIT = 60.0
_PICKS = 200


@dataclass(frozen=True)
class Step:
    """One event: milliseconds until the exact frame was painted, and the window's own share."""

    total: float
    window: float


class MapScene:
    """A survey of points on the map widget. The kernels are loaded before anything is timed."""

    def __init__(
        self,
        x: np.ndarray,
        y: np.ndarray,
        classes: np.ndarray,
        size: tuple[int, int],
        *,
        filtered: bool,
    ) -> None:
        load_kernels()
        hand_over_quickly()
        self._application = QApplication.instance() or QApplication([])
        self._coordinates = np.stack([x, y], axis=1)
        self._classes = classes
        self._size = size
        self._visible = np.random.default_rng(1).random(x.size) < 0.5 if filtered else None
        self._state = ApplicationState()
        self._state.preferences.set_motion(False)
        self._colours = MapColours(
            self._state.view, self._state.columns, self._state.preferences, self._state.own_colours
        )
        self._map = MapWidget(self._state, self._state.view, self._colours)
        self._painted: Frame | None = None
        self._watch_paint()

    def close(self) -> None:
        """Stop the threads and let the widget go."""
        self._map.close_frames()
        self._map.close()
        self._map.deleteLater()
        self._application.processEvents()

    def _watch_paint(self) -> None:
        paint = self._map.raster.paint_pixels

        def watched(painter, mapping) -> None:  # type: ignore[no-untyped-def]
            paint(painter, mapping)
            self._painted = self._map.raster.frame

        self._map.raster.paint_pixels = watched  # type: ignore[method-assign]

    def _wait(self) -> None:
        """Handle events until the exact frame of the present view is on the screen."""
        deadline = time.perf_counter() + _WAIT
        flags = QEventLoop.ProcessEventsFlag.WaitForMoreEvents
        while time.perf_counter() < deadline:
            frame = self._painted
            shown = getattr(frame, "request", None)
            if shown is not None and shown.view == self._map.canvas.view and shown.reduction == 1:
                return
            self._application.processEvents(flags)
        raise TimeoutError("the map has not drawn the view asked for within a minute")

    def _timed(self, event: QEvent) -> Step:
        began, busy = time.perf_counter(), time.thread_time()
        QApplication.sendEvent(self._map.canvas.viewport(), event)
        self._wait()
        step = Step((time.perf_counter() - began) * 1e3, (time.thread_time() - busy) * 1e3)
        self._settle()
        return step

    def _settle(self) -> None:
        """Let frames that only refine the brightness pass."""
        deadline = time.perf_counter() + 0.03
        while time.perf_counter() < deadline:
            self._application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 5)

    def first_frame(self) -> float:
        """Milliseconds from the arrays to their picture, index not yet built."""
        count = len(self._coordinates)
        state = self._state
        state.session.set_workspace(
            OpenWorkspace(Path("survey"), "survey", count, ("r",), ("s",), "s")
        )
        state.selection.reset(count)
        state.filters.reset(count)
        if self._visible is not None:
            state.filters.set("half", "half", self._visible)
        names = tuple(f"class {number}" for number in range(int(self._classes.max()) + 1))
        state.columns.set_columns([Column("class", "category", categories=names)])
        state.columns.set_values("class", self._classes.astype(np.int16))
        self._map.show()
        toolbar = self._map.toolbar.sizeHint().height()
        self._map.resize(self._size[0], self._size[1] + toolbar)
        self._settle()
        began = time.perf_counter()
        state.view.set_coordinates("UMAP", self._coordinates)
        self._wait()
        first = (time.perf_counter() - began) * 1e3
        if not self._map.frames.wait_until_sorted(_WAIT):
            raise TimeoutError("the index has not been built within a minute")
        state.view.set_colouring(Colouring("class"))
        self._settle()
        return first

    def index_build(self) -> float:
        """Milliseconds to sort the points and merge them into levels."""
        x, y = self._coordinates.T
        began = time.perf_counter()
        build_index(x, y)
        return (time.perf_counter() - began) * 1e3

    def zoom_path(self, steps: int) -> list[Step]:
        """From the full view to a thousandth of it, about the densest place, and back at once."""
        canvas = self._map.canvas
        dense = self._coordinates[:: max(1, len(self._coordinates) // 50_000)]
        centre = np.median(dense, axis=0)
        place = dense[np.argmin(np.abs(dense - centre).sum(axis=1))][None]
        angle = round(120 * 3.5 * np.log2(1000) / steps)
        made = []
        for _ in range(steps):
            position = QPointF(*canvas.mapping().to_pixels(place)[0])
            made.append(self._timed(_wheel(position, angle)))
        self._map.map_actions["fit"].trigger()
        self._wait()
        self._settle()
        return made

    def pan_path(self, steps: int) -> list[Step]:
        """Drags of a few pixels at the full view."""
        canvas = self._map.canvas
        position = QPointF(canvas.width() / 2, canvas.height() / 2)
        viewport = canvas.viewport()
        QApplication.sendEvent(viewport, _mouse(QEvent.Type.MouseButtonPress, position))
        made = []
        for step in range(steps):
            position += QPointF(7, 5 if step % 2 else -5)
            made.append(self._timed(_mouse(QEvent.Type.MouseMove, position)))
        QApplication.sendEvent(viewport, _mouse(QEvent.Type.MouseButtonRelease, position))
        return made[1:]

    def _engine(self) -> MapEngine:
        engine = self._map.frames.points
        assert isinstance(engine, MapEngine)
        return engine

    def pick(self) -> float:
        """Median milliseconds to find the nearest point within 14 pixels."""
        canvas, engine = self._map.canvas, self._engine()
        reach = canvas.mapping().units(14.0)
        rng = np.random.default_rng(2)
        places = self._coordinates[rng.integers(0, len(self._coordinates), _PICKS)]
        xs, ys = places[:, 0].tolist(), places[:, 1].tolist()
        return _median(lambda i: engine.nearest(xs[i], ys[i], reach, self._visible), _PICKS)

    def box(self) -> float:
        """Median milliseconds for a box over a third of the view's width and height."""
        box = self._map.canvas.view.grown(1 / 3)
        return _median(lambda _: self._engine().in_box(box, self._visible), 9)

    def lasso(self) -> float:
        """Median milliseconds for a star of 1000 vertices over the middle of the view."""
        view = self._map.canvas.view
        angle = np.linspace(0, 2 * np.pi, 1000, endpoint=False)
        radius = view.height * (0.2 + 0.08 * np.sin(9 * angle))
        x, y = (view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2
        star = np.stack([x + radius * np.cos(angle), y + radius * np.sin(angle)], axis=1)
        return _median(lambda _: self._engine().in_lasso(star, self._visible), 9)

    def recolour(self) -> float:
        """Median milliseconds from a column's values to all points in other colours."""
        rng = np.random.default_rng(3)
        count = len(self._coordinates)
        values = [rng.lognormal(0, 1, count).astype(np.float32) for _ in range(2)]
        states = point_states(self._visible, None)

        def recolour(number: int) -> None:
            chosen = Colouring("z", logarithmic=bool(number // 2 % 2))
            colours = colour_column(Column("z", "number"), values[number % 2], chosen, "dark")
            tables = style_tables(colours.table[:, :3], (16, 18, 22))
            self._engine().set_style(colours.index, states, tables)

        return _median(recolour, 9)

    def frames_of_a_motion(self) -> int:
        """How often points are painted on their way to another projection; median of several."""
        self._state.preferences.set_motion(True)
        places = {"UMAP": self._coordinates, "turned": self._coordinates[:, ::-1].copy()}
        counts = []
        for name in ("turned", "UMAP") * 3:
            self._state.view.set_coordinates(name, places[name])
            counts.append(self._count_moving())
            self._map.frames.wait_until_sorted(_WAIT)
            self._settle()
        self._state.preferences.set_motion(False)
        return round(statistics.median(counts))

    def _count_moving(self) -> int:
        """Frames that are painted until the points are where they belong."""
        before = last = self._map.raster.frame
        assert before is not None
        count = 0
        while True:
            self._application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
            frame = self._painted
            # The last picture of the places before is painted too, until the first frame comes.
            if frame is None or frame is last or frame.image is before.image:
                continue
            last = frame
            if not frame.is_moving:
                return count
            count += 1

    def _requests(self, count: int) -> list[FrameRequest]:
        full = self._map.canvas.view
        return [FrameRequest(full.grown(1.5**-step), *self._size) for step in range(count)]

    def brute_force(self, steps: int) -> list[float]:
        """Milliseconds of frames drawn point by point from the arrays as they came."""
        x, y = self._coordinates.T
        engine = MapEngine(x, y)
        return [engine.render(request).stats.milliseconds for request in self._requests(steps)]

    def largest_differences(self) -> tuple[float, float]:
        """(relative difference of a frame's ink, mean one of 3 × 3 pixels) from the exact raster,
        each the largest of several zooms."""
        x, y = self._coordinates.T
        tables = style_tables(np.full((256, 3), 200, np.uint8), (0, 0, 0))
        paint = Paint(build_index(x, y), tables)
        states = point_states(self._visible, None)
        paint.apply(np.zeros(len(x), np.uint8), states, tables)
        weight = np.ones(len(x), np.uint8) if states is None else (states == NORMAL)
        total, local = 0.0, 0.0
        renderer = Renderer()
        for request in self._requests(8):
            if renderer.render(paint, request).stats.radius:
                break
            found = renderer.ink(paint, request)[..., 0].astype(np.float64)
            exact = _exact_counts(x, y, weight, request)
            total = max(total, abs(found.sum() / max(exact.sum(), 1) - 1))
            sums = _box_sums(found), _box_sums(exact)
            local = max(local, float(np.abs(sums[0] - sums[1]).sum() / max(sums[1].sum(), 1)))
        return float(total), float(local)


def _exact_counts(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray, request: FrameRequest
) -> np.ndarray:
    """(H, W) float64 number of points in every pixel."""
    view, (height, width) = request.view, request.shape
    inside = (x >= view.x0) & (x < view.x1) & (y > view.y0) & (y <= view.y1) & (weight > 0)
    column = ((x[inside].astype(np.float64) - view.x0) * (width / view.width)).astype(np.int64)
    line = ((view.y1 - y[inside].astype(np.float64)) * (height / view.height)).astype(np.int64)
    pixel = np.minimum(line, height - 1) * width + np.minimum(column, width - 1)
    return np.bincount(pixel, minlength=height * width).reshape(height, width).astype(np.float64)


def _box_sums(image: np.ndarray) -> np.ndarray:
    """Sums over squares of 3 × 3 pixels."""
    rows = image[:-2] + image[1:-1] + image[2:]
    sums: np.ndarray = rows[:, :-2] + rows[:, 1:-1] + rows[:, 2:]
    return sums


def _median(action, repeats: int) -> float:  # type: ignore[no-untyped-def]
    times = []
    for number in range(repeats):
        began = time.perf_counter()
        action(number)
        times.append((time.perf_counter() - began) * 1e3)
    return statistics.median(times)


def _wheel(position: QPointF, angle: int) -> QWheelEvent:
    none = Qt.MouseButton.NoButton
    phase = Qt.ScrollPhase.NoScrollPhase
    return QWheelEvent(position, position, QPoint(), QPoint(0, angle), none, _NO_KEY, phase, False)


def _mouse(kind: QEvent.Type, position: QPointF) -> QMouseEvent:
    left = Qt.MouseButton.LeftButton
    return QMouseEvent(kind, position, position, left, left, _NO_KEY)
