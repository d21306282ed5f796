"""Masked reconstruction, live: updates a second while its slider is dragged; errors by patch."""

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

from benchmarks.results import Result
from trainer.config import ModelSize
from trainer.errors import AstroMaskError

_PATIENCE = 120.0
_ROW = 7
_MOVES = 60.0
"""Moves of the mouse a second while the slider is dragged."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Size of the model, and how long the slider is dragged."""
    parser.add_argument("--model", choices=get_args(ModelSize), default="small", help="Its size.")
    parser.add_argument("--seconds", type=float, default=8.0, help="Of dragging (8).")


def run(args: argparse.Namespace) -> list[Result]:
    """Drag the slider of the real window with its real processes; then have the map made."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from benchmarks.click_scene import add_model, add_vectors, make_survey

    model, seconds = args.model, args.seconds
    if args.small:
        model, seconds = "tiny", 1.0
    with tempfile.TemporaryDirectory(prefix="astromask-reconstruct-") as home:
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"):
            os.environ[name] = home
        folder = make_survey(Path(home), 200, np.array([_ROW, _ROW + 1]))
        add_vectors(folder, add_model(folder, model, patch=8), model)
        measured = _Drag(folder, seconds)
        measured.run()
    return measured.results(model)


class _Drag:
    """One window whose slider is dragged to and fro."""

    def __init__(self, folder: Path, seconds: float) -> None:
        from astromask_gui.app import start
        from astromask_gui.arguments import Arguments

        self._seconds = seconds
        self._program = start(Arguments(path=folder, size=(1440, 900)))
        self._state = self._program.state
        self._error: AstroMaskError | None = None
        self.latencies: list[float] = []
        self.updates = self.settling = 0.0
        self.first_errors = self.errors = 0.0
        self.with_errors: list[float] = []
        self.attention: list[float] = []

    def run(self) -> None:
        from PyQt6.QtCore import QTimer

        QTimer.singleShot(0, self._measure)
        self._program.run()
        if self._error is not None:
            raise self._error

    def _measure(self) -> None:
        state = self._state
        try:
            self._wait(lambda: state.session.worker == "ready")
            self._wait(lambda: self._program.window.map.frames.sorted)
            state.selection.set_active(_ROW)
            self._wait(lambda: state.reconstruction.result is not None)
            self._drag(0.5)  # Warms everything up.
            self.latencies.clear()
            self.updates = self._drag(self._seconds)
            self._look_at_patches()
            self._have_errors_made()
        except AstroMaskError as error:
            self._error = error
        finally:
            self._program.application.quit()

    def _drag(self, seconds: float) -> float:
        """Move the slider for so long; how many answers a second were shown meanwhile."""
        state, slider = self._state.reconstruction, self._program.window.reconstruction.ratio
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
            self._wait(lambda until=begin + (place + 1) / _MOVES: time.perf_counter() >= until)
        count = len(shown)
        end = time.perf_counter()
        self._wait(lambda: state.result is not None and state.result.masking == state.masking)
        self.settling = time.perf_counter() - end
        state.changed.disconnect(note)
        return count / (end - begin)

    def _look_at_patches(self) -> None:
        maps = self._state.patch_maps
        for patch in range(12):
            start = time.perf_counter()
            maps.look_from(patch)
            self._wait(lambda: not maps.busy)
            self.attention.append(time.perf_counter() - start)

    def _have_errors_made(self) -> None:
        """The map by itself; then of another galaxy, while the mask is changed again and again."""
        maps, state = self._state.patch_maps, self._state.reconstruction
        start = time.perf_counter()
        maps.set_overlay("surprise")
        self._wait(lambda: maps.errors is not None)
        self.first_errors = time.perf_counter() - start
        self._wait(lambda: not maps.busy)
        self.errors = time.perf_counter() - start
        self._state.selection.set_active(_ROW + 1)
        self._wait(lambda: maps.errors is not None and maps.errors.row == _ROW + 1)
        while maps.busy or len(self.with_errors) < 3:
            start = time.perf_counter()
            state.new_mask()
            self._wait(lambda: state.result is not None and state.result.masking == state.masking)
            self.with_errors.append(time.perf_counter() - start)

    def _wait(self, condition: Callable[[], bool]) -> None:
        """Process events until the condition holds."""
        from PyQt6.QtCore import QEventLoop

        deadline = time.perf_counter() + _PATIENCE
        while not condition():
            self._program.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
            if time.perf_counter() > deadline:
                said = [message.text for message in self._state.messages.history[-3:]]
                raise AstroMaskError(f"The window did not answer in time. {' '.join(said)}")
            time.sleep(0.0005)

    def results(self, model: str) -> list[Result]:
        """Rates a second, and times in milliseconds."""
        median = statistics.median
        return [
            Result.at_least(
                f"updates while the slider is dragged, {model} model", self.updates, "/s", 10
            ),
            Result("mask asked for to picture shown, median", 1e3 * median(self.latencies), "ms"),
            Result(
                "mask asked for to picture shown, 95th percentile",
                1e3 * float(np.percentile(self.latencies, 95)),
                "ms",
            ),
            Result("slider let go to its last picture", 1e3 * self.settling, "ms"),
            Result("attention of the first patch", 1e3 * self.attention[0], "ms"),
            Result("attention of another patch, median", 1e3 * median(self.attention[1:]), "ms"),
            Result("errors by patch, first answer", 1e3 * self.first_errors, "ms"),
            Result("errors by patch, 64 masks", 1e3 * self.errors, "ms"),
            Result(
                "another mask while errors are gathered, median",
                1e3 * median(self.with_errors),
                "ms",
            ),
        ]
