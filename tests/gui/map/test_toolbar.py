"""The row above the map: what gives way where a map is narrow."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from astromask_gui.widgets.map.toolbar import MapToolbar, make_actions


@pytest.fixture
def toolbar(qtbot: QtBot) -> Iterator[MapToolbar]:
    holder = QWidget()
    qtbot.addWidget(holder)
    made = MapToolbar(make_actions(holder, lambda name, checked: None))
    qtbot.addWidget(made)
    made.projections.addItems(["umap-0", "pca-0"])
    made.set_summary("1,200 in view")
    made.show()
    yield made
    assert holder is not None  # The actions are its children.


def offered(toolbar: MapToolbar) -> set[str]:
    """Texts of the actions within reach: as buttons, or in the menu."""
    menu = toolbar.more.menu()
    assert menu is not None
    menu.aboutToShow.emit()
    in_menu = {action.text() for action in menu.actions()} if toolbar.more.isVisible() else set()
    shown = {
        button.defaultAction().text()
        for button in toolbar.optional.values()
        if button.isVisible() and button.geometry().right() < toolbar.width()
    }
    assert not in_menu & shown
    return in_menu | shown


@pytest.mark.parametrize("width", [220, 260, 300, 340, 380, 420, 480, 900])
def test_every_action_is_a_button_or_in_the_menu(toolbar: MapToolbar, width: int) -> None:
    toolbar.resize(width, 40)
    assert len(offered(toolbar)) == 5


def test_a_wide_map_needs_no_menu_and_says_what_it_holds(toolbar: MapToolbar) -> None:
    toolbar.resize(900, 40)
    assert toolbar.more.isHidden() and toolbar.summary.isVisible()


def test_galaxies_without_a_place_are_told_where_there_is_room(toolbar: MapToolbar) -> None:
    toolbar.resize(900, 40)
    toolbar.set_summary("1,200 in view", "3 not on this map", "They have no embedding.")
    assert toolbar.summary.text() == "1,200 in view  ·  3 not on this map"
    assert toolbar.summary.toolTip() == "3 not on this map. They have no embedding."
    width = 900
    while toolbar.summary.text() != "1,200 in view" and width > 300:
        width -= 10
        toolbar.resize(width, 40)
    assert width > 300 and toolbar.summary.isVisible()
    toolbar.set_summary("1,200 in view")
    assert toolbar.summary.toolTip() == ""


def test_a_narrow_map_keeps_its_tools(toolbar: MapToolbar) -> None:
    toolbar.resize(toolbar.minimumSizeHint().width(), 40)
    assert toolbar.more.isVisible() and toolbar.summary.isHidden()
    assert toolbar.more.geometry().right() < toolbar.width()
