"""Runs of the whole program in a process of its own, driven by mouse and keyboard events.

`python -m tests.end_to_end.stories NAME WORKSPACE [WORDS…]` prints what it found as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QPoint, Qt, QTimer
from PyQt6.QtTest import QTest

from astromask_gui.app import start
from astromask_gui.arguments import Arguments
from astromask_gui.leaving import leave
from astromask_gui.state.neighbours import Query

PATIENCE = 120.0
Found = dict[str, Any]


class Story:
    """The program with a workspace open, and hands to use it."""

    def __init__(self, workspace: Path) -> None:
        self.program = start(Arguments(path=workspace, size=(1440, 900)))
        self.state, self.window = self.program.state, self.program.window
        self.services = self.program.services

    def tell(self, body: Callable[[Story], Found]) -> Found:
        """Run the program with `body`, then close the window as a user does."""
        found: Found = {}

        def act() -> None:
            try:
                self.wait(lambda: self.state.session.workspace is not None)
                found.update(body(self))
            except Exception as error:
                found["error"] = f"{type(error).__name__}: {error}"
            found["messages"] = [message.text for message in self.state.messages.history]
            found["children"] = [self.services.reader.pid, self.services.model.pid]
            found["heavy"] = sorted({"torch", "umap", "faiss"} & set(sys.modules))
            self.window.close()

        QTimer.singleShot(0, act)
        found["code"] = self.program.run()
        return found

    def wait(self, condition: Callable[[], bool]) -> None:
        """Let the program go on until the condition holds."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            QTest.qWait(5)
            if time.monotonic() > deadline:
                raise TimeoutError("the program did not get there")

    def click(self, row: int) -> None:
        """Click on a galaxy's point and wait until it is shown."""
        coordinates = self.state.view.coordinates
        viewport = self.window.map.canvas.viewport()
        assert coordinates is not None and viewport is not None
        x, y = self.window.map.canvas.mapping().to_pixels(coordinates[row : row + 1])[0]
        place = QPoint(round(x), round(y))
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        self.wait(lambda: self.shown() == row)

    def shown(self) -> int | None:
        """The row in the viewer."""
        cutout = self.state.cutout.cutout
        return cutout.row if cutout is not None and self.state.cutout.loading is None else None


def click_and_grade(story: Story) -> Found:
    """Click, see the neighbours, press A; then lose the reader and click again."""
    state = story.state
    story.wait(lambda: state.view.coordinates is not None)
    story.wait(lambda: story.window.map.frames.points is not None)
    story.click(20)
    story.wait(lambda: state.neighbours.results is not None)
    assert state.neighbours.results is not None
    nearest = [int(row) for row in state.neighbours.results.rows[:4]]
    QTest.keyClick(story.window.map.canvas, Qt.Key.Key_A)
    story.wait(lambda: state.labels.grade_of(20) == "A")
    assert story.services.reader.pid is not None
    os.kill(story.services.reader.pid, signal.SIGKILL)
    story.click(30)
    QTest.keyClick(story.window.map.canvas, Qt.Key.Key_X)
    story.wait(lambda: state.labels.grade_of(30) == "X")
    return {"nearest": nearest}


def leave_at_once(story: Story) -> Found:
    """Close the window while all that opening sets off is still going on."""
    return {}


def leave_in_a_job(story: Story) -> Found:
    """Start a projection and close the window at once."""
    story.state.jobs.start({"kind": "project", "method": "pca", "name": "later", "store": None})
    story.wait(lambda: bool(story.state.jobs.jobs))
    return {"job": story.state.jobs.jobs[0].name}


def find_the_job(story: Story) -> Found:
    """See a job of before and what it has made."""
    story.wait(lambda: bool(story.state.jobs.jobs))
    (job,) = story.state.jobs.jobs
    return {"job": job.name, "status": job.status, "projections": story.state.view.projections}


def drop_a_file(story: Story, path: str) -> Found:
    """Drop a file on the neighbours; see a reconstruction too."""
    state = story.state
    story.wait(lambda: state.session.worker in ("ready", "failed"))
    state.neighbours.set_query(Query("file", path=Path(path)))
    story.wait(lambda: not state.neighbours.busy)
    results, problem = state.neighbours.results, state.neighbours.error
    state.selection.set_active(0)
    story.wait(lambda: bool(state.reconstruction.result or state.reconstruction.unavailable))
    return {
        "problem": problem,
        "rows": [] if results is None else [int(row) for row in results.rows[:5]],
        "distances": [] if results is None else [float(value) for value in results.values[:5]],
        "unavailable": state.reconstruction.unavailable,
    }


def go_on_to_the_demo(story: Story) -> Found:
    """Look at a galaxy, then open the demo from the window's menu."""
    story.click(20)
    story.window.action("Open the &demo").trigger()
    story.wait(lambda: (shown := story.state.cutout.cutout) is not None and shown.row != 20)
    shown = story.state.cutout.cutout
    assert shown is not None
    return {"shown": shown.object_id}


STORIES: dict[str, Callable[..., Found]] = {
    "click_and_grade": click_and_grade,
    "leave_at_once": leave_at_once,
    "leave_in_a_job": leave_in_a_job,
    "find_the_job": find_the_job,
    "drop_a_file": drop_a_file,
    "go_on_to_the_demo": go_on_to_the_demo,
}


def main(name: str, workspace: str, *words: str) -> int:
    """Tell a story and print what it found."""
    story = Story(Path(workspace))
    print(json.dumps(story.tell(lambda told: STORIES[name](told, *words))))
    return 0


if __name__ == "__main__":
    leave(main(*sys.argv[1:]))
