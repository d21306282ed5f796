from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from tests.services.small_survey import COUNT, make_workspace
from trainer.workspace.workspace import Workspace


def grade(state: ApplicationState, qtbot: QtBot, rows: list[int], letter: str | None) -> None:
    with qtbot.waitSignal(state.labels.changed):
        state.labels.grade(np.array(rows), letter)  # type: ignore[arg-type]


def on_disk(survey: Path) -> list[int]:
    codes = Workspace.open(survey).journal("lens").current()
    return [int(code) for code in codes]


def test_a_grade_is_on_disk_when_it_shows(
    opened: ApplicationState, survey: Path, qtbot: QtBot
) -> None:
    grade(opened, qtbot, [3, 5], "A")
    assert opened.labels.grade_of(3) == "A"
    assert np.flatnonzero(on_disk(survey)).tolist() == [3, 5]


def test_undo_and_redo_take_one_grading_at_a_time(
    opened: ApplicationState, survey: Path, qtbot: QtBot
) -> None:
    grade(opened, qtbot, [3, 5], "A")
    grade(opened, qtbot, [5], "X")
    with qtbot.waitSignal(opened.labels.changed):
        opened.undo.undo()
    assert (opened.labels.grade_of(3), opened.labels.grade_of(5)) == ("A", "A")
    with qtbot.waitSignal(opened.labels.changed):
        opened.undo.undo()
    assert not any(on_disk(survey))
    with qtbot.waitSignal(opened.labels.changed):
        opened.undo.redo()
    assert opened.labels.counts()["A"] == 2


def test_undo_takes_back_the_latest_of_selections_and_grades(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    grade(opened, qtbot, [1], "B")
    opened.selection.select_rows(np.array([7]))
    opened.undo.undo()
    assert opened.selection.count == 0 and opened.labels.grade_of(1) == "B"
    with qtbot.waitSignal(opened.labels.changed):
        opened.undo.undo()
    assert opened.labels.grade_of(1) is None


def test_grades_of_an_earlier_session_are_there_and_can_be_undone(
    survey: Path, state: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    journal = Workspace.open(survey).journal("lens")
    journal.grade([4], "C")
    journal.close()
    state.session.request_open(survey)
    qtbot.waitUntil(lambda: len(state.labels.codes) == COUNT and state.labels.codes[4] == 3)
    qtbot.waitUntil(lambda: state.undo.undo_caption is not None)
    with qtbot.waitSignal(state.labels.changed):
        state.undo.undo()
    assert not any(on_disk(survey))


def test_the_first_grade_makes_a_column_and_others_change_it(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    assert "grade_lens" not in opened.columns.names()
    grade(opened, qtbot, [2], "A")
    qtbot.waitUntil(lambda: "grade_lens" in opened.columns.names())
    qtbot.waitUntil(lambda: opened.columns.values("grade_lens") is not None)
    grade(opened, qtbot, [9], "X")

    def known() -> bool:
        values = opened.columns.values("grade_lens")
        return values is not None and values[9] == 3 and values[2] == 0

    qtbot.waitUntil(known)


def test_the_first_grade_leaves_columns_that_are_in_no_file(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    opened.columns.add(Column("placed on umap-0", "boolean"))
    with qtbot.waitSignal(opened.columns.changed):
        opened.labels.grade(np.array([4]), "A")
    assert {"grade_lens", "placed on umap-0"} <= set(opened.columns.names())


def test_closing_writes_every_grade_that_was_asked_for(
    opened: ApplicationState, services: Services, survey: Path
) -> None:
    for row in range(10):
        opened.labels.grade(np.array([row]), "A")
    services.close()
    assert np.flatnonzero(on_disk(survey)).tolist() == list(range(10))


def test_a_grade_that_can_not_be_written_is_said_and_not_shown(
    opened: ApplicationState, survey: Path, qtbot: QtBot
) -> None:
    # A file where the folder of labels should be: also root can't write there.
    labels = survey / "labels"
    if labels.is_dir():
        labels.rmdir()
    labels.write_text("in the way")
    with qtbot.waitSignal(opened.messages.posted):
        opened.labels.grade(np.array([1]), "A")
    assert opened.messages.history[-1].level == "error"
    assert opened.labels.grade_of(1) is None
    assert opened.undo.undo_caption is None


def test_grades_of_one_workspace_do_not_reach_another(
    opened: ApplicationState, survey: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    other = make_workspace(tmp_path / "other", embedded=False)
    grade(opened, qtbot, [1], "B")
    opened.labels.grade(np.array([2]), "A")
    opened.session.request_open(other)
    qtbot.waitUntil(lambda: opened.session.workspace.folder == other)  # type: ignore[union-attr]
    assert opened.undo.undo_caption is None and not opened.labels.codes.any()
    grade(opened, qtbot, [5], "X")
    assert np.flatnonzero(on_disk(other)).tolist() == [5]
    assert np.flatnonzero(on_disk(survey)).tolist() == [1, 2]
    opened.session.request_open(survey)
    qtbot.waitUntil(lambda: bool(opened.labels.codes.any() and opened.labels.codes[1] == 2))
    assert opened.undo.undo_caption == "Grade"


@pytest.mark.parametrize("rows", [[], [0]])
def test_nothing_is_graded_before_a_workspace_is_open(
    state: ApplicationState, services: Services, rows: list[int]
) -> None:
    state.labels.grade(np.array(rows, int), "A")
    assert [message.level for message in state.messages.history] == ["warning"] * len(rows)
