"""The window's own thread goes first: work in the background gives way to it."""

from __future__ import annotations

import contextlib
import os
import sys
import threading

_BEHIND = 5
"""Steps of niceness behind the window; jobs are 10 behind."""


def give_way() -> None:
    """Lower the priority of the thread that calls, for good; never of the main one.

    For threads that compute without the interpreter's lock: one that holds it, and is put off by
    whatever else computes, keeps the window waiting.
    On Linux alone, where threads have priorities of their own. Processes started from the
    thread inherit its priority.
    """
    if sys.platform == "linux" and threading.current_thread() is not threading.main_thread():
        _put_behind(threading.get_native_id())


def have_give_way(pid: int) -> None:
    """Lower the priority of a process of ours that has just been started, for good.

    On Linux alone: there it is that of its first thread, which the others inherit.
    """
    if sys.platform == "linux":
        with contextlib.suppress(ProcessLookupError):  # It may have ended already.
            _put_behind(pid)


def _put_behind(thread: int) -> None:
    # Counted from the window's own, which may have been started behind others: nobody but
    # root may then go ahead of it.
    own = os.getpriority(os.PRIO_PROCESS, os.getpid())
    os.setpriority(os.PRIO_PROCESS, thread, own + _BEHIND)
