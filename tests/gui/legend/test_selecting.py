"""Categories are selected by icon, by keys and by the menu, among what is visible."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import Qt

from astromask_gui.state.selection import CombineMode, combine_masks
from astromask_gui.widgets.legend.panel import LegendPanel
from tests.gui.legend.conftest import CTRL, LEFT, NO_KEY, SHIFT, choose, click, row_of
from tests.gui.map_scene import Scene

MODES = {
    NO_KEY: CombineMode.REPLACE,
    SHIFT: CombineMode.ADD,
    CTRL: CombineMode.REMOVE,
    SHIFT | CTRL: CombineMode.INTERSECT,
}


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
