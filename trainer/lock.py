"""One writer at a time: a lock on a file, which the system releases when its holder ends."""

from __future__ import annotations

import errno
import sys
from pathlib import Path

from trainer.atomic import disk_errors

_HELD_BY_ANOTHER = {errno.EACCES, errno.EAGAIN, errno.EDEADLK}


class FileLock:
    """Holds `path` locked until `release`, or until the process ends however it ends."""

    def __init__(self, path: Path) -> None:
        """Lock `path`, made if need be. Raises BlockingIOError where another holds it."""
        with disk_errors(path):
            self._file = path.open("a+b")
        try:
            _lock(self._file.fileno())
        except OSError as error:
            if error.errno in _HELD_BY_ANOTHER:
                self._file.close()
                raise BlockingIOError(error.errno, "held by another", str(path)) from error
            # Some network disks know no locks; then there is only the user's care.

    def release(self) -> None:
        """Let others lock it; twice does no harm."""
        self._file.close()


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
