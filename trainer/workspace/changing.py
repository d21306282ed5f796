"""One writer at a time of a workspace's catalogue and settings, which belong together."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from trainer.errors import WorkspaceError
from trainer.lock import FileLock

LOCK_NAME = "writer.lock"
PATIENCE = 20.0
"""Seconds that another writer is waited for."""
_LOOK = 0.05


@contextlib.contextmanager
def only_writer(folder: Path) -> Iterator[None]:
    """Hold the workspace at `folder` against others that would change its catalogue.

    What was read of it before is to be read again in this block. Raises `WorkspaceError` where
    another holds it for long, or the folder can't be written.
    """
    lock = _taken(folder)
    try:
        yield
    finally:
        lock.release()


def _taken(folder: Path) -> FileLock:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            return FileLock(folder / LOCK_NAME)
        except BlockingIOError as error:
            if time.monotonic() > end:
                raise WorkspaceError(
                    f"Another program is changing the catalogue of {folder}; nothing was changed"
                    " here. Try again once it is done."
                ) from error
        time.sleep(_LOOK)
