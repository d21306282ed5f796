"""A moved view is painted once where its exact frame comes in a moment, and soon in any case."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtWidgets import QWidget

from astromask_gui.widgets.map.hold import PaintHold
from astromask_gui.widgets.map.thumbnails import _keep_apart
from tests.gui.map_scene import Scene


def test_a_quick_frame_is_waited_for_and_painted_alone(scene: Scene, qtbot, monkeypatch) -> None:
    monkeypatch.setattr(type(scene.map.frames), "quick", True)
    # However slow the machine is that runs this, the frame shall come first.
    monkeypatch.setattr(scene.map._hold._timer, "start", lambda: None)
    painted = []
    paint = scene.map.raster.paint_pixels

    def watched(painter, mapping) -> None:
        painted.append(scene.frame.request.view == mapping.view)
        paint(painter, mapping)

    monkeypatch.setattr(scene.map.raster, "paint_pixels", watched)
    scene.scroll(QPointF(300, 200), 1)
    assert not scene.canvas.viewport().updatesEnabled()
    scene.wait_for_frame()
    qtbot.waitUntil(lambda: bool(painted))
    assert all(painted), "a frame of the view before was painted, stretched"
    assert scene.canvas.viewport().updatesEnabled()


def test_a_slow_frame_is_not_waited_for(scene: Scene, monkeypatch) -> None:
    monkeypatch.setattr(type(scene.map.frames), "quick", False)
    scene.scroll(QPointF(300, 200), 1)
    assert scene.canvas.viewport().updatesEnabled()


def test_a_hold_ends_by_itself_and_is_not_prolonged(qtbot) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    hold = PaintHold(widget)
    hold.begin()
    assert not widget.updatesEnabled()
    left = hold._timer.remainingTime()
    hold.begin()
    assert hold._timer.remainingTime() <= left
    qtbot.waitUntil(widget.updatesEnabled)
    hold.end()
    assert widget.updatesEnabled()


@pytest.mark.parametrize("seed", range(4))
def test_pictures_keep_apart_as_if_each_were_compared_with_all(seed: int) -> None:
    pixels = np.random.default_rng(seed).uniform(-50, 900, (300, 2))
    kept: list[int] = []
    for place, position in enumerate(pixels):
        if not kept or np.abs(pixels[kept] - position).max(axis=1).min() >= 40.0:
            kept.append(place)
    assert _keep_apart(pixels, 40.0) == kept
