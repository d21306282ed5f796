"""A job in this process, for the command line: the same run folder, progress on the screen."""

from __future__ import annotations

import contextlib
import signal
import sys
import time
from collections.abc import Iterator
from types import FrameType
from typing import TextIO

from trainer.config import JobConfig
from trainer.events import (
    Cancelled,
    CheckpointSaved,
    Event,
    Failed,
    Finished,
    Metric,
    Progress,
    Stage,
    Warned,
)
from trainer.launch.context import JobContext
from trainer.launch.execute import execute
from trainer.launch.heartbeat import heartbeat
from trainer.workspace.runs import RunFolder, create_run

_EXIT_OF_EVENT: dict[type, int] = {Finished: 0, Cancelled: 130, Failed: 2}


def run(config: JobConfig) -> int:
    """Run the job here and now; returns the command's exit code: 0, 2 failed, 130 cancelled.

    Ctrl-C asks the job to stop tidily; a second one stops it at once. Progress goes to
    the standard error, the result's sentence to the standard output. Raises
    `WorkspaceError` where no run folder can be made.
    """
    folder = create_run(config.workspace, config)
    printer = EventPrinter(sys.stderr)
    with heartbeat(folder.path), _ctrl_c_cancels(folder):
        last = execute(config, JobContext(folder.path, printer.show))
    printer.end_line()
    if isinstance(last, Failed):
        print(f"astromask: {last.message}", file=sys.stderr)
    elif isinstance(last, Cancelled):
        print(f"Cancelled. {last.message}".strip(), file=sys.stderr)
    else:
        print(last.message or "Finished.")
    return _EXIT_OF_EVENT[type(last)]


class EventPrinter:
    """Shows events as lines, and progress as one line that is overwritten."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._overwrites = stream.isatty()
        self._open_line = False
        self._last_shown = float("-inf")

    def show(self, event: Event) -> None:
        """Print what `event` says; the last event is left to the caller."""
        if isinstance(event, Progress):
            self._show_progress(event)
        elif (line := _line(event)) is not None:
            self.end_line()
            print(line, file=self._stream, flush=True)

    def end_line(self) -> None:
        """Go to a new line if progress stands on the present one."""
        if self._open_line:
            print(file=self._stream, flush=True)
            self._open_line = False

    def _show_progress(self, event: Progress) -> None:
        # A file or pipe gets a line every few seconds, not ten a second.
        now = time.monotonic()
        is_last = event.done >= event.total
        if not self._overwrites and now - self._last_shown < 5.0 and not is_last:
            return
        self._last_shown = now
        text = _progress_text(event)
        if self._overwrites:
            self._stream.write(f"\r{text:<78}")
            self._stream.flush()
            self._open_line = True
        else:
            print(text, file=self._stream, flush=True)


def _line(event: Event) -> str | None:
    if isinstance(event, Stage):
        return f"{event.name} …"
    if isinstance(event, Warned):
        return f"Warning: {event.message}"
    if isinstance(event, Metric):
        values = "  ".join(f"{name} {value:.5g}" for name, value in event.values.items())
        return f"epoch {event.epoch:g}  step {event.step}  {values}"
    if isinstance(event, CheckpointSaved):
        return f"Checkpoint {event.path}"
    return None


def _progress_text(event: Progress) -> str:
    share = 100 * event.done / event.total if event.total else 100.0
    text = f"{event.done:,} of {event.total:,} {event.unit} ({share:.0f} %)".replace("  ", " ")
    if event.seconds_left is not None:
        minutes, seconds = divmod(round(event.seconds_left), 60)
        text += f", {minutes} min {seconds:02d} s left"
    return text


@contextlib.contextmanager
def _ctrl_c_cancels(folder: RunFolder) -> Iterator[None]:
    """The first Ctrl-C (or the system's request to end) cancels, the second interrupts."""

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        folder.request_cancel()
        signal.signal(number, signal.default_int_handler)
        print("\nStopping; once more stops at once.", file=sys.stderr)

    previous = {
        number: signal.signal(number, ask_to_stop) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
