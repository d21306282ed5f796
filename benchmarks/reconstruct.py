"""Masked reconstruction, live: updates a second while its slider is dragged; errors by patch."""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import get_args

import numpy as np

from benchmarks.results import Result
from benchmarks.window_run import WindowRun, high_ms, median_ms, own_home
from trainer.config import ModelSize

_ROW = 7
_MOVES = 60.0
"""Moves of the mouse a second while the slider is dragged."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Size of the model, and how long the slider is dragged."""
    parser.add_argument("--model", choices=get_args(ModelSize), default="small", help="Its size.")
    parser.add_argument("--seconds", type=float, default=8.0, help="Of dragging (8).")


def run(args: argparse.Namespace) -> list[Result]:
    """Drag the slider of the real window with its real processes; then have the map made."""
    from benchmarks.click_scene import add_model, add_vectors, make_survey

    model, seconds, patch = args.model, args.seconds, 8
    if args.small:
        model, seconds, patch = "tiny", 0.5, 16
    with own_home("reconstruct") as home:
        folder = make_survey(home, 200, np.array([_ROW, _ROW + 1]))
        add_vectors(folder, add_model(folder, model, patch), model)
        measured = _Drag(folder, seconds)
        measured.run()
    return measured.results(model)


class _Drag(WindowRun):
    """One window whose slider is dragged to and fro."""

    def __init__(self, folder: Path, seconds: float) -> None:
        super().__init__(folder)
        self._seconds = seconds
        self.latencies: list[float] = []
        self.updates = self.settling = 0.0
        self.first_errors = self.errors = 0.0
        self.with_errors: list[float] = []
        self.attention: list[float] = []

    def measure(self) -> None:
        """Drag the slider, look from patch to patch, have the errors of two galaxies made."""
        state = self.state
        self.wait(lambda: state.session.worker == "ready")
        self.wait(lambda: self.program.window.map.frames.sorted)
        state.selection.set_active(_ROW)
        self.wait(lambda: state.reconstruction.result is not None)
        self._drag(0.5)  # Warms everything up.
        self.latencies.clear()
        self.updates = self._drag(self._seconds)
        self._look_at_patches()
        self._have_errors_made()

    def _drag(self, seconds: float) -> float:
        """Move the slider for so long; how many answers a second were shown meanwhile."""
        state, slider = self.state.reconstruction, self.program.window.reconstruction.ratio
        shown = []

        def note() -> None:
            result = state.result
            if result is not None and (not shown or shown[-1] is not result):
                shown.append(result)
                self.latencies.append(result.seconds)

        state.changed.connect(note)
        begin = time.perf_counter()
        while (passed := time.perf_counter() - begin) < seconds:
            place = int(passed * _MOVES)
            slider.setValue(20 + abs(place % 120 - 60))
            self.wait(lambda until=begin + (place + 1) / _MOVES: time.perf_counter() >= until)
        count = len(shown)
        end = time.perf_counter()
        self.wait(lambda: state.result is not None and state.result.masking == state.masking)
        self.settling = time.perf_counter() - end
        state.changed.disconnect(note)
        return count / (end - begin)

    def _look_at_patches(self) -> None:
        maps = self.state.patch_maps
        for patch in range(12):
            start = time.perf_counter()
            maps.look_from(patch)
            self.wait(lambda: not maps.busy)
            self.attention.append(time.perf_counter() - start)

    def _have_errors_made(self) -> None:
        """The map by itself; then of another galaxy, while the mask is changed again and again."""
        maps, state = self.state.patch_maps, self.state.reconstruction
        start = time.perf_counter()
        maps.set_overlay("surprise")
        self.wait(lambda: maps.errors is not None)
        self.first_errors = time.perf_counter() - start
        self.wait(lambda: not maps.busy)
        self.errors = time.perf_counter() - start
        self.state.selection.set_active(_ROW + 1)
        self.wait(lambda: maps.errors is not None and maps.errors.row == _ROW + 1)
        while maps.busy or len(self.with_errors) < 3:
            start = time.perf_counter()
            state.new_mask()
            self.wait(lambda: state.result is not None and state.result.masking == state.masking)
            self.with_errors.append(time.perf_counter() - start)

    def results(self, model: str) -> list[Result]:
        """Rates a second, and times in milliseconds."""
        return [
            Result.at_least(
                f"updates while the slider is dragged, {model} model", self.updates, "/s", 10
            ),
            Result("mask asked for to picture shown, median", median_ms(self.latencies), "ms"),
            Result(
                "mask asked for to picture shown, 95th percentile",
                high_ms(self.latencies),
                "ms",
            ),
            Result("slider let go to its last picture", 1e3 * self.settling, "ms"),
            Result("attention of the first patch", 1e3 * self.attention[0], "ms"),
            Result("attention of another patch, median", median_ms(self.attention[1:]), "ms"),
            Result("errors by patch, first answer", 1e3 * self.first_errors, "ms"),
            Result("errors by patch, 64 masks", 1e3 * self.errors, "ms"),
            Result(
                "another mask while errors are gathered, median",
                median_ms(self.with_errors),
                "ms",
            ),
        ]
