"""Pictures of maps are kept small, for the workspaces opened lately and no others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from astromask_gui.services.user.portraits import SIZE, PortraitService
from astromask_gui.state.portraits import Picture, Portraits
from astromask_gui.state.preferences import Preferences


def two_halves(width: int = 1200, height: int = 900) -> Picture:
    """Red on the left, blue on the right."""
    picture = np.full((height, width), 0xFFFF0000, np.uint32)
    picture[:, width // 2 :] = 0xFF0000FF
    return picture


def offer(qtbot: QtBot, folder: Path, preferences: Preferences, *workspaces: str) -> None:
    portraits = Portraits()
    service = PortraitService(portraits, preferences, folder)
    for workspace in workspaces:
        with qtbot.waitSignal(portraits.changed):
            portraits.offer(workspace, two_halves())
        assert portraits.picture(workspace) is not None
    service.close()


def test_a_picture_is_small_and_there_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    preferences = Preferences()
    preferences.remember("/surveys/one")
    offer(qtbot, tmp_path, preferences, "/surveys/one")
    portraits = Portraits()
    service = PortraitService(portraits, preferences, tmp_path)
    qtbot.waitUntil(lambda: portraits.picture("/surveys/one") is not None)
    picture = portraits.picture("/surveys/one")
    assert picture is not None and picture.shape == SIZE[::-1]
    assert (picture[:, : SIZE[0] // 2 - 2] == 0xFFFF0000).all()
    assert (picture[:, SIZE[0] // 2 + 2 :] == 0xFF0000FF).all()
    assert portraits.picture("/surveys/two") is None
    service.close()


def test_what_is_not_listed_any_more_is_removed(qtbot: QtBot, tmp_path: Path) -> None:
    preferences = Preferences()
    preferences.remember("/surveys/one")
    preferences.remember("/surveys/two")
    offer(qtbot, tmp_path, preferences, "/surveys/one", "/surveys/two")
    assert len(list(tmp_path.iterdir())) == 2
    preferences.set_recent(("/surveys/two",))
    offer(qtbot, tmp_path, preferences, "/surveys/two")
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_is_no_picture_is_left_aside(qtbot: QtBot, tmp_path: Path) -> None:
    preferences = Preferences()
    preferences.remember("/surveys/one")
    offer(qtbot, tmp_path, preferences, "/surveys/one")
    (path,) = tmp_path.iterdir()
    path.write_bytes(b"no picture")
    offer(qtbot, tmp_path, preferences, "/surveys/one")
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_folder_that_cannot_be_written_disturbs_nobody(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / "maps").write_bytes(b"in the way")
    portraits = Portraits()
    service = PortraitService(portraits, Preferences(), tmp_path / "maps")
    portraits.offer("/surveys/one", two_halves())
    service.close()
    assert portraits.picture("/surveys/one") is None
