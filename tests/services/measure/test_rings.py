"""Einstein radii that are kept are a column, and can be taken back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.state.application import ApplicationState
from tests.services.small_survey import FEW
from trainer.workspace.workspace import Workspace

NAME = "einstein_radius"


def wait_for(state: ApplicationState, qtbot: QtBot, row: int, radius: float | None) -> None:
    qtbot.waitUntil(lambda: state.measure.kept(row) == radius, timeout=30_000)


def keep(state: ApplicationState, qtbot: QtBot, row: int, radius: float) -> None:
    state.measure.keep_ring(row, radius)
    wait_for(state, qtbot, row, radius)


def test_a_radius_that_was_kept_is_a_column_on_disk(
    opened: ApplicationState, survey: Path, qtbot: QtBot
) -> None:
    keep(opened, qtbot, 3, 1.25)
    qtbot.waitUntil(lambda: NAME in opened.columns.names(), timeout=30_000)
    values = Workspace.open(survey).columns.values(NAME)
    assert values[3] == 1.25 and np.isfinite(values).sum() == 1


def test_undo_gives_back_what_was_kept_before(
    opened: ApplicationState, survey: Path, qtbot: QtBot
) -> None:
    keep(opened, qtbot, 3, 1.25)
    keep(opened, qtbot, 3, 1.5)
    opened.undo.undo()
    wait_for(opened, qtbot, 3, 1.25)
    opened.undo.undo()
    wait_for(opened, qtbot, 3, None)
    assert not np.isfinite(Workspace.open(survey).columns.values(NAME)).any()
    opened.undo.redo()
    wait_for(opened, qtbot, 3, 1.25)


def test_another_workspace_has_none_of_the_radii_of_the_one_before(
    other: Path, opened: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    keep(opened, qtbot, 3, 1.25)
    kept: list[float | None] = []
    services.workspace.loaded_changed.connect(lambda _: kept.append(opened.measure.kept(3)))
    opened.session.request_open(other)
    qtbot.waitUntil(lambda: opened.selection.size == FEW, timeout=20000)
    assert kept == [None]


def test_the_values_of_the_column_follow(opened: ApplicationState, qtbot: QtBot) -> None:
    def radius_of(row: int) -> float | None:
        values = opened.columns.values(NAME)
        return None if values is None else float(values[row])

    keep(opened, qtbot, 3, 1.25)
    qtbot.waitUntil(lambda: radius_of(3) == 1.25, timeout=30_000)
    keep(opened, qtbot, 4, 0.75)
    qtbot.waitUntil(lambda: radius_of(4) == 0.75, timeout=30_000)
    assert radius_of(3) == 1.25
