"""Opening a workspace of a million galaxies: from the command to a map to work with, and memory."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from pathlib import Path

from benchmarks.results import Result
from benchmarks.startup import starts

_RUNS = 5
_SMALL = 20_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How many galaxies, and how often."""
    parser.add_argument("--n", type=int, default=1_000_000, help="Galaxies (1,000,000).")
    parser.add_argument("--runs", type=int, default=_RUNS, help=f"Starts to measure ({_RUNS}).")


def run(args: argparse.Namespace) -> list[Result]:
    """Write a survey, open it once to warm the disk, then as often as asked; medians."""
    from benchmarks.open_survey import write_open_survey

    count = _SMALL if args.small else args.n
    with tempfile.TemporaryDirectory(prefix="astromask-open-") as home:
        folder = write_open_survey(Path(home), count)
        command = ["benchmarks.open_child", os.fspath(folder)]
        found = starts(command, home, 1 if args.small else args.runs, warm=not args.small)

    def median(name: str) -> float:
        return statistics.median(float(one[name]) for one in found)

    return [
        Result("galaxies", count, ""),
        Result("command to first paint", median("first_paint"), "s"),
        Result.at_most("command to a map that pans, zooms and picks", median("points"), "s", 2.0),
        Result("command to frames that show every point", median("exact"), "s"),
        Result("command to frames drawn by the index", median("settled"), "s"),
        Result.at_most("memory of the window's process, resident", median("rss"), "MiB", 570),
        Result("its largest on the way", median("peak"), "MiB"),
    ]
