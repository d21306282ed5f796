"""A long session on the real map: a thousand things done to it leave no error and no litter."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Callable

import numpy as np
import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtWidgets import QApplication

from astromask_gui.state.columns import MAP_DENSITY
from astromask_gui.state.view import Colouring
from tests.gui.map_scene import Scene

COUNT = 25_000
STEPS = 1000
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
ALT, NO_KEY = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
GROWTH = 1_000_000
"""Bytes that may come and go: masks in the steps that can be undone, a picture kept."""


@pytest.fixture
def scene(qtbot):
    made = Scene(qtbot, COUNT)
    made.fill()
    yield made
    made.map.close_frames()


class Hands:
    """What a user may do, one thing after the other, by chance but always the same."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._rng = np.random.default_rng(12)
        self._deeds: tuple[Callable[[], None], ...] = (
            self._zoom,
            self._zoom,
            self._pan,
            self._pan,
            self._draw_box,
            self._draw_lasso,
            self._click,
            self._hover,
            self._colour,
            self._filter,
            self._press_action,
            self._select,
            self._undo,
        )

    def do_something(self) -> None:
        self._deeds[self._rng.integers(len(self._deeds))]()

    def _place(self) -> QPointF:
        canvas = self._scene.canvas
        return QPointF(*self._rng.uniform((5, 5), (canvas.width() - 5, canvas.height() - 5)))

    def _zoom(self) -> None:
        self._scene.scroll(self._place(), int(self._rng.integers(-4, 5)))

    def _pan(self) -> None:
        start = self._place()
        moves = self._rng.normal(0, 15, (4, 2)).cumsum(axis=0)
        self._scene.drag([start, *(start + QPointF(*move) for move in moves)])

    def _draw_box(self) -> None:
        keys = (SHIFT, CTRL, SHIFT | CTRL)[self._rng.integers(3)]
        self._scene.drag([self._place(), self._place(), self._place()], keys)

    def _draw_lasso(self) -> None:
        keys = ALT | (NO_KEY, SHIFT, CTRL)[self._rng.integers(3)]
        self._scene.drag([self._place() for _ in range(8)], keys)

    def _click(self) -> None:
        self._scene.click(self._place(), (NO_KEY, SHIFT)[self._rng.integers(2)])

    def _hover(self) -> None:
        self._scene.hover(self._place())

    def _colour(self) -> None:
        column = (None, "class", "mag", MAP_DENSITY.name)[self._rng.integers(4)]
        self._scene.state.view.set_colouring(Colouring(column))

    def _filter(self) -> None:
        filters = self._scene.state.filters
        if self._rng.random() < 0.4:
            filters.remove("soak")
        else:
            filters.set("soak", "some", self._rng.random(COUNT) < self._rng.random())

    def _press_action(self) -> None:
        actions = list(self._scene.map.map_actions.values())
        actions[self._rng.integers(len(actions))].trigger()

    def _select(self) -> None:
        selection = self._scene.state.selection
        (selection.select_all, selection.invert, selection.clear)[self._rng.integers(3)]()

    def _undo(self) -> None:
        undo = self._scene.state.undo
        (undo.undo if self._rng.random() < 0.5 else undo.redo)()


def held_at_rest(scene: Scene, qtbot) -> int:
    """Bytes held while everything shows in one colour and nothing is being worked out."""
    scene.state.filters.remove("soak")
    scene.state.view.set_colouring(Colouring(None))
    scene.state.selection.clear()
    scene.map.map_actions["fit"].trigger()
    looks = []
    for notches in (2, -2, 2, -2):
        scene.scroll(QPointF(200, 200), notches)
        scene.wait_for_frame()
        qtbot.waitUntil(lambda: scene.map.frames.sorted, timeout=20_000)
        QApplication.processEvents()
        gc.collect()
        looks.append(tracemalloc.get_traced_memory()[0])
    # One more frame may be on its way at any of them; what is kept is there at all.
    return min(looks)


def test_a_thousand_deeds_leave_no_error_and_no_litter(scene: Scene, qtbot) -> None:
    hands = Hands(scene)
    held = {}
    tracemalloc.start()
    try:
        for step in range(STEPS):
            hands.do_something()
            QApplication.processEvents()
            if step % 50 == 0:
                scene.wait_for_frame()
            if step in (STEPS // 2, STEPS - 1):
                held[step] = held_at_rest(scene, qtbot)
    finally:
        tracemalloc.stop()
    assert held[STEPS - 1] < held[STEPS // 2] + GROWTH
    scene.map.map_actions["fit"].trigger()
    frame = scene.wait_for_frame()
    visible = scene.state.filters.visible
    assert frame.stats.visible == (COUNT if visible is None else np.count_nonzero(visible))
