"""What every test of the window keeps to: nothing is left over, and no widget reads a file."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.leaks import Leftovers
from tests.read_guard import ReadGuard

# Before Qt is imported anywhere: a screen is never needed.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Before PyTorch is, and for all children: what the tests compute is tiny, and on a busy machine
# threads that wait for each other at every step take twenty times as long as one alone.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The same examples every time, and no test fails because the machine is busy.
settings.register_profile("suite", deadline=None, derandomize=True)
settings.load_profile("suite")

_guard = ReadGuard()


def pytest_collection_finish() -> None:
    """What has been imported stays for good: collecting need not look at it again and again."""
    gc.collect()
    gc.freeze()


def _uses_qt(request: pytest.FixtureRequest) -> bool:
    return "qapp" in request.fixturenames


@pytest.fixture(autouse=True)
def nothing_is_left_over(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails where a test of the window leaves widgets, threads or child processes behind."""
    if not _uses_qt(request):
        yield
        return
    before = Leftovers.now()
    yield
    leftovers = Leftovers.after(before)
    # Objects of Qt in reference cycles are collected here and now: a later test's thread that
    # happens to collect them would crash in PyQt, which lets go of their slots without a lock.
    gc.collect()
    if leftovers:
        pytest.fail("\n\n".join(leftovers), pytrace=False)


@pytest.fixture(autouse=True)
def no_widget_reads_a_file(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fails where code of a panel, a window, the state or the rendering opens a file from the
    window's thread. With the fixture `window_reads_nothing`, where any code of the window's
    process does, services included."""
    if not _uses_qt(request):
        yield
        return
    with _guard.watching() as seen:
        yield
    if seen:
        pytest.fail("\n\n".join(seen), pytrace=False)


@pytest.fixture
def window_reads_nothing() -> Iterator[None]:
    """From here to the test's end no service may read a file from the window's thread either."""
    with _guard.strict():
        yield
