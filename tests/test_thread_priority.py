from __future__ import annotations

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from astromask_gui.thread_priority import give_way, have_give_way

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority there"),
    pytest.mark.skipif(
        sys.platform == "linux" and os.nice(0) > 14, reason="there is no room behind these tests"
    ),
]


def _niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_a_background_thread_stands_behind_the_main_one() -> None:
    before = _niceness()
    with ThreadPoolExecutor(1, initializer=give_way) as pool:
        assert pool.submit(_niceness).result() > before
    assert _niceness() == before


def test_the_main_thread_never_gives_way() -> None:
    before = _niceness()
    give_way()
    assert _niceness() == before


def test_a_child_and_the_threads_it_starts_stand_behind() -> None:
    words = "import os, threading; input(); " + (
        "print(os.getpriority(os.PRIO_PROCESS, 0));"
        "threading.Thread(target=lambda: print(os.getpriority(os.PRIO_PROCESS, 0))).start()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        have_give_way(child.pid)
        said, _ = child.communicate("go\n")
    assert [int(line) for line in said.split()] == [_niceness() + 5] * 2


def test_a_child_that_has_ended_is_left_alone() -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as child:
        child.wait()
    have_give_way(child.pid)
