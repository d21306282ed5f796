"""A job within a job: told as its own, stopped with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.launch.conftest import SCRIPT, wait_until
from trainer.config import EmbedConfig, ProjectConfig
from trainer.errors import JobCancelled
from trainer.events import Event, Progress, Warned
from trainer.launch import local
from trainer.launch.apart import run_apart
from trainer.launch.context import JobContext
from trainer.workspace.runs import RunFolder, create_run, list_runs


@pytest.fixture
def outer(workspace_folder: Path) -> RunFolder:
    return create_run(workspace_folder, EmbedConfig(workspace=workspace_folder, checkpoint="c"))


def script(behaviour: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the job's process do what a behaviour of `scripted_job` says."""
    code = (
        "import sys; from pathlib import Path; from trainer.launch import supervise;"
        f"supervise.supervise(Path(sys.argv[1]), [sys.executable, {str(SCRIPT)!r}, {behaviour!r},"
        " sys.argv[1]])"
    )
    monkeypatch.setattr(local, "SUPERVISE", ("-c", code))


@pytest.mark.parametrize(
    ("behaviour", "status", "sentence"),
    [("finish", "finished", "All done."), ("fail", "failed", "There is no store to project.")],
)
def test_its_events_and_its_end_are_told(
    behaviour: str,
    status: str,
    sentence: str,
    outer: RunFolder,
    workspace_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    script(behaviour, monkeypatch)
    events: list[Event] = []
    context = JobContext(outer.path, events.append)
    state = run_apart(ProjectConfig(workspace=workspace_folder), context)
    assert (state.status, state.sentence) == (status, sentence)
    if behaviour == "finish":
        assert [event.message for event in events if isinstance(event, Warned)] == ["mind the gap"]
        assert any(isinstance(event, Progress) for event in events)


def test_it_is_stopped_with_the_one_that_waits(
    outer: RunFolder, workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script("heed_cancel", monkeypatch)
    outer.request_cancel()
    with pytest.raises(JobCancelled):
        run_apart(ProjectConfig(workspace=workspace_folder), JobContext(outer.path))
    (inner,) = [run for run in list_runs(workspace_folder) if run.name.endswith("project")]
    wait_until(lambda: inner.state().is_over)
    assert inner.state().status == "cancelled"
