"""A gallery with galaxies listed, and hands that use it."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.gallery import Listing
from astromask_gui.widgets.gallery.panel import GalleryPanel
from tests.gui.conftest import COUNT

CTRL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
LEFT, KEY = Qt.MouseButton.LeftButton, Qt.Key
ORDER = np.random.default_rng(3).permutation(COUNT).astype(np.uint32)


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> GalleryPanel:
    made = GalleryPanel(state)
    qtbot.addWidget(made)
    made.resize(640, 300)
    made.show()
    state.gallery.set_listing(Listing(ORDER, "visible"))
    return made


def point(panel: GalleryPanel, position: int) -> QPoint:
    return panel.view.place_of(position).center()


def click(panel: GalleryPanel, position: int, qtbot: QtBot, modifiers=None) -> None:
    none = Qt.KeyboardModifier.NoModifier
    area = panel.view.viewport()
    qtbot.mouseClick(area, LEFT, modifiers or none, point(panel, position))


def drag(panel: GalleryPanel, start: QPoint, end: QPoint, qtbot: QtBot, modifiers=None) -> None:
    area, none = panel.view.viewport(), Qt.KeyboardModifier.NoModifier
    qtbot.mousePress(area, LEFT, modifiers or none, start)
    qtbot.mouseMove(area, end)
    qtbot.mouseRelease(area, LEFT, modifiers or none, end)


def wheel(panel: GalleryPanel, notches: float, modifiers=Qt.KeyboardModifier.NoModifier) -> None:
    centre = QPointF(panel.view.viewport().rect().center())
    event = QWheelEvent(
        centre, QPointF(panel.view.viewport().mapToGlobal(centre.toPoint())), QPoint(),
        QPoint(0, round(120 * notches)), Qt.MouseButton.NoButton, modifiers,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(panel.view.viewport(), event)


def long_list(state: ApplicationState, count: int) -> None:
    state.selection.reset(count)
    state.gallery.set_listing(Listing(np.arange(count, dtype=np.uint32), "visible", True))
