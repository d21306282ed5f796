"""Grades by button, and what may be learned from them."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.jobs import Job
from astromask_gui.state.labels import GRADES, Grade
from astromask_gui.widgets.label_panel import LabelPanel
from tests.gui.conftest import COUNT


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> LabelPanel:
    made = LabelPanel(state)
    qtbot.addWidget(made)
    made.show()
    return made


@pytest.fixture
def asked(state: ApplicationState) -> list[tuple[list[int], Grade | None]]:
    """Grades asked for; the journal, which a service writes, is left out."""
    requests: list[tuple[list[int], Grade | None]] = []
    state.labels.grade_requested.connect(
        lambda rows, grade: requests.append((rows.tolist(), grade))
    )
    return requests


def give(state: ApplicationState, **counts: int) -> None:
    """Grade the first galaxies: `give(state, A=2, X=1)`."""
    codes = np.zeros(COUNT, np.int8)
    graded = [GRADES.index(grade) + 1 for grade, count in counts.items() for _ in range(count)]
    codes[: len(graded)] = graded
    state.labels.set_codes(codes)


@pytest.mark.parametrize("grade", GRADES)
def test_a_button_grades_the_active_galaxy(
    panel: LabelPanel, state: ApplicationState, asked: list, qtbot: QtBot, grade: Grade
) -> None:
    state.selection.set_active(7)
    qtbot.mouseClick(panel.buttons[grade], Qt.MouseButton.LeftButton)
    assert asked == [([7], grade)]


def test_the_selection_is_graded_only_when_asked(
    panel: LabelPanel, state: ApplicationState, asked: list
) -> None:
    state.selection.set_active(7)
    state.selection.select_rows(np.array([1, 2, 3]))
    panel.grade("A")
    panel.selected.click()
    panel.grade("X")
    assert asked == [([7], "A"), ([1, 2, 3], "X")]


def test_an_emptied_selection_gives_way_to_the_active_galaxy(
    panel: LabelPanel, state: ApplicationState, asked: list
) -> None:
    state.selection.set_active(7)
    state.selection.select_rows(np.array([1, 2, 3]))
    panel.selected.click()
    state.selection.clear()
    assert panel.active.isChecked() and not panel.selected.isEnabled()
    panel.grade("B")
    assert asked == [([7], "B")]


def test_clear_takes_the_grade_away(
    panel: LabelPanel, state: ApplicationState, asked: list, qtbot: QtBot
) -> None:
    state.selection.set_active(7)
    qtbot.mouseClick(panel.clear, Qt.MouseButton.LeftButton)
    assert asked == [([7], None)]


def test_with_no_galaxy_a_grade_is_answered_by_a_sentence(
    panel: LabelPanel, state: ApplicationState, asked: list
) -> None:
    panel.grade("A")
    assert asked == []
    assert "Click a galaxy" in state.messages.history[-1].text


def test_a_grade_counts_once_it_is_on_disk(panel: LabelPanel, state: ApplicationState) -> None:
    state.selection.set_active(0)
    panel.grade("A")
    assert not panel.buttons["A"].isChecked() and "0" in panel.buttons["A"].text()
    give(state, A=1)
    assert panel.buttons["A"].isChecked() and "1" in panel.buttons["A"].text()
    state.selection.set_active(5)
    assert not panel.buttons["A"].isChecked()


def test_learning_needs_at_least_one_candidate(panel: LabelPanel, state: ApplicationState) -> None:
    assert not panel.learn.isEnabled() and "Grade some" in panel.sentence.text()
    give(state, X=3)
    assert not panel.learn.isEnabled()
    give(state, A=2, X=3)
    assert panel.learn.isEnabled()
    assert "2 candidates, 3 not" in panel.sentence.text() and "10" in panel.sentence.text()
    give(state, A=8, B=4, X=12)
    assert "10 of each" not in panel.sentence.text()


def test_learning_is_asked_for_once_at_a_time(
    panel: LabelPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    give(state, A=2, X=3)
    with qtbot.waitSignal(state.jobs.learn_requested):
        qtbot.mouseClick(panel.learn, Qt.MouseButton.LeftButton)
    state.jobs.set_jobs([Job("1-finetune", "finetune", "running", "Learning")])
    assert not panel.learn.isEnabled() and "Learning" in panel.learn.text()
    state.jobs.set_jobs([Job("1-finetune", "finetune", "finished", "Done")])
    assert panel.learn.isEnabled()


def test_the_map_can_be_coloured_by_grade(
    panel: LabelPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    qtbot.mouseClick(panel.colour, Qt.MouseButton.LeftButton)
    assert state.view.colouring.column == "grade_lens"


def test_candidates_are_listed_by_the_score(
    panel: LabelPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    assert not panel.candidates.isEnabled()
    state.columns.set_columns([Column("score_lens", "number")])
    qtbot.mouseClick(panel.candidates, Qt.MouseButton.LeftButton)
    query = state.neighbours.query
    assert query is not None and query.column == "score_lens"


def test_in_little_height_buttons_keep_their_size_and_are_scrolled_to(
    panel: LabelPanel, qtbot: QtBot
) -> None:
    panel.resize(320, panel.minimumSizeHint().height())
    QTest.qWait(0)
    for button in (panel.learn, panel.candidates, panel.colour):
        assert button.height() >= button.sizeHint().height()
