from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.launch.conftest import SCRIPT, job_command, wait_until
from trainer.events import Cancelled, Failed, Finished, Started
from trainer.launch import local, supervise
from trainer.launch.context import CANCEL_NOTICED
from trainer.workspace.process import ProcessMark, is_alive
from trainer.workspace.runs import CANCEL_FILE, PROCESS_FILE, RunFolder

pytestmark = pytest.mark.usefixtures("restored_signals")


def test_a_job_that_finishes_leaves_its_events_and_its_exit_code(run: RunFolder) -> None:
    exit_ = supervise.supervise(run.path, job_command("finish", run))
    assert (exit_.code, exit_.signal) == (0, None)
    events = list(run.events())
    assert isinstance(events[0], Started)
    assert isinstance(events[-1], Finished)
    state = run.state()
    assert state.status == "finished"
    assert state.sentence == "All done."
    assert state.outputs == {"store": "embeddings/x"}
    assert state.last_metrics == {"loss": 0.25}
    assert state.warnings == ["mind the gap"]
    assert state.progress is not None
    assert state.progress.done == 1


def test_an_error_of_the_users_fails_with_its_sentence(run: RunFolder) -> None:
    supervise.supervise(run.path, job_command("fail", run))
    assert run.state().status == "failed"
    assert run.state().sentence == "There is no store to project."
    assert "Traceback" not in "\n".join(run.last_lines(100))


def test_an_unforeseen_error_fails_and_leaves_its_traceback_in_the_log(run: RunFolder) -> None:
    supervise.supervise(run.path, job_command("stumble", run))
    last = list(run.events())[-1]
    assert isinstance(last, Failed)
    assert "an unforeseen type" in last.message
    assert "log.txt" in last.message
    assert "Traceback" in "\n".join(run.last_lines(100))


def test_a_killed_job_has_crashed_with_its_signal_and_its_last_lines(run: RunFolder) -> None:
    exit_ = supervise.supervise(run.path, job_command("kill_itself", run))
    assert exit_.signal == "SIGKILL"
    state = run.state()
    assert state.status == "crashed"
    assert "SIGKILL" in state.sentence
    assert "about to eat all memory" in state.sentence


def test_a_job_that_ends_without_a_word_has_crashed_with_its_code(run: RunFolder) -> None:
    supervise.supervise(run.path, [sys.executable, "-c", "raise SystemExit(7)"])
    assert run.state().status == "crashed"
    assert "exit code 7" in run.state().sentence


def test_a_cancelled_job_stops_by_itself(run: RunFolder) -> None:
    run.request_cancel()
    supervise.supervise(run.path, job_command("heed_cancel", run))
    assert run.state().status == "cancelled"


def test_a_job_that_ignores_its_cancel_is_ended(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "CANCEL_PATIENCE", 0.1)
    monkeypatch.setattr(supervise, "TERMINATE_PATIENCE", 0.1)

    def cancel_when_deaf() -> None:
        wait_until((run.path / "deaf").exists)
        run.request_cancel()

    thread = threading.Thread(target=cancel_when_deaf)
    thread.start()
    exit_ = supervise.supervise(run.path, job_command("ignore_cancel", run))
    thread.join()
    assert exit_.signal == "SIGKILL"
    assert isinstance(list(run.events())[-1], Cancelled)
    assert run.state().status == "cancelled"
    worker = ProcessMark.model_validate_json((run.path / "worker").read_bytes())
    wait_until(lambda: is_alive(worker) is False)


def test_a_job_that_tidies_up_for_too_long_is_ended_and_the_time_it_had_is_told(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervise, "TIDY_PATIENCE", 1.6)
    monkeypatch.setattr(supervise, "TERMINATE_PATIENCE", 0.1)
    (run.path / CANCEL_FILE).write_text(CANCEL_NOTICED)
    supervise.supervise(run.path, job_command("ignore_cancel", run))
    assert "within 2 s" in run.state().sentence


def start(workspace: Path, behaviour: str, monkeypatch: pytest.MonkeyPatch) -> RunFolder:
    """Start a scripted job by the real launcher and the real supervisor."""
    from trainer.config import ProjectConfig

    program = (
        "import sys, pathlib; from trainer.launch import supervise;"
        f"supervise.EXECUTE = ({str(SCRIPT)!r}, {behaviour!r});"
        "supervise.main(pathlib.Path(sys.argv[1]))"
    )
    monkeypatch.setattr(local, "SUPERVISE", ("-c", program))
    return local.start(workspace, ProjectConfig(workspace=workspace))


def test_a_started_job_runs_in_a_session_of_its_own(
    workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(workspace_folder, "heed_cancel", monkeypatch)
    try:
        wait_until(lambda: run.state().status == "running")
        mark = ProcessMark.model_validate_json((run.path / PROCESS_FILE).read_bytes())
        assert os.getsid(mark.pid) == mark.pid
    finally:
        run.request_cancel()
        wait_until(lambda: run.state().is_over)
    assert run.state().status == "cancelled"
    wait_until(lambda: is_alive(mark) is False)


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_run_whose_supervisor_was_killed_has_crashed_and_its_job_ends(
    workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(workspace_folder, "heed_cancel", monkeypatch)
    wait_until(lambda: run.state().status == "running")
    mark = ProcessMark.model_validate_json((run.path / PROCESS_FILE).read_bytes())
    os.kill(mark.pid, signal.SIGKILL)
    wait_until(lambda: run.state().status == "crashed")
    assert "was killed" in run.state().sentence
    wait_until(lambda: any("supervisor has gone" in line for line in run.last_lines()))


@pytest.mark.skipif(os.name != "posix", reason="signals as POSIX has them")
def test_a_supervisor_told_to_end_lets_its_job_end_tidily(
    workspace_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = start(workspace_folder, "heed_cancel", monkeypatch)
    wait_until(lambda: run.state().status == "running")
    mark = ProcessMark.model_validate_json((run.path / PROCESS_FILE).read_bytes())
    os.kill(mark.pid, signal.SIGTERM)
    wait_until(lambda: run.state().is_over)
    assert run.state().status == "cancelled"


def test_a_run_outlives_the_program_that_started_it(workspace_folder: Path) -> None:
    program = (
        "import sys, pathlib; from trainer.launch import local, supervise;"
        "from trainer.config import ProjectConfig;"
        "inner = 'import sys, pathlib; from trainer.launch import supervise;'"
        f"\"supervise.EXECUTE = ({str(SCRIPT)!r}, 'heed_cancel');\""
        "'supervise.main(pathlib.Path(sys.argv[1]))';"
        "local.SUPERVISE = ('-c', inner);"
        "folder = pathlib.Path(sys.argv[1]);"
        "print(local.start(folder, ProjectConfig(workspace=folder)).path)"
    )
    parent = subprocess.run(
        [sys.executable, "-c", program, str(workspace_folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    run = RunFolder(Path(parent.stdout.strip()))
    wait_until(lambda: run.state().status == "running")
    run.request_cancel()
    wait_until(lambda: run.state().is_over)
    assert run.state().status == "cancelled"
