"""Cards that stay on the map, each with a thin line to its galaxy's place."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PyQt6.QtCore import QLineF, QObject, QPointF, QRectF, QSizeF, pyqtSignal
from PyQt6.QtGui import QColor, QPainter, QPen

from astromask_gui.state.view import MapView
from astromask_gui.theme import Tokens
from astromask_gui.widgets.map.card import MapCard
from astromask_gui.widgets.map.geometry import PixelMapping
from astromask_gui.widgets.map.item import PixelItem
from astromask_gui.widgets.map.place import nearest_on

_RING = 6.0
"""Radius of the circle about a point at a line's end; a picture needs none."""


class LeaderItem(PixelItem):
    """Draws the lines between cards and points; they follow the view by themselves."""

    def __init__(
        self, view: MapView, cards: Callable[[], list[MapCard]], side_of: Callable[[int], float]
    ) -> None:
        """`side_of`: side of a row's picture on the map in pixels, 0 where it is a point."""
        super().__init__()
        self._view, self._cards, self._side_of = view, cards, side_of
        self._line, self._halo = QColor(), QColor()

    def set_tokens(self, tokens: Tokens) -> None:
        """Take the colours of another style."""
        self._line, self._halo = QColor(tokens.muted), QColor(tokens.map_background)
        self._halo.setAlpha(150)
        self.update()

    def leaders(self, mapping: PixelMapping) -> dict[int, QLineF]:
        """Lines from points to the cards beside them by row, in pixels."""
        lines = {}
        for card in self._cards():
            place = self._place_of(card.row, mapping)
            if card.row is not None and place is not None and not card.place().contains(place):
                lines[card.row] = QLineF(place, nearest_on(card.place(), place))
        return lines

    def paint_pixels(self, painter: QPainter, mapping: PixelMapping) -> None:
        """Circles about the points, and lines from them to the cards, with a halo."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        leaders = self.leaders(mapping)
        for pen in (QPen(self._halo, 3.5), QPen(self._line, 1.2)):
            painter.setPen(pen)
            for row, line in leaders.items():
                self._paint_leader(painter, line, self._side_of(row))

    def _paint_leader(self, painter: QPainter, line: QLineF, side: float) -> None:
        if side:
            corner = line.p1() - QPointF(side, side) / 2
            painter.drawLine(
                QLineF(nearest_on(QRectF(corner, QSizeF(side, side)), line.p2()), line.p2())
            )
            return
        painter.drawEllipse(line.p1(), _RING, _RING)
        if line.length() > _RING:
            painter.drawLine(QLineF(line.pointAt(_RING / line.length()), line.p2()))

    def _place_of(self, row: int | None, mapping: PixelMapping) -> QPointF | None:
        coordinates = self._view.coordinates
        if row is None or coordinates is None or row >= len(coordinates):
            return None
        place = mapping.to_pixels(coordinates[row : row + 1])[0]
        # Painters overflow far outside; a line's direction there is told well enough.
        return QPointF(*np.clip(place, -1e5, 1e5)) if np.isfinite(place).all() else None


class PinnedCards(QObject):
    """The cards that stay, by row."""

    changed = pyqtSignal()

    def __init__(
        self, view: MapView, side_of: Callable[[int], float], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._cards: dict[int, MapCard] = {}
        self.leaders = LeaderItem(view, self.cards, side_of)

    def cards(self) -> list[MapCard]:
        """The cards, the oldest first."""
        return list(self._cards.values())

    def places(self) -> list[QRectF]:
        """Where they stand, in pixels."""
        return [card.place() for card in self._cards.values()]

    def card_of(self, row: int | None) -> MapCard | None:
        """The card of a row, if it has one."""
        return None if row is None else self._cards.get(row)

    def add(self, card: MapCard) -> None:
        """Keep a card where it is."""
        assert card.row is not None
        self._cards[card.row] = card
        card.set_pinned(True)
        card.moved.connect(self.leaders.update)
        self._tell()

    def remove(self, card: MapCard) -> None:
        """Take a card away."""
        assert card.row is not None
        del self._cards[card.row]
        card.hide()
        card.deleteLater()
        self._tell()

    def clear(self) -> None:
        """Take all cards away."""
        for card in self.cards():
            self.remove(card)

    def fit(self) -> None:
        """Keep all cards on a map of another size."""
        for card in self._cards.values():
            card.fit()

    def _tell(self) -> None:
        self.leaders.update()
        self.changed.emit()
