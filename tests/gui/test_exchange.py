"""Galaxies that leave the window: to the clipboard, the browser, files and other programs."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QEvent, QMimeData, QPointF, QRect, Qt
from PyQt6.QtGui import QContextMenuEvent, QDrag, QDragEnterEvent, QDropEvent, QImage, QMouseEvent
from PyQt6.QtWidgets import QApplication, QFileDialog, QMenu, QWidget
from pytestqt.qtbot import QtBot

from astromask_gui.parts.galaxy_deeds import degrees, sexagesimal
from astromask_gui.parts.rows_drag import rows_of, rows_to_mime
from astromask_gui.services.positions import parse_position
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import CutoutWindow
from astromask_gui.state.exports import CantBeMade
from astromask_gui.state.interop import Program, SendCutout, SendPosition
from astromask_gui.state.sky_places import SkyPlace
from astromask_gui.widgets.cutout_figure import (
    LARGEST_SIDE,
    CutoutScene,
    PictureOptions,
    draw_picture,
    make_picture,
)
from astromask_gui.widgets.samp_label import SampLabel
from astromask_gui.windows.main_window import MainWindow
from astromask_gui.windows.picture_dialog import PictureDialog
from astromask_gui.windows.send_dialog import SendDialog
from tests.gui.conftest import SIDE, answer_query, give_thumbnails, make_cutout

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def window(state: ApplicationState, qtbot: QtBot) -> Iterator[MainWindow]:
    give_thumbnails(state)
    state.sky_places.asked.connect(
        lambda rows, answer: answer(
            [SkyPlace(row, f"galaxy-{row}", 150.0 + row, -2.5) for row in rows]
        )
    )
    made = MainWindow(state)
    qtbot.addWidget(made)
    made.resize(1280, 800)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    state.selection.set_active(7)
    state.cutout.set_cutout(make_cutout(7))
    qtbot.waitUntil(lambda: made.cutout.picture.image is not None)
    yield made
    made.map.close_frames()


@pytest.fixture
def pages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    opened: list[str] = []
    monkeypatch.setattr("webbrowser.open", opened.append)
    return opened


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


def clipboard_text() -> str:
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    return clipboard.text()


# Positions.


@given(
    st.floats(0, 360, exclude_max=True, allow_subnormal=False),
    st.floats(-90, 90, allow_subnormal=False),
)
def test_hours_are_read_back_as_the_same_position(ra: float, dec: float) -> None:
    text = sexagesimal(ra, dec)
    assert ":60" not in text
    back = parse_position(text)
    assert back is not None
    apart = abs(back[0] - ra)
    assert min(apart, 360 - apart) <= 0.00051 * 15 / 3600 and abs(back[1] - dec) <= 0.0051 / 3600


@pytest.mark.parametrize(
    ("ra", "dec", "text"),
    [
        (150.12, 2.2058333, "10:00:28.800 +02:12:21.00"),
        (359.9999999, -0.0000001, "00:00:00.000 +00:00:00.00"),
        (0.0, -0.5, "00:00:00.000 -00:30:00.00"),
        (15.0, 89.9999999, "01:00:00.000 +90:00:00.00"),
    ],
)
def test_hours_are_written_as_catalogues_do(ra: float, dec: float, text: str) -> None:
    assert sexagesimal(ra, dec) == text


@pytest.mark.parametrize(
    ("key", "modifiers", "text"),
    [
        (Qt.Key.Key_C, CTRL | SHIFT, degrees(157.0, -2.5)),
        (Qt.Key.Key_X, CTRL | SHIFT, "10:28:00.000 -02:30:00.00"),
        (Qt.Key.Key_I, CTRL | SHIFT, "galaxy-7"),
    ],
)
def test_a_key_copies_the_active_galaxys(
    window: MainWindow,
    qtbot: QtBot,
    key: Qt.Key,
    modifiers: Qt.KeyboardModifier,
    text: str,
) -> None:
    qtbot.keyClick(window, key, modifiers)
    assert clipboard_text() == text


def test_without_a_position_nothing_is_copied_and_that_is_said(
    state: ApplicationState, window: MainWindow, qtbot: QtBot
) -> None:
    state.sky_places.asked.disconnect()
    state.sky_places.asked.connect(lambda rows, answer: answer([SkyPlace(7, "seven")]))
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    clipboard.setText("before")
    qtbot.keyClick(window, Qt.Key.Key_C, CTRL | SHIFT)
    assert clipboard_text() == "before"
    assert "no coordinates" in state.messages.history[-1].text


# The browser.


def test_the_legacy_viewer_opens_with_the_layer_that_is_preferred(
    window: MainWindow, state: ApplicationState, pages: list[str], qtbot: QtBot
) -> None:
    state.preferences.set_sky_layer("hsc-dr3")
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    (page,) = pages
    assert page.startswith("https://www.legacysurvey.org/viewer?ra=157.000000&dec=-2.500000")
    assert "layer=hsc-dr3" in page


def test_aladin_shows_the_surroundings_of_the_cutout(
    window: MainWindow, pages: list[str], qtbot: QtBot
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL | ALT)
    assert pages == [
        "https://aladin.cds.unistra.fr/AladinLite/?target=157.000000%20-2.500000&fov=0.0167"
    ]


def test_the_layers_menu_checks_and_changes_the_preference(
    window: MainWindow, state: ApplicationState
) -> None:
    (menu,) = [m for m in window.findChildren(QMenu) if "La&yer" in m.title()]
    menu.aboutToShow.emit()
    actions = {action.text(): action for action in menu.actions()}
    assert [text for text, action in actions.items() if action.isChecked()] == [
        "Legacy Surveys DR10"
    ]
    actions["Pan-STARRS"].trigger()
    assert state.preferences.sky_layer == "ps1"


# Menus.


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def test_the_picture_has_a_menu_of_its_galaxy_with_the_picture_itself(
    window: MainWindow,
) -> None:
    menu = window.exchange.picture_menu.make([7])
    assert "Show this galaxy" not in texts(menu)
    for text in ("Copy identifier", "Save as FITS …", "Open in Aladin Lite", "Copy p&icture"):
        assert text in texts(menu)


def test_a_right_click_on_a_tile_is_about_that_tile(
    window: MainWindow, state: ApplicationState, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer_query(state, [5, 9])
    popped: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, *_: popped.append(menu))
    strip = window.neighbours.strip
    place = strip.visualRect(window.neighbours.model.index(1)).center()
    viewport = strip.viewport()
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, place, viewport.mapToGlobal(place))
    QApplication.sendEvent(viewport, event)
    (menu,) = popped
    next(a for a in menu.actions() if a.text() == "Show this galaxy").trigger()
    assert state.selection.active == 9
    next(a for a in menu.actions() if a.text() == "Find its neighbours").trigger()
    assert state.neighbours.query is not None and state.neighbours.query.row == 9


def test_of_several_galaxies_only_what_makes_sense_is_offered(
    window: MainWindow, state: ApplicationState
) -> None:
    menu = window.exchange.tile_menu.make([3, 4])
    assert "Open in Aladin Lite" not in texts(menu)
    next(a for a in menu.actions() if a.text() == "Copy identifiers").trigger()
    assert clipboard_text() == "galaxy-3\ngalaxy-4"


# Files.


def test_a_key_asks_where_the_cutout_goes_and_has_it_written(
    window: MainWindow, state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_S, CTRL)
    (dialog,) = window.findChildren(QFileDialog)
    assert dialog.selectedFiles()[0].endswith("galaxy-7.fits")
    with qtbot.waitSignal(state.cutout_files.save_requested) as asked:
        dialog.fileSelected.emit(str(tmp_path / "x.fits"))
    assert asked.args == [7, tmp_path / "x.fits"]
    dialog.close()


def test_the_selections_cutouts_go_to_a_folder(
    window: MainWindow, state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_S, CTRL | ALT | SHIFT)
    assert "Select some" in state.messages.history[-1].text
    state.selection.select_rows(np.array([2, 40]))
    qtbot.keyClick(window, Qt.Key.Key_S, CTRL | ALT | SHIFT)
    (dialog,) = window.findChildren(QFileDialog)
    with qtbot.waitSignal(state.cutout_files.save_all_requested) as asked:
        dialog.fileSelected.emit(str(tmp_path))
    assert asked.args == [[2, 40], tmp_path]
    dialog.close()


# The picture.


def scene(side: int = 20, **facts: object) -> CutoutScene:
    image = QImage(side, side, QImage.Format.Format_RGB888)
    image.fill(0x202020)
    image.setPixel(3, 4, 0xFFFF0000)
    values: dict = {"name": "one", "part": QRect(0, 0, side, side), **facts}
    return CutoutScene(image, **values)


def test_an_enlarged_picture_keeps_its_pixels_square() -> None:
    options = PictureOptions(8, scale_bar=False, compass=False)
    picture = draw_picture(scene(), options)
    assert (picture.width(), picture.height()) == (160, 160)
    red = {(x, y) for x in range(160) for y in range(160) if picture.pixelColor(x, y).red() > 0x20}
    assert red == {(x, y) for x in range(24, 32) for y in range(32, 40)}


def test_only_the_part_in_view_is_saved_where_that_is_wished() -> None:
    made = scene(part=QRect(2, 3, 5, 4))
    options = PictureOptions(4, only_part=True, scale_bar=False)
    picture = draw_picture(made, options)
    assert (picture.width(), picture.height()) == (20, 16)
    assert picture.pixelColor(5, 5).red() == 255


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    bare = draw_picture(scene(100), PictureOptions(4, scale_bar=False))
    drawn = draw_picture(scene(100, pixel_scale=0.2), PictureOptions(4))
    # A third of 20 arcsec holds 5 arcsec: 25 pixels, enlarged four times.
    y = round(400 - 400 / 32)
    changed = [x for x in range(400) if drawn.pixel(x, y) != bare.pixel(x, y)]
    assert 99 <= max(changed) - min(changed) + 1 <= 103


def test_a_picture_too_large_is_refused_in_a_sentence() -> None:
    with pytest.raises(CantBeMade, match="smaller magnification"):
        make_picture(scene(LARGEST_SIDE // 8), PictureOptions(16))


def test_the_dialog_asks_for_a_file_of_what_is_in_view(
    window: MainWindow, state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    state.cutout_view.set_window(CutoutWindow(0, 0, 8.0))
    state.exports.preview_requested.connect(
        lambda number, draw: state.exports.preview_made.emit(number, draw())
    )
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL | ALT | SHIFT)
    (dialog,) = window.findChildren(PictureDialog)
    assert dialog.only_part.isChecked() and not dialog.compass.isEnabled()
    assert not dialog.preview.pixmap().isNull()
    dialog.only_part.setChecked(False)
    dialog.magnification.setCurrentText("2×")
    assert dialog.size_text.text() == f"{2 * SIDE} × {2 * SIDE} pixels"
    with qtbot.waitSignal(state.exports.write_requested) as asked:
        dialog.save_to(tmp_path / "p.png")
    made = asked.args[0].make()
    assert made.data.startswith(b"\x89PNG") and "64 × 64" in made.words


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


# Other programs.


def test_sending_a_table_asks_for_rows_and_columns(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    state.selection.select_rows(np.array([3, 5]))
    qtbot.keyClick(window, Qt.Key.Key_F7)
    (dialog,) = window.findChildren(SendDialog)
    assert dialog.selected.isChecked() and not dialog.send.isEnabled()
    state.interop.set_status("on", [Program("c1", "TOPCAT")])
    assert "TOPCAT" in dialog.who.text()
    dialog.no_columns.click()
    assert not dialog.send.isEnabled()
    dialog.all_columns.click()
    with qtbot.waitSignal(state.interop.send_requested) as asked:
        dialog.send.click()
    (sending,) = asked.args
    assert sending.rows.tolist() == [3, 5] and sending.columns == ("mag_r",)


def test_keys_send_the_selection_the_cutout_and_the_position(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    sent: list = []
    state.interop.send_requested.connect(sent.append)
    qtbot.keyClick(window, Qt.Key.Key_F8)
    assert sent == [] and "Select some" in state.messages.history[-1].text
    state.selection.select_rows(np.array([3, 5]))
    for key, held in ((Qt.Key.Key_F8, NONE), (Qt.Key.Key_F9, NONE), (Qt.Key.Key_F9, SHIFT)):
        qtbot.keyClick(window, key, held)
    assert sent[0].rows.tolist() == [3, 5]
    assert sent[1:] == [SendCutout(7), SendPosition(7)]


def test_the_status_bar_tells_who_is_connected(window: MainWindow, state: ApplicationState) -> None:
    (shown,) = window.findChildren(SampLabel)
    assert not shown.isVisible()
    state.interop.set_status("on", [Program("c1", "TOPCAT"), Program("c2", "Aladin")])
    assert shown.isVisible() and shown.text() == "SAMP: 2 programs"
    assert "Aladin, TOPCAT" in shown.toolTip()


def test_the_recipient_is_chosen_by_name_and_forgotten_when_it_leaves(
    window: MainWindow, state: ApplicationState
) -> None:
    state.interop.set_status("on", [Program("c1", "TOPCAT"), Program("c2", "Aladin")])
    (menu,) = [m for m in window.findChildren(QMenu) if m.title() == "Send t&o"]
    menu.aboutToShow.emit()
    assert texts(menu) == ["All programs", "Aladin", "TOPCAT"]
    menu.actions()[1].trigger()
    assert state.interop.recipient == "c2"
    state.interop.set_status("on", [Program("c1", "TOPCAT")])
    assert state.interop.recipient is None
