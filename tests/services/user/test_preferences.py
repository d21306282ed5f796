from __future__ import annotations

from pathlib import Path

from pytestqt.qtbot import QtBot

from astromask_gui.services.user.preferences import PreferencesService
from astromask_gui.state.preferences import Preferences


def test_preferences_are_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    first = Preferences()
    keeper = PreferencesService(first, path)
    first.set_style("light")
    first.set_motion(False)
    first.set_mini_map(False)
    first.set_mark_placed(False)
    first.set_sexagesimal(True)
    first.set_card_columns(("mag_r", "a, b"))
    first.remember("/one")
    first.remember("/two, with a comma")
    del keeper
    second = Preferences()
    keeper = PreferencesService(second, path)
    assert (second.style, second.motion) == ("light", False)
    assert (second.mini_map, second.card_columns) == (False, ("mag_r", "a, b"))
    assert not second.mark_placed
    assert second.sexagesimal
    assert second.recent == ("/two, with a comma", "/one")
    second.set_card_columns(None)
    del keeper
    third = Preferences()
    PreferencesService(third, path)
    assert third.card_columns is None


def test_a_style_for_one_start_is_not_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    once = Preferences()
    keeper = PreferencesService(once, path, style="light")
    assert once.style == "light"
    once.remember("/one")
    del keeper
    later = Preferences()
    PreferencesService(later, path)
    assert (later.style, later.recent) == ("dark", ("/one",))
