"""The viewer on the screen, and hands that use it."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QImage, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.widgets.cutout.panel import CutoutPanel


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> CutoutPanel:
    made = CutoutPanel(state)
    qtbot.addWidget(made)
    made.resize(360, 480)
    made.show()
    return made


def bytes_of(image: QImage | None) -> bytes:
    assert image is not None
    bits = image.constBits()
    assert bits is not None
    return bytes(bits.asarray(image.sizeInBytes()))


def grabbed(panel: CutoutPanel) -> QImage:
    return panel.picture.grab().toImage()


def at(panel: CutoutPanel, x: float, y: float) -> QPoint:
    """Where a pixel of the cutout is drawn in the large picture."""
    corner, scale = panel.picture.picture_rectangle().bottomLeft(), panel.picture.picture_scale()
    return QPoint(round(corner.x() + x * scale), round(corner.y() - y * scale))


def wheel(panel: CutoutPanel, x: float, y: float, clicks: int) -> None:
    place = QPointF(at(panel, x, y))
    event = QWheelEvent(
        place,
        panel.picture.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * clicks),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(panel.picture, event)


def drag(panel: CutoutPanel, start: QPoint, end: QPoint, qtbot: QtBot) -> None:
    qtbot.mousePress(panel.picture, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(panel.picture, (start + end) / 2)
    QTest.mouseMove(panel.picture, end)
    qtbot.mouseRelease(panel.picture, Qt.MouseButton.LeftButton, pos=end)


def press(panel: CutoutPanel, button: str) -> None:
    getattr(panel.tools, button).click()
