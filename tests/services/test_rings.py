"""Einstein radii that are kept are a column, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from trainer.workspace.workspace import Workspace

NAME = "einstein_radius"


def keep(state: ApplicationState, qtbot: QtBot, row: int, radius: float | None) -> None:
    with qtbot.waitSignal(state.measure.kept_changed):
        state.measure.keep_ring(row, radius)


def test_a_radius_that_was_kept_is_a_column_on_disk(
    opened: ApplicationState, survey: Path, qtbot: QtBot
) -> None:
    keep(opened, qtbot, 3, 1.25)
    assert opened.measure.kept(3) == 1.25 and NAME in opened.columns.names()
    values = Workspace.open(survey).columns.values(NAME)
    assert values[3] == 1.25 and np.isfinite(values).sum() == 1


def test_undo_gives_back_what_was_kept_before(
    opened: ApplicationState, survey: Path, qtbot: QtBot
) -> None:
    keep(opened, qtbot, 3, 1.25)
    keep(opened, qtbot, 3, 1.5)
    with qtbot.waitSignal(opened.measure.kept_changed):
        opened.undo.undo()
    assert opened.measure.kept(3) == 1.25
    with qtbot.waitSignal(opened.measure.kept_changed):
        opened.undo.undo()
    assert opened.measure.kept(3) is None
    assert not np.isfinite(Workspace.open(survey).columns.values(NAME)).any()
    with qtbot.waitSignal(opened.measure.kept_changed):
        opened.undo.redo()
    assert opened.measure.kept(3) == 1.25


def test_the_values_of_the_column_follow(opened: ApplicationState, qtbot: QtBot) -> None:
    keep(opened, qtbot, 3, 1.25)
    with qtbot.waitSignal(opened.columns.ready):
        assert opened.columns.values(NAME) is None
    with qtbot.waitSignal(opened.columns.ready):
        keep(opened, qtbot, 4, 0.75)
    values = opened.columns.values(NAME)
    assert values is not None and values[[3, 4]].tolist() == [1.25, 0.75]
