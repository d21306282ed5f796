from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from tests.launch import scripted_job
from trainer.config import ProjectConfig
from trainer.errors import WorkspaceError
from trainer.events import Finished
from trainer.launch import foreground, jobs
from trainer.workspace.runs import list_runs

pytestmark = pytest.mark.usefixtures("restored_signals")


def run(workspace: Path, behaviour: str, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setitem(jobs.JOBS, "project", f"{scripted_job.__name__}:{behaviour}")
    return foreground.run(ProjectConfig(workspace=workspace))


def test_progress_goes_to_the_error_stream_and_the_result_to_the_output(
    workspace_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace_folder, "finish", monkeypatch) == 0
    shown = capsys.readouterr()
    assert shown.out == "All done.\n"
    assert "1 of 2 steps (50 %)" in shown.err
    assert "loss 0.25" in shown.err
    assert "Warning: mind the gap" in shown.err
    (folder,) = list_runs(workspace_folder)
    assert folder.state().status == "finished"


def test_a_failed_job_exits_with_2_and_its_sentence(
    workspace_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(workspace_folder, "fail", monkeypatch) == 2
    assert "There is no store to project." in capsys.readouterr().err


def test_ctrl_c_cancels_tidily(
    workspace_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupted(config: object, context: scripted_job.JobContext) -> Finished:
        os.kill(os.getpid(), signal.SIGINT)
        return scripted_job.heed_cancel(ProjectConfig(workspace=workspace_folder), context)

    monkeypatch.setattr(scripted_job, "interrupted", interrupted, raising=False)
    assert run(workspace_folder, "interrupted", monkeypatch) == 130
    assert list_runs(workspace_folder)[0].state().status == "cancelled"
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_second_ctrl_c_stops_at_once(
    workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def impatient(config: object, context: scripted_job.JobContext) -> Finished:
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        raise AssertionError("the second interrupt should have got here first")

    monkeypatch.setattr(scripted_job, "impatient", impatient, raising=False)
    with pytest.raises(KeyboardInterrupt):
        run(workspace_folder, "impatient", monkeypatch)
    assert list_runs(workspace_folder)[0].state().status == "cancelled"


def test_a_folder_that_is_no_workspace_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no workspace"):
        foreground.run(ProjectConfig(workspace=tmp_path))
