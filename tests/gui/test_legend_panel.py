"""Colour & legend: what it offers, hides and says."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt

from astromask_gui.state.view import Colouring
from astromask_gui.widgets.legend_panel import LegendPanel
from tests.gui.map_scene import CLASSES, Scene

ALT = Qt.KeyboardModifier.AltModifier


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
    return made


def labels(panel: LegendPanel) -> list[tuple[str, int]]:
    return [(row.entry.label, row.entry.count) for row in panel.rows.rows]


def click(qtbot, panel: LegendPanel, name: str, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    row = next(row for row in panel.rows.rows if row.entry.label == name)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton, modifiers, QPoint(30, 10))


def choose(panel: LegendPanel, name: str) -> None:
    panel.column_choice.setCurrentIndex(panel.column_choice.findData(name))
    panel.column_choice.activated.emit(panel.column_choice.currentIndex())


def test_every_column_is_offered_and_none_is_density(panel: LegendPanel) -> None:
    offered = [panel.column_choice.itemData(i) for i in range(panel.column_choice.count())]
    assert offered == [None, "class", "mag", "lazy"]
    assert not panel.bar.isVisible()


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
    assert panel.rows.hidden_codes() == frozenset()


def test_the_style_may_change_without_showing_what_is_hidden(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    click(qtbot, panel, "star")
    scene.state.preferences.set_style("light")
    assert len(panel.rows.hidden_codes()) == 1
    np.testing.assert_array_equal(scene.state.filters.visible, scene.classes != 0)


def test_a_number_gets_a_colour_bar_with_its_limits(panel: LegendPanel, scene: Scene) -> None:
    choose(panel, "mag")
    assert panel.bar.isVisible()
    assert labels(panel) == []
    low, high = np.percentile(scene.places[:, 0], [1, 99])
    assert panel.bar.limits() == pytest.approx((low, high))


def test_dragging_a_handle_sets_the_limits(panel: LegendPanel, scene: Scene, qtbot) -> None:
    choose(panel, "mag")
    bar = panel.bar
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
    panel.map_choice.textActivated.emit("cividis")
    panel.logarithmic.setChecked(True)
    assert scene.state.view.colouring == Colouring("mag", logarithmic=True, map_name="cividis")
    assert all(limit > 0 for limit in panel.bar.limits())


def test_missing_values_are_counted(panel: LegendPanel, scene: Scene) -> None:
    values = np.arange(300.0)
    values[:12] = np.nan
    choose(panel, "lazy")
    scene.state.columns.set_values("lazy", values)
    assert panel.note.text() == "12 without a value are grey."


def test_colouring_changed_elsewhere_is_followed(panel: LegendPanel, scene: Scene) -> None:
    scene.state.view.set_colouring(Colouring("class"))
    assert panel.column_choice.currentData() == "class"
    scene.state.view.set_colouring(Colouring(None))
    assert panel.column_choice.currentData() is None
    assert "crowded" in panel.note.text()
