"""Sharing the machine's cores: one is always left to the window's own thread."""

from __future__ import annotations

import os
import sys


def spare_cores() -> int:
    """How many threads may compute in the background: all cores but one, and at least one."""
    if sys.platform == "linux":  # A container may own fewer cores than there are.
        cores = len(os.sched_getaffinity(0))
    else:
        cores = os.cpu_count() or 2
    return max(1, cores - 1)


def wait_passively() -> None:
    """Have OpenMP's threads sleep while they wait, here and in children; to be called before
    any library brings OpenMP along.

    Left alone they spin: where a job keeps the cores busy, a reconstruction of 30 ms then
    takes more than a second.
    """
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")


def hand_over_quickly() -> None:
    """Let threads take turns every millisecond, so that an answer does not wait for five."""
    sys.setswitchinterval(0.001)
