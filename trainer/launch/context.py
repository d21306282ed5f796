"""A job's only contact with the outside: its run folder."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from trainer.errors import JobCancelled
from trainer.events import Event, EventLog, Progress, Stage, Warned
from trainer.workspace.runs import CANCEL_FILE, EVENTS_FILE

CANCEL_NOTICED = "noticed"
"""What the job writes into its cancel file, so that its supervisor lets it tidy up."""

CHECK_INTERVAL = 0.2
"""Seconds between two looks for the cancel file; a job may ask at every step."""

Report: TypeAlias = Callable[[int, int], None]
"""`report(done, total)`, to be called often; what it raises ends the work."""


class JobContext:
    """Where a job writes its events and learns that it shall stop.

    `listener`, if given, hears every event too (a run in the foreground prints them).
    """

    def __init__(self, folder: Path, listener: Callable[[Event], None] | None = None) -> None:
        self.folder = folder
        self._log = EventLog(folder / EVENTS_FILE)
        self._listener = listener
        self._last_check = float("-inf")

    def emit(self, event: Event) -> None:
        """Append `event` to the run's log; progress is thinned to ten a second."""
        if self._log.append(event) and self._listener is not None:
            self._listener(event)

    def warn(self, message: str) -> None:
        """Emit `message` as a warning."""
        self.emit(Warned(message=message))

    def stage(self, name: str, unit: str) -> Report:
        """Begin a stage; returns what reports its progress and looks for a request to stop."""
        self.emit(Stage(name=name))
        began = time.monotonic()

        def report(done: int, total: int) -> None:
            self.raise_if_cancelled()
            left = (time.monotonic() - began) * (total - done) / done if done else None
            self.emit(Progress(done=done, total=total, unit=unit, seconds_left=left))

        return report

    def raise_if_cancelled(self) -> None:
        """Raise `JobCancelled` once the run's `cancel` file has appeared."""
        now = time.monotonic()
        if now - self._last_check < CHECK_INTERVAL:
            return
        self._last_check = now
        cancel = self.folder / CANCEL_FILE
        if cancel.exists():
            # On a full disk, too, a job can be stopped.
            with contextlib.suppress(OSError):
                cancel.write_text(CANCEL_NOTICED)
            raise JobCancelled
