"""A log of what went wrong, kept on disk so that the next start can tell of a crash."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType

from astromask_gui.services.user_folders import data_folder

KEPT = 5
"""Logs of earlier starts that are kept."""

log = logging.getLogger("astromask")


class FaultLog:
    """`faults/<time>-<process>.log`: tracebacks, and what the interpreter wrote as it died.

    A log that is empty when the program ends is removed.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_folder() / "faults"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.earlier = self._earlier()
        name = f"{time.strftime('%Y-%m-%dT%H-%M-%S', time.gmtime())}-{os.getpid()}.log"
        self.path = self.folder / name
        self._file = self.path.open("a", encoding="utf-8")
        self._handler = logging.StreamHandler(self._file)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))

    def start(self, tell: Callable[[str], None]) -> None:
        """Log faults from now on; errors that nobody foresaw are told in a sentence too."""
        faulthandler.enable(self._file)
        log.addHandler(self._handler)

        def unforeseen(
            kind: type[BaseException], error: BaseException, trace: TracebackType | None
        ) -> None:
            if issubclass(kind, KeyboardInterrupt):
                sys.__excepthook__(kind, error, trace)
                return
            log.error("An error that nobody foresaw", exc_info=(kind, error, trace))
            tell(
                f"Something unexpected went wrong ({kind.__name__}: {error}). Your work is on"
                f" disk; the details are in {self.path}."
            )

        # PyQt ends the program at an exception in a slot, unless somebody takes it.
        sys.excepthook = unforeseen
        threading.excepthook = lambda args: log.error(
            "An error in the thread %s",
            args.thread.name if args.thread else "?",
            exc_info=(args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback),
        )

    def crash_sentence(self) -> str | None:
        """What to tell of a crash since the last start; None where there was none."""
        crashed = [path for path in self.earlier if b"Fatal Python error" in path.read_bytes()]
        if not crashed:
            return None
        return (
            "AstroMASK ended unexpectedly the last time. Your grades and jobs are on disk; what"
            f" happened is in {crashed[-1]}."
        )

    def close(self) -> None:
        """Stop logging; called at a regular end."""
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
        faulthandler.disable()
        log.removeHandler(self._handler)
        self._file.close()
        if not self.path.stat().st_size:
            self.path.unlink()

    def _earlier(self) -> list[Path]:
        """Logs of programs that are no longer running, oldest first; all but a few are removed."""
        logs = sorted(path for path in self.folder.glob("*.log") if not _is_running(path))
        for old in logs[:-KEPT]:
            old.unlink(missing_ok=True)
        return logs[-KEPT:]


@contextlib.contextmanager
def fault_log(folder: Path | None = None) -> Iterator[FaultLog]:
    """A fault log that is closed at the end. """
    opened = FaultLog(folder)
    try:
        yield opened
    finally:
        opened.close()


def _is_running(path: Path) -> bool:
    number = path.stem.rpartition("-")[2]
    return number.isdecimal() and os.path.exists(f"/proc/{number}")
