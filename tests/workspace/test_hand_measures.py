"""Measures by hand are on disk at once, and everybody's count."""

from __future__ import annotations

import math
import sqlite3
from pathlib import Path

import pytest

from tests.services.small_survey import make_workspace
from tests.workspace.samples import write_cutouts
from trainer.errors import QueryError, WorkspaceError
from trainer.workspace.hand_measures import HandMeasure, HandMeasures
from trainer.workspace.workspace import Workspace

RING = HandMeasure("einstein_radius", "arcsec", "Fitted by eye.")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace.open(make_workspace(tmp_path, embedded=False))


def journal(workspace: Workspace, grader: str) -> HandMeasures:
    return HandMeasures(workspace.folder, workspace.catalogue, grader)


def test_the_latest_value_counts_and_is_found_at_the_next_start(workspace: Workspace) -> None:
    journal(workspace, "ann").put(RING, 3, 1.2)
    journal(workspace, "ann").put(RING, 3, 1.4)
    journal(workspace, "ann").put(RING, 1, 0.9)
    assert journal(workspace, "ann").own("einstein_radius") == {1: 0.9, 3: 1.4}


def test_a_value_taken_away_is_gone_but_stays_in_the_journal(workspace: Workspace) -> None:
    found = journal(workspace, "ann")
    found.put(RING, 3, 1.2)
    found.put(RING, 3, None)
    assert found.own("einstein_radius") == {} and found.combined("einstein_radius") == {}
    with sqlite3.connect(found.path) as connection:
        entries = connection.execute("SELECT row, value, unit FROM entries").fetchall()
    connection.close()
    assert entries == [(3, 1.2, "arcsec"), (3, None, "arcsec")]


def test_of_several_graders_the_median_counts(workspace: Workspace) -> None:
    for grader, value in (("ann", 1.0), ("bob", 1.1), ("cy", 3.0)):
        journal(workspace, grader).put(RING, 2, value)
    assert journal(workspace, "dee").combined("einstein_radius") == {2: 1.1}
    assert journal(workspace, "dee").own("einstein_radius") == {}


def test_values_of_galaxies_added_since_wait_until_the_workspace_is_opened_again(
    workspace: Workspace, tmp_path: Path
) -> None:
    journal(workspace, "ann").put(RING, 3, 1.2)
    before, count = Workspace.open(workspace.folder), len(workspace)
    workspace.add([write_cutouts(tmp_path / "more.h5", 2, size=24)])
    journal(workspace, "ann").put(RING, count + 1, 0.9)
    assert journal(before, "ann").own("einstein_radius") == {3: 1.2}
    assert journal(before, "bob").combined("einstein_radius") == {3: 1.2}
    assert len(journal(workspace, "bob").combined("einstein_radius")) == 2


def test_rows_and_values_that_cannot_be_are_refused(workspace: Workspace) -> None:
    found = journal(workspace, "ann")
    with pytest.raises(QueryError, match="row 9999"):
        found.put(RING, 9999, 1.0)
    with pytest.raises(QueryError, match="finite"):
        found.put(RING, 1, math.nan)
    assert not found.path.exists()


def test_a_damaged_journal_is_named(workspace: Workspace) -> None:
    found = journal(workspace, "ann")
    found.folder.mkdir()
    found.path.write_bytes(b"no database, but long enough to be taken for one" * 40)
    with pytest.raises(WorkspaceError, match="ann@"):
        found.own("einstein_radius")
