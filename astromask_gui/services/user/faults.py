"""A log of what went wrong, kept on disk so that the next start can tell of a crash."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.services.user.folders import data_folder

KEPT = 5
"""Logs of earlier crashes that are kept."""
FATAL = b"Fatal Python error"

log = logging.getLogger("astromask")


class _Teller(QObject):
    """Has a sentence told on the thread that made this, from whichever it comes."""

    told = pyqtSignal(str)


class FaultLog:
    """`faults/<time>-<process>.log`: tracebacks, and what the interpreter wrote as it died.

    One that is empty in the end is removed; one that tells of a crash becomes a `.txt` when
    the next start has told of it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_folder() / "faults"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.crashes = self._tidy()
        name = f"{time.strftime('%Y-%m-%dT%H-%M-%S', time.gmtime())}-{os.getpid()}.log"
        self.path = self.folder / name
        self._file = self.path.open("a", encoding="utf-8")
        self._teller = _Teller()
        self._handler = logging.StreamHandler(self._file)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))

    def start(self, tell: Callable[[str], None]) -> None:
        """Log faults from now on; errors that nobody foresaw are told in a sentence too.

        `tell` is called on this thread, wherever the error was.
        """
        faulthandler.enable(self._file)
        log.addHandler(self._handler)
        self._teller.told.connect(tell)
        # PyQt ends the program at an exception in a slot, unless somebody takes it.
        sys.excepthook = self._take
        threading.excepthook = lambda args: self._take(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )

    def _take(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        where = threading.current_thread().name
        log.error("An error in %s that nobody foresaw", where, exc_info=(kind, error, trace))
        self._teller.told.emit(
            f"Something unexpected went wrong ({kind.__name__}: {error}). Your work is on"
            f" disk; the details are in {self.path}."
        )

    def crash_sentence(self) -> str | None:
        """What to tell of a crash since the last start; None where there was none."""
        if not self.crashes:
            return None
        return (
            "AstroMASK ended unexpectedly the last time. Your grades and jobs are on disk; what"
            f" happened is in {self.crashes[-1]}."
        )

    def close(self) -> None:
        """Stop logging; called at a regular end."""
        sys.excepthook, threading.excepthook = sys.__excepthook__, threading.__excepthook__
        faulthandler.disable()
        log.removeHandler(self._handler)
        self._file.close()
        if not self.path.stat().st_size:
            self.path.unlink()

    def _tidy(self) -> list[Path]:
        """The crashes that nobody has been told of; empty and old logs are removed."""
        crashes = []
        for path in sorted(self.folder.glob("*.log")):
            # On Windows a log that another window still writes can't be moved.
            with contextlib.suppress(OSError):
                if _is_running(path):
                    continue
                text = path.read_bytes()
                if not text:
                    path.unlink()
                    continue
                told = path.replace(path.with_suffix(".txt"))
                if FATAL in text:
                    crashes.append(told)
        for old in sorted(self.folder.glob("*.txt"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return crashes


def _is_running(path: Path) -> bool:
    number = path.stem.rpartition("-")[2]
    if os.name != "posix" or not number.isdecimal():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # It runs, for somebody else.
    return True
