"""Galaxies dragged out of the viewer and the tiles, and dropped on panels."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QMimeData, QPointF, Qt
from PyQt6.QtGui import QDrag, QDragEnterEvent, QDropEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from astromask_gui.parts.rows_drag import file_of, rows_of, rows_to_mime
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import CutoutWindow
from astromask_gui.windows.main_window import MainWindow
from tests.gui.conftest import answer_query

CTRL = Qt.KeyboardModifier.ControlModifier
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(viewing: MainWindow) -> MainWindow:
    return viewing


@pytest.fixture
def dragged(monkeypatch: pytest.MonkeyPatch) -> list[QMimeData]:
    """What is dragged away; the drag ends at once."""
    seen: list[QMimeData] = []

    def note(drag: QDrag, *_: object) -> None:
        data = drag.mimeData()
        assert data is not None
        copy = rows_to_mime(rows_of(data))
        copy.setUrls(data.urls())
        seen.append(copy)

    monkeypatch.setattr(QDrag, "exec", note)
    return seen


# Drags and drops.


def move_held(widget: QWidget, held: Qt.KeyboardModifier = NONE) -> None:
    """Press, move with the button down, let go: as a mouse does it."""
    start = QPointF(widget.rect().center())
    kinds = [QEvent.Type.MouseButtonPress, *[QEvent.Type.MouseMove] * 3]
    kinds.append(QEvent.Type.MouseButtonRelease)
    for step, kind in enumerate(kinds):
        place = start + QPointF(10.0 * step, 10.0 * step)
        glob = widget.mapToGlobal(place)
        moving = kind == QEvent.Type.MouseMove
        button = Qt.MouseButton.NoButton if moving else LEFT
        QApplication.sendEvent(widget, QMouseEvent(kind, place, glob, button, LEFT, held))


def test_the_picture_dragged_out_is_the_galaxy_and_its_file(
    window: MainWindow, state: ApplicationState, dragged: list[QMimeData], tmp_path: Path
) -> None:
    state.cutout_files.set_folder(tmp_path)
    move_held(window.cutout.picture)
    (data,) = dragged
    assert rows_of(data) == [7]
    assert data.urls()[0].toLocalFile() == str(tmp_path / "7" / "galaxy-7.fits")


def test_a_zoomed_picture_is_panned_and_dragged_out_with_ctrl(
    window: MainWindow, state: ApplicationState, dragged: list[QMimeData]
) -> None:
    state.cutout_view.set_window(CutoutWindow(0, 0, 10.0))
    move_held(window.cutout.picture)
    panned = state.cutout_view.window
    assert dragged == [] and panned.x != 0
    move_held(window.cutout.picture, CTRL)
    assert rows_of(dragged[0]) == [7]
    assert state.cutout_view.window == panned


def test_a_tile_carries_its_row_and_its_file(
    window: MainWindow, state: ApplicationState, tmp_path: Path
) -> None:
    state.cutout_files.set_folder(tmp_path)
    answer_query(state, [5, 9])
    model = window.neighbours.model
    state.identifiers.put([5], ["five"])
    data = model.mimeData([model.index(0), model.index(1)])
    assert rows_of(data) == [5, 9]
    names = [Path(url.toLocalFile()).name for url in data.urls()]
    assert names == ["five.fits", "row_9.fits"]


def drop(target: QWidget, data: QMimeData) -> bool:
    """Drag onto the middle of a widget and let go; whether it was taken."""
    centre, action = target.rect().center(), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(centre, action, data, LEFT, NONE)
    enter.ignore()
    QApplication.sendEvent(target, enter)
    event = QDropEvent(QPointF(centre), action, data, LEFT, NONE)
    event.ignore()
    QApplication.sendEvent(target, event)
    return enter.isAccepted() and event.isAccepted()


def test_a_galaxy_dropped_on_the_viewer_becomes_active(
    window: MainWindow, state: ApplicationState
) -> None:
    assert drop(window.cutout, rows_to_mime([12]))
    assert state.selection.active == 12
    assert not drop(window.cutout, rows_to_mime([10_000]))


def test_a_galaxy_dropped_on_the_map_becomes_active_and_is_centred(
    window: MainWindow, state: ApplicationState
) -> None:
    state.preferences.set_motion(False)
    assert state.view.coordinates is not None
    assert drop(window.map.canvas.viewport(), rows_to_mime([12]))
    assert state.selection.active == 12
    view = window.map.canvas.destination
    middle = [(view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2]
    np.testing.assert_allclose(middle, state.view.coordinates[12], rtol=1e-5)
    assert math.isfinite(sum(middle))


def test_galaxies_dropped_on_the_saved_selections_are_saved(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(state.saved.save_requested) as asked:
        assert drop(window.saved, rows_to_mime([3, 5]))
    assert np.flatnonzero(asked.args[1]).tolist() == [3, 5]


# Files from outside.


def test_a_file_dropped_anywhere_is_searched_with(
    window: MainWindow, state: ApplicationState, tmp_path: Path
) -> None:
    window.show_panel("table")
    assert drop(window.tools, rows_to_mime([], [tmp_path / "arc.fits"]))
    query = state.neighbours.query
    assert query is not None and query.path == tmp_path / "arc.fits"
    assert window.neighbours.isVisible()


def test_a_path_in_the_home_of_nobody_is_a_path(qtbot: QtBot) -> None:
    data = QMimeData()
    data.setText("~nobody-here/arc.fits")
    assert file_of(data) == Path("~nobody-here/arc.fits")


def test_a_folder_dropped_anywhere_is_opened(
    window: MainWindow, state: ApplicationState, tmp_path: Path, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(state.session.open_requested) as asked:
        assert drop(window.tools, rows_to_mime([], [tmp_path]))
    assert asked.args == [tmp_path]


def test_a_tile_of_this_window_is_no_file_from_outside(
    window: MainWindow, state: ApplicationState, tmp_path: Path
) -> None:
    before = state.neighbours.query
    assert not drop(window.tools, rows_to_mime([3], [tmp_path / "arc.fits"]))
    assert state.neighbours.query == before
