"""Brushing a histogram of a survey of a million: until histograms and map show what is left."""

from __future__ import annotations

import argparse
import statistics
import time
from pathlib import Path

import numpy as np

from benchmarks.results import Result
from benchmarks.window_run import WindowRun, own_home

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
    from benchmarks.open_survey import write_open_survey

    rows, moves = (3000, 6) if args.small else (args.rows, args.moves)
    with own_home("filter") as home:
        folder = write_open_survey(home, rows)
        measured = _Brushes(folder, moves, 0.3 if args.small else _DRAG_SECONDS)
        measured.run()
    return measured.results()


def _low_end(move: int) -> float:
    return 18.0 + 2.0 * float(np.sin(0.37 * move))


class _Brushes(WindowRun):
    """One window, in which a brush is moved again and again."""

    def __init__(self, folder: Path, moves: int, drag_seconds: float) -> None:
        super().__init__(folder)
        self._moves, self._drag_seconds = moves, drag_seconds
        self._counted = self._frames = 0
        self.to_counts: list[float] = []
        self.to_map: list[float] = []
        self.counting: list[float] = []
        self.condition = self.updates = 0.0

    def measure(self) -> None:
        """Move the brush one by one, then as a mouse does; ask in SQL; count by one thread."""
        self._prepare()
        self.stall = 0.0
        for move in range(self._moves):
            self._move(move)
        self._drag()
        self._time_condition()
        self._time_counting()

    def _prepare(self) -> None:
        from astromask_gui.raster.loading import kernels_are_loaded
        from astromask_gui.state.filter_specs import Range
        from astromask_gui.state.histograms import HistogramSpec

        state, window = self.state, self.program.window
        self.wait(lambda: state.view.coordinates is not None)
        self.wait(lambda: window.map.frames.sorted and kernels_are_loaded())
        self.wait(lambda: self.program.services.kept_filters.is_ready)
        window.show_panel("filters")
        state.preferences.set_motion(False)
        state.histograms.counted.connect(self._note_counts)
        window.map.frames.arrived.connect(self._note_frame)
        state.histograms.reset(HistogramSpec(column) for column in _COLUMNS)
        state.filters.request("histogram redshift", Range("redshift", 0.2, 1.0))
        self.wait(lambda: all(self._is_counted(column) for column in _COLUMNS))
        self.wait(lambda: state.filters.visible is not None)
        self._move(-1)  # warms everything up

    def _note_counts(self) -> None:
        self._counted += 1

    def _note_frame(self) -> None:
        self._frames += 1

    def _is_counted(self, column: str) -> bool:
        found = self.state.histograms.histogram(column)
        return found is not None and found.passing is not None

    def _agree(self) -> bool:
        """Whether the histograms tell of the rows that are visible."""
        found = self.state.histograms.histogram(_UNFILTERED)
        assert found is not None and found.passing is not None
        return int(found.passing.sum()) == self.state.filters.visible_count

    def _brush(self, move: int, *, done: bool) -> None:
        from astromask_gui.state.filter_specs import Range

        low = _low_end(move)
        spec = Range("mag_0", low, low + _WIDTH)
        self.state.filters.request("histogram mag_0", spec, "mag", done=done)

    def _move(self, move: int) -> None:
        """One move, and all that follows from it, before the next."""
        revision, frames = self.state.filters.revision, self._frames
        began = time.perf_counter()
        self._brush(move, done=False)
        self.wait(lambda: self.state.filters.revision > revision and self._agree())
        for card in self.program.window.filters.histograms.cards.values():
            card.repaint()
        passed = time.perf_counter() - began
        self.wait(lambda: self._frames > frames)
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
            self.turn()
        self.updates = (self._counted - counted) / self._drag_seconds
        self._brush(move + 1, done=True)
        self._settle()

    def _time_condition(self) -> None:
        answered: list[int] = []
        self.state.conditions.answered.connect(lambda number, _: answered.append(number))
        began = time.perf_counter()
        number = self.state.conditions.try_out(_CONDITION)
        self.wait(lambda: number in answered)
        self.condition = 1000 * (time.perf_counter() - began)

    def _time_counting(self) -> None:
        """The same moves by one thread alone, in its own time: others' work does not count."""
        from astromask_gui.raster.binning import bin_column, in_range
        from astromask_gui.raster.crossfilter import CrossFilter

        columns, engine, bins = self.state.columns, CrossFilter(), {}
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
        self.rest(0.05)

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
            Result("longest stall of the window", 1000 * self.stall, "ms"),
        ]
