"""The legend beside a map of three hundred galaxies in three classes, and hands that use it."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, Qt

from astromask_gui.widgets.legend.panel import LegendPanel
from tests.gui.map_scene import Scene

ALT = Qt.KeyboardModifier.AltModifier
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
NO_KEY = Qt.KeyboardModifier.NoModifier
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def scene(qtbot):
    made = Scene(qtbot, 300)
    made.fill()
    yield made
    made.map.close_frames()


@pytest.fixture
def panel(scene: Scene, qtbot) -> LegendPanel:
    made = LegendPanel(scene.state, {scene.state.view: scene.colours})
    made.resize(240, 500)
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    return made


def labels(panel: LegendPanel) -> list[tuple[str, int]]:
    return [(row.entry.label, row.entry.count) for row in panel.categories.rows.rows]


def click(qtbot, panel: LegendPanel, name: str, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    row = next(row for row in panel.categories.rows.rows if row.entry.label == name)
    qtbot.mouseClick(row, Qt.MouseButton.LeftButton, modifiers, QPoint(30, 10))


def row_of(panel: LegendPanel, name: str):
    return next(row for row in panel.categories.rows.rows if row.entry.label == name)


def choose(panel: LegendPanel, name: str) -> None:
    panel.column_choice.setCurrentIndex(panel.column_choice.findData(name))
    panel.column_choice.activated.emit(panel.column_choice.currentIndex())
