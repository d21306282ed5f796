"""How every kernel of the map is compiled, and the threads that run them.

Kernels release the interpreter lock and are called from a thread pool. Numba's own
parallel loops are not used: its default threading layer aborts the process when two
threads enter parallel kernels at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

from numba import njit

from astromask_gui.thread_priority import give_way

exact_kernel = njit(nogil=True, cache=True, error_model="numpy")
"""For geometry that must agree bit for bit with the same formula elsewhere."""

drawing_kernel = njit(
    nogil=True, cache=True, error_model="numpy", fastmath={"contract", "arcp", "nsz", "reassoc"}
)
"""For pixels: reassociation is allowed, but NaN and infinities keep their meaning."""


def thread_count() -> int:
    """Threads that share one frame: the machine's cores, four at most."""
    return max(1, min(4, os.cpu_count() or 1))


@cache
def _pool() -> ThreadPoolExecutor:
    """The calling thread works too, so it has one thread less."""
    return ThreadPoolExecutor(max(1, thread_count() - 1), "map-kernels", give_way)


Runner = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], list[Any]]
"""`run_parallel` or `run_in_turn`."""


def run_in_turn(function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> list[Any]:
    """What `run_parallel` does, in the caller's thread alone: for work that nobody waits for."""
    return [function(*arguments) for arguments in calls]


def run_parallel(function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Results of `function(*arguments)` for every tuple in `calls`, in their order.

    The calling thread takes part, and does all of it while the others are busy elsewhere.
    """
    waiting = list(calls)
    results: list[Any] = [None] * len(waiting)
    numbers = iter(range(len(waiting)))  # the interpreter lock makes `next` of it atomic

    def work() -> None:
        for number in numbers:
            results[number] = function(*waiting[number])

    helpers = _submit(work, min(len(waiting), thread_count()) - 1)
    work()
    for helper in helpers:
        if not helper.cancel():
            helper.result()
    return results


def _submit(work: Callable[[], None], times: int) -> list[Future[None]]:
    try:
        return [_pool().submit(work) for _ in range(times)]
    except RuntimeError:
        # The program is ending, and no thread is begun any more.
        return []


def chunks(count: int, parts: int | None = None) -> list[tuple[int, int]]:
    """Cut range(count) into about equal (first, last) pieces, one a thread by default."""
    parts = max(1, min(parts or thread_count(), count))
    edges = [count * part // parts for part in range(parts + 1)]
    return list(pairwise(edges))
