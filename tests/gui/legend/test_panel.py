"""The legend offers every column, and shows what the map is coloured by."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint

from astromask_gui.raster.engine import MapEngine
from astromask_gui.raster.frame import ViewRect
from astromask_gui.state.columns import MAP_DENSITY, MISSING_BANDS
from astromask_gui.state.view import Colouring
from astromask_gui.widgets.legend.panel import LegendPanel
from tests.gui.legend.conftest import choose, click, labels
from tests.gui.map_scene import Scene


def test_every_column_is_offered_after_one_colour_and_density(panel: LegendPanel) -> None:
    offered = [panel.column_choice.itemData(i) for i in range(panel.column_choice.count())]
    assert offered == [None, MAP_DENSITY.name, "class", "mag", "lazy", MISSING_BANDS]
    assert not panel.scale.bar.isVisible()


def test_a_number_gets_a_colour_bar_with_its_limits(panel: LegendPanel, scene: Scene) -> None:
    choose(panel, "mag")
    assert panel.scale.bar.isVisible()
    assert labels(panel) == []
    low, high = np.percentile(scene.places[:, 0], [1, 99])
    assert panel.scale.bar.limits() == pytest.approx((low, high))


def test_missing_values_are_counted(panel: LegendPanel, scene: Scene) -> None:
    values = np.arange(300.0)
    values[:12] = np.nan
    choose(panel, "lazy")
    scene.state.columns.set_values("lazy", values)
    assert "12 without a value are grey." in panel.note.text()


def test_a_long_tail_is_shown_on_a_logarithmic_scale_until_the_user_has_another(
    panel: LegendPanel, scene: Scene
) -> None:
    choose(panel, "lazy")
    scene.state.columns.set_values("lazy", 7 * (1 + np.random.default_rng(5).pareto(0.8, 300)))
    assert scene.state.view.colouring == Colouring("lazy", logarithmic=True)
    assert panel.scale.logarithmic.isChecked()
    panel.scale.logarithmic.click()
    scene.state.columns.set_values("lazy", 9 * (1 + np.random.default_rng(6).pareto(0.8, 300)))
    assert scene.state.view.colouring == Colouring("lazy")
    choose(panel, "mag")
    assert scene.state.view.colouring == Colouring("mag")


def test_colouring_changed_elsewhere_is_followed(panel: LegendPanel, scene: Scene) -> None:
    scene.state.view.set_colouring(Colouring("class"))
    assert panel.column_choice.currentData() == "class"
    scene.state.view.set_colouring(Colouring(None))
    assert panel.column_choice.currentData() is None
    assert "crowded" in panel.note.text()


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
