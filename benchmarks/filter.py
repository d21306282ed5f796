"""Brushing a histogram of a survey of a million: until histograms and map show what is left."""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benchmarks.results import Result
from trainer.errors import AstroMaskError

_PATIENCE = 120.0
_COLUMNS = ("mag_0", "mag_1", "redshift", "morphology", "is_star")
_UNFILTERED = "is_star"
"""No row lacks it, so that its bars add up to what passes."""
_CONDITION = "mag_0 < 20 AND redshift > 0.3"
_WIDTH = 2.5
_DRAG_SECONDS, _MOUSE_HZ = 3.0, 125.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Size of the survey, number of moves."""
    parser.add_argument("--rows", type=int, default=1_000_000, help="Galaxies (1,000,000).")
    parser.add_argument("--moves", type=int, default=60, help="Moves of the brush (60).")


def run(args: argparse.Namespace) -> list[Result]:
    """Brush in the real window, with five histograms and another brush in force."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from benchmarks.open_survey import write_open_survey

    rows, moves = (3000, 6) if args.small else (args.rows, args.moves)
    with tempfile.TemporaryDirectory(prefix="astromask-filter-") as home:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"):
            os.environ[name] = home
        folder = write_open_survey(Path(home), rows)
        measured = _Brushes(folder, moves, 0.3 if args.small else _DRAG_SECONDS)
        measured.run()
    return measured.results()


def _low_end(move: int) -> float:
    return 18.0 + 2.0 * float(np.sin(0.37 * move))


class _Brushes:
    """One window, in which a brush is moved again and again."""

    def __init__(self, folder: Path, moves: int, drag_seconds: float) -> None:
        from astromask_gui.app import start
        from astromask_gui.arguments import Arguments

        self._moves, self._drag_seconds = moves, drag_seconds
        self._program = start(Arguments(path=folder, size=(1440, 900)))
        self._state = self._program.state
        self._error: AstroMaskError | None = None
        self._counted = self._frames = 0
        self._stall = 0.0
        self.to_counts: list[float] = []
        self.to_map: list[float] = []
        self.counting: list[float] = []
        self.condition = self.updates = 0.0

    def run(self) -> None:
        """Start the program, measure, and end it."""
        from PyQt6.QtCore import QTimer

        QTimer.singleShot(0, self._measure)
        self._program.run()
        if self._error is not None:
            raise self._error

    def _measure(self) -> None:
        try:
            self._prepare()
            self._stall = 0.0
            for move in range(self._moves):
                self._move(move)
            self._drag()
            self._time_condition()
            self._time_counting()
        except AstroMaskError as error:
            self._error = error
        finally:
            self._program.application.quit()

    def _prepare(self) -> None:
        from astromask_gui.raster.loading import kernels_are_loaded
        from astromask_gui.state.filter_specs import Range
        from astromask_gui.state.histograms import HistogramSpec

        state, window = self._state, self._program.window
        self._wait(lambda: state.view.coordinates is not None)
        self._wait(lambda: window.map.frames.sorted and kernels_are_loaded())
        self._wait(lambda: self._program.services.kept_filters.is_ready)
        window.show_panel("filters")
        state.preferences.set_motion(False)
        state.histograms.counted.connect(self._note_counts)
        window.map.frames.arrived.connect(self._note_frame)
        state.histograms.reset(HistogramSpec(column) for column in _COLUMNS)
        state.filters.request("histogram redshift", Range("redshift", 0.2, 1.0))
        self._wait(lambda: all(self._is_counted(column) for column in _COLUMNS))
        self._wait(lambda: state.filters.visible is not None)
        self._move(-1)  # warms everything up

    def _note_counts(self) -> None:
        self._counted += 1

    def _note_frame(self) -> None:
        self._frames += 1

    def _is_counted(self, column: str) -> bool:
        found = self._state.histograms.histogram(column)
        return found is not None and found.passing is not None

    def _agree(self) -> bool:
        """Whether the histograms tell of the rows that are visible."""
        found = self._state.histograms.histogram(_UNFILTERED)
        assert found is not None and found.passing is not None
        return int(found.passing.sum()) == self._state.filters.visible_count

    def _brush(self, move: int, *, done: bool) -> None:
        from astromask_gui.state.filter_specs import Range

        low = _low_end(move)
        spec = Range("mag_0", low, low + _WIDTH)
        self._state.filters.request("histogram mag_0", spec, "mag", done=done)

    def _move(self, move: int) -> None:
        """One move, and all that follows from it, before the next."""
        revision, frames = self._state.filters.revision, self._frames
        began = time.perf_counter()
        self._brush(move, done=False)
        self._wait(lambda: self._state.filters.revision > revision and self._agree())
        for card in self._program.window.filters.histograms.cards.values():
            card.repaint()
        passed = time.perf_counter() - began
        self._wait(lambda: self._frames > frames)
        if move >= 0:
            self.to_counts.append(1000 * passed)
            self.to_map.append(1000 * (time.perf_counter() - began))
        self._settle()

    def _drag(self) -> None:
        """Moves as fast as a mouse tells them, answered or not."""
        counted, began, move = self._counted, time.perf_counter(), 0
        while (now := time.perf_counter() - began) < self._drag_seconds:
            if now * _MOUSE_HZ > move:
                move += 1
                self._brush(move, done=False)
            self._look_after()
        self.updates = (self._counted - counted) / self._drag_seconds
        self._brush(move + 1, done=True)
        self._settle()

    def _time_condition(self) -> None:
        answered: list[int] = []
        self._state.conditions.answered.connect(lambda number, _: answered.append(number))
        began = time.perf_counter()
        number = self._state.conditions.try_out(_CONDITION)
        self._wait(lambda: number in answered)
        self.condition = 1000 * (time.perf_counter() - began)

    def _time_counting(self) -> None:
        """The same moves by one thread alone, in its own time: others' work does not count."""
        from astromask_gui.raster.binning import bin_column, in_range
        from astromask_gui.raster.crossfilter import CrossFilter

        columns, engine, bins = self._state.columns, CrossFilter(), {}
        for name in _COLUMNS:
            column, values = columns.column(name), columns.values(name)
            assert column is not None and values is not None
            bins[name] = bin_column(column, values)
        brushed, redshift = columns.values("mag_0"), columns.values("redshift")
        assert brushed is not None and redshift is not None
        own = {"redshift": in_range(redshift, 0.2, 1.0)}
        for move in range(-1, self._moves):
            began = time.thread_time()
            low = _low_end(move)
            own = {**own, "mag_0": in_range(brushed, low, low + _WIDTH)}
            engine.count(bins, own, ())
            if move >= 0:
                self.counting.append(1000 * (time.thread_time() - began))

    def _settle(self) -> None:
        """Let frames that only refine the brightness pass."""
        end = time.perf_counter() + 0.05
        while time.perf_counter() < end:
            self._look_after()

    def _wait(self, condition: Callable[[], bool]) -> None:
        end = time.perf_counter() + _PATIENCE
        while not condition():
            self._look_after()
            if time.perf_counter() > end:
                raise AstroMaskError("The window did not answer in time.")

    def _look_after(self) -> None:
        """Handle what has come up, and note how long that kept the window busy."""
        from PyQt6.QtCore import QEventLoop

        began = time.perf_counter()
        self._program.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        self._stall = max(self._stall, time.perf_counter() - began)
        time.sleep(0.0002)

    def results(self) -> list[Result]:
        """Milliseconds; updates of all histograms a second while the mouse drags."""
        high = float(np.percentile(self.to_counts, 95))
        return [
            Result.at_most(
                "brush move to histograms, median", statistics.median(self.to_counts), "ms", 28
            ),
            Result("brush move to histograms, 95th percentile", high, "ms"),
            Result("of it rows and counts, processor time", statistics.median(self.counting), "ms"),
            Result("brush move to the map, median", statistics.median(self.to_map), "ms"),
            Result("updates while dragging", self.updates, "a second"),
            Result("a condition in SQL", self.condition, "ms"),
            Result("longest stall of the window", 1000 * self._stall, "ms"),
        ]
