"""A child process that answers requests, one at a time, over the frames of `trainer.wire`."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Sequence
from typing import Any, BinaryIO, cast

import numpy as np

from trainer.wire import WireError, read_message, write_message

Answer = tuple[dict[str, Any], dict[str, np.ndarray]]
KEPT_LINES = 5
HANGUP_PATIENCE = 1.0
"""Seconds that a child which has closed its pipes may take to end."""


class ChildDied(Exception):
    """The child ended before it answered; the message says how, in a sentence's second half."""


class ChildProcess:
    """One life of `python -m MODULE`: started on creation, ended by `kill` or by itself.

    It leads a process group of its own, so that Ctrl-C in a terminal doesn't reach it and
    whatever it starts ends with it. What it prints on standard error is passed on, and the
    last lines are kept.
    """

    def __init__(self, arguments: Sequence[str], threads: int | None = None) -> None:
        """Start `python ARGUMENTS`, which may use so many threads for its arithmetic."""
        # -P: a file in the folder we happen to be in must not stand in for a module.
        self._process = subprocess.Popen(
            [sys.executable, "-P", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=_environment(threads),
            **_own_group(),
        )
        self._input = cast(BinaryIO, self._process.stdin)
        self._output = cast(BinaryIO, self._process.stdout)
        self._last_lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._listener = threading.Thread(
            target=self._listen, name=f"stderr of {self._process.pid}", daemon=True
        )
        self._listener.start()

    @property
    def pid(self) -> int:
        """Process number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """True until the child has ended."""
        return self._process.poll() is None

    def ask(self, header: dict[str, Any], arrays: dict[str, np.ndarray]) -> Answer:
        """Send a request and wait for its answer. Raises `ChildDied`."""
        problem: Exception | None = None
        try:
            write_message(self._input, header, arrays)
            answer = read_message(self._output)
            if answer is not None:
                return answer
        except (OSError, ValueError, WireError) as error:
            # ValueError: a pipe that has been closed. The child's own end says more, if it ended.
            problem = error
        if self._ends_within(HANGUP_PATIENCE):
            raise ChildDied(self._outcome()) from problem
        self.kill()
        raise ChildDied(f"sent what is no answer ({problem or 'nothing'})") from problem

    def kill(self) -> None:
        """End the child and its process group at once; it has nothing to save."""
        if self.alive:
            self._kill_group()
        self._process.wait()

    def wait(self) -> str:
        """Wait until the child has ended; how it did, as the second half of a sentence."""
        self._process.wait()
        return self._outcome()

    def _ends_within(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def _outcome(self) -> str:
        code = self._process.returncode
        if code < 0:
            known = {number.value: number.name for number in signal.Signals}
            name = known.get(-code, f"signal {-code}")
            hint = "; memory may have run out" if name == "SIGKILL" else ""
            return f"was killed ({name}{hint})"
        self._listener.join(HANGUP_PATIENCE)
        lines = " / ".join(self._last_lines)
        return f"ended with code {code}" + (f": {lines}" if lines else "")

    def _kill_group(self) -> None:
        if os.name != "posix":
            self._process.kill()
            return
        # It may just have ended by itself.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def _listen(self) -> None:
        for line in cast(BinaryIO, self._process.stderr):
            text = line.decode(errors="replace").rstrip()
            if text:
                self._last_lines.append(text)
                print(text, file=sys.stderr)


def _environment(threads: int | None) -> dict[str, str]:
    number = {} if threads is None else {"OMP_NUM_THREADS": str(threads)}
    return {**number, **os.environ}


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        flags = subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP
        return {"creationflags": flags}
    return {"start_new_session": True}
