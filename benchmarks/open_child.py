"""The process that `open` measures: the program with a workspace, noting when and how much."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PyQt6.QtCore import QTimer

from astromask_gui.leaving import leave
from benchmarks.startup_child import resident

_REST_MS = 1000
"""Until memory is looked at: by then nothing that opening set off is on its way."""


def main(folder: Path, started: float) -> int:
    """Open the workspace, wait until the map is as it stays, print the notes as JSON, close."""
    from astromask_gui.app import start
    from astromask_gui.arguments import Arguments

    program = start(Arguments(path=folder))
    frames = program.window.map.frames
    notes: dict[str, float] = {}

    def note(name: str) -> None:
        notes.setdefault(name, time.time() - started)

    def look() -> None:
        if program.window.map.raster.frame is None:
            return
        note("points")
        # Known by name: importing it would load the kernels, which is to be timed.
        if type(frames.points).__name__ == "MapEngine":
            note("exact")
        if frames.sorted and "settled" not in notes:
            note("settled")
            QTimer.singleShot(_REST_MS, finish)

    def finish() -> None:
        notes.update(rss=resident("VmRSS"), peak=resident("VmHWM"))
        program.application.quit()

    # Frames come when something changes; the index does not say when it is there.
    watch = QTimer()
    watch.setInterval(5)
    watch.timeout.connect(look)
    watch.start()
    code = program.run(lambda: note("first_paint"))
    print(json.dumps(notes))
    return code


if __name__ == "__main__":
    leave(main(Path(sys.argv[1]), float(sys.argv[2])))
