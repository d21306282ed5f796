"""Large pictures rendered off the window's thread, small ones at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QImage

from astromask_gui.parts.picture_view import to_image

LARGE = 512 * 512
"""Pixels from which on a picture would keep the window waiting."""
Work = Callable[[], NDArray[np.uint8]]
Done = Callable[[QImage], None]


class RenderingThread(QObject):
    """Renders what is asked for under a key; newer work of the same key takes its place.

    The thread ends when nothing is left to do, so that there is nothing to close.
    """

    _ready = pyqtSignal(object, int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Hashable, tuple[int, Work]] = OrderedDict()
        self._newest: dict[Hashable, tuple[int, Done]] = {}
        self._count = 0
        self._running = False
        self._ready.connect(self._deliver)

    def render(self, key: Hashable, pixels: int, work: Work, done: Done) -> None:
        """Call `done` with the image that `work` makes of so many pixels: now, or later."""
        self._count += 1
        self._newest[key] = self._count, done
        if pixels <= LARGE:
            with self._lock:
                self._waiting.pop(key, None)
            done(to_image(work()))
            return
        with self._lock:
            self._waiting[key] = self._count, work
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._work, name="pictures", daemon=True).start()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._running = False
                    return
                key, (number, work) = self._waiting.popitem(last=False)
            try:
                self._ready.emit(key, number, to_image(work()))
            except BaseException as error:
                with self._lock:
                    self._running = False
                if isinstance(error, RuntimeError):  # The window has been closed meanwhile.
                    return
                raise

    def _deliver(self, key: Hashable, number: int, image: QImage) -> None:
        newest, done = self._newest[key]
        if number == newest:
            done(image)
