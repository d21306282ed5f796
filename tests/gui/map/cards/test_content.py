"""What a card says of its galaxy, and that all of it is seen."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt

from astromask_gui.state.columns import Column
from astromask_gui.state.view import Colouring
from astromask_gui.widgets.map.card_chooser import ColumnChooser
from tests.gui.map.cards.conftest import alone, show_card, wait_out_the_grace
from tests.gui.map_scene import CLASSES, Scene


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
