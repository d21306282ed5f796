"""How every kernel of the map is compiled, and the threads that run them.

Kernels release the interpreter lock and are called from a thread pool. Numba's own
parallel loops are not used: its default threading layer aborts the process when two
threads enter parallel kernels at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise
from typing import Any

from numba import njit

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
    return ThreadPoolExecutor(thread_count())


Runner = Callable[[Callable[..., Any], Iterable[tuple[Any, ...]]], list[Any]]
"""`run_parallel` or `run_in_turn`."""


def run_in_turn(function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> list[Any]:
    """What `run_parallel` does, in the caller's thread alone: for work that nobody waits for."""
    return [function(*arguments) for arguments in calls]


def run_parallel(function: Callable[..., Any], calls: Iterable[tuple[Any, ...]]) -> list[Any]:
    """Results of `function(*arguments)` for every tuple in `calls`, in their order."""
    waiting = [_pool().submit(function, *arguments) for arguments in calls]
    return [future.result() for future in waiting]


def chunks(count: int, parts: int | None = None) -> list[tuple[int, int]]:
    """Cut range(count) into about equal (first, last) pieces, one a thread by default."""
    parts = max(1, min(parts or thread_count(), count))
    edges = [count * part // parts for part in range(parts + 1)]
    return list(pairwise(edges))
