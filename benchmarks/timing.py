"""Timing two ways of doing the same on a machine that others use too."""

from __future__ import annotations

import dataclasses
import statistics
import time
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Comparison:
    """How fast ours and theirs are."""

    ours: float
    """Least wall time, s."""
    theirs: float
    ratio: float
    """Speed of ours by that of theirs: the median over pairs timed one right after the other."""


def compare(ours: Callable[[], object], theirs: Callable[[], object], rounds: int) -> Comparison:
    """Time both in turns, so that a busy spell of the machine meets both alike."""
    seconds: list[tuple[float, float]] = []
    for way in (ours, theirs):
        way()
    for number in range(rounds):
        # Who comes second may find warm caches or a hot chip.
        if number % 2:
            second, first = _seconds(theirs), _seconds(ours)
        else:
            first, second = _seconds(ours), _seconds(theirs)
        seconds.append((first, second))
    return Comparison(
        ours=min(a for a, _ in seconds),
        theirs=min(b for _, b in seconds),
        ratio=statistics.median(b / a for a, b in seconds),
    )


def _seconds(way: Callable[[], object]) -> float:
    start = time.perf_counter()
    way()
    return time.perf_counter() - start
