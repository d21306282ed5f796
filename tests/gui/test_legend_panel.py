"""Colour & legend: what it offers, hides and says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QColorDialog

from astromask_gui.parts.swatches import SwatchPopup
from astromask_gui.raster.engine import MapEngine
from astromask_gui.raster.frame import ViewRect
from astromask_gui.rendering.colouring import MISSING
from astromask_gui.rendering.palette import PALETTE
from astromask_gui.state.columns import MAP_DENSITY, MISSING_BANDS, Column
from astromask_gui.state.jobs import Job
from astromask_gui.state.selection import CombineMode, combine_masks
from astromask_gui.state.view import Colouring
from astromask_gui.widgets.legend.missing import KIND
from astromask_gui.widgets.legend.panel import LegendPanel
from tests.gui.map_scene import CLASSES, Scene
from trainer.launch.jobs import JOBS
from trainer.measuring import missing_bands

ALT = Qt.KeyboardModifier.AltModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NO_KEY = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton
MODES = {
    NO_KEY: CombineMode.REPLACE,
    SHIFT: CombineMode.ADD,
    CTRL: CombineMode.REMOVE,
    SHIFT | CTRL: CombineMode.INTERSECT,
}


@pytest.fixture
def scene(qtbot):
    made = Scene(qtbot, 300)
    made.fill()
    yield made
    made.map.close_frames()


@pytest.fixture
def panel(scene: Scene, qtbot) -> LegendPanel:
    made = LegendPanel(scene.state, {scene.state.view: scene.colours})
    made.resize(240, 500)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def labels(panel: LegendPanel) -> list[tuple[str, int]]:
    return [(row.entry.label, row.entry.count) for row in panel.categories.rows.rows]


def click(qtbot, panel: LegendPanel, name: str, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    row = next(row for row in panel.categories.rows.rows if row.entry.label == name)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton, modifiers, QPoint(30, 10))


def row_of(panel: LegendPanel, name: str):
    return next(row for row in panel.categories.rows.rows if row.entry.label == name)


def choose(panel: LegendPanel, name: str) -> None:
    panel.column_choice.setCurrentIndex(panel.column_choice.findData(name))
    panel.column_choice.activated.emit(panel.column_choice.currentIndex())


def test_every_column_is_offered_after_one_colour_and_density(panel: LegendPanel) -> None:
    offered = [panel.column_choice.itemData(i) for i in range(panel.column_choice.count())]
    assert offered == [None, MAP_DENSITY.name, "class", "mag", "lazy", MISSING_BANDS]
    assert not panel.scale.bar.isVisible()


def test_categories_are_listed_with_their_counts(panel: LegendPanel, scene: Scene) -> None:
    choose(panel, "class")
    assert scene.state.view.colouring == Colouring("class")
    counts = np.bincount(scene.classes)
    assert labels(panel) == list(zip(CLASSES, counts, strict=True))


def test_a_click_hides_a_category_and_another_shows_it(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    click(qtbot, panel, "star")
    np.testing.assert_array_equal(scene.state.filters.visible, scene.classes != 0)
    click(qtbot, panel, "lens")
    np.testing.assert_array_equal(scene.state.filters.visible, scene.classes == 1)
    click(qtbot, panel, "star")
    click(qtbot, panel, "lens")
    assert scene.state.filters.visible is None


def test_alt_click_shows_one_alone_and_again_all(panel: LegendPanel, scene: Scene, qtbot) -> None:
    choose(panel, "class")
    click(qtbot, panel, "lens", ALT)
    np.testing.assert_array_equal(scene.state.filters.visible, scene.classes == 2)
    click(qtbot, panel, "lens", ALT)
    assert scene.state.filters.visible is None


def test_hidden_categories_come_back_with_another_column(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    click(qtbot, panel, "star")
    choose(panel, "mag")
    assert scene.state.filters.visible is None


def test_a_filter_taken_away_elsewhere_shows_the_category_again(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    click(qtbot, panel, "star")
    scene.state.filters.clear()
    assert panel.categories.rows.hidden_codes() == frozenset()


def test_the_style_may_change_without_showing_what_is_hidden(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    click(qtbot, panel, "star")
    scene.state.preferences.set_style("light")
    assert len(panel.categories.rows.hidden_codes()) == 1
    np.testing.assert_array_equal(scene.state.filters.visible, scene.classes != 0)


def test_a_number_gets_a_colour_bar_with_its_limits(panel: LegendPanel, scene: Scene) -> None:
    choose(panel, "mag")
    assert panel.scale.bar.isVisible()
    assert labels(panel) == []
    low, high = np.percentile(scene.places[:, 0], [1, 99])
    assert panel.scale.bar.limits() == pytest.approx((low, high))


def test_dragging_a_handle_sets_the_limits(panel: LegendPanel, scene: Scene, qtbot) -> None:
    choose(panel, "mag")
    bar = panel.scale.bar
    low, high = bar.limits()
    start = QPoint(round(bar._place(low)), 8)
    qtbot.mousePress(bar, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(bar, QPoint(bar.width() // 2, 8))
    qtbot.mouseRelease(bar, Qt.MouseButton.LeftButton, pos=QPoint(bar.width() // 2, 8))
    limits = scene.state.view.colouring.limits
    assert limits is not None
    assert low < limits[0] < high
    assert limits[1] == pytest.approx(high)
    bar.reset_wanted.emit()
    assert scene.state.view.colouring.limits is None
    assert bar.limits() == pytest.approx((low, high))


def test_map_and_scale_are_intents(panel: LegendPanel, scene: Scene) -> None:
    choose(panel, "mag")
    panel.scale.map_choice.textActivated.emit("cividis")
    panel.scale.logarithmic.setChecked(True)
    assert scene.state.view.colouring == Colouring("mag", logarithmic=True, map_name="cividis")
    assert all(limit > 0 for limit in panel.scale.bar.limits())


def test_missing_values_are_counted(panel: LegendPanel, scene: Scene) -> None:
    values = np.arange(300.0)
    values[:12] = np.nan
    choose(panel, "lazy")
    scene.state.columns.set_values("lazy", values)
    assert "12 without a value are grey." in panel.note.text()


def test_colouring_changed_elsewhere_is_followed(panel: LegendPanel, scene: Scene) -> None:
    scene.state.view.set_colouring(Colouring("class"))
    assert panel.column_choice.currentData() == "class"
    scene.state.view.set_colouring(Colouring(None))
    assert panel.column_choice.currentData() is None
    assert "crowded" in panel.note.text()


# Hidden categories.


def test_what_is_hidden_follows_values_that_change(panel: LegendPanel, scene: Scene, qtbot) -> None:
    choose(panel, "class")
    click(qtbot, panel, "star")
    changed = np.roll(scene.classes, 1)
    scene.state.columns.set_values("class", changed)
    np.testing.assert_array_equal(scene.state.filters.visible, changed != 0)
    assert row_of(panel, "star").is_hidden_category


def test_colours_and_filters_change_and_neither_the_view_nor_the_places_do(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    scene.canvas.show_rect(ViewRect(-1, 1, -1, 1))
    scene.wait_for_frame()
    view, points = scene.canvas.view, scene.map.frames.points
    assert isinstance(points, MapEngine)
    index = points.index
    for name in ("class", "mag", "class"):
        choose(panel, name)
    click(qtbot, panel, "star")
    scene.state.own_colours.set("class", "lens", "#102030")
    panel.scale.changed.emit({"reverse": True})
    scene.wait_for_frame()
    assert scene.canvas.view == view
    assert scene.map.frames.points is points and points.index is index


# Selecting by the legend.


@pytest.mark.parametrize("keys", MODES)
def test_the_icon_and_return_select_in_the_way_of_the_keys_held(
    panel: LegendPanel, scene: Scene, qtbot, keys
) -> None:
    choose(panel, "class")
    before = np.arange(300) % 2 == 0
    expected = combine_masks(before, scene.classes == 2, MODES[keys])
    row = row_of(panel, "lens")
    scene.state.selection.combine(before)
    qtbot.mouseClick(row, LEFT, keys, row.place_of("select").center())
    np.testing.assert_array_equal(scene.state.selection.mask, expected)
    scene.state.selection.combine(before)
    row.setFocus()
    qtbot.keyClick(row, Qt.Key.Key_Return, keys)
    np.testing.assert_array_equal(scene.state.selection.mask, expected)
    assert scene.state.filters.visible is None


@given(
    st.lists(st.tuples(st.integers(0, 2), st.sampled_from(CombineMode), st.booleans()), max_size=12)
)
@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_selecting_by_legend_is_set_algebra_among_the_visible(
    panel: LegendPanel, scene: Scene, steps: list[tuple[int, CombineMode, bool]]
) -> None:
    state = scene.state
    choose(panel, "class")
    state.filters.clear()
    state.selection.clear()
    expected: set[int] = set()
    visible = set(range(0, 300, 3))
    for code, mode, filtered in steps:
        if filtered:
            state.filters.set("third", "third", np.arange(300) % 3 == 0)
        else:
            state.filters.clear()
        new = set(np.flatnonzero(scene.classes == code).tolist())
        new &= visible if filtered else new
        panel.categories.select(code, mode)
        expected = {
            CombineMode.REPLACE: new,
            CombineMode.ADD: expected | new,
            CombineMode.REMOVE: expected - new,
            CombineMode.INTERSECT: expected & new,
        }[mode]
        assert set(state.selection.rows().tolist()) == expected


def test_a_hidden_category_is_not_selected_and_the_reason_is_told(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    scene.state.selection.select_rows(np.array([4]))
    click(qtbot, panel, "lens")
    panel.categories.select(2, CombineMode.REPLACE)
    assert scene.state.selection.rows().tolist() == [4]
    assert "hidden" in scene.state.messages.history[-1].text


def test_the_menu_reaches_everything_by_keyboard(panel: LegendPanel, scene: Scene, qtbot) -> None:
    choose(panel, "class")
    rows = panel.categories.rows.rows
    qtbot.waitUntil(rows[2].isVisible)
    rows[0].setFocus()
    qtbot.keyClick(rows[0], Qt.Key.Key_Down)
    assert panel.focusWidget() is rows[1]
    qtbot.keyClick(rows[1], Qt.Key.Key_Up)
    qtbot.keyClick(rows[0], Qt.Key.Key_Space)
    assert rows[0].is_hidden_category and panel.focusWidget() is rows[0]
    actions = {a.text().split("\t")[0]: a for a in panel.categories.make_menu(0).actions()}
    actions["Show"].trigger()
    assert scene.state.filters.visible is None
    actions["Add to the selection"].trigger()
    np.testing.assert_array_equal(scene.state.selection.mask, scene.classes == 0)
    assert not actions["Default colour"].isEnabled()


# Own colours.


def picked(panel: LegendPanel, code: int) -> SwatchPopup:
    popup = panel.categories.choose_colour(code)
    assert popup is not None
    return popup


def test_a_category_gets_a_colour_of_the_palette_and_its_default_again(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    default = row_of(panel, "lens").entry.colour
    row = row_of(panel, "lens")
    qtbot.mouseClick(row, LEFT, NO_KEY, row.place_of("colour").center())
    (popup,) = panel.categories.findChildren(SwatchPopup)
    assert not popup.reset.isEnabled()
    qtbot.mouseClick(popup.swatches[8], LEFT)
    assert row_of(panel, "lens").entry.colour == PALETTE[8]
    colours = scene.colours.colours
    assert colours is not None
    assert tuple(colours.table[2]) == QColor(PALETTE[8]).getRgb()
    assert scene.state.own_colours.by_column == {"class": {"lens": PALETTE[8]}}
    scene.state.undo.undo()
    assert row_of(panel, "lens").entry.colour == default
    scene.state.undo.redo()
    qtbot.mouseClick(picked(panel, 2).reset, LEFT)
    assert row_of(panel, "lens").entry.colour == default
    assert scene.state.own_colours.by_column == {}


def test_arrows_walk_over_the_palette_and_return_picks(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    popup = picked(panel, 0)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Return):
        qtbot.keyClick(popup, key)
    assert scene.state.own_colours.of("class") == {"star": PALETTE[8]}


def test_any_other_colour_is_asked_for_without_stopping_the_window(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    qtbot.mouseClick(picked(panel, 1).other, LEFT)
    (dialog,) = panel.findChildren(QColorDialog)
    dialog.setCurrentColor(QColor("#123456"))
    dialog.accept()
    assert row_of(panel, "galaxy").entry.colour == "#123456"


def test_own_colours_are_a_columns_own(panel: LegendPanel, scene: Scene) -> None:
    scene.state.own_colours.set("other", "lens", "#123456")
    choose(panel, "class")
    assert row_of(panel, "lens").entry.colour == PALETTE[2]


def test_what_has_no_value_has_no_colour_of_its_own(panel: LegendPanel, scene: Scene) -> None:
    values = scene.classes.copy()
    values[:5] = -1
    scene.state.columns.set_values("class", values)
    choose(panel, "class")
    assert labels(panel)[-1] == ("no value", 5)
    assert panel.categories.choose_colour(MISSING) is None


# Ranges.


def test_the_map_is_coloured_anew_while_a_handle_is_dragged(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "mag")
    bar = panel.scale.bar
    low, high = bar.limits()
    qtbot.mousePress(bar, LEFT, pos=QPoint(round(bar._place(low)), 8))
    with qtbot.waitSignal(scene.colours.changed):
        qtbot.mouseMove(bar, QPoint(bar.width() // 3, 8))
    limits = scene.state.view.colouring.limits
    assert limits is not None and low < limits[0] < high
    with qtbot.waitSignal(scene.colours.changed):
        qtbot.mouseMove(bar, QPoint(bar.width() // 2, 8))
    assert bar.limits()[0] > limits[0]
    qtbot.mouseRelease(bar, LEFT, pos=QPoint(bar.width() // 2, 8))
    assert scene.state.view.colouring.limits == bar.limits()


def test_arrows_move_the_handle_that_was_chosen(panel: LegendPanel, scene: Scene, qtbot) -> None:
    choose(panel, "mag")
    bar = panel.scale.bar
    low, high = bar.limits()
    with qtbot.waitSignal(scene.colours.changed):
        qtbot.keyClick(bar, Qt.Key.Key_Right)
    assert bar.limits()[0] > low and bar.limits()[1] == high
    with qtbot.waitSignal(scene.colours.changed):
        qtbot.keyClick(bar, Qt.Key.Key_Up)
        qtbot.keyClick(bar, Qt.Key.Key_Left, SHIFT)
    assert bar.limits()[1] < high
    assert scene.state.view.colouring.limits == bar.limits()


def test_exact_ends_can_be_typed(panel: LegendPanel, scene: Scene, qtbot) -> None:
    choose(panel, "mag")
    high = panel.scale.bar.limits()[1]
    panel.scale.low.selectAll()
    qtbot.keyClicks(panel.scale.low, "-1.25")
    qtbot.keyClick(panel.scale.low, Qt.Key.Key_Return)
    assert scene.state.view.colouring.limits == (-1.25, high)
    for text in ("nonsense", "1e9", "nan"):
        panel.scale.low.selectAll()
        qtbot.keyClicks(panel.scale.low, text)
        qtbot.keyClick(panel.scale.low, Qt.Key.Key_Return)
        assert scene.state.view.colouring.limits == (-1.25, high)
        assert panel.scale.low.text() == "−1.25"


def test_the_map_is_turned_round(panel: LegendPanel, scene: Scene) -> None:
    choose(panel, "mag")
    assert scene.colours.colours is not None
    there = scene.colours.colours.table.copy()
    panel.scale.reverse.click()
    np.testing.assert_array_equal(scene.colours.colours.table[:MISSING], there[:MISSING][::-1])


def test_what_lies_beyond_the_range_is_told_and_what_lies_in_it_selected(
    panel: LegendPanel, scene: Scene
) -> None:
    choose(panel, "mag")
    values = scene.places[:, 0].astype(np.float64)
    panel.scale.changed.emit({"limits": (-1.0, 3.0)})
    below, above = np.count_nonzero(values < -1), np.count_nonzero(values > 3)
    assert f"{below} lie below the range, {above} above it." in panel.note.text()
    scene.state.filters.set("few", "few", np.arange(300) < 100)
    panel.scale.make_menu().actions()[2].trigger()
    inside = (values >= -1) & (values <= 3) & (np.arange(300) < 100)
    np.testing.assert_array_equal(scene.state.selection.mask, inside)


def test_a_density_offers_no_range_to_select(panel: LegendPanel, scene: Scene, qtbot) -> None:
    choose(panel, MAP_DENSITY.name)
    # Its kernels may have to be compiled first.
    qtbot.waitUntil(panel.scale.bar.isVisible, timeout=60_000)
    enabled = [a.isEnabled() for a in panel.scale.make_menu().actions() if a.text()]
    assert enabled == [True, False, False, False, False]


# Missing bands.


def test_missing_bands_are_looked_for_when_asked_and_then_colour_the_map(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    state = scene.state
    choose(panel, "class")
    choose(panel, MISSING_BANDS)
    assert panel.offer.isVisible() and panel.column_choice.currentData() == "class"
    with qtbot.waitSignal(state.jobs.start_requested) as asked:
        qtbot.mouseClick(panel.offer.start, LEFT)
    assert asked.args == [{"kind": "measure"}]
    state.jobs.set_jobs([Job("now", "measure", "running", "Reading", fraction=0.345)])
    assert panel.offer.text.text() == "Looking for missing bands … 34 %"
    assert not panel.offer.start.isVisible()
    state.jobs.set_jobs([Job("now", "measure", "finished", "Done")])
    known = [state.columns.column(name) for name in state.columns.names()]
    found = Column(MISSING_BANDS, "category", categories=("none", "u"))
    state.columns.set_columns([column for column in known if column] + [found])
    assert state.view.colouring.column == MISSING_BANDS and not panel.offer.isVisible()
    state.columns.set_values(MISSING_BANDS, (np.arange(300) % 4 == 0).astype(np.int16))
    assert labels(panel) == [("none", 225), ("u", 75)]
    assert panel.column_choice.findText("missing bands …") == -1


def test_the_offer_can_be_turned_down_and_goes_with_another_choice(
    panel: LegendPanel, qtbot
) -> None:
    choose(panel, MISSING_BANDS)
    qtbot.mouseClick(panel.offer.later, LEFT)
    assert not panel.offer.isVisible()
    choose(panel, MISSING_BANDS)
    choose(panel, "mag")
    assert not panel.offer.isVisible()


def test_the_job_and_the_window_call_the_column_the_same() -> None:
    assert missing_bands.COLUMN == MISSING_BANDS
    assert JOBS[KIND].startswith(missing_bands.__name__)


def test_the_line_of_placed_galaxies_stands_right_under_the_categories(
    scene: Scene, panel: LegendPanel, qtbot
) -> None:
    scene.state.view.set_coordinates("UMAP", scene.places, np.arange(300) < 7)
    scene.state.view.set_colouring(Colouring("class"))
    qtbot.waitUntil(lambda: bool(panel.categories.rows.rows), timeout=5000)
    last = panel.categories.rows.rows[-1]

    def gap() -> int:
        return panel.placed.mapTo(panel, QPoint()).y() - last.mapTo(panel, QPoint()).y()

    qtbot.waitUntil(lambda: 0 < gap() <= 2 * last.height(), timeout=5000)
    # In a low panel the categories are scrolled, and the line stays in sight.
    panel.resize(240, 120)
    qtbot.waitUntil(lambda: 0 < panel.placed.geometry().bottom() < panel.height(), timeout=5000)
