from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from trainer.config import ProjectConfig
from trainer.errors import WorkspaceError
from trainer.events import Cancelled, Failed, Finished, Metric, Progress, Stage, Started, to_line
from trainer.workspace import runs
from trainer.workspace.process import ProcessMark, is_alive, mark_process
from trainer.workspace.runs import Exit, RunFolder, create_run, list_runs


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "workspace.toml").touch()
    return tmp_path


@pytest.fixture
def run(workspace: Path) -> RunFolder:
    return create_run(workspace, ProjectConfig(workspace=workspace, seed=7))


def write_mark(run: RunFolder, mark: ProcessMark) -> None:
    (run.path / runs.PROCESS_FILE).write_text(mark.model_dump_json())


def dead_process() -> ProcessMark:
    process = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.DEVNULL)
    mark = mark_process(process.pid)
    process.wait()
    return mark


def test_runs_are_named_after_their_time_and_kind_and_never_share_a_folder(
    workspace: Path,
) -> None:
    config = ProjectConfig(workspace=workspace)
    made = [create_run(workspace, config) for _ in range(3)]
    assert len({run.path for run in made}) == 3
    assert all("-project" in run.name and run.path.parent == workspace / "runs" for run in made)
    assert {run.path for run in list_runs(workspace)} == {run.path for run in made}


def test_a_run_that_cannot_be_described_leaves_no_folder(
    workspace: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise WorkspaceError("There is no space left.")

    monkeypatch.setattr(runs, "write_text", full)
    with pytest.raises(WorkspaceError, match="no space"):
        create_run(workspace, ProjectConfig(workspace=workspace))
    assert list((workspace / "runs").iterdir()) == []


def test_a_run_of_a_copied_workspace_belongs_to_the_copy(run: RunFolder, tmp_path: Path) -> None:
    config = run.config()
    assert config.seed == 7
    assert config.workspace == tmp_path
    elsewhere = tmp_path / "copy" / "runs" / run.name
    elsewhere.parent.mkdir(parents=True)
    run.path.rename(elsewhere)
    assert RunFolder(elsewhere).config().workspace == tmp_path / "copy"


def test_what_is_no_run_is_refused(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="is no run"):
        RunFolder(tmp_path).config()
    (run.path / "config.json").write_text('{"kind": "cook"}')
    with pytest.raises(WorkspaceError, match="does not describe a job"):
        run.config()


def test_a_run_nobody_began_waits_and_is_given_up_in_the_end(run: RunFolder) -> None:
    assert run.state().status == "queued"
    long_ago = time.time() - runs.START_PATIENCE - 1
    os.utime(run.path / runs.CONFIG_FILE, (long_ago, long_ago))
    state = run.state()
    assert state.status == "crashed"
    assert "never started" in state.sentence


def test_the_state_follows_the_events(run: RunFolder) -> None:
    write_mark(run, mark_process())
    with (run.path / runs.EVENTS_FILE).open("a") as log:

        def say(*events: object) -> runs.RunState:
            for event in events:
                log.write(to_line(event) + "\n")  # type: ignore[arg-type]
            log.flush()
            return run.state()

        assert say().status == "queued"
        assert say(Started(job="project", time=5.0)).status == "running"
        state = say(Stage(name="graph"), Progress(done=1, total=4))
        assert (state.stage, state.started) == ("graph", 5.0)
        assert state.progress is not None
        assert say(Stage(name="layout")).progress is None
        say(Metric(step=1, epoch=1, values={"loss": 2.0, "lr": 1.0}))
        state = say(Metric(step=2, epoch=2, values={"loss": 1.0}))
        assert state.last_metrics == {"loss": 1.0, "lr": 1.0}
        assert not state.is_over
        state = say(Finished(time=9.0, outputs={"a": "b"}))
        assert (state.status, state.ended, state.outputs) == ("finished", 9.0, {"a": "b"})
        assert state.is_over


@pytest.mark.parametrize(
    ("event", "status", "sentence"),
    [
        (Finished(), "finished", "Finished."),
        (Cancelled(), "cancelled", "Cancelled."),
        (Failed(message="No."), "failed", "No."),
    ],
)
def test_the_last_event_counts_even_when_the_process_is_dead(
    run: RunFolder, event: Finished, status: str, sentence: str
) -> None:
    write_mark(run, dead_process())
    (run.path / runs.EVENTS_FILE).write_text(to_line(event) + "\n")
    assert (run.state().status, run.state().sentence) == (status, sentence)


@pytest.mark.parametrize(
    ("exit_", "words"),
    [
        (Exit(signal="SIGKILL", ended=1.0), "memory runs out"),
        (Exit(signal="SIGSEGV", ended=1.0), "SIGSEGV"),
        (Exit(code=3, ended=1.0), "exit code 3"),
        (Exit(code=runs.EXIT_CANT_WRITE, ended=1.0), "disk may be full"),
    ],
)
def test_an_end_without_a_last_event_is_a_crash(run: RunFolder, exit_: Exit, words: str) -> None:
    (run.path / runs.EVENTS_FILE).write_text(to_line(Started(job="project")) + "\n")
    (run.path / runs.LOG_FILE).write_text("first\n\nlast line\n")
    (run.path / runs.EXIT_FILE).write_text(exit_.model_dump_json())
    state = run.state()
    assert (state.status, state.ended) == ("crashed", 1.0)
    assert words in state.sentence
    assert "first / last line" in state.sentence


def test_a_run_whose_process_is_gone_has_crashed(run: RunFolder) -> None:
    write_mark(run, dead_process())
    assert run.state().status == "crashed"


def test_a_run_on_another_machine_lives_by_its_heartbeat(run: RunFolder) -> None:
    write_mark(run, ProcessMark(pid=1, started="1", host="far away"))
    heartbeat = run.path / runs.HEARTBEAT_FILE
    heartbeat.touch()
    assert run.state().status == "queued"
    old = time.time() - runs.HEARTBEAT_PATIENCE - 1
    os.utime(heartbeat, (old, old))
    assert run.state().status == "crashed"


def test_a_later_process_of_the_same_number_is_another_one() -> None:
    mark = mark_process()
    assert is_alive(mark) is True
    assert is_alive(mark.model_copy(update={"started": "0"})) is False
    assert is_alive(mark.model_copy(update={"host": "far away"})) is None


def test_a_process_that_only_waits_to_be_reaped_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    mark = mark_process(process.pid)
    assert is_alive(mark) is True
    process.kill()
    # Waits for its death but leaves it a zombie.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert is_alive(mark) is False
    process.communicate()
