"""The window's own thread goes first: work in the background gives way to it."""

from __future__ import annotations

import os
import sys
import threading

_NICENESS = 5
"""Behind the window, ahead of jobs, which are at 10."""


def give_way() -> None:
    """Lower the priority of the thread that calls, for good; never of the main one.

    On Linux alone, where threads have priorities of their own. Processes started from the
    thread inherit its priority.
    """
    if sys.platform == "linux" and threading.current_thread() is not threading.main_thread():
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
