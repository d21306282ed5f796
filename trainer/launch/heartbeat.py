"""A sign of life in a run folder, for those who can't see its processes."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

from trainer.atomic import write_text
from trainer.workspace.process import mark_process
from trainer.workspace.runs import HEARTBEAT_FILE, PROCESS_FILE

INTERVAL = 5.0
"""Seconds between two beats."""


@contextlib.contextmanager
def heartbeat(folder: Path) -> Iterator[None]:
    """Mark this process as the run's and touch the run's heartbeat file until the end."""
    write_text(folder / PROCESS_FILE, mark_process().model_dump_json())
    stop = threading.Event()

    def beat() -> None:
        while True:
            # A full or vanished disk is the job's to report; the next beat may succeed.
            with contextlib.suppress(OSError):
                (folder / HEARTBEAT_FILE).touch()
            if stop.wait(INTERVAL):
                return

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
