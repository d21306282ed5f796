"""A map can be coloured by how crowded it is, whichever projection it shows."""

from __future__ import annotations

import numpy as np
import pytest

from astromask_gui.raster.density import density
from astromask_gui.state.columns import MAP_DENSITY
from astromask_gui.state.view import Colouring
from astromask_gui.widgets.legend.panel import LegendPanel
from tests.gui.map_scene import Scene


@pytest.fixture
def panel(scene: Scene, qtbot) -> LegendPanel:
    made = LegendPanel(scene.state, {scene.state.view: scene.colours})
    qtbot.addWidget(made)
    return made


def choose_density(panel: LegendPanel) -> None:
    place = panel.column_choice.findText("Density on this map")
    panel.column_choice.setCurrentIndex(place)
    panel.column_choice.activated.emit(place)


def test_the_legend_offers_density_beside_one_plain_colour(panel: LegendPanel) -> None:
    texts = [panel.column_choice.itemText(i) for i in range(2)]
    assert texts == ["Plain", "Density on this map"]


def test_crowded_points_get_the_upper_colours(scene: Scene, panel: LegendPanel, qtbot) -> None:
    choose_density(panel)
    assert scene.state.view.colouring == Colouring(MAP_DENSITY.name, logarithmic=True)
    qtbot.waitUntil(lambda: scene.colours.colours.limits is not None)
    index, crowd = scene.colours.colours.index.astype(int), density(scene.places)
    order = np.argsort(crowd)
    assert (np.diff(index[order]) >= 0).all()
    assert index.max() - index.min() > 200
    assert MAP_DENSITY.description in panel.note.text()


def test_another_projection_has_another_density(scene: Scene, panel: LegendPanel, qtbot) -> None:
    choose_density(panel)
    qtbot.waitUntil(lambda: scene.colours.colours.limits is not None)
    before = scene.colours.colours.index
    rng = np.random.default_rng(5)
    other = rng.normal(size=scene.places.shape).astype(np.float32)
    with qtbot.waitSignal(scene.colours.changed):
        scene.state.view.set_coordinates("t-SNE", other)
    after = scene.colours.colours.index
    assert (before != after).mean() > 0.5
    order = np.argsort(density(other))
    assert (np.diff(after[order].astype(int)) >= 0).all()
