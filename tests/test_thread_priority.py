from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from astromask_gui.thread_priority import give_way

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority there")


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
