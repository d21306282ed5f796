"""The gallery on real widgets: what is drawn, asked for, chosen and scrolled to."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.gallery import ID_CAPTION, Listing, Sorting, Source
from astromask_gui.state.saved import SavedSelection
from astromask_gui.widgets.gallery.panel import GalleryPanel
from tests.gui.conftest import COUNT, give_thumbnails
from tests.gui.gallery.conftest import CTRL, ORDER, long_list, wheel

# What is shown.


def test_an_empty_gallery_says_what_would_fill_it(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    for kind, word in (("selection", "Select"), ("visible", "filters"), ("neighbours", "Ctrl+1")):
        state.gallery.set_listing(Listing(np.zeros(0, np.uint32), kind))
        assert panel.empty.isVisible() and word in panel.empty.sentence.text()
    state.gallery.fail("There is no saved selection “arcs” any more.")
    assert "arcs" in panel.empty.sentence.text()
    state.session.set_workspace(None)
    assert "workspace" in panel.empty.sentence.text()


def test_only_tiles_in_view_ask_for_thumbnails_from_the_middle_out(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    long_list(state, 10_000)
    with qtbot.waitSignal(state.thumbnails.wanted):
        panel.view.scroll_to(100_000)
    wanted: list[list[int]] = []
    state.thumbnails.wanted.connect(wanted.append)
    with qtbot.waitSignal(state.thumbnails.wanted):
        panel.view.scroll_to(50_000)
    seen = panel.view.in_view()
    assert set(wanted[0]) == set(seen)
    line = wanted[0][0] // panel.view.grid.columns
    lines = [position // panel.view.grid.columns for position in seen]
    assert abs(line - (lines[0] + lines[-1]) / 2) <= 0.5


def test_tiles_that_scrolled_away_are_given_up(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    long_list(state, 10_000)
    with qtbot.waitSignal(state.thumbnails.wanted):
        panel.view.repaint()
    before = set(panel.view.in_view())
    with qtbot.waitSignal(state.thumbnails.unwanted) as given_up:
        panel.view.scroll_to(100_000)
    assert set(given_up.args[0]) == before


def test_a_hidden_gallery_asks_for_nothing(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(state.thumbnails.wanted):
        panel.view.repaint()
    with qtbot.waitSignal(state.thumbnails.unwanted) as given_up:
        panel.hide()
    assert set(given_up.args[0]) == set(ORDER[: len(given_up.args[0])].tolist())


def test_pictures_take_the_place_of_skeletons_and_follow_the_stretch(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    from dataclasses import replace

    skeleton = panel.view.grab().toImage()
    give_thumbnails(state)
    state.gallery.set_side(48)
    qtbot.waitUntil(lambda: panel.view.pictures.image(int(ORDER[0])) is not None)
    assert panel.view.grab().toImage() != skeleton
    before = panel.view.pictures.image(int(ORDER[0]))
    state.display.set_settings(replace(state.display.settings, stretch=4.0))
    assert panel.view.pictures.image(int(ORDER[0])) is before, "the old one stays meanwhile"
    qtbot.waitUntil(lambda: panel.view.pictures.image(int(ORDER[0])) != before)


def test_large_tiles_are_sharpened_when_the_larger_thumbnails_arrive(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    give_thumbnails(state)
    with qtbot.waitSignal(state.sharp_thumbnails.wanted) as wanted:
        state.gallery.set_side(200)
    row = int(ORDER[0])
    qtbot.waitUntil(lambda: panel.view.pictures.image(row) is not None)
    coarse = panel.view.pictures.image(row)
    assert coarse is not None and coarse.width() == 200
    state.sharp_thumbnails.put(
        wanted.args[0], np.full((len(wanted.args[0]), 3, 128, 128), 9, np.float16)
    )
    qtbot.waitUntil(lambda: panel.view.pictures.image(row) != coarse)


def test_captions_tell_a_column_or_the_identifier(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    state.columns.set_values("mag_r", np.linspace(17, 23, COUNT))
    low = panel.view.grid.line_height
    state.gallery.set_caption("mag_r")
    assert panel.view.grid.line_height > low
    assert panel.view._captions.of(0) == "17 AB mag"
    state.gallery.set_caption(ID_CAPTION)
    assert panel.view._captions.of(4) == "…"
    state.identifiers.put([4], ["UNIONS-4"])
    assert panel.view._captions.of(4) == "UNIONS-4"


@pytest.mark.parametrize("mark", ["active", "hovered", "selected", "grade"])
def test_marks_made_elsewhere_are_seen_on_the_tile(
    panel: GalleryPanel, state: ApplicationState, mark: str
) -> None:
    row = int(ORDER[1])
    before = panel.view.grab(panel.view.place_of(0)).toImage()
    other = panel.view.grab(panel.view.place_of(1)).toImage()
    if mark == "active":
        state.selection.set_active(row)
    elif mark == "hovered":
        state.selection.set_hovered(row)
    elif mark == "selected":
        state.selection.select_rows(np.array([row]))
    else:
        codes = state.labels.codes.copy()
        codes[row] = 2
        state.labels.set_codes(codes)
    assert panel.view.grab(panel.view.place_of(1)).toImage() != other
    assert panel.view.grab(panel.view.place_of(0)).toImage() == before


# Choosing.


def test_choices_become_wishes(panel: GalleryPanel, state: ApplicationState) -> None:
    state.saved.set_items([SavedSelection("arcs", 3, "2026-01-01T00:00:00Z")])
    panel.source.setCurrentText("arcs")
    panel.source.activated.emit(panel.source.currentIndex())
    assert state.gallery.source == Source("saved", "arcs")
    panel.sorting.setCurrentText("mag_r")
    panel.sorting.activated.emit(panel.sorting.currentIndex())
    panel.direction.click()
    assert state.gallery.sorting == Sorting("mag_r", True)
    panel.caption.setCurrentText("identifier")
    panel.caption.activated.emit(panel.caption.currentIndex())
    assert state.gallery.caption == ID_CAPTION
    panel.side.setValue(133)
    assert state.gallery.side == panel.view.grid.side == 133


def test_a_choice_that_is_gone_shows_nothing_chosen(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    state.gallery.set_source(Source("saved", "arcs"))
    assert panel.source.currentIndex() == -1
    state.gallery.set_source(Source("visible"))
    assert panel.source.currentText() == "Visible"


# Scrolling.


@pytest.mark.parametrize("count", [1_000_000, 100_000_000])
def test_the_end_of_a_list_of_any_length_is_reached(
    panel: GalleryPanel, state: ApplicationState, count: int
) -> None:
    rows = np.broadcast_to(np.zeros(1, np.uint32), count)
    state.gallery.set_listing(Listing(rows, "visible"))
    state.gallery.set_side(48)
    panel.view.setMaximumWidth(90)
    panel.resize(640, 301)
    assert panel.view.grid.columns == 1
    bar = panel.view.verticalScrollBar()
    bar.setValue(bar.maximum())
    assert panel.view.in_view()[-1] == count - 1
    bar.setValue(bar.maximum() // 2)
    assert abs(panel.view.in_view()[0] / count - 0.5) < 1e-3
    before = panel.view.top
    wheel(panel, -1)
    assert before < panel.view.top <= before + 300, "a turn of the wheel moves less than a view"
    bar.setValue(0)
    assert panel.view.in_view()[0] == 0


def test_the_first_tile_stays_in_view_when_tiles_or_panel_change(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    long_list(state, 100_000)
    panel.view.scroll_to(200_000)
    first = panel.view.in_view()[0]
    for side in (48, 200, 90):
        state.gallery.set_side(side)
        seen = panel.view.in_view()
        assert seen[0] - panel.view.grid.columns <= first <= seen[-1]
    panel.resize(400, 300)
    assert abs(panel.view.in_view()[0] - first) < 30


def test_a_list_too_short_for_what_was_in_view_is_shown_from_its_start(
    panel: GalleryPanel, state: ApplicationState
) -> None:
    long_list(state, 100_000)
    panel.view.scroll_to(200_000)
    long_list(state, 500)
    assert panel.view.top == 0


def test_ctrl_and_wheel_change_the_size(panel: GalleryPanel, state: ApplicationState) -> None:
    before = state.gallery.side
    wheel(panel, 1, CTRL)
    assert state.gallery.side > before and panel.view.top == 0
    for _ in range(30):
        wheel(panel, -1, CTRL)
    assert state.gallery.side == 48


def test_columns_that_come_are_offered(panel: GalleryPanel, state: ApplicationState) -> None:
    state.columns.set_columns([Column("mag_r", "number"), Column("z", "number")])
    assert panel.sorting.findText("z") > 0 and panel.caption.findText("z") > 0


def test_the_pictures_kept_follow_the_memory_granted(
    panel: GalleryPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    give_thumbnails(state)
    panel.view.repaint()
    seen = [int(ORDER[position]) for position in panel.view.in_view()]
    qtbot.waitUntil(lambda: all(panel.view.pictures.image(row) for row in seen))
    state.preferences.set_cache_megabytes(1)
    kept = [row for row in seen if panel.view.pictures.image(row) is not None]
    assert 0 < len(kept) * 4 * state.gallery.side**2 <= 2**20 / 16
