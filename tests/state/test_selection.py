"""The words of selection: active, hovered, selected; set algebra; undo."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from astromask_gui.state.selection import CombineMode, Selection, combine_masks
from astromask_gui.state.undo import LIMIT, UndoStack

MASKS = st.integers(1, 30).flatmap(
    lambda n: st.tuples(*[st.lists(st.booleans(), min_size=n, max_size=n)] * 2)
)


@pytest.fixture
def selection(qapp: object) -> Selection:
    made = Selection(UndoStack())
    made.reset(10)
    return made


@given(MASKS, st.sampled_from(CombineMode))
def test_combining_masks_is_set_algebra(pair: tuple[list[bool], ...], mode: CombineMode) -> None:
    current, new = (np.array(mask) for mask in pair)
    a, b = set(np.flatnonzero(current)), set(np.flatnonzero(new))
    expected = {
        CombineMode.REPLACE: b,
        CombineMode.ADD: a | b,
        CombineMode.REMOVE: a - b,
        CombineMode.INTERSECT: a & b,
    }[mode]
    assert set(np.flatnonzero(combine_masks(current, new, mode))) == expected


def test_setting_the_active_row_again_emits_nothing(qtbot: QtBot, selection: Selection) -> None:
    selection.set_active(3)
    with qtbot.assertNotEmitted(selection.active_changed):
        selection.set_active(3)


def test_a_row_outside_the_catalogue_is_refused(selection: Selection) -> None:
    with pytest.raises(IndexError):
        selection.set_active(10)


def test_an_equal_selection_emits_nothing(qtbot: QtBot, selection: Selection) -> None:
    selection.select_rows(np.array([1, 2]))
    with qtbot.assertNotEmitted(selection.changed):
        selection.select_rows(np.array([2]), CombineMode.ADD)


def test_undo_and_redo_restore_selections() -> None:
    undo = UndoStack()
    selection = Selection(undo)
    selection.reset(10)
    selection.select_rows(np.array([1]))
    selection.select_rows(np.array([5]), CombineMode.ADD)
    assert undo.undo()
    assert list(selection.rows()) == [1]
    assert undo.undo()
    assert selection.count == 0
    assert undo.redo()
    assert undo.redo()
    assert list(selection.rows()) == [1, 5]
    assert not undo.redo()


def test_undo_still_works_after_the_catalogue_has_grown() -> None:
    undo = UndoStack()
    selection = Selection(undo)
    selection.reset(4)
    selection.select_rows(np.array([1]))
    selection.select_rows(np.array([2]))
    selection.grow(8)
    undo.undo()
    assert list(selection.rows()) == [1]
    assert selection.size == 8


def test_inverting_stays_within_the_visible_rows(selection: Selection) -> None:
    visible = np.arange(10) < 4
    selection.select_rows(np.array([0, 9]))
    selection.invert(visible)
    assert list(selection.rows()) == [1, 2, 3]


def test_the_undo_stack_forgets_the_oldest_steps() -> None:
    undo = UndoStack()
    for _ in range(LIMIT + 5):
        undo.push("step", lambda: None, lambda: None)
    assert sum(undo.undo() for _ in range(LIMIT + 5)) == LIMIT


def test_what_changes_while_a_step_is_taken_back_is_not_recorded() -> None:
    undo = UndoStack()
    undo.push("outer", lambda: undo.push("inner", lambda: None, lambda: None), lambda: None)
    undo.undo()
    assert undo.undo_caption is None
    assert undo.redo_caption == "outer"


@given(
    st.lists(
        st.tuples(st.sets(st.integers(0, 39)), st.sampled_from(CombineMode)),
        min_size=1,
        max_size=LIMIT,
    )
)
@settings(max_examples=25, deadline=None)
def test_every_one_of_many_selections_is_found_again_by_undo_and_redo(
    steps: list[tuple[set[int], CombineMode]],
) -> None:
    undo = UndoStack()
    selection = Selection(undo)
    selection.reset(40)
    passed = [selection.mask.copy()]
    for rows, mode in steps:
        selection.select_rows(np.array(sorted(rows), np.int64), mode)
        if not np.array_equal(selection.mask, passed[-1]):
            passed.append(selection.mask.copy())
    for expected in reversed(passed[:-1]):
        assert undo.undo()
        np.testing.assert_array_equal(selection.mask, expected)
        assert selection.count == np.count_nonzero(expected)
    for expected in passed[1:]:
        assert undo.redo()
        np.testing.assert_array_equal(selection.mask, expected)


def test_a_hundred_steps_of_a_million_galaxies_share_what_they_remember() -> None:
    undo = UndoStack()
    selection = Selection(undo)
    selection.reset(1_000_000)
    half = np.arange(1_000_000) % 2 == 0
    tracemalloc.start()
    for step in range(100):
        selection.combine(half if step % 2 else ~half)
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    # One bit a galaxy and step, and the mask itself.
    assert taken < 100 * 125_000 + 5e6
