"""Colours of the points follow column and style, and leave the view alone."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PyQt6 import sip
from PyQt6.QtCore import QPointF
from PyQt6.QtGui import QColor

from astromask_gui.parts import map_colours
from astromask_gui.parts.map_colours import MapColours
from astromask_gui.rendering.colouring import Colours, plain_colours
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.view import Colouring
from astromask_gui.theme import tokens
from tests.gui.conftest import COUNT
from tests.gui.map.conftest import colour_at, is_background
from tests.gui.map_scene import Scene


def test_colouring_by_a_column_keeps_the_view(scene: Scene, qtbot) -> None:
    scene.canvas.zoom(3.0)
    view, shown = scene.canvas.view, scene.frame
    scene.state.view.set_colouring(Colouring("class"))
    qtbot.waitUntil(lambda: scene.frame is not shown)
    assert scene.canvas.view == view
    scene.map.map_actions["fit"].trigger()
    scene.wait_for_frame()
    hues = [
        colour_at(scene, scene.pixel_of(int(np.flatnonzero(scene.classes == k)[3]))).hue()
        for k in range(3)
    ]
    assert len({round(hue / 20) for hue in hues}) == 3


def test_a_column_that_is_still_loading_leaves_the_colours(scene: Scene, qtbot) -> None:
    scene.state.view.set_colouring(Colouring("class"))
    before = scene.colours.colours
    with qtbot.waitSignal(scene.state.columns.requested):
        scene.state.view.set_colouring(Colouring("lazy"))
    assert scene.colours.colours is before
    scene.state.columns.set_values("lazy", np.zeros(len(scene.places)))
    assert scene.colours.colours is not before


def test_the_light_style_has_a_light_map(scene: Scene, qtbot) -> None:
    scene.state.preferences.set_style("light")
    background = QColor(tokens("light").map_background)
    wanted = (background.red(), background.green(), background.blue())
    qtbot.waitUntil(lambda: scene.frame.request.background == wanted)
    assert is_background(colour_at(scene, QPointF(2, 2)), "light")


def test_colours_worked_out_after_their_owner_is_gone_are_dropped(
    state: ApplicationState, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go, raised = threading.Event(), []

    def make(style: str, _: str | None) -> Colours:
        assert may_go.wait(10)
        return plain_colours(COUNT, style)

    monkeypatch.setattr(threading, "excepthook", lambda args: raised.append(args.exc_value))
    monkeypatch.setattr(map_colours, "_AT_ONCE", 0)
    monkeypatch.setattr(MapColours, "maker", lambda self: make)
    colours = MapColours(state.view, state.columns, state.preferences, state.own_colours)
    (thread,) = [one for one in threading.enumerate() if one.name == "map-colours"]
    sip.delete(colours)
    may_go.set()
    thread.join(10)
    assert not thread.is_alive() and raised == []
