"""Cards that are kept, moved and used."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QDrag

from astromask_gui.parts.rows_drag import rows_of
from astromask_gui.raster.frame import ViewRect
from tests.gui.map.cards.conftest import alone, hover_of, press_and_move, show_card
from tests.gui.map_scene import Scene

MIDDLE = Qt.MouseButton.MiddleButton


def test_pinned_cards_stay_and_their_lines_follow_the_points(scene: Scene, qtbot) -> None:
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    scene.map.map_actions["pin"].trigger()
    before = card.geometry()
    view = scene.canvas.view
    scene.canvas.show_rect(ViewRect(view.x0, view.x1, view.y0 + 4, view.y1 + 4))
    assert not card.isHidden() and card.geometry() == before
    line = hover_of(scene).pins.leaders.leaders(scene.canvas.mapping())[row]
    assert line.p1() == scene.pixel_of(row)
    assert QRectF(before).adjusted(-1, -1, 1, 1).contains(line.p2())


def test_several_cards_can_be_kept_and_taken_away_again(scene: Scene, qtbot) -> None:
    rows = [alone(scene), int(np.argmin(scene.places[:, 0]))]
    for row in rows:
        show_card(scene, qtbot, row)
        hover_of(scene).toggle_pin()
    assert [card.row for card in hover_of(scene).pins.cards()] == rows
    hover_of(scene).pins.cards()[0].pin_button.click()
    assert [card.row for card in hover_of(scene).pins.cards()] == rows[1:]
    hover_of(scene).toggle_row(rows[1])
    assert hover_of(scene).pins.cards() == []


def test_a_click_with_the_middle_button_pins_and_a_drag_does_not(scene: Scene, qtbot) -> None:
    row = alone(scene)
    place = scene.pixel_of(row)
    scene.mouse(QEvent.Type.MouseButtonPress, place, button=MIDDLE)
    scene.mouse(QEvent.Type.MouseMove, place + QPointF(20, 0), button=MIDDLE)
    scene.mouse(QEvent.Type.MouseButtonRelease, place + QPointF(20, 0), button=MIDDLE)
    assert hover_of(scene).pins.cards() == []
    place = scene.pixel_of(row)
    scene.mouse(QEvent.Type.MouseButtonPress, place, button=MIDDLE)
    scene.mouse(QEvent.Type.MouseButtonRelease, place, button=MIDDLE)
    assert [card.row for card in hover_of(scene).pins.cards()] == [row]


def test_without_a_galaxy_under_the_mouse_the_active_one_is_pinned(scene: Scene) -> None:
    row = alone(scene)
    scene.state.selection.set_active(row)
    scene.map.map_actions["pin"].trigger()
    (card,) = hover_of(scene).pins.cards()
    assert card.row == row and not card.isHidden()


def test_a_galaxy_with_a_pinned_card_gets_no_second_one(scene: Scene, qtbot) -> None:
    row = alone(scene)
    show_card(scene, qtbot, row)
    hover_of(scene).toggle_pin()
    scene.hover(QPointF(3, 3))
    scene.hover(scene.pixel_of(row))
    assert scene.state.selection.hovered == row
    assert not hover_of(scene)._dwell.isActive()


def test_moving_a_card_pins_it_and_keeps_it_on_the_map(scene: Scene, qtbot) -> None:
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    before = card.pos()
    grip = QPoint(card.name.geometry().center())
    press_and_move(card, grip, [QPoint(12, 12)])
    assert card.pinned and card.pos() == before + QPoint(12, 12)
    press_and_move(card, grip, [QPoint(12, 12), QPoint(4000, 4000)])
    assert scene.canvas.rect().contains(card.geometry())
    assert scene.state.selection.active is None


def test_clicking_in_the_card_makes_the_galaxy_active(scene: Scene, qtbot) -> None:
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    press_and_move(card, card.picture.geometry().center(), [])
    assert scene.state.selection.active == row


def test_the_picture_can_be_dragged_out_as_a_row(scene: Scene, qtbot, monkeypatch) -> None:
    dragged: list[list[int]] = []
    monkeypatch.setattr(QDrag, "exec", lambda drag, *_: dragged.append(rows_of(drag.mimeData())))
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    press_and_move(card, card.picture.geometry().center(), [QPoint(30, 0)])
    assert dragged == [[row]]
    assert not card.pinned and scene.state.selection.active is None
