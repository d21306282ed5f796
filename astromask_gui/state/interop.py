"""Other programs that are reached by SAMP, and what they are to be sent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

Status = Literal["off", "connecting", "on"]


@dataclass(frozen=True)
class Program:
    """One program at the hub."""

    identity: str
    """Its public id at the hub."""
    name: str
    takes: frozenset[str] = frozenset()
    """MTypes that it subscribes to, perhaps with wildcards."""


@dataclass(frozen=True, eq=False)
class SendTable:
    """Galaxies as a table: rows and the columns wanted of them."""

    rows: NDArray[np.uint32]
    columns: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class SendSelection:
    """Which galaxies are selected, told by their rows in the table sent last."""

    rows: NDArray[np.uint32]


@dataclass(frozen=True)
class SendCutout:
    """One galaxy's cutout as a FITS image."""

    row: int


@dataclass(frozen=True)
class SendPosition:
    """Where one galaxy is."""

    row: int


Sending = SendTable | SendSelection | SendCutout | SendPosition


class Interop(QObject):
    """Whether a hub is connected, who else is there; sending is an intent."""

    changed = pyqtSignal()
    connect_requested = pyqtSignal()
    disconnect_requested = pyqtSignal()
    send_requested = pyqtSignal(object)
    """A `Sending`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._status: Status = "off"
        self._programs: tuple[Program, ...] = ()
        self._recipient: str | None = None
        self._is_linked = True

    @property
    def status(self) -> Status:
        """Whether a hub is connected."""
        return self._status

    @property
    def programs(self) -> tuple[Program, ...]:
        """The other programs at the hub, by name."""
        return self._programs

    @property
    def recipient(self) -> str | None:
        """Identity of the program that is sent to; None: all of them."""
        return self._recipient

    @property
    def is_linked(self) -> bool:
        """Whether what is active here is highlighted there, and the other way round."""
        return self._is_linked

    def toggle(self) -> None:
        """Connect, or end the connection."""
        if self._status == "off":
            self.connect_requested.emit()
        else:
            self.disconnect_requested.emit()

    def send(self, sending: Sending) -> None:
        """Ask for something to be sent to the recipient."""
        self.send_requested.emit(sending)

    def set_status(self, status: Status, programs: Iterable[Program] = ()) -> None:
        """Say how the connection is, and who else is there."""
        programs = tuple(sorted(programs, key=lambda program: program.name.casefold()))
        if (status, programs) == (self._status, self._programs):
            return
        self._status, self._programs = status, programs
        if self._recipient not in {program.identity for program in programs}:
            self._recipient = None
        self.changed.emit()

    def set_recipient(self, identity: str | None) -> None:
        """Choose who is sent to."""
        if identity != self._recipient:
            self._recipient = identity
            self.changed.emit()

    def set_linked(self, on: bool) -> None:
        """Choose whether the active galaxy is the same here and there."""
        if on != self._is_linked:
            self._is_linked = on
            self.changed.emit()
