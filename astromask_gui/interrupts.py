"""Lets Ctrl-C in a terminal, and a polite request to end, close the window properly."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from types import FrameType
from typing import cast

from PyQt6.QtCore import QObject, QSocketNotifier
from PyQt6.sip import voidptr

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Interrupts(QObject):
    """Calls `leave` on SIGINT and SIGTERM, until `end`.

    Python runs signal handlers between two of its own instructions, of which Qt's event
    loop executes none; a byte on a socket, written by the signal itself, wakes it.
    """

    def __init__(self, leave: Callable[[], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._read, self._write = socket.socketpair()
        self._read.setblocking(False)
        self._write.setblocking(False)
        signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        # Qt takes the number of the descriptor; its stubs ask for a pointer.
        descriptor = cast(voidptr, self._read.fileno())
        self._notifier = QSocketNotifier(descriptor, QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)

        def handle(number: int, frame: FrameType | None) -> None:
            leave()

        for number in _SIGNALS:
            signal.signal(number, handle)

    def end(self) -> None:
        """From now on a signal ends the process at once: files still being written, for which it
        stays, have temporary names."""
        for number in _SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        signal.set_wakeup_fd(-1)

    def _drain(self) -> None:
        # The handlers have run by the time that Python code is back in charge.
        self._read.recv(64)
