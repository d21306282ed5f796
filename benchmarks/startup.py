"""Starting the window on the demo, warm: first paint, everything loaded, memory."""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks.results import Result
from trainer.errors import AstroMaskError

_RUNS = 5
_PATIENCE = 180.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How often to start."""
    parser.add_argument("--runs", type=int, default=_RUNS, help=f"Starts to measure ({_RUNS}).")


def run(args: argparse.Namespace) -> list[Result]:
    """Start the window once to warm the disk, then as often as asked; medians.

    On the screen if there is one, else offscreen; in folders of its own, so that the user's
    preferences and copy of the demo stay as they are.
    """
    with tempfile.TemporaryDirectory(prefix="astromask-startup-") as home:
        command = ["benchmarks.startup_child"]
        found = starts(command, home, 1 if args.small else args.runs, warm=not args.small)

    def median(name: str) -> float:
        return statistics.median(float(one[name]) for one in found)

    torch = max(float(one["torch"]) for one in found)
    return [
        Result.at_most("command to first paint", median("first_paint"), "s", 1.5),
        Result("command to map, cutout and neighbours", median("neighbours"), "s"),
        Result("command to reconstruction", median("reconstruction"), "s"),
        Result.at_most("memory of the window's process, resident", median("rss"), "MiB", 350),
        Result("its largest on the way", median("peak"), "MiB"),
        Result.at_most("torch imported in the window's process", torch, "", 0),
    ]


def starts(module: list[str], home: str, count: int, *, warm: bool) -> list[dict[str, float]]:
    """What `count` starts of the window measured, with `warm` after one that does not count."""
    if warm:
        start_and_measure(module, home)
    return [start_and_measure(module, home) for _ in range(count)]


def start_and_measure(module: list[str], home: str) -> dict[str, float]:
    """One start of the window by a module with its arguments; what it measured of itself.

    `home` takes the place of the user's folders. The module is given the present time too.
    """
    environment = {**os.environ, "XDG_DATA_HOME": home, "XDG_CONFIG_HOME": home, "HOME": home}
    if not environment.get("DISPLAY") and not environment.get("WAYLAND_DISPLAY"):
        environment.setdefault("QT_QPA_PLATFORM", "offscreen")
    command = [sys.executable, "-m", *module, repr(time.time())]
    done = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    if done.returncode:
        raise AstroMaskError(f"The window did not start: {done.stderr.strip()[-500:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured
