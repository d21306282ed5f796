"""Where cards stand: geometry that holds for every point, size and map."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF, QRectF, QSizeF

from astromask_gui.widgets.map.place import (
    EDGE,
    distance_to,
    is_on_way,
    moved_inside,
    nearest_on,
    place_beside,
)

coordinates = st.floats(0, 1500)
points = st.builds(QPointF, coordinates, coordinates)
sizes = st.builds(QSizeF, st.floats(20, 400), st.floats(20, 400))
areas = st.builds(QRectF, st.just(0.0), st.just(0.0), st.floats(200, 2000), st.floats(200, 2000))
rectangles = st.builds(QRectF, coordinates, coordinates, st.floats(1, 400), st.floats(1, 400))


@given(points, sizes, areas, st.floats(1, 60), st.lists(rectangles, max_size=3))
def test_a_place_is_on_the_map_and_clear_of_its_point(point, size, area, gap, others) -> None:
    assume(area.contains(point))
    place = place_beside(point, size, area, gap, others)
    if place is not None:
        assert place.size() == size
        assert area.contains(place)
        assert distance_to(place, point) >= gap - 1e-9


@given(points, sizes, areas)
def test_there_is_a_place_wherever_a_side_is_wide_enough(point, size, area) -> None:
    assume(area.contains(point))
    gap = 10.0
    fits = size.height() <= area.height() - 2 * EDGE
    beside = max(point.x(), area.width() - point.x()) >= size.width() + gap + EDGE
    if fits and beside:
        assert place_beside(point, size, area, gap) is not None


@given(points, sizes, st.floats(1, 60))
def test_other_cards_are_not_covered_where_there_is_room(point, size, gap) -> None:
    area = QRectF(point.x() - 900, point.y() - 900, 1800, 1800)
    right = place_beside(point, size, area, gap)
    assert right is not None
    other = place_beside(point, size, area, gap, [right])
    assert other is not None and not other.intersects(right)


@given(rectangles, areas)
def test_what_is_moved_inside_keeps_its_size(rectangle, area) -> None:
    moved = moved_inside(rectangle, area)
    assert moved.size() == rectangle.size()
    if rectangle.width() <= area.width() and rectangle.height() <= area.height():
        assert area.adjusted(-1e-9, -1e-9, 1e-9, 1e-9).contains(moved)
    if area.contains(rectangle):
        assert moved == rectangle


@given(points, rectangles, st.floats(0.01, 0.98), st.floats(0.01, 0.99))
def test_the_straight_way_to_a_card_is_recognised(point, place, share, further) -> None:
    assume(distance_to(place, point) > 1)
    goal = nearest_on(place, point)
    before = point + (goal - point) * share
    now = before + (goal - before) * further
    assume(distance_to(place, now) < distance_to(place, before))
    # On the edge of the way the last bit decides; a straight way leads to the card's middle too.
    inner = place.center()
    assert is_on_way(point, place, point, point + (inner - point) * 0.5 * share) or is_on_way(
        point, place, before, now
    )
    assert not is_on_way(point, place, now, before)
