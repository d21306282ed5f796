"""Small pictures say which of their bands a galaxy lacks, and are never merely black."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from astromask_gui.parts import named_pictures as module
from astromask_gui.parts.named_pictures import named_pictures
from astromask_gui.state.display import DisplaySettings, SurveyPixels

SURVEY = SurveyPixels(("g", "r", "i"), (22.5,) * 3, (0.1,) * 3)
SETTINGS = DisplaySettings(rgb=(2, 1, 0))


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The words that are written on pictures."""
    words: list[str] = []
    write = module._write

    def record(image: QImage, text: str) -> None:
        words.append(text)
        write(image, text)

    monkeypatch.setattr(module, "_write", record)
    return words


def thumbnails(*lost: tuple[int, ...]) -> np.ndarray:
    made = np.ones((len(lost), 3, 48, 48), np.float16)
    for row, channels in enumerate(lost):
        made[row, list(channels)] = np.nan
    return made


def test_missing_bands_are_named_and_whole_galaxies_bear_no_words(
    written: list[str], qtbot: QtBot
) -> None:
    images = named_pictures(thumbnails((), (0,), (0, 2), (0, 1, 2)), SETTINGS, SURVEY)
    assert written == ["no i", "no i g", "no data"]
    assert len(images) == 4 and images[0] != images[1]


def test_nothing_is_said_of_bands_that_are_not_shown(written: list[str], qtbot: QtBot) -> None:
    survey = SurveyPixels(("u", *SURVEY.bands), (22.5,) * 4, (0.1,) * 4)
    named_pictures(thumbnails((0, 1, 2)), DisplaySettings(rgb=(3, 2, 1)), survey)
    assert written == ["no i r g"]


def test_a_galaxy_without_any_data_is_not_black(written: list[str], qtbot: QtBot) -> None:
    (image,) = named_pictures(thumbnails((0, 1, 2)), SETTINGS, SURVEY, 96)
    assert image.width() == 96
    assert image.pixelColor(48, 20).lightness() > 30


def test_a_band_shown_in_two_colours_is_named_once(written: list[str], qtbot: QtBot) -> None:
    settings = DisplaySettings(rgb=(1, 1, 0))
    named_pictures(thumbnails((0, 1)), settings, SURVEY)
    assert written == ["no r"]


@pytest.mark.parametrize("side", [26, 48, 256])
def test_words_stay_within_the_picture(side: int, qtbot: QtBot) -> None:
    settings = DisplaySettings(rgb=(0, 1, 2))
    survey = SurveyPixels(("a band with a long name", "r", "i"), (22.5,) * 3, (0.1,) * 3)
    (image,) = named_pictures(thumbnails((0,)), settings, survey, side)
    edges = [{image.pixel(side - 1, y) for y in range(side)}]
    edges.append({image.pixel(x, side // 3) for x in range(side)})
    assert [len(colours) for colours in edges] == [1, 1]
    assert len({image.pixel(x, side - 6) for x in range(side)}) > 2, "there are words"
