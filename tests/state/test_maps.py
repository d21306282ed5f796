"""Two maps of the same galaxies: what they share and what each has to itself."""

from __future__ import annotations

import numpy as np
import pytest

from astromask_gui.state.maps import Maps
from astromask_gui.state.plane import StoredLayout
from astromask_gui.state.view import Colouring, ViewRange

PLACES = np.zeros((5, 2), np.float32)
RANGE = ViewRange(0.0, 1.0, 0.0, 1.0)


@pytest.fixture
def maps() -> Maps:
    made = Maps()
    made.first.set_projections(("umap-0", "pca-0"))
    made.first.set_coordinates("umap-0", PLACES)
    made.first.set_colouring(Colouring("class"))
    return made


def recorded(signal) -> list:
    heard: list = []
    signal.connect(lambda *values: heard.append(values))
    return heard


def test_the_second_map_asks_for_another_projection_in_the_same_colours(maps: Maps) -> None:
    asked = recorded(maps.second.layout_requested)
    maps.show_second(True)
    assert asked == [(StoredLayout("pca-0"),)]
    assert maps.second.colouring == Colouring("class")
    assert maps.second.projections == ("umap-0", "pca-0")


def test_where_there_is_one_projection_both_maps_show_it(maps: Maps) -> None:
    maps.first.set_projections(("umap-0",))
    maps.show_second(True)
    assert maps.second.projection == "umap-0"
    assert maps.second.coordinates is PLACES


def test_a_projection_made_later_is_offered_by_both(maps: Maps) -> None:
    maps.show_second(True)
    maps.first.set_projections(("umap-0", "pca-0", "tsne-0"))
    assert maps.second.projections == ("umap-0", "pca-0", "tsne-0")


def test_only_a_map_on_screen_can_be_current(maps: Maps) -> None:
    maps.set_current(maps.second)
    assert maps.current is maps.first
    maps.show_second(True)
    maps.set_current(maps.second)
    assert maps.current is maps.second


def test_hiding_the_second_map_lets_its_points_go_and_makes_the_first_current(maps: Maps) -> None:
    maps.show_second(True)
    maps.second.set_coordinates("pca-0", PLACES)
    maps.set_current(maps.second)
    changes = recorded(maps.current_changed)
    maps.show_second(False)
    assert maps.current is maps.first
    assert maps.second.coordinates is None
    assert len(changes) == 1


@pytest.mark.parametrize(("projection", "moves"), [("umap-0", 1), ("pca-0", 0)])
def test_a_map_moves_along_where_both_show_the_same_projection(
    maps: Maps, projection: str, moves: int
) -> None:
    maps.show_second(True)
    maps.second.set_coordinates(projection, PLACES)
    followed = recorded(maps.second.followed)
    maps.first.move(RANGE)
    assert followed == [(RANGE,)] * moves


def test_moving_along_does_not_echo(maps: Maps) -> None:
    maps.show_second(True)
    maps.second.set_coordinates("umap-0", PLACES)
    # As a widget does: what it shows, it says.
    maps.second.followed.connect(maps.second.move)
    followed = recorded(maps.first.followed)
    maps.first.move(RANGE)
    assert followed == []
