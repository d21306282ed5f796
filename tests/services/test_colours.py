"""A paper's colours stay with its workspace."""

from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from tests.services.small_survey import make_workspace
from trainer.workspace.own_colours import COLOURS_FILE, read_colours, write_colours


def test_colours_are_kept_taken_back_and_found_again(
    survey: Path, opened: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    own = opened.own_colours
    own.set("tile", "1.2", "#102030")
    qtbot.waitUntil(lambda: read_colours(survey) == {"tile": {"1.2": "#102030"}})
    opened.undo.undo()
    assert own.by_column == {}
    qtbot.waitUntil(lambda: read_colours(survey) == {})
    opened.undo.redo()
    qtbot.waitUntil(lambda: read_colours(survey) != {})
    opened.session.request_open(make_workspace(tmp_path / "other"))
    qtbot.waitUntil(lambda: own.by_column == {}, timeout=20000)
    opened.session.request_open(survey)
    qtbot.waitUntil(lambda: own.of("tile") == {"1.2": "#102030"}, timeout=20000)
    opened.session.set_workspace(None)
    assert own.by_column == {}
    assert read_colours(survey) != {}


def test_a_damaged_file_is_told_and_the_survey_opens(
    tmp_path: Path, state: ApplicationState, services: object, qtbot: QtBot
) -> None:
    survey = make_workspace(tmp_path)
    write_colours(survey, {"tile": {"1.2": "#102030"}})
    (survey / COLOURS_FILE).write_text("{")
    state.session.request_open(survey)
    qtbot.waitUntil(lambda: state.view.coordinates is not None, timeout=20000)
    assert any(COLOURS_FILE in message.text for message in state.messages.history)
    assert state.own_colours.by_column == {}
