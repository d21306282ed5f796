"""The viewer: from a key or click until another cutout is on screen, and what that consists of."""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.paint_watch import paint_watch
from benchmarks.results import Result
from benchmarks.window_run import WindowRun, high_ms, median_ms, own_home

_PAUSE = 0.12
"""Seconds between two keys of somebody who looks at each galaxy; reading ahead has so long."""
_KEY_REPEAT = 1 / 30
"""Seconds between two keys while one is held down."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Size of the survey, number of galaxies looked at."""
    parser.add_argument("--rows", type=int, default=10_000, help="Rows of a file (10,000).")
    parser.add_argument("--steps", type=int, default=150, help="Galaxies of each kind (150).")


def run(args: argparse.Namespace) -> list[Result]:
    """Go through 200×200×5 cutouts, chunked by row, on the real window with its real reader."""
    from benchmarks.click_scene import FILES, make_survey

    rows, steps = (200, 5) if args.small else (args.rows, args.steps)
    looked_at = np.random.default_rng(1).permutation(FILES * rows)[: 3 * steps]
    with own_home("viewer") as home:
        folder = make_survey(home, rows, looked_at)
        measured = _Looking(folder, looked_at.astype(np.uint32), steps)
        measured.run()
        return measured.results()


class _Looking(WindowRun):
    """One window, and somebody who looks at galaxy after galaxy."""

    def __init__(self, folder: Path, rows: np.ndarray, steps: int) -> None:
        super().__init__(folder)
        self._files = sorted(folder.parent.glob("*.h5"))
        self._clicked, self._stepped, self._held = np.split(rows, (steps, 2 * steps))
        self.click: list[float] = []
        self.step: list[float] = []
        self.held: list[float] = []
        self.stalls: list[float] = []
        self.read: list[float] = []
        self.render: list[float] = []
        self.paint: list[float] = []

    def measure(self) -> None:
        """Look at single galaxies, then at one after the other; then take that apart."""
        self.wait(lambda: self.state.selection.size > 0)
        self._look_at_single_ones()
        self._go_through(self._stepped, _PAUSE, self.step)
        self._go_through(self._held, _KEY_REPEAT, self.held)
        self._take_apart()

    def _look_at_single_ones(self) -> None:
        """Galaxies that nobody could foresee, their file not in the memory of the system."""
        for index, row in enumerate(self._clicked):
            self._forget_files()
            seconds = self._until_painted(
                int(row), lambda row=int(row): self.state.selection.set_active(row)
            )
            if index:  # The first warms everything up.
                self.click.append(seconds)

    def _go_through(self, rows: np.ndarray, pause: float, into: list[float]) -> None:
        """The key for the next galaxy of a list, again and again."""
        from PyQt6.QtCore import Qt
        from PyQt6.QtTest import QTest

        def press() -> None:
            QTest.keyClick(self.program.window, Qt.Key.Key_J)

        self.state.cutout.set_order(rows)
        self.state.selection.set_active(int(rows[0]))
        self.rest(0.5)
        for row in rows[1:]:
            self._forget_files()
            pressed = time.perf_counter()
            into.append(self._until_painted(int(row), press))
            self.rest(pause - (time.perf_counter() - pressed))

    def _until_painted(self, row: int, act: Callable[[], object]) -> float:
        """Seconds from an intent until the galaxy has been painted."""
        state = self.state

        def shows_row() -> bool:
            cutout = state.cutout.cutout
            return cutout is not None and cutout.row == row

        watch = paint_watch(self.program.window.cutout.picture, shows_row)
        start = time.perf_counter()
        act()
        self.stall = time.perf_counter() - start
        self.wait(lambda: watch.painted is not None)
        self.stalls.append(self.stall)
        seconds: float = watch.painted - start
        watch.deleteLater()
        return seconds

    def _take_apart(self) -> None:
        """Reading, rendering and painting by themselves."""
        from astromask_gui.rendering.picture import render_cutout

        self.read = [self._time_reading(row) for row in self._clicked[:30].tolist()]
        cutout, display = self.state.cutout.cutout, self.state.display
        assert cutout is not None
        picture = self.program.window.cutout.picture
        for _ in range(30):
            start = time.perf_counter()
            render_cutout(cutout.pixels, cutout.missing, display.settings, display.survey)
            self.render.append(time.perf_counter() - start)
            start = time.perf_counter()
            picture.repaint()
            self.paint.append(time.perf_counter() - start)

    def _time_reading(self, row: int) -> float:
        from astromask_gui.services.concurrency.worker import Request
        from astromask_gui.services.workspace.reader import VIEWER, read_message

        self._forget_files()
        answers: list[float] = []
        start = time.perf_counter()

        def take(*_: object) -> None:
            answers.append(time.perf_counter())

        self.program.services.reader.ask(VIEWER, Request(read_message([row]), {}, take))
        self.wait(lambda: bool(answers))
        return answers[0] - start

    def _forget_files(self) -> None:
        """Have the system drop the files from its memory, where it can be told to."""
        if not hasattr(os, "posix_fadvise"):
            return
        for path in self._files:
            descriptor = os.open(path, os.O_RDONLY)
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
            os.close(descriptor)

    def results(self) -> list[Result]:
        """Medians and 95th percentiles in milliseconds."""
        return [
            Result.at_most(
                "click to an unforeseen cutout, median", median_ms(self.click), "ms", 16
            ),
            Result.at_most("click to an unforeseen cutout, p95", high_ms(self.click), "ms", 50),
            Result.at_most("key to the next cutout, median", median_ms(self.step), "ms", 16),
            Result.at_most("key to the next cutout, p95", high_ms(self.step), "ms", 50),
            Result("key held down, 30 a second, median", median_ms(self.held), "ms"),
            Result("key held down, 30 a second, p95", high_ms(self.held), "ms"),
            Result("of a click: the reader's answer, from disk", median_ms(self.read), "ms"),
            Result("of all: rendering 200 × 200 in three bands", median_ms(self.render), "ms"),
            Result("of all: painting it", median_ms(self.paint), "ms"),
            Result.at_most("longest stall of the window, median", median_ms(self.stalls), "ms", 16),
            Result("longest stall of all", 1000 * max(self.stalls), "ms"),
        ]
