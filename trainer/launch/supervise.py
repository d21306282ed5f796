"""Watches over one job's process: `python -m trainer.launch.supervise RUN_FOLDER`.

It gives the job its log, beats the run's heart, writes down how the job ended, and ends
a job that does not heed its cancel file.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from trainer.atomic import write_text
from trainer.events import Cancelled, EventLog
from trainer.launch.context import CANCEL_NOTICED
from trainer.launch.heartbeat import heartbeat
from trainer.workspace.runs import CANCEL_FILE, EVENTS_FILE, EXIT_FILE, LOG_FILE, Exit, RunFolder

# -P: a file in the folder we were started from must not stand in for a library.
EXECUTE = ("-P", "-m", "trainer.launch.execute")
POLL_INTERVAL = 0.2
CANCEL_PATIENCE = 10.0
"""Seconds that a job has to notice its cancel file."""

TIDY_PATIENCE = 120.0
"""Seconds that a job has to save its work once it has noticed."""

TERMINATE_PATIENCE = 5.0
"""Seconds between asking a process to end and ending it."""


def supervise(folder: Path, command: Sequence[str] | None = None) -> Exit:
    """Run `command` (by default the job of the run folder) to its end; returns how it ended."""
    run = RunFolder(folder)
    _cancel_when_told_to_end(run)
    arguments = command or [sys.executable, *EXECUTE, str(folder)]
    with heartbeat(folder), (folder / LOG_FILE).open("ab") as log:
        # The job reads nothing from the pipe: that it closes tells it we have gone.
        with subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
            # What the job starts itself (workers that load data) is ended with it.
            process_group=0 if os.name == "posix" else None,
        ) as process:
            patience = _wait(process, folder)
        # The file first: until then a watcher would take the run for a crash.
        if patience is not None and not run.state().is_over:
            _append_cancelled(folder, patience)
        exit_ = _exit_of(process.returncode)
        write_text(folder / EXIT_FILE, exit_.model_dump_json())
    return exit_


def _wait(process: subprocess.Popen[bytes], folder: Path) -> float | None:
    """Wait for the job; the seconds that it had where it did not heed a cancel and was ended."""
    asked: float | None = None
    while process.poll() is None:
        text = _read_cancel(folder)
        if text is not None:
            asked = asked or time.monotonic()
            patience = TIDY_PATIENCE if text == CANCEL_NOTICED else CANCEL_PATIENCE
            if time.monotonic() - asked > patience:
                _end(process)
                return patience
        # Returns at once when the job ends; a plain sleep would not.
        _wait_at_most(process, POLL_INTERVAL)
    return None


def _wait_at_most(process: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait at most `seconds` for the process; True where it has ended."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(process: subprocess.Popen[bytes]) -> None:
    _signal(process, "SIGTERM")
    if not _wait_at_most(process, TERMINATE_PATIENCE):
        _signal(process, "SIGKILL")
        process.wait()


def _signal(process: subprocess.Popen[bytes], name: str) -> None:
    if os.name == "posix":
        # The job may end between our look and this.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.Signals[name])
    else:
        process.terminate()


def _read_cancel(folder: Path) -> str | None:
    try:
        return (folder / CANCEL_FILE).read_text()
    except FileNotFoundError:
        return None


def _append_cancelled(folder: Path, patience: float) -> None:
    path = folder / EVENTS_FILE
    # The job may have been ended in the middle of a line.
    if path.exists() and not path.read_bytes().endswith(b"\n"):
        with path.open("ab") as file:
            file.write(b"\n")
    message = f"The job did not stop by itself within {patience:.0f} s and was ended."
    EventLog(path).append(Cancelled(message=message))


def _exit_of(returncode: int) -> Exit:
    if returncode < 0:
        return Exit(signal=_signal_name(-returncode), ended=time.time())
    return Exit(code=returncode, ended=time.time())


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def _cancel_when_told_to_end(run: RunFolder) -> None:
    """When the system shuts down, the job gets the chance to save its work."""

    def cancel(number: int, frame: FrameType | None) -> None:
        run.request_cancel()

    signal.signal(signal.SIGTERM, cancel)


def main(folder: Path) -> int:
    """Supervise the run in `folder` at low priority; returns 0 once its end is written down."""
    if hasattr(os, "nice"):
        os.nice(10)
    supervise(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
