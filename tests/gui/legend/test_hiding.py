"""Categories are listed with their counts, hidden and shown again."""

from __future__ import annotations

import numpy as np

from astromask_gui.state.view import Colouring
from astromask_gui.widgets.legend.panel import LegendPanel
from tests.gui.legend.conftest import ALT, choose, click, labels, row_of
from tests.gui.map_scene import CLASSES, Scene


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
    assert [item.caption for item in scene.state.filters.items().values()] == ["class: lens"]
    click(qtbot, panel, "lens", ALT)
    assert scene.state.filters.visible is None


def test_hidden_categories_stay_hidden_when_the_map_is_coloured_by_another_column(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    click(qtbot, panel, "star")
    choose(panel, "mag")
    items = scene.state.filters.items()
    assert [item.caption for item in items.values()] == ["class: all but star"]
    np.testing.assert_array_equal(scene.state.filters.visible, scene.classes != 0)
    choose(panel, "class")
    assert len(panel.categories.rows.hidden_codes()) == 1
    scene.state.filters.clear()
    assert not panel.categories.rows.hidden_codes()


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


def test_what_is_hidden_follows_values_that_change(panel: LegendPanel, scene: Scene, qtbot) -> None:
    choose(panel, "class")
    click(qtbot, panel, "star")
    changed = np.roll(scene.classes, 1)
    scene.state.columns.set_values("class", changed)
    np.testing.assert_array_equal(scene.state.filters.visible, changed != 0)
    assert row_of(panel, "star").is_hidden_category
