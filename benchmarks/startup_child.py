"""The process that `startup` measures: the program itself, with notes of when and how much."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from astromask_gui.leaving import leave


def main(started: float) -> int:
    """Open the demo, wait until all is loaded, print the notes as JSON, close."""
    from astromask_gui.app import start
    from astromask_gui.arguments import Arguments

    program = start(Arguments(demo=True))
    state = program.state
    notes: dict[str, float] = {}

    def note(name: str) -> None:
        notes.setdefault(name, time.time() - started)

    def look() -> None:
        map_is_there = program.window.map.raster.frame is not None
        if map_is_there and state.cutout.cutout is not None and state.neighbours.results:
            note("neighbours")
        if "neighbours" in notes and state.reconstruction.result is not None:
            note("reconstruction")
            finish()

    def finish() -> None:
        notes.update(rss=resident("VmRSS"), peak=resident("VmHWM"))
        notes["torch"] = float("torch" in sys.modules)
        program.application.quit()

    for signal in (
        state.cutout.changed,
        state.neighbours.changed,
        state.reconstruction.changed,
        program.window.map.frames.arrived,
    ):
        signal.connect(look)
    code = program.run(lambda: note("first_paint"))
    print(json.dumps(notes))
    return code


def resident(name: str) -> float:
    """A line of Linux's /proc/self/status in MiB: VmRSS, or VmHWM for the largest ever."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


if __name__ == "__main__":
    leave(main(float(sys.argv[1])))
