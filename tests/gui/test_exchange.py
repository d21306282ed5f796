"""Galaxies that leave the window by keys and menus: to the clipboard, the browser, files."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QObject, QPoint, Qt, QUrl, pyqtSlot
from PyQt6.QtGui import QContextMenuEvent, QDesktopServices
from PyQt6.QtWidgets import QApplication, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from astromask_gui.parts.galaxy_deeds import degrees, sexagesimal
from astromask_gui.services.search.positions import parse_position
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.sky_places import SkyPlace
from astromask_gui.windows.main_window import MainWindow
from tests.gui.conftest import answer_query

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(viewing: MainWindow) -> MainWindow:
    return viewing


class Browser(QObject):
    """Stands in for the user's browser."""

    def __init__(self) -> None:
        super().__init__()
        self.pages: list[str] = []

    @pyqtSlot(QUrl)
    def show(self, page: QUrl) -> None:
        self.pages.append(bytes(page.toEncoded()).decode())


@pytest.fixture
def pages() -> Iterator[list[str]]:
    browser = Browser()
    QDesktopServices.setUrlHandler("https", browser, "show")
    yield browser.pages
    QDesktopServices.unsetUrlHandler("https")


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


def test_without_a_browser_the_address_is_on_the_clipboard(
    window: MainWindow, state: ApplicationState, qtbot: QtBot
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_E, CTRL)
    assert clipboard_text().startswith("https://www.legacysurvey.org/viewer?ra=157.000000")
    assert "No browser" in state.messages.history[-1].text


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


def test_the_menu_of_millions_that_are_selected_makes_no_list_of_them(
    window: MainWindow, state: ApplicationState, monkeypatch: pytest.MonkeyPatch
) -> None:
    menu, many = window.exchange.gallery_menu, np.arange(2_000_000, dtype=np.uint32)
    monkeypatch.setattr(type(state.gallery), "rows", np.array([3], np.uint32))
    state.selection.select_rows(np.array([3]))
    monkeypatch.setattr(window.gallery.view, "position_at", lambda place: 0)
    monkeypatch.setattr(type(state.selection), "rows", lambda selection: many)
    tracemalloc.start()
    made = menu.make(menu._rows_at(QPoint()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "2,000,000 galaxies" in [action.text() for action in made.actions()]
    assert peak < 10e6


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
