"""Whether the kernels are at hand: asked without importing numba, loaded once in a process."""

from __future__ import annotations

import threading

_lock = threading.Lock()
_loaded = threading.Event()


def kernels_are_loaded() -> bool:
    """Whether frames can be drawn by the kernels without a wait."""
    return _loaded.is_set()


def load_kernels() -> None:
    """Import numba, load or compile every kernel; half a second to some, so not at start-up.

    Returns at once when that has been done, and waits for another thread that is doing it.
    """
    with _lock:
        if not _loaded.is_set():
            from astromask_gui.raster.warm import warm_up

            warm_up()
            _loaded.set()
