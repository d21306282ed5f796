"""Panels do again only what has changed: their pictures take milliseconds of the window's time."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.widgets.neighbours.panel import NeighboursPanel
from astromask_gui.widgets.reconstruction.panel import ReconstructionPanel
from tests.gui.conftest import answer_query, give_thumbnails, make_reconstruction


def test_a_reconstruction_is_rendered_for_each_answer_and_stretch_alone(
    state: ApplicationState, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    panel = ReconstructionPanel(state)
    qtbot.addWidget(panel)
    draw = panel.grid.draw
    monkeypatch.setattr(panel.grid, "draw", lambda *words: (drawn.append("all"), draw(*words)))
    state.reconstruction.set_result(make_reconstruction(3))
    state.reconstruction.set_busy(True)
    state.session.set_worker("busy", "at work")
    state.session.set_worker("ready", "ready")
    assert len(drawn) == 1
    state.display.set_settings(replace(state.display.settings, stretch=0.9))
    assert len(drawn) == 2
    state.reconstruction.set_result(make_reconstruction(4))
    assert len(drawn) == 3


def test_the_querys_picture_is_rendered_when_its_own_thumbnail_arrives(
    state: ApplicationState, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    panel = NeighboursPanel(state)
    qtbot.addWidget(panel)
    answer_query(state, [1, 2, 3])
    draw = panel._draw_query
    monkeypatch.setattr(panel, "_draw_query", lambda: (drawn.append("query"), draw()))
    give_thumbnails(state)
    state.thumbnails.ready.emit([5, 6])
    assert not drawn
    state.thumbnails.ready.emit([0])
    assert drawn == ["query"]
