"""The legend's line about galaxies that were placed on a projection after it was laid out."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QAbstractButton, QSizePolicy

from astromask_gui.state.application import ApplicationState
from astromask_gui.theme import RADIUS, SPACE, tokens

_HEIGHT = 24
_SWATCH, _RIM = 10.0, 2.0
_ROOM = 12.0
"""Of a swatch in the legend's other lines."""
_LABEL = "placed later"


class PlacedLine(QAbstractButton):
    """Says how many there are on the current map; a click draws them as all others, and back."""

    def __init__(self, state: ApplicationState) -> None:
        super().__init__()
        self._state = state
        self.count = 0
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.clicked.connect(state.preferences.set_mark_placed)
        state.preferences.changed.connect(self._follow_preferences)
        state.maps.current_changed.connect(self._follow_map)
        for view in (state.maps.first, state.maps.second):
            view.coordinates_changed.connect(self._follow_map)
        self._follow_preferences()
        self._follow_map()

    def _follow_preferences(self) -> None:
        self.setChecked(self._state.preferences.mark_placed)
        self.update()

    def _follow_map(self) -> None:
        view = self._state.maps.current
        self.count = 0 if view.placed is None else int(np.count_nonzero(view.placed))
        self.setVisible(self.count > 0)
        self.setAccessibleName(f"{_LABEL}, {self.count:,}")
        self.setToolTip(
            f"<b>{_LABEL}</b>: {self.count:,}<br>Galaxies that came after {view.projection} was"
            " laid out, or were too many for it, and were placed among the others. Where points are"
            " large enough they are rings; pictures have a dashed frame.<br>"
            "Click to draw them like all others, or as rings again (Space)."
        )
        self.update()

    def sizeHint(self) -> QSize:
        """As one of the legend's other lines."""
        return QSize(160, _HEIGHT)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A ring, or a disc as all others are; what it means; how many."""
        look = tokens(self._state.preferences.style)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.underMouse() or self.hasFocus():
            painter.setPen(QColor(look.accent) if self.hasFocus() else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.raised))
            whole = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(whole, RADIUS - 2, RADIUS - 2)
        colour = QColor(look.text if self.isChecked() else look.muted)
        side = _SWATCH - _RIM if self.isChecked() else _SWATCH
        swatch = QRectF(0, 0, side, side)
        swatch.moveCenter(QRectF(SPACE[0], 0, _ROOM, self.height()).center())
        painter.setPen(QPen(colour, _RIM) if self.isChecked() else Qt.PenStyle.NoPen)
        painter.setBrush(Qt.BrushStyle.NoBrush if self.isChecked() else colour)
        painter.drawEllipse(swatch)
        left = _ROOM + SPACE[0] + SPACE[1]
        line = QRectF(left, 0, self.width() - left - SPACE[0], self.height())
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(colour)
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignLeft, _LABEL)
        painter.setPen(QColor(look.muted))
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, f"{self.count:,}")
