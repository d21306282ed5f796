"""The map with its points, or before there are any, and what is seen on it."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtGui import QColor

from astromask_gui.theme import tokens
from tests.gui.map_scene import Scene

SHIFT = Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier


@pytest.fixture
def empty_scene(qtbot):
    made = Scene(qtbot)
    yield made
    made.map.close_frames()


@pytest.fixture
def scene(empty_scene: Scene) -> Scene:
    empty_scene.fill()
    return empty_scene


def colour_at(scene: Scene, position: QPointF) -> QColor:
    return scene.canvas.grab().toImage().pixelColor(position.toPoint())


def is_background(colour: QColor, style: str = "dark") -> bool:
    return colour.name() == tokens(style).map_background
