"""Another projection: points move to their new places, if they may."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.raster.frame import Frame
from tests.gui.map_scene import Scene, blobs


class Watched(Scene):
    """Notes the frames that are shown, and what was seen of the marks meanwhile."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        self.frames: list[Frame] = []
        self.marked: list[bool] = []
        self.map.frames.arrived.connect(self._note)

    def _note(self, frame: Frame) -> None:
        self.frames.append(frame)
        self.marked.append(self.map.overlay.isVisible())

    def switch(self, name: str, places: np.ndarray) -> None:
        """Show other places, and wait until the points are there."""
        self.frames.clear()
        self.marked.clear()
        self.places = places
        self.state.view.set_coordinates(name, places)
        self._qtbot.waitUntil(lambda: bool(self.frames) and not self.frames[-1].is_moving)
        self._qtbot.waitUntil(lambda: self.map.frames.sorted)


@pytest.fixture
def watched(qtbot: QtBot):
    made = Watched(qtbot)
    made.fill()
    made.state.preferences.set_motion(True)
    yield made
    made.map.close_frames()


def other_places(count: int = 900) -> np.ndarray:
    return 100 + 20 * blobs(count, 5)[0]


def test_the_points_move_and_the_marks_wait_for_them(watched: Watched) -> None:
    watched.state.selection.set_active(4)
    watched.switch("t-SNE", other_places())
    moving = [frame.is_moving for frame in watched.frames]
    assert moving[0] and not moving[-1]
    assert watched.marked == [not now for now in moving]
    assert watched.map.picker.row_at(watched.pixel_of(4)) == 4


def test_the_last_picture_stays_in_place_until_the_first_frame(watched: Watched) -> None:
    canvas = watched.canvas
    seen = watched.frame
    assert seen is not None and seen.request.view == canvas.view
    watched.state.view.set_coordinates("t-SNE", other_places())
    kept = watched.frame
    assert kept is not None and kept.image is seen.image
    np.testing.assert_allclose(kept.request.view, canvas.view, rtol=1e-6)


def test_a_frame_of_the_points_before_is_not_shown(watched: Watched) -> None:
    late = watched.frame
    assert late is not None
    watched.state.view.set_coordinates("t-SNE", other_places())
    watched.frames.clear()
    watched.map.frames._relay.arrived.emit(late)
    assert watched.frames == []


def test_points_jump_where_motion_is_off(watched: Watched) -> None:
    watched.state.preferences.set_motion(False)
    watched.switch("t-SNE", other_places())
    assert not any(frame.is_moving for frame in watched.frames)
    assert watched.map.overlay.isVisible()


def test_points_of_another_catalogue_or_of_the_same_map_jump(watched: Watched) -> None:
    watched.switch("UMAP", other_places())
    assert not any(frame.is_moving for frame in watched.frames)
    watched.state.view.set_coordinates(None, None)
    watched.switch("t-SNE", blobs(900, 6)[0])
    assert not any(frame.is_moving for frame in watched.frames)


def test_the_selection_is_kept_while_points_move(watched: Watched) -> None:
    watched.state.selection.select_rows(np.arange(0, 900, 3))
    watched.switch("t-SNE", other_places())
    assert watched.state.selection.count == 300
