"""Keeps the window's memory small, and the time small that is spent on looking after it."""

from __future__ import annotations

import ctypes
import gc
import os
import sys

# mallopt(3); the numbers are part of glibc's interface.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8
_LARGE = 512 * 1024
_ARENAS = 2


def return_freed_memory() -> None:
    """Have glibc give freed memory back; to be called before threads are started.

    Left alone it keeps a heap for each thread and, after the first large array that is
    freed, puts those of up to 32 MiB on it for good. Other C libraries are left alone.
    Arrow, which would keep a pool of its own, is told to use the same heap.
    """
    os.environ.setdefault("ARROW_DEFAULT_MEMORY_POOL", "system")
    library = _glibc()
    if library is not None:
        library.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        library.mallopt(_M_TRIM_THRESHOLD, _LARGE)
        library.mallopt(_M_ARENA_MAX, _ARENAS)


def trim() -> None:
    """Give back what is free now, as after a survey has been opened; takes milliseconds."""
    library = _glibc()
    if library is not None:
        library.malloc_trim(0)


def collect_later() -> None:
    """Have Python's collector of cycles wait for `collect_little`: while the program is built
    it would go through all of it again and again."""
    gc.disable()


def collect_little() -> None:
    """Let the collector go on, past what there is by now.

    Most of it are modules and widgets that stay; going through them keeps the window waiting
    for a tenth of a second.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def _glibc() -> ctypes.CDLL | None:
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)
    return library if hasattr(library, "malloc_trim") else None
