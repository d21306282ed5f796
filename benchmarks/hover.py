"""The mouse on a galaxy of the map: until its card with thumbnail, identifier and columns shows."""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np

from benchmarks.results import Result
from benchmarks.window_run import WindowRun, high_ms, median_ms, own_home
from trainer.errors import AstroMaskError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Size of the survey, number of galaxies pointed at."""
    parser.add_argument("--rows", type=int, default=10_000, help="Rows of a file (10,000).")
    parser.add_argument("--points", type=int, default=100, help="Galaxies to point at (100).")


def run(args: argparse.Namespace) -> list[Result]:
    """Point at galaxies on the real window with its real processes: never seen before, seen
    before, and beside one that the mouse rests on, whose thumbnails are read ahead."""
    from benchmarks.click_scene import FILES, add_model, add_vectors, make_survey

    rows, points = (200, 5) if args.small else (args.rows, args.points)
    pointed = np.random.default_rng(1).permutation(FILES * rows)[:points]
    with own_home("hover") as home:
        folder = make_survey(home, rows, pointed)
        # Pointing asks nothing of the model: in a small run none takes the time to start.
        checkpoint = folder / "none" if args.small else add_model(folder, "tiny", patch=8)
        add_vectors(folder, checkpoint, "tiny")
        measured = _Hovers(folder, [int(row) for row in pointed])
        measured.run()
    return measured.results()


class _Hovers(WindowRun):
    """One window, whose map is pointed at again and again."""

    def __init__(self, folder: Path, rows: list[int]) -> None:
        super().__init__(folder)
        self._rows = rows
        self.cold: list[float] = []
        self.warm: list[float] = []
        self.ahead: list[float] = []

    def measure(self) -> None:
        """Point at galaxies for the first time, again, and beside one that is pointed at."""
        self.wait(lambda: self.state.view.coordinates is not None)
        self.wait(lambda: self.program.window.map.frames.sorted)
        self.state.preferences.set_motion(False)
        self._point_at(self._rows[0])  # warms everything up
        self.stall = 0.0
        self.cold = [self._point_at(row) for row in self._rows[1:]]
        self.warm = [self._point_at(row) for row in self._rows[1:]]
        self.ahead = [self._beside(row) for row in self._rows[1:]]

    def _point_at(self, row: int) -> float:
        """Seconds from the mouse's arrival at a row, from nowhere, to its card."""
        self._leave()
        return self._move_to(row)

    def _beside(self, row: int) -> float:
        """Seconds to the card of the galaxy that a mouse which rests on `row` reaches next."""
        from PyQt6.QtCore import QPointF

        window, state = self.program.window, self.state
        picker = window.map.picker
        self._point_at(row)
        place = picker.place_of(row)
        assert place is not None
        around = [picker.row_at(place + QPointF(*step) * 22.0) for step in ((1, 0), (-1, 0))]
        following = next((found for found in around if found not in (None, row)), None)
        if following is None:
            return 0.0
        self.wait(lambda: state.thumbnails.get(following) is not None)
        return self._move_to(following)

    def _leave(self) -> None:
        from PyQt6.QtCore import QEvent
        from PyQt6.QtWidgets import QApplication

        window = self.program.window
        QApplication.sendEvent(window.map.canvas, QEvent(QEvent.Type.Leave))
        self.wait(window.map.hover.card.isHidden)

    def _move_to(self, row: int) -> float:
        from PyQt6.QtCore import QEvent, QPointF, Qt
        from PyQt6.QtGui import QMouseEvent
        from PyQt6.QtWidgets import QApplication

        window, state = self.program.window, self.state
        place = window.map.picker.place_of(row)
        viewport = window.map.canvas.viewport()
        assert place is not None and viewport is not None
        where, none = QPointF(viewport.mapToGlobal(place.toPoint())), Qt.MouseButton.NoButton
        move = QMouseEvent(
            QEvent.Type.MouseMove, place, where, none, none, Qt.KeyboardModifier.NoModifier
        )
        began = time.perf_counter()
        QApplication.sendEvent(viewport, move)
        met = state.selection.hovered
        if met is None:
            raise AstroMaskError(f"The mouse on row {row} met no galaxy.")
        card = window.map.hover.card

        def is_complete() -> bool:
            known = card.picture.image is not None and card.name.text() != "…"
            return card.row == met and not card.isHidden() and known

        self.wait(is_complete)
        card.repaint()
        return time.perf_counter() - began

    def results(self) -> list[Result]:
        """Medians and 95th percentiles in milliseconds."""
        beside = [seconds for seconds in self.ahead if seconds]
        return [
            Result.at_most("to a card never seen, median", median_ms(self.cold), "ms", 50),
            Result("to a card never seen, 95th percentile", high_ms(self.cold), "ms"),
            Result.at_most("to a card seen before, median", median_ms(self.warm), "ms", 50),
            Result("to a card seen before, 95th percentile", high_ms(self.warm), "ms"),
            *(
                [Result.at_most("from a card to the next, median", median_ms(beside), "ms", 50)]
                if beside
                else []
            ),
            Result("longest stall of the window", 1000 * self.stall, "ms"),
        ]
