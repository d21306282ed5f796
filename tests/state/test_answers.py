"""States that ask and are answered later: neighbours, thumbnails, columns, grades, filters."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from astromask_gui.state.columns import Column, Columns
from astromask_gui.state.filters import Filters
from astromask_gui.state.labels import Labels
from astromask_gui.state.neighbours import Neighbours, NeighboursState, Query
from astromask_gui.state.thumbnails import SIDE, Thumbnails


def answer(query: Query) -> Neighbours:
    return Neighbours(query, np.array([4], np.uint32), np.array([0.1], np.float32))


def test_a_stale_answer_is_dropped(qapp: object) -> None:
    state = NeighboursState()
    first, second = Query("row", row=1), Query("row", row=2)
    old = state.set_query(first)
    new = state.set_query(second)
    assert not state.set_results(old, answer(first))
    assert state.results is None
    assert state.set_results(new, answer(second))
    assert not state.fail(old, "too late")
    assert state.error is None


def test_the_same_query_is_not_sought_twice(qtbot: QtBot) -> None:
    state = NeighboursState()
    state.set_query(Query("row", row=1))
    with qtbot.assertNotEmitted(state.query_changed):
        state.set_query(Query("row", row=1))


def test_a_failed_query_may_be_tried_again(qtbot: QtBot) -> None:
    state = NeighboursState()
    number = state.set_query(Query("row", row=1))
    state.fail(number, "The index is not there.")
    with qtbot.waitSignal(state.query_changed):
        state.set_query(Query("row", row=1))


def test_thumbnails_asked_for_in_one_turn_are_one_request(qtbot: QtBot) -> None:
    state = Thumbnails()
    with qtbot.waitSignal(state.wanted) as asked:
        for row in (3, 4, 3):
            assert state.get(row) is None
    assert asked.args == [[3, 4]]


def test_thumbnails_beyond_the_bound_are_dropped_oldest_first(qtbot: QtBot) -> None:
    one = np.zeros((1, 3, SIDE, SIDE), np.float16)
    state = Thumbnails(bound=2 * one.nbytes)
    for row in range(3):
        state.put([row], one)
    assert state.get(0) is None
    assert state.get(2) is not None


def test_a_thumbnail_that_failed_can_be_asked_for_again(qtbot: QtBot) -> None:
    state = Thumbnails()
    with qtbot.waitSignal(state.wanted):
        state.get(1)
    state.forget_request([1])
    with qtbot.waitSignal(state.wanted):
        state.get(1)


def test_a_columns_values_are_asked_for_once(qtbot: QtBot) -> None:
    state = Columns()
    state.set_columns([Column("mag_r", "number")])
    with qtbot.waitSignal(state.requested):
        assert state.values("mag_r") is None
    with qtbot.assertNotEmitted(state.requested):
        assert state.values("mag_r") is None
    state.set_values("mag_r", np.zeros(3))
    assert state.values("mag_r") is not None


def test_visible_is_what_passes_every_filter(qapp: object) -> None:
    filters = Filters()
    filters.reset(4)
    assert filters.visible is None
    assert filters.visible_count == 4
    filters.set("a", "first", np.array([True, True, False, True]))
    filters.set("b", "second", np.array([True, False, True, True]))
    assert filters.visible is not None
    assert list(filters.visible) == [True, False, False, True]
    filters.remove("b")
    assert filters.visible_count == 3


def test_grades_are_intents_until_they_are_on_disk(qtbot: QtBot) -> None:
    labels = Labels()
    labels.set_codes(np.zeros(3, np.int8))
    with qtbot.waitSignal(labels.grade_requested) as asked:
        labels.grade(np.array([1]), "B")
    assert asked.args[1] == "B"
    assert labels.grade_of(1) is None
    labels.set_codes(np.array([0, 2, 0], np.int8))
    assert labels.grade_of(1) == "B"
    assert labels.counts() == {"A": 0, "B": 1, "C": 0, "X": 0}
