"""The card of the galaxy under the mouse: what it says, when it is there, and where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt
from PyQt6.QtGui import QDrag, QEnterEvent, QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from astromask_gui.parts.rows_drag import rows_of
from astromask_gui.raster.frame import ViewRect
from astromask_gui.state.columns import Column
from astromask_gui.state.session import OpenWorkspace
from astromask_gui.state.view import Colouring
from astromask_gui.widgets.map.card import MapCard
from astromask_gui.widgets.map.card_chooser import ColumnChooser
from astromask_gui.widgets.map.hover import MapHover
from tests.gui.conftest import give_thumbnails
from tests.gui.map_scene import CLASSES, Scene

MIDDLE = Qt.MouseButton.MiddleButton
NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def scene(qtbot):
    """Galaxies with names; thumbnails and names are answered when asked for."""
    made = Scene(qtbot)
    give_thumbnails(made.state)
    give_names(made)
    made.fill()
    yield made
    made.map.close_frames()


def give_names(scene: Scene) -> None:
    identifiers = scene.state.identifiers
    identifiers.wanted.connect(
        lambda rows: identifiers.put(rows, [f"galaxy-{row}" for row in rows])
    )


def hover_of(scene: Scene) -> MapHover:
    return scene.map.hover


def wait_out_the_grace(scene: Scene, qtbot) -> None:
    """Until a card that is to go would have gone."""
    qtbot.waitUntil(lambda: not hover_of(scene)._grace.isActive())


def alone(scene: Scene) -> int:
    """A row that has no other galaxy near it, away from the map's edges."""
    pixels = scene.canvas.mapping().to_pixels(scene.places)
    apart = np.hypot(*(pixels[:, None] - pixels[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    return int(np.argmax(apart.min(axis=1)))


def show_card(scene: Scene, qtbot, row: int) -> MapCard:
    # Qt itself must know the mouse to be over the map: it may be where another test left it, and
    # would be taken to leave the map as soon as something is shown beneath it.
    QTest.mouseMove(scene.canvas.viewport(), scene.pixel_of(row).toPoint())
    scene.hover(scene.pixel_of(row))
    hover = hover_of(scene)
    qtbot.waitUntil(lambda: not hover.card.isHidden() and hover.card.row == row)
    return hover.card


def enter(card: MapCard) -> None:
    """The mouse goes from the map onto a card."""
    viewport = card.parentWidget().viewport()
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    middle = QPointF(card.rect().center())
    QApplication.sendEvent(card, QEnterEvent(middle, middle, middle))


def press_and_move(card: MapCard, start: QPoint, steps: list[QPoint]) -> None:
    """Press on a card, drag over it by steps, and let go."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    last = start

    def send(kind: QEvent.Type, point: QPoint, button: Qt.MouseButton, held: Qt.MouseButton):
        where = QPointF(card.mapToGlobal(point))
        event = QMouseEvent(kind, QPointF(point), where, button, held, NO_KEY)
        QApplication.sendEvent(card, event)

    send(QEvent.Type.MouseButtonPress, start, left, left)
    for step in steps:
        last = start + step
        send(QEvent.Type.MouseMove, last, none, left)
    send(QEvent.Type.MouseButtonRelease, last, left, none)


# What it says.


def test_the_card_shows_the_galaxy_under_the_mouse(scene: Scene, qtbot) -> None:
    scene.state.view.set_colouring(Colouring("class"))
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    qtbot.waitUntil(lambda: card.picture.image is not None)
    qtbot.waitUntil(lambda: card.name.text() == f"galaxy-{row}")
    shown = {line.name: line.value for line in card.lines.lines}
    assert shown["class"] == CLASSES[scene.classes[row]]
    assert shown["mag"].endswith(" mag")
    value = float(shown["mag"].removesuffix(" mag").replace("\N{MINUS SIGN}", "-"))
    assert value == pytest.approx(scene.places[row, 0], rel=1e-3)


def test_the_colouring_column_comes_first_with_the_points_colour(scene: Scene, qtbot) -> None:
    scene.state.view.set_colouring(Colouring("class"))
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    colours = scene.colours.colours
    red, green, blue = colours.table[colours.index[row], :3]
    first = card.lines.lines[0]
    assert (first.name, first.colour) == ("class", f"#{red:02x}{green:02x}{blue:02x}")
    scene.state.view.set_colouring(Colouring("mag"))
    assert card.lines.lines[0].name == "mag"


def test_a_column_that_is_still_loaded_is_awaited(scene: Scene, qtbot) -> None:
    scene.state.preferences.set_card_columns(("lazy",))
    card = show_card(scene, qtbot, alone(scene))
    assert [(line.name, line.value) for line in card.lines.lines] == [("lazy", "…")]
    scene.state.columns.set_values("lazy", np.full(len(scene.places), np.nan))
    assert [(line.name, line.value) for line in card.lines.lines] == [("lazy", "–")]


def test_a_stale_answer_is_dropped(scene: Scene, qtbot) -> None:
    state, first = scene.state, alone(scene)
    state.identifiers.wanted.disconnect()
    state.thumbnails.wanted.disconnect()
    card = show_card(scene, qtbot, first)
    second = int(np.argmax(scene.places[:, 0]))
    scene.hover(scene.pixel_of(second))
    qtbot.waitUntil(lambda: card.row == second)
    state.identifiers.put([first], ["the first"])
    state.thumbnails.put([first], np.zeros((1, 3, 48, 48), np.float16))
    assert card.name.text() == "…" and card.picture.image is None
    state.identifiers.put([second], ["the second"])
    state.thumbnails.put([second], np.zeros((1, 3, 48, 48), np.float16))
    assert card.name.text() == "the second" and card.picture.image is not None


def test_grades_are_shown_as_they_are_given(scene: Scene, qtbot) -> None:
    row = alone(scene)
    card = show_card(scene, qtbot, row)
    qtbot.waitUntil(lambda: card.picture.image is not None)
    before = card.picture.grab().toImage()
    codes = np.zeros(len(scene.places), np.int8)
    codes[row] = 1
    scene.state.labels.set_codes(codes)
    assert card.picture.grab().toImage() != before


# When it is there.


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


# Where it is.


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


# Pinned cards.


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


# What one can do with it.


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


def test_columns_can_be_chosen_and_are_preferred_from_then_on(scene: Scene, qtbot) -> None:
    state = scene.state
    columns = [Column(name, "number") for name in ("mag", "a", "b")]
    state.columns.set_columns(columns)
    card = show_card(scene, qtbot, alone(scene))
    card.columns_button.click()
    chooser = scene.canvas.findChild(ColumnChooser)
    items = {item.text(): item for item in chooser.items()}
    for name in items:
        items[name].setCheckState(Qt.CheckState.Checked if name == "b" else Qt.CheckState.Unchecked)
    assert state.preferences.card_columns == ("b",)
    assert [line.name for line in card.lines.lines] == ["b"]
    chooser.search.setText("MA")
    assert [name for name, item in items.items() if not item.isHidden()] == ["mag"]
    chooser.usual.click()
    assert state.preferences.card_columns is None
    assert "mag" in [line.name for line in card.lines.lines]
    wait_out_the_grace(scene, qtbot)
    assert not card.isHidden(), "one sees what one chooses"
    scene.hover(QPointF(3, 3))
    chooser.close()
    qtbot.waitUntil(card.isHidden)


def test_a_galaxy_that_was_placed_later_is_said_to_be(scene: Scene, qtbot) -> None:
    row = alone(scene)
    placed = np.arange(len(scene.places)) == row
    scene.state.view.set_coordinates("UMAP", scene.places, placed)
    qtbot.waitUntil(lambda: scene.map.frames.sorted)
    card = show_card(scene, qtbot, row)
    assert card.note.isVisible() and "later" in card.note.text()
    assert card.height() > card.note.geometry().bottom()
    assert not show_card(scene, qtbot, int(np.argmax(scene.places[:, 0]))).note.isVisible()


def test_all_of_a_card_fits_into_it_whatever_the_columns(scene: Scene, qtbot) -> None:
    names = [f"a_very_long_name_of_a_column_{n}" for n in range(12)]
    state = scene.state
    state.columns.set_columns([Column(name, "text") for name in names])
    for name in names:
        values = np.full(len(scene.places), "a value that goes on and on", object)
        state.columns.set_values(name, values)
    state.preferences.set_card_columns(tuple(names))
    card = show_card(scene, qtbot, alone(scene))
    assert card.height() > card.lines.geometry().bottom()
    assert scene.canvas.rect().contains(card.geometry())
    assert card.lines.hint_at(4).endswith("a value that goes on and on")


def test_both_styles_draw_the_card(scene: Scene, qtbot) -> None:
    card = show_card(scene, qtbot, alone(scene))
    dark = card.grab().toImage()
    scene.state.preferences.set_style("light")
    assert not card.isHidden() and not dark.isNull()
