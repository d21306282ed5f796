"""A map of a few clusters in a window of its own, and hands that use it."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QMouseEvent, QWheelEvent
from PyQt6.QtWidgets import QApplication

from astromask_gui.parts.map_colours import MapColours
from astromask_gui.raster.frame import Frame
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.session import OpenWorkspace
from astromask_gui.widgets.map.view import MapWidget

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
CLASSES = ("star", "galaxy", "lens")
NO_KEY = Qt.KeyboardModifier.NoModifier


def blobs(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """((N, 2) float32 places in three blobs, (N,) int16 blob numbers)."""
    rng = np.random.default_rng(seed)
    which = rng.integers(0, 3, count)
    centres = np.array([[-4.0, 0.0], [4.0, 0.0], [0.0, 5.0]])
    places = centres[which] + rng.normal(0, 0.6, (count, 2))
    return places.astype(np.float32), which.astype(np.int16)


class Scene:
    """State, colours and the map widget, with points on it."""

    def __init__(self, qtbot, count: int = 900) -> None:
        self._qtbot = qtbot
        self.state = ApplicationState()
        self.state.preferences.set_motion(False)
        self.colours = MapColours(
            self.state.view, self.state.columns, self.state.preferences, self.state.own_colours
        )
        self.map = MapWidget(self.state, self.state.view, self.colours)
        self.map.resize(640, 520)
        qtbot.addWidget(self.map)
        self.places, self.classes = blobs(count)

    def fill(self) -> None:
        """Open a survey with a projection, and wait until it is drawn by the kernels."""
        count = len(self.places)
        folder = Path("survey")
        self.state.session.set_workspace(
            OpenWorkspace(folder, "survey", count, ("r",), ("s",), "s")
        )
        self.state.selection.reset(count)
        self.state.filters.reset(count)
        self.state.columns.set_columns(
            [
                Column("class", "category", categories=CLASSES),
                Column("mag", "number", "mag"),
                Column("lazy", "number"),
            ]
        )
        self.state.columns.set_values("class", self.classes)
        self.state.columns.set_values("mag", self.places[:, 0].astype(np.float64))
        self.state.view.set_projections(("UMAP", "t-SNE"))
        self.state.view.set_coordinates("UMAP", self.places)
        self.map.show()
        self._qtbot.waitUntil(lambda: self.map.frames.sorted, timeout=60_000)
        self.wait_for_frame()

    @property
    def canvas(self):
        """The surface that the mouse uses."""
        return self.map.canvas

    @property
    def frame(self) -> Frame | None:
        """The frame shown."""
        return self.map.raster.frame

    def wait_for_frame(self) -> Frame:
        """Wait until the frame shown is the exact one of the view."""

        def is_exact() -> bool:
            frame = self.frame
            return frame is not None and frame.request.view == self.canvas.view

        self._qtbot.waitUntil(is_exact, timeout=20_000)
        assert self.frame is not None
        return self.frame

    def pixel_of(self, row: int) -> QPointF:
        """Where a row lies on the canvas."""
        return QPointF(*self.canvas.mapping().to_pixels(self.places[[row]])[0])

    def mouse(
        self,
        kind: QEvent.Type,
        position: QPointF,
        modifiers: Qt.KeyboardModifier = NO_KEY,
        button: Qt.MouseButton = Qt.MouseButton.LeftButton,
    ) -> None:
        """Send one mouse event to the canvas."""
        held = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else button
        target = self.canvas.viewport()
        where = QPointF(target.mapToGlobal(position.toPoint()))
        QApplication.sendEvent(target, QMouseEvent(kind, position, where, button, held, modifiers))

    def click(self, position: QPointF, modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
        """Press and release in place."""
        self.mouse(QEvent.Type.MouseButtonPress, position, modifiers)
        self.mouse(QEvent.Type.MouseButtonRelease, position, modifiers)

    def drag(self, path: list[QPointF], modifiers: Qt.KeyboardModifier = NO_KEY) -> None:
        """Press at the first point, move along the others, release at the last."""
        self.mouse(QEvent.Type.MouseButtonPress, path[0], modifiers)
        for point in path[1:]:
            self.mouse(QEvent.Type.MouseMove, point, modifiers)
        self.mouse(QEvent.Type.MouseButtonRelease, path[-1], modifiers)

    def hover(self, position: QPointF) -> None:
        """Move the mouse without a button."""
        self.mouse(QEvent.Type.MouseMove, position, button=Qt.MouseButton.NoButton)

    def scroll(self, position: QPointF, notches: int) -> None:
        """Turn the wheel; forwards is positive."""
        target = self.canvas.viewport()
        where = QPointF(target.mapToGlobal(position.toPoint()))
        event = QWheelEvent(
            position,
            where,
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            NO_KEY,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.sendEvent(target, event)
