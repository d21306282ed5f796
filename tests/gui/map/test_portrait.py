"""The whole map is offered as a picture of its workspace."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.widgets.map.portrait import MapPortrait
from astromask_gui.widgets.start_page import StartPage
from tests.gui.map_scene import Scene


class Offers:
    def __init__(self, scene: Scene) -> None:
        self.made: list[tuple[str, np.ndarray]] = []
        scene.state.portraits.offered.connect(lambda *offer: self.made.append(offer))


@pytest.fixture
def offers(scene: Scene) -> Offers:
    return Offers(scene)


def test_a_map_that_shows_all_galaxies_is_offered_once_it_rests(
    scene: Scene, offers: Offers, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: bool(offers.made))
    (folder, picture), frame = offers.made[-1], scene.frame
    assert folder == "survey" and frame is not None
    assert picture.shape == frame.image.shape
    assert (picture != picture[0, 0]).any()


def test_a_part_of_the_map_is_not_offered(scene: Scene) -> None:
    (portrait,) = scene.map.findChildren(MapPortrait)
    scene.canvas.zoom(3.0)
    scene.wait_for_frame()
    assert not portrait.is_waiting


def test_the_start_page_shows_the_map_of_a_recent_workspace(qtbot: QtBot) -> None:
    state = ApplicationState()
    page = StartPage(state)
    qtbot.addWidget(page)
    state.preferences.set_recent(("/surveys/one", "/surveys/two"))
    maps = {
        "/surveys/one": np.full((96, 144), 0xFF00FF00, np.uint32),
        "/surveys/two": np.full((96, 144), 0xFFFF00FF, np.uint32),
    }
    state.portraits.add(maps)
    for folder, picture in maps.items():
        buttons = [b for b in page.findChildren(QPushButton) if folder in b.toolTip()]
        image = buttons[-1].icon().pixmap(48, 32).toImage()
        assert image.pixelColor(10, 10).rgb() == picture[0, 0]
