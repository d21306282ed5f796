from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from trainer.config import ProjectConfig
from trainer.workspace.runs import RunFolder, create_run

SCRIPT = Path(__file__).with_name("scripted_job.py")


@pytest.fixture
def workspace_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "survey"
    folder.mkdir()
    (folder / "workspace.toml").write_text("")
    return folder


@pytest.fixture
def run(workspace_folder: Path) -> RunFolder:
    return create_run(workspace_folder, ProjectConfig(workspace=workspace_folder))


@pytest.fixture
def restored_signals() -> Iterator[None]:
    import signal

    numbers = (signal.SIGTERM, signal.SIGINT)
    previous = [signal.getsignal(number) for number in numbers]
    # Whoever starts the tests in the background of a shell leaves Ctrl-C ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    for number, handler in zip(numbers, previous, strict=True):
        signal.signal(number, handler)


def job_command(behaviour: str, run: RunFolder) -> list[str]:
    return [sys.executable, str(SCRIPT), behaviour, str(run.path)]


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.01)
