"""Whether a process that wrote down who it is still lives, without psutil."""

from __future__ import annotations

import os
import socket
import subprocess
from functools import cache
from pathlib import Path

from pydantic import BaseModel

_DEAD_STATES = {"Z", "X", "x"}


class ProcessMark(BaseModel):
    """What tells a process from every other, also from a later one of the same number."""

    pid: int
    started: str | None
    """When the process began, in the system's own words; None where it can't be known."""
    host: str


def mark_process(pid: int | None = None) -> ProcessMark:
    """The mark of the process `pid`, or of this one."""
    number = os.getpid() if pid is None else pid
    found = _look_up(number)
    return ProcessMark(pid=number, started=found[0] if found else None, host=host_name())


def is_alive(mark: ProcessMark) -> bool | None:
    """True or False where this machine can tell; None for a process of another machine."""
    if mark.host != host_name() or mark.started is None:
        return None
    found = _look_up(mark.pid)
    return found is not None and found[0] == mark.started and found[1] not in _DEAD_STATES


@cache
def host_name() -> str:
    """This machine since it was switched on; in a container, this container's processes."""
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(os.readlink("/proc/self/ns/pid"))
    except OSError:
        pass  # Not Linux: the name has to do.
    return " ".join(parts)


def _look_up(pid: int) -> tuple[str, str] | None:
    """(when it started, its state) of a process; None where there is none or no way to ask."""
    if Path("/proc/self/stat").exists():
        return _from_proc(pid)
    return _from_ps(pid) if os.name == "posix" else None


def _from_proc(pid: int) -> tuple[str, str] | None:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    # The command's name, in brackets, may itself hold spaces and brackets (proc(5)).
    fields = text.rpartition(")")[2].split()
    return fields[19], fields[0]


def _from_ps(pid: int) -> tuple[str, str] | None:
    command = ["ps", "-o", "state=,lstart=", "-p", str(pid)]
    try:
        text = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return None
    state, _, started = text.partition(" ")
    return (started.strip(), state[:1]) if started else None
