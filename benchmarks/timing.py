"""Timing two ways of doing the same on a machine that others use too."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping


def best_seconds(ways: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Least wall time of each way, s. They take turns, so that a busy spell meets all alike."""
    for way in ways.values():
        way()
    best = dict.fromkeys(ways, float("inf"))
    for _ in range(rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            best[name] = min(best[name], time.perf_counter() - start)
    return best
