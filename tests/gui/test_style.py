"""The style sheet of the window, filled in for both styles."""

from __future__ import annotations

import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from astromask_gui.icons import icon
from astromask_gui.style import style_sheet
from astromask_gui.theme import tokens


@pytest.mark.parametrize("style", ["dark", "light"])
def test_the_style_sheet_has_the_styles_colours_and_qt_understands_it(
    style: str, qtbot: QtBot, qtlog
) -> None:
    sheet = style_sheet(style)
    assert tokens(style).accent in sheet and f"check-{style}.svg" in sheet
    styled = QWidget()
    qtbot.addWidget(styled)
    styled.setStyleSheet(sheet)
    styled.ensurePolished()
    assert [record.message for record in qtlog.records] == []


def test_an_icon_is_made_once(qtbot: QtBot) -> None:
    # They are kept for good, and some are asked for with every repainting.
    assert icon("palette-outline").cacheKey() == icon("palette-outline").cacheKey()
