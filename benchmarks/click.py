"""A click on the map: until the cutout, its reconstruction and its neighbours are on screen."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import numpy as np

from benchmarks.paint_watch import paint_watch
from benchmarks.results import Result
from trainer.config import ModelSize
from trainer.errors import AstroMaskError

_PATIENCE_MS = 60_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Size of the survey and of the model, number of clicks."""
    parser.add_argument("--rows", type=int, default=10_000, help="Rows of a file (10,000).")
    parser.add_argument("--clicks", type=int, default=100, help="Clicks to measure (100).")
    parser.add_argument("--model", choices=get_args(ModelSize), default="small", help="Its size.")


def run(args: argparse.Namespace) -> list[Result]:
    """Click on galaxies never clicked before, on the real window with its real processes."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from benchmarks.click_scene import FILES, add_model, add_vectors, make_survey

    rows, clicks, model = args.rows, args.clicks, args.model
    if args.small:
        rows, clicks, model = 200, 8, "tiny"
    clicked = np.random.default_rng(1).permutation(FILES * rows)[:clicks]
    with tempfile.TemporaryDirectory(prefix="astromask-click-") as home:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"):
            os.environ[name] = home
        folder = make_survey(Path(home), rows, clicked)
        add_vectors(folder, add_model(folder, model, patch=8), model)
        measured = _Clicks(folder, clicked)
        measured.run()
    return measured.results(model)


class _Clicks:
    """One window, clicked on again and again."""

    def __init__(self, folder: Path, rows: np.ndarray) -> None:
        from astromask_gui.app import start
        from astromask_gui.arguments import Arguments

        self._rows = [int(row) for row in rows]
        self._program = start(Arguments(path=folder, size=(1440, 900)))
        self._state = self._program.state
        self._error: AstroMaskError | None = None
        self.cutout: list[float] = []
        self.stall: list[float] = []
        self.neighbours: list[float] = []
        self.reconstruction: list[float] = []
        self.model: list[float] = []

    def run(self) -> None:
        from PyQt6.QtCore import QTimer

        QTimer.singleShot(0, self._click_all)
        self._program.run()
        if self._error is not None:
            raise self._error

    def _click_all(self) -> None:
        try:
            self._wait(lambda: self._state.session.worker == "ready")
            self._wait(lambda: self._program.window.map.frames.sorted)
            for index, row in enumerate(self._rows):
                self._click(row, counts=index > 0)  # The first warms everything up.
        except AstroMaskError as error:
            self._error = error
        finally:
            self._program.application.quit()

    def _click(self, row: int, counts: bool) -> None:
        from PyQt6.QtCore import QPoint, Qt
        from PyQt6.QtTest import QTest

        state, window = self._state, self._program.window
        coordinates = state.view.coordinates
        assert coordinates is not None
        place = window.map.canvas.mapping().to_pixels(coordinates[row : row + 1])[0]
        viewport = window.map.canvas.viewport()
        assert viewport is not None

        def shows_row() -> bool:
            cutout = state.cutout.cutout
            return cutout is not None and cutout.row == row

        watch = paint_watch(window.cutout.picture, shows_row)
        start = time.perf_counter()
        QTest.mouseClick(
            viewport, Qt.MouseButton.LeftButton, pos=QPoint(round(place[0]), round(place[1]))
        )
        if state.selection.active != row:
            raise AstroMaskError(f"The click on row {row} met row {state.selection.active}.")
        done: dict[str, float] = {}
        longest, last = 0.0, time.perf_counter()

        def all_there() -> bool:
            nonlocal longest, last
            now = time.perf_counter()
            longest, last = max(longest, now - last), now
            result = state.reconstruction.result
            if watch.painted is not None:
                done["cutout"] = watch.painted - start
            if state.neighbours.results is not None and not state.neighbours.busy:
                done.setdefault("neighbours", now - start)
            if result is not None and result.row == row:
                done.setdefault("reconstruction", now - start)
                done.setdefault("model", result.seconds)
            return len(done) == 4

        self._wait(all_there)
        watch.deleteLater()
        if counts:
            self.cutout.append(done["cutout"])
            self.neighbours.append(done["neighbours"])
            self.reconstruction.append(done["reconstruction"])
            self.model.append(done["model"])
            self.stall.append(longest)

    def _wait(self, condition: Callable[[], bool]) -> None:
        """Process events until the condition holds."""
        from PyQt6.QtCore import QEventLoop

        application = self._program.application
        deadline = time.perf_counter() + _PATIENCE_MS / 1000
        while not condition():
            # Returns after each batch of events: the time between is the window's stall.
            application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
            if time.perf_counter() > deadline:
                said = [message.text for message in self._state.messages.history[-3:]]
                raise AstroMaskError(f"The window did not answer in time. {' '.join(said)}")
            time.sleep(0.0002)

    def results(self, model: str) -> list[Result]:
        """Medians and 95th percentiles in milliseconds."""
        return [
            Result.at_most("click to cutout on screen, median", _median(self.cutout), "ms", 30),
            Result("click to cutout on screen, 95th percentile", _high(self.cutout), "ms"),
            Result("click to 40 neighbours, median", _median(self.neighbours), "ms"),
            Result.at_most(
                f"reconstruction by a {model} model on the CPU, median",
                _median(self.model),
                "ms",
                150,
            ),
            Result("click to reconstruction, median", _median(self.reconstruction), "ms"),
            Result("longest stall of the window in a click, median", _median(self.stall), "ms"),
            Result("longest stall of all clicks", 1000 * max(self.stall), "ms"),
        ]


def _median(seconds: list[float]) -> float:
    return 1000 * statistics.median(seconds)


def _high(seconds: list[float]) -> float:
    return 1000 * float(np.percentile(seconds, 95))
