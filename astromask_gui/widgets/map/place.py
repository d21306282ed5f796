"""Where a card stands beside its point, and whether the mouse is on its way to it."""

from __future__ import annotations

from collections.abc import Sequence

from PyQt6.QtCore import QPointF, QRectF, QSizeF

EDGE = 6.0
"""A card keeps so many pixels from the map's edges and from other cards."""


def place_beside(
    point: QPointF, size: QSizeF, area: QRectF, gap: float, others: Sequence[QRectF] = ()
) -> QRectF | None:
    """A rectangle of `size` in `area`, beside a point: right, left, below or above it, at least
    `gap` away; where it covers least of `others`. None where it would cover the point."""
    free = area.adjusted(EDGE, EDGE, -EDGE, -EDGE)
    if size.width() > free.width() or size.height() > free.height():
        return None
    places = [place for place in _beside(point, size, free, gap) if free.contains(place)]
    return min(places, key=lambda place: _covered(place, others), default=None)


def _covered(place: QRectF, others: Sequence[QRectF]) -> float:
    shared = (place.intersected(other) for other in others)
    return sum(part.width() * part.height() for part in shared)


def _beside(point: QPointF, size: QSizeF, free: QRectF, gap: float) -> list[QRectF]:
    x, y = point.x(), point.y()
    width, height = size.width(), size.height()
    # Its upper third at the point's height: what is read first is then where one looks.
    top = _between(y - height / 3, free.top(), free.bottom() - height)
    left = _between(x - width / 2, free.left(), free.right() - width)
    corners = ((x + gap, top), (x - gap - width, top), (left, y + gap), (left, y - gap - height))
    return [QRectF(QPointF(*corner), size) for corner in corners]


def moved_inside(place: QRectF, area: QRectF) -> QRectF:
    """The rectangle, moved so that it lies in `area`; its upper left part where it can't."""
    x = _between(place.x(), area.left(), area.right() - place.width())
    y = _between(place.y(), area.top(), area.bottom() - place.height())
    return QRectF(QPointF(x, y), place.size())


def distance_to(place: QRectF, position: QPointF) -> float:
    """Pixels from a position to a rectangle; 0 inside it."""
    offset = position - nearest_on(place, position)
    return float((offset.x() ** 2 + offset.y() ** 2) ** 0.5)


def nearest_on(place: QRectF, position: QPointF) -> QPointF:
    """The point of a rectangle that is nearest to a position."""
    x = _between(position.x(), place.left(), place.right())
    return QPointF(x, _between(position.y(), place.top(), place.bottom()))


def is_on_way(point: QPointF, place: QRectF, before: QPointF, now: QPointF) -> bool:
    """Whether the mouse goes from a point towards the card at `place`: it has come nearer, and is
    where a straight way from the point to some part of the card leads through."""
    if distance_to(place, now) >= distance_to(place, before):
        return False
    corners = (place.topLeft(), place.topRight(), place.bottomRight(), place.bottomLeft())
    sides = zip(corners, (*corners[1:], corners[0]), strict=True)
    return any(_in_triangle(now, point, start, end) for start, end in sides)


def _in_triangle(p: QPointF, a: QPointF, b: QPointF, c: QPointF) -> bool:
    turns = [_turn(a, b, p), _turn(b, c, p), _turn(c, a, p)]
    return min(turns) >= 0 or max(turns) <= 0


def _turn(a: QPointF, b: QPointF, p: QPointF) -> float:
    return (b.x() - a.x()) * (p.y() - a.y()) - (b.y() - a.y()) * (p.x() - a.x())


def _between(value: float, low: float, high: float) -> float:
    return max(low, min(value, high))
