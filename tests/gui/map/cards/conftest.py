"""A map of galaxies with names and thumbnails, and a mouse that goes to their cards."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QEvent, QPoint, QPointF, Qt
from PyQt6.QtGui import QEnterEvent, QMouseEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from astromask_gui.widgets.map.card import MapCard
from astromask_gui.widgets.map.hover import MapHover
from tests.gui.conftest import give_thumbnails
from tests.gui.map_scene import Scene

NO_KEY = Qt.KeyboardModifier.NoModifier


@pytest.fixture
def scene(qtbot):
    """Galaxies with names; thumbnails and names are answered when asked for."""
    made = Scene(qtbot)
    give_thumbnails(made.state)
    give_names(made)
    made.fill()
    yield made
    made.map.close_frames()


def give_names(scene: Scene) -> None:
    identifiers = scene.state.identifiers
    identifiers.wanted.connect(
        lambda rows: identifiers.put(rows, [f"galaxy-{row}" for row in rows])
    )


def hover_of(scene: Scene) -> MapHover:
    return scene.map.hover


def wait_out_the_grace(scene: Scene, qtbot) -> None:
    """Until a card that is to go would have gone."""
    qtbot.waitUntil(lambda: not hover_of(scene)._grace.isActive())


def alone(scene: Scene) -> int:
    """A row that has no other galaxy near it, away from the map's edges."""
    pixels = scene.canvas.mapping().to_pixels(scene.places)
    apart = np.hypot(*(pixels[:, None] - pixels[None]).transpose(2, 0, 1))
    np.fill_diagonal(apart, np.inf)
    return int(np.argmax(apart.min(axis=1)))


def show_card(scene: Scene, qtbot, row: int) -> MapCard:
    # Qt itself must know the mouse to be over the map: it may be where another test left it, and
    # would be taken to leave the map as soon as something is shown beneath it.
    QTest.mouseMove(scene.canvas.viewport(), scene.pixel_of(row).toPoint())
    scene.hover(scene.pixel_of(row))
    hover = hover_of(scene)
    qtbot.waitUntil(lambda: not hover.card.isHidden() and hover.card.row == row)
    return hover.card


def enter(card: MapCard) -> None:
    """The mouse goes from the map onto a card."""
    viewport = card.parentWidget().viewport()
    QApplication.sendEvent(viewport, QEvent(QEvent.Type.Leave))
    middle = QPointF(card.rect().center())
    QApplication.sendEvent(card, QEnterEvent(middle, middle, middle))


def press_and_move(card: MapCard, start: QPoint, steps: list[QPoint]) -> None:
    """Press on a card, drag over it by steps, and let go."""
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    last = start

    def send(kind: QEvent.Type, point: QPoint, button: Qt.MouseButton, held: Qt.MouseButton):
        where = QPointF(card.mapToGlobal(point))
        event = QMouseEvent(kind, QPointF(point), where, button, held, NO_KEY)
        QApplication.sendEvent(card, event)

    send(QEvent.Type.MouseButtonPress, start, left, left)
    for step in steps:
        last = start + step
        send(QEvent.Type.MouseMove, last, none, left)
    send(QEvent.Type.MouseButtonRelease, last, left, none)
