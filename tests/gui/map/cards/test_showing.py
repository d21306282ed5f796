"""When the card of the galaxy under the mouse is there, and where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PyQt6.QtCore import QEvent, QPointF
from PyQt6.QtWidgets import QApplication

from astromask_gui.state.session import OpenWorkspace
from tests.gui.map.cards.conftest import alone, enter, hover_of, show_card, wait_out_the_grace
from tests.gui.map_scene import Scene


def test_the_ring_comes_at_once_and_the_card_in_a_moment(scene: Scene, qtbot) -> None:
    row = alone(scene)
    scene.hover(scene.pixel_of(row))
    assert scene.state.selection.hovered == row
    assert hover_of(scene).card.isHidden()
    qtbot.waitUntil(lambda: not hover_of(scene).card.isHidden())


def test_a_card_that_is_shown_goes_from_point_to_point_at_once(scene: Scene, qtbot) -> None:
    card = show_card(scene, qtbot, alone(scene))
    for row in (int(np.argmin(scene.places[:, 0])), int(np.argmax(scene.places[:, 1]))):
        scene.hover(scene.pixel_of(row))
        assert card.row == scene.state.selection.hovered == row


def test_leaving_the_point_hides_the_card(scene: Scene, qtbot) -> None:
    card = show_card(scene, qtbot, alone(scene))
    scene.hover(QPointF(3, 3))
    qtbot.waitUntil(card.isHidden)
    assert scene.state.selection.hovered is None


def test_leaving_the_map_hides_the_card(scene: Scene, qtbot) -> None:
    card = show_card(scene, qtbot, alone(scene))
    QApplication.sendEvent(scene.canvas, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(card.isHidden)
    assert scene.state.selection.hovered is None


def test_moving_onto_the_card_keeps_it(scene: Scene, qtbot) -> None:
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    scene.hover(QPointF(3, 3))
    enter(card)
    wait_out_the_grace(scene, qtbot)
    assert not card.isHidden()
    assert scene.state.selection.hovered == row
    QApplication.sendEvent(card, QEvent(QEvent.Type.Leave))
    qtbot.waitUntil(card.isHidden)


def test_points_on_the_way_to_the_card_do_not_take_it_away(scene: Scene, qtbot) -> None:
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    start, end = scene.pixel_of(row), QPointF(card.geometry().center())
    for share in np.linspace(0.02, 1, 30):
        place = start + (end - start) * float(share)
        if card.geometry().contains(place.toPoint()):
            break
        scene.hover(place)
        assert card.row == row and not card.isHidden()


def test_the_card_goes_while_the_view_moves_and_comes_back(scene: Scene, qtbot) -> None:
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    scene.scroll(scene.pixel_of(row), 1)
    assert card.isHidden()
    qtbot.waitUntil(lambda: not card.isHidden())
    assert card.row == row


def test_dragging_the_map_shows_no_card(scene: Scene, qtbot) -> None:
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    start = scene.pixel_of(row)
    scene.mouse(QEvent.Type.MouseButtonPress, start)
    scene.mouse(QEvent.Type.MouseMove, start + QPointF(30, 10))
    assert card.isHidden()
    qtbot.waitUntil(lambda: scene.state.selection.hovered is None)
    scene.mouse(QEvent.Type.MouseButtonRelease, start + QPointF(30, 10))


def test_what_is_filtered_out_is_never_hovered(scene: Scene, qtbot) -> None:
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    mask = np.ones(len(scene.places), bool)
    mask[row] = False
    scene.state.filters.set("test", "all but one", mask)
    qtbot.waitUntil(lambda: scene.state.selection.hovered != row)
    scene.hover(scene.pixel_of(row))
    assert scene.state.selection.hovered != row
    assert card.isHidden() or card.row != row


def test_another_survey_takes_all_cards_away(scene: Scene, qtbot) -> None:
    row = alone(scene)
    show_card(scene, qtbot, row)
    hover_of(scene).toggle_pin()
    other = OpenWorkspace(Path("other"), "other", len(scene.places), ("r",), ("s",), "s")
    scene.state.session.set_workspace(other)
    assert hover_of(scene).pins.cards() == []
    assert hover_of(scene).card.row is None


def test_galaxies_around_the_mouse_are_read_ahead(scene: Scene, qtbot) -> None:
    asked: list[int] = []
    scene.state.thumbnails.wanted.connect(asked.extend)
    dense = int(np.argmin(np.hypot(*(scene.places - (4.0, 0.0)).T)))
    scene.hover(scene.pixel_of(dense))
    qtbot.waitUntil(lambda: len(asked) > 1)
    assert asked[0] == dense and len(asked) <= 9


def test_the_card_never_covers_its_point_nor_leaves_the_map(scene: Scene, qtbot) -> None:
    places = scene.places
    extremes = [*places.argmin(axis=0), *places.argmax(axis=0), alone(scene)]
    for row in map(int, extremes):
        card = show_card(scene, qtbot, row)
        assert scene.canvas.rect().contains(card.geometry())
        assert not card.geometry().contains(scene.pixel_of(row).toPoint())


def test_a_map_too_small_for_a_card_shows_none(scene: Scene, qtbot) -> None:
    scene.map.resize(200, 160)
    scene.wait_for_frame()
    row = alone(scene)
    scene.hover(scene.pixel_of(row))
    qtbot.waitUntil(lambda: hover_of(scene).card.row == scene.state.selection.hovered)
    assert hover_of(scene).card.isHidden()
