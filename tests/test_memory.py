from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from astromask_gui.memory import collect_later, collect_little


class _Node:
    other: _Node


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_the_collector_waits_and_then_goes_on_past_what_there_is() -> None:
    collect_later()
    assert not gc.isenabled()
    kept = _Node()
    collect_little()
    assert gc.isenabled() and gc.get_freeze_count() > 0
    assert not any(item is kept for item in gc.get_objects())


def test_cycles_made_afterwards_are_collected() -> None:
    collect_later()
    collect_little()
    one, two = _Node(), _Node()
    one.other, two.other = two, one
    gone = weakref.ref(one)
    del one, two
    gc.collect()
    assert gone() is None


def test_what_is_there_is_passed_over_once() -> None:
    collect_later()
    collect_little()
    before = gc.get_freeze_count()
    more = [_Node() for _ in range(1000)]
    collect_little()
    assert gc.get_freeze_count() == before and len(more) == 1000
