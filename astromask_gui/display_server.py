"""Whether there is a screen to draw on, before Qt ends the program for want of one."""

from __future__ import annotations

import os
import re
import socket
import sys
from collections.abc import Mapping

_X_PORT = 6000
PATIENCE = 3.0
"""Seconds that a display on another machine may take to answer."""


def why_no_window(environment: Mapping[str, str] = os.environ) -> str | None:
    """Why no window can be opened here, and how to get a picture; None where one can."""
    if sys.platform != "linux" or environment.get("QT_QPA_PLATFORM"):
        return None
    if environment.get("WAYLAND_DISPLAY"):
        return None
    display = environment.get("DISPLAY", "")
    if display and _answers(display):
        return None
    found = f"the display {display} does not answer" if display else "this machine has no display"
    return (
        f"The window can't be opened: {found}. For a picture of it, run"
        " `astromask-gui --demo --screenshot demo.png`."
    )


def _answers(display: str) -> bool:
    """Whether an X server listens at "host:number.screen"."""
    parts = re.fullmatch(r"(?:unix)?(?P<host>[^:]*):(?P<number>\d+)(?:\.\d+)?", display)
    if parts is None:
        return True  # Something that only Xlib understands; let it try.
    number = int(parts["number"])
    if parts["host"]:
        return _connects(socket.AF_INET, (parts["host"], _X_PORT + number))
    path = f"/tmp/.X11-unix/X{number}"
    return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, "\0" + path)


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    if family == socket.AF_INET and isinstance(address, tuple):
        try:
            socket.create_connection(address, PATIENCE).close()
        except OSError:
            return False
        return True
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.settimeout(PATIENCE)
        return probe.connect_ex(address) == 0
