"""The reconstruction on the screen, and where its patches are."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.widgets.reconstruction.panel import ReconstructionPanel
from tests.gui.conftest import PATCH, SIDE

GRID = SIDE // PATCH


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> ReconstructionPanel:
    made = ReconstructionPanel(state)
    qtbot.addWidget(made)
    made.resize(720, 300)
    made.show()
    return made


def place_of_patch(panel: ReconstructionPanel, patch: int) -> QPoint:
    box = panel.views["masked"].picture_rectangle()
    row, column = divmod(patch, GRID)
    step = box.width() / GRID
    return (box.bottomLeft() + QPointF((column + 0.5) * step, -(row + 0.5) * step)).toPoint()


def pixels_of(panel: ReconstructionPanel, name: str) -> np.ndarray:
    """(SIDE, SIDE, 3), row 0 the lowest on screen."""
    image = panel.views[name].image
    assert image is not None
    return np.array(
        [[image.pixelColor(x, y).getRgb()[:3] for x in range(SIDE)] for y in reversed(range(SIDE))]
    )
