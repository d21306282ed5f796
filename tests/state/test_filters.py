"""Filters as intents: answers, gestures, switching, turning round, undo, growth."""

from __future__ import annotations

import math

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.state.conditions import MOST, Conditions
from astromask_gui.state.filter_specs import Categories, Condition, Range, SavedRows, caption_of
from astromask_gui.state.filters import Filter, Filters
from astromask_gui.state.undo import UndoStack

SIZE = 6
VALUES = np.array([1.0, 2, 3, 4, 5, np.nan])


class Scene:
    """Filters whose ranges are answered at once, or when the test says so."""

    def __init__(self) -> None:
        self.undo = UndoStack()
        self.filters = Filters(self.undo)
        self.filters.reset(SIZE)
        self.asked: list[tuple[str, int, Range]] = []
        self.at_once = True
        self.filters.requested.connect(self._hear)

    def _hear(self, name: str, number: int, spec: Range) -> None:
        self.asked.append((name, number, spec))
        if self.at_once:
            self.answer(-1)

    def answer(self, place: int) -> bool:
        name, number, spec = self.asked[place]
        values = np.resize(VALUES, self.filters.size)
        return self.filters.answer(name, number, (values >= spec.low) & (values <= spec.high))

    def shown(self) -> list[int] | None:
        visible = self.filters.visible
        return None if visible is None else np.flatnonzero(visible).tolist()


@pytest.fixture
def scene(qtbot: QtBot) -> Scene:
    return Scene()


def test_a_filter_counts_once_its_rows_are_known(scene: Scene) -> None:
    scene.at_once = False
    scene.filters.request("a", Range("x", 2, 4))
    assert scene.shown() is None and list(scene.filters.items()) == ["a"]
    assert scene.answer(0) and scene.shown() == [1, 2, 3]


def test_while_a_brush_moves_what_was_shown_stays_and_answers_in_between_count(
    scene: Scene,
) -> None:
    scene.filters.request("a", Range("x", 1, 2))
    scene.at_once = False
    for high in (3, 4, 5):
        scene.filters.request("a", Range("x", 1, high), done=False)
    assert scene.shown() == [0, 1]
    assert scene.answer(2) and scene.shown() == [0, 1, 2, 3]
    assert not scene.answer(1), "an older answer that comes later is dropped"
    assert scene.answer(3) and scene.shown() == [0, 1, 2, 3, 4]


def test_an_answer_to_a_filter_that_was_taken_away_is_dropped(scene: Scene) -> None:
    scene.at_once = False
    scene.filters.request("a", Range("x", 2, 4))
    scene.filters.remove("a")
    assert not scene.answer(0) and scene.shown() is None
    scene.filters.request("a", Range("x", 1, 1))
    assert not scene.answer(0), "it is another filter of the same name"


def test_a_gesture_is_one_step_of_undo(scene: Scene) -> None:
    scene.filters.request("a", Range("x", 2, 3))
    for high in (4, 5):
        scene.filters.request("a", Range("x", 2, high), done=False)
    scene.filters.request("a", Range("x", 2, 5))
    assert scene.shown() == [1, 2, 3, 4]
    scene.undo.undo()
    assert scene.shown() == [1, 2]
    scene.undo.redo()
    assert scene.shown() == [1, 2, 3, 4]
    scene.undo.undo()
    scene.undo.undo()
    assert scene.shown() is None and not scene.undo.undo()


def test_switched_off_it_stays_and_does_nothing(scene: Scene) -> None:
    scene.filters.request("a", Range("x", 2, 3))
    scene.filters.switch("a", False)
    assert scene.shown() is None and not scene.filters.items()["a"].is_on
    scene.undo.undo()
    assert scene.shown() == [1, 2]
    scene.undo.redo()
    scene.filters.request("a", Range("x", 2, 4))
    assert scene.shown() == [1, 2, 3], "who brushes wants to see it"


def test_turned_round_it_shows_exactly_the_others(scene: Scene) -> None:
    scene.filters.request("a", Range("x", 2, 3))
    scene.filters.invert("a")
    assert scene.shown() == [0, 3, 4, 5], "what has no value is one of the others"
    scene.undo.undo()
    assert scene.shown() == [1, 2]


def test_what_was_taken_away_comes_back_by_undo_also_a_mere_set_of_rows(scene: Scene) -> None:
    rows = np.arange(SIZE) < 2
    scene.filters.set("selection", "only 2 selected", rows)
    scene.filters.request("a", Range("x", 2, 3))
    scene.filters.clear()
    assert scene.shown() is None
    scene.undo.undo()
    assert scene.shown() == [1] and list(scene.filters.items()) == ["selection", "a"]
    scene.filters.set("selection", "only 2 selected", ~rows)
    scene.undo.undo()
    assert scene.shown() == [1], "another set under the same words is a step too"


def test_a_filter_that_cannot_be_answered_says_why_and_does_nothing(scene: Scene) -> None:
    scene.at_once = False
    scene.filters.request("a", Range("gone", 2, 3))
    name, number, _ = scene.asked[0]
    scene.filters.refuse(name, number, "There is no column gone any more.")
    assert scene.shown() is None and "no column" in scene.filters.items()["a"].problem


def test_filters_hold_for_rows_by_which_the_catalogue_grows(scene: Scene) -> None:
    scene.filters.set("only", "only 2", np.arange(SIZE) < 2, new_rows=False)
    scene.filters.set("without", "without 1", np.arange(SIZE) > 0)
    scene.filters.grow(SIZE + 2)
    assert scene.shown() == [1]
    scene.filters.remove("only")
    assert scene.shown() == [1, 2, 3, 4, 5, 6, 7]
    scene.undo.undo()
    assert scene.shown() == [1], "also those that are brought back"
    scene.filters.request("a", Range("x", 1, 2))
    scene.filters.grow(SIZE + 4)
    scene.filters.ask_again()
    scene.filters.remove("only")
    assert scene.shown() == [1, 6, 7]


def test_an_equal_wish_says_nothing(scene: Scene, qtbot: QtBot) -> None:
    scene.filters.request("a", Range("x", 2, 3))
    with qtbot.assertNotEmitted(scene.filters.changed):
        scene.filters.request("a", Range("x", 2, 3))
        scene.filters.switch("a", True)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        (Range("mag_r", 18.25, 20), "mag_r 18.25 – 20 mag"),
        (Range("mag_r", high=-20), "mag_r ≤ −20 mag"),
        (Range("mag_r", low=1e-5), "mag_r ≥ 1e−05 mag"),
        (Range("mag_r", -math.inf, math.inf), "mag_r has a value"),
        (Categories("type", ("a", "b", "c", "d")), "type: a, b, c …"),
        (Categories("type", ("a",), all_but=True, missing=True), "type: all but a"),
        (Categories("type", (), missing=True), "type: no value"),
        (Categories("type", ()), "type: none"),
        (Condition("mag_r <\n 20"), "mag_r < 20"),
        (SavedRows("lenses", only=False), "without lenses"),
    ],
)
def test_chips_say_what_is_left(spec: object, words: str) -> None:
    assert caption_of(spec, "mag") == words  # type: ignore[arg-type]


def test_conditions_are_remembered_the_latest_first_and_each_once(qtbot: QtBot) -> None:
    conditions = Conditions()
    for number in range(MOST + 5):
        conditions.remember(f"x < {number}")
    conditions.remember("x < 10")
    assert len(conditions.history) == MOST and conditions.history[:2] == ("x < 10", "x < 34")


def test_an_answer_for_the_workspace_before_is_not_taken_for_a_kept_filter_of_its_name(
    scene: Scene,
) -> None:
    scene.at_once = False
    scene.filters.request("a", Range("x", 2, 4))
    scene.filters.reset(SIZE)  # Another workspace with as many galaxies.
    scene.filters.restore([("a", Filter("x", None, Range("x", 4, 9)))])
    assert not scene.answer(0) and scene.shown() is None
    assert scene.answer(-1) and scene.shown() == [3, 4]


def test_rows_that_were_set_are_not_replaced_by_an_older_answer(scene: Scene) -> None:
    scene.at_once = False
    scene.filters.request("a", Range("x", 2, 4))
    scene.filters.set("a", "first", np.arange(SIZE) == 0, Condition("row = 0"))
    assert not scene.answer(0) and scene.shown() == [0]
