from __future__ import annotations

import threading

import pytest
from PyQt6 import sip

from astromask_gui.parts import map_colours
from astromask_gui.parts.map_colours import MapColours
from astromask_gui.rendering.colouring import Colours, plain_colours
from astromask_gui.state.application import ApplicationState
from tests.gui.conftest import COUNT


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
