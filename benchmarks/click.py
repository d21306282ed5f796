"""A click on the map: until the cutout, its reconstruction and its neighbours are on screen."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import get_args

import numpy as np

from benchmarks.paint_watch import paint_watch
from benchmarks.results import Result
from benchmarks.window_run import WindowRun, high_ms, median_ms, own_home
from trainer.config import ModelSize
from trainer.errors import AstroMaskError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Size of the survey and of the model, number of clicks."""
    parser.add_argument("--rows", type=int, default=10_000, help="Rows of a file (10,000).")
    parser.add_argument("--clicks", type=int, default=100, help="Clicks to measure (100).")
    parser.add_argument("--model", choices=get_args(ModelSize), default="small", help="Its size.")


def run(args: argparse.Namespace) -> list[Result]:
    """Click on galaxies never clicked before, on the real window with its real processes."""
    from benchmarks.click_scene import FILES, add_model, add_vectors, make_survey

    rows, clicks, model, patch = args.rows, args.clicks, args.model, 8
    if args.small:
        rows, clicks, model, patch = 200, 4, "tiny", 16
    clicked = np.random.default_rng(1).permutation(FILES * rows)[:clicks]
    with own_home("click") as home:
        folder = make_survey(home, rows, clicked)
        add_vectors(folder, add_model(folder, model, patch), model)
        measured = _Clicks(folder, clicked)
        measured.run()
    return measured.results(model)


class _Clicks(WindowRun):
    """One window, clicked on again and again."""

    def __init__(self, folder: Path, rows: np.ndarray) -> None:
        super().__init__(folder)
        self._rows = [int(row) for row in rows]
        self.cutout: list[float] = []
        self.stalls: list[float] = []
        self.neighbours: list[float] = []
        self.reconstruction: list[float] = []
        self.model: list[float] = []

    def measure(self) -> None:
        """Click on galaxy after galaxy."""
        self.wait(lambda: self.state.session.worker == "ready")
        self.wait(lambda: self.program.window.map.frames.sorted)
        for index, row in enumerate(self._rows):
            self._click(row, counts=index > 0)  # The first warms everything up.

    def _click(self, row: int, counts: bool) -> None:
        from PyQt6.QtCore import QPoint, Qt
        from PyQt6.QtTest import QTest

        state, window = self.state, self.program.window
        coordinates, canvas = state.view.coordinates, window.map.canvas
        place = canvas.mapping().to_pixels(coordinates[row : row + 1])[0]

        def shows_row() -> bool:
            cutout = state.cutout.cutout
            return cutout is not None and cutout.row == row

        watch = paint_watch(window.cutout.picture, shows_row)
        start = time.perf_counter()
        left, where = Qt.MouseButton.LeftButton, QPoint(round(place[0]), round(place[1]))
        QTest.mouseClick(canvas.viewport(), left, pos=where)
        if state.selection.active != row:
            raise AstroMaskError(f"The click on row {row} met row {state.selection.active}.")
        done: dict[str, float] = {}
        self.stall = 0.0

        def all_there() -> bool:
            now, result = time.perf_counter(), state.reconstruction.result
            if watch.painted is not None:
                done["cutout"] = watch.painted - start
            if state.neighbours.results is not None and not state.neighbours.busy:
                done.setdefault("neighbours", now - start)
            if result is not None and result.row == row:
                done.setdefault("reconstruction", now - start)
                done.setdefault("model", result.seconds)
            return len(done) == 4

        self.wait(all_there)
        watch.deleteLater()
        if counts:
            self.cutout.append(done["cutout"])
            self.neighbours.append(done["neighbours"])
            self.reconstruction.append(done["reconstruction"])
            self.model.append(done["model"])
            self.stalls.append(self.stall)

    def results(self, model: str) -> list[Result]:
        """Medians and 95th percentiles in milliseconds."""
        return [
            Result.at_most("click to cutout on screen, median", median_ms(self.cutout), "ms", 30),
            Result("click to cutout on screen, 95th percentile", high_ms(self.cutout), "ms"),
            Result("click to 40 neighbours, median", median_ms(self.neighbours), "ms"),
            Result.at_most(
                f"reconstruction by a {model} model on the CPU, median",
                median_ms(self.model),
                "ms",
                150,
            ),
            Result("click to reconstruction, median", median_ms(self.reconstruction), "ms"),
            Result("longest stall of the window in a click, median", median_ms(self.stalls), "ms"),
            Result("longest stall of all clicks", 1000 * max(self.stalls), "ms"),
        ]
