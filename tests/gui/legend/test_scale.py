"""The colour bar: its ends by mouse, keys and typing, its maps and scales."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt

from astromask_gui.rendering.colouring import MISSING
from astromask_gui.state.columns import MAP_DENSITY
from astromask_gui.state.view import Colouring
from astromask_gui.widgets.legend.panel import LegendPanel
from tests.gui.legend.conftest import LEFT, SHIFT, choose
from tests.gui.map_scene import Scene


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
