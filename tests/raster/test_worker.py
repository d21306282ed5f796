"""The worker's frames: the newest request, the newest points, points that move."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from astromask_gui.raster.frame import Frame, FrameRequest, ViewRect
from astromask_gui.raster.loading import load_kernels
from astromask_gui.raster.motion import Motion
from astromask_gui.raster.worker import FrameWorker, Style
from tests.raster.point_sets import clusters, rainbow_tables, view_around
from tests.raster.test_engine import COUNT, random_style


class Inbox:
    """Collects frames from the worker's thread."""

    def __init__(self) -> None:
        self.frames: list[Frame] = []
        self._arrived = threading.Condition()

    def __call__(self, frame: Frame) -> None:
        with self._arrived:
            self.frames.append(frame)
            self._arrived.notify_all()

    def wait_for(self, view: ViewRect) -> Frame:
        return self.wait_until(lambda frame: frame.request.view == view)

    def wait_until(self, condition: Callable[[Frame], bool]) -> Frame:
        """The newest frame, once it is what the condition says."""
        with self._arrived:
            found = self._arrived.wait_for(
                lambda: self.frames and condition(self.frames[-1]), timeout=60
            )
            assert found, "the frame waited for never came"
            return self.frames[-1]


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def worker(inbox: Inbox):
    frame_worker = FrameWorker(inbox)
    yield frame_worker
    frame_worker.close()


def test_the_newest_request_wins(worker: FrameWorker, inbox: Inbox) -> None:
    points = clusters(COUNT)
    worker.set_points(*points, lambda: random_style(0))
    full = view_around(*points)
    for step in range(300):
        worker.request(FrameRequest(full.grown(1.01**-step), 200, 150))
    inbox.wait_for(full.grown(1.01**-299))
    assert worker.sorted.wait(60)


def test_points_replaced_while_being_sorted_are_forgotten(
    worker: FrameWorker, inbox: Inbox
) -> None:
    for seed in range(5):
        worker.set_points(*clusters(COUNT, seed), partial(random_style, seed))
    points = clusters(500, 9)
    worker.set_points(*points, lambda: random_style(0, 500))
    view = view_around(*points)
    worker.request(FrameRequest(view, 200, 150))
    inbox.wait_for(view)
    assert worker.sorted.wait(60)
    assert worker.points is not None
    assert worker.points.in_box(view).shape == (500,)


def test_a_new_style_is_drawn_without_being_asked_for(worker: FrameWorker, inbox: Inbox) -> None:
    points = clusters(300)
    worker.set_points(*points, lambda: random_style(0, 300))
    view = view_around(*points)
    worker.request(FrameRequest(view, 200, 150))
    assert worker.sorted.wait(60)
    hidden = np.zeros(300, np.uint8)
    style = Style(np.zeros(300, np.uint8), hidden, rainbow_tables())
    worker.set_style(lambda: style)
    inbox.wait_until(lambda frame: frame.stats.visible == 0)


def test_nothing_is_drawn_without_points(worker: FrameWorker, inbox: Inbox) -> None:
    worker.request(FrameRequest(ViewRect(0, 1, 0, 1), 20, 20))
    worker.set_points(*clusters(50), lambda: random_style(0, 50))
    worker.clear()
    assert worker.points is None


VIEWS = (ViewRect(0.0, 8.0, 0.0, 6.0), ViewRect(-4.0, 4.0, -3.0, 3.0))


class Clock:
    """Goes on by a tenth of the way whenever somebody looks."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 0.016
        return self.now


@pytest.fixture
def ends() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(3)
    before, after = rng.uniform((0, 0), (8, 6), (400, 2)), rng.uniform((-4, -3), (4, 3), (400, 2))
    return before.astype(np.float32), after.astype(np.float32)


def picture(points: np.ndarray, view: ViewRect) -> np.ndarray:
    """What a worker shows of points in the end."""
    inbox = Inbox()
    worker = FrameWorker(inbox)
    worker.set_points(points[:, 0], points[:, 1], lambda: random_style(0, len(points)))
    worker.request(FrameRequest(view, 200, 150))
    assert worker.sorted.wait(60)
    image = inbox.wait_until(lambda frame: frame.stats.settled).image
    worker.close()
    return image


def test_points_move_from_where_they_were_seen_to_where_they_belong(
    worker: FrameWorker, inbox: Inbox, ends: tuple[np.ndarray, np.ndarray]
) -> None:
    load_kernels()
    before, after = ends
    worker.request(FrameRequest(VIEWS[1], 200, 150))
    motion = Motion(before, after, VIEWS, clock=Clock())
    worker.set_points(after[:, 0], after[:, 1], lambda: random_style(0, 400), motion)
    assert worker.sorted.wait(60)
    inbox.wait_until(lambda frame: not frame.is_moving and frame.stats.settled)
    moving = [frame.is_moving for frame in inbox.frames]
    count = sum(moving)
    assert count > 3 and moving == [True] * count + [False] * (len(moving) - count)
    # On the screen nothing has moved in the first frame; the last is like any other.
    first, last = inbox.frames[0], inbox.frames[-1]
    np.testing.assert_array_equal(first.image != first.image[0, 0], _ink(before, VIEWS[0]))
    np.testing.assert_array_equal(last.image, picture(after, VIEWS[1]))
    assert len({frame.image.tobytes() for frame in inbox.frames[:count]}) == count


def _ink(points: np.ndarray, view: ViewRect) -> np.ndarray:
    image = picture(points, view)
    ink: np.ndarray = image != image[0, 0]
    return ink


def test_other_points_end_a_motion(
    worker: FrameWorker, inbox: Inbox, ends: tuple[np.ndarray, np.ndarray]
) -> None:
    load_kernels()
    before, after = ends
    worker.request(FrameRequest(VIEWS[1], 200, 150))
    stopped = Motion(before, after, VIEWS, clock=lambda: 0.0)
    worker.set_points(after[:, 0], after[:, 1], lambda: random_style(0, 400), stopped)
    inbox.wait_until(lambda frame: frame.is_moving)
    x, y = clusters(500, 9)
    worker.set_points(x, y, lambda: random_style(0, 500))
    assert worker.sorted.wait(60)
    inbox.wait_until(lambda frame: not frame.is_moving)
    assert worker.points is not None
    assert worker.points.in_box(VIEWS[1]).shape == (500,)


def test_without_a_request_a_motion_is_over_at_once(
    worker: FrameWorker, inbox: Inbox, ends: tuple[np.ndarray, np.ndarray]
) -> None:
    load_kernels()
    before, after = ends
    motion = Motion(before, after, VIEWS, clock=lambda: 0.0)
    worker.set_points(after[:, 0], after[:, 1], lambda: random_style(0, 400), motion)
    assert worker.sorted.wait(60)
    worker.request(FrameRequest(VIEWS[1], 200, 150))
    assert not inbox.wait_for(VIEWS[1]).is_moving
