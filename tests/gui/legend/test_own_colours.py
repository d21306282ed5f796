"""A category's own colour: chosen, taken back, and kept to its column."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QColorDialog

from astromask_gui.parts.swatches import SwatchPopup
from astromask_gui.rendering.colouring import MISSING
from astromask_gui.rendering.palette import PALETTE
from astromask_gui.widgets.legend.panel import LegendPanel
from tests.gui.legend.conftest import LEFT, NO_KEY, choose, labels, row_of
from tests.gui.map_scene import Scene


def picked(panel: LegendPanel, code: int) -> SwatchPopup:
    popup = panel.categories.choose_colour(code)
    assert popup is not None
    return popup


def test_a_category_gets_a_colour_of_the_palette_and_its_default_again(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    default = row_of(panel, "lens").entry.colour
    row = row_of(panel, "lens")
    qtbot.mouseClick(row, LEFT, NO_KEY, row.place_of("colour").center())
    (popup,) = panel.categories.findChildren(SwatchPopup)
    assert not popup.reset.isEnabled()
    qtbot.mouseClick(popup.swatches[8], LEFT)
    assert row_of(panel, "lens").entry.colour == PALETTE[8]
    colours = scene.colours.colours
    assert colours is not None
    assert tuple(colours.table[2]) == QColor(PALETTE[8]).getRgb()
    assert scene.state.own_colours.by_column == {"class": {"lens": PALETTE[8]}}
    scene.state.undo.undo()
    assert row_of(panel, "lens").entry.colour == default
    scene.state.undo.redo()
    qtbot.mouseClick(picked(panel, 2).reset, LEFT)
    assert row_of(panel, "lens").entry.colour == default
    assert scene.state.own_colours.by_column == {}


def test_arrows_walk_over_the_palette_and_return_picks(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    popup = picked(panel, 0)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Return):
        qtbot.keyClick(popup, key)
    assert scene.state.own_colours.of("class") == {"star": PALETTE[8]}


def test_any_other_colour_is_asked_for_without_stopping_the_window(
    panel: LegendPanel, scene: Scene, qtbot
) -> None:
    choose(panel, "class")
    qtbot.mouseClick(picked(panel, 1).other, LEFT)
    (dialog,) = panel.findChildren(QColorDialog)
    dialog.setCurrentColor(QColor("#123456"))
    dialog.accept()
    assert row_of(panel, "galaxy").entry.colour == "#123456"


def test_own_colours_are_a_columns_own(panel: LegendPanel, scene: Scene) -> None:
    scene.state.own_colours.set("other", "lens", "#123456")
    choose(panel, "class")
    assert row_of(panel, "lens").entry.colour == PALETTE[2]


def test_what_has_no_value_has_no_colour_of_its_own(panel: LegendPanel, scene: Scene) -> None:
    values = scene.classes.copy()
    values[:5] = -1
    scene.state.columns.set_values("class", values)
    choose(panel, "class")
    assert labels(panel)[-1] == ("no value", 5)
    assert panel.categories.choose_colour(MISSING) is None
