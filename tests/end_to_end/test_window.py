"""The window as a user has it, on a small survey."""

from __future__ import annotations

import json
import os
import pickle
import select
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from astromask_gui.services.workspace.demo import SHOWN_GALAXY
from tests.services.small_survey import make_workspace
from trainer.workspace.runs import list_runs
from trainer.workspace.workspace import Workspace

Tell = Callable[..., dict[str, Any]]


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    return make_workspace(tmp_path)


def has_ended(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


def wait_for_end(pid: int) -> None:
    """Wait for a process that is not ours, for a minute at most."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    readable, _, _ = select.select([watched], [], [], 60)
    os.close(watched)
    assert readable, f"the process {pid} goes on"


def test_click_grade_lose_the_reader_click_again(tell: Tell, survey: Path) -> None:
    found = tell("click_and_grade", survey)
    assert set(found["nearest"]) == {18, 19, 21, 22}
    codes = Workspace.open(survey).journal("lens").current()
    assert (codes[20], codes[30]) == (1, 4)
    assert any("was killed (SIGKILL" in text for text in found["messages"])
    assert found["code"] == 0 and not found["heavy"]
    assert all(has_ended(pid) for pid in found["children"] if pid)


def test_a_window_closed_at_once_ends_well_and_keeps_its_place(
    tell: Tell, survey: Path, environment: dict[str, str]
) -> None:
    assert tell("leave_at_once", survey)["code"] == 0
    (settings,) = Path(environment["XDG_CONFIG_HOME"]).rglob("*.ini")
    assert "geometry=" in settings.read_text()


def test_a_job_outlives_the_window_and_is_found_again(tell: Tell, survey: Path) -> None:
    left = tell("leave_in_a_job", survey)
    (run,) = list_runs(survey)
    assert run.name == left["job"]
    wait_for_end(json.loads((run.path / "process.json").read_text())["pid"])
    assert run.state().status == "finished", run.state()
    again = tell("find_the_job", survey)
    assert (again["job"], again["status"]) == (left["job"], "finished")
    assert "later" in again["projections"]


def test_the_demo_shows_a_galaxy_however_it_is_opened(tell: Tell, survey: Path) -> None:
    assert tell("go_on_to_the_demo", survey)["shown"] == SHOWN_GALAXY


class Hostile:
    """What a pickle can do to whoever trusts it."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[..., object], tuple[str]]:
        return os.mkdir, (str(self.mark),)


def test_a_hostile_checkpoint_does_nothing_but_a_sentence(
    tell: Tell, survey: Path, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    (survey / "none.pth").write_bytes(pickle.dumps({"model": Hostile(mark)}))
    found = tell("drop_a_file", survey, survey.parent / "cutouts.gri.h5")
    assert not mark.exists()
    assert "none.pth" in found["unavailable"] and "refused" in found["unavailable"]
    assert found["problem"] == found["unavailable"]
    assert found["code"] == 0
