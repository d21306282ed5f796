"""Arrays of many files, few of them mapped into memory at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import numpy as np

MOST_MAPPED = 64
"""A mapping keeps its file open, of which macOS allows a process 256, Linux mostly 1,024."""

Key = TypeVar("Key")


def few_at_a_time(map_array: Callable[[Key], np.ndarray]) -> Callable[[Key], np.ndarray]:
    """`map_array` that keeps the arrays asked for last, and lets go of the others.

    An array that is still in use stays mapped until it is not. May be called from any thread.
    """
    return lru_cache(maxsize=MOST_MAPPED)(map_array)
