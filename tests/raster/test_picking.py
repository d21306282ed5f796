"""Picks, boxes and lassos against brute force, on kind and unkind points, masked or not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astromask_gui.raster import picking
from astromask_gui.raster.frame import ViewRect
from astromask_gui.raster.index import PointIndex, build_index, unsorted_index
from astromask_gui.raster.plain import PlainMap
from tests.raster.point_sets import SETS, Points, view_around, winds_around


@pytest.fixture(scope="module", params=sorted(SETS))
def points(request: pytest.FixtureRequest) -> Points:
    return SETS[request.param]()


@pytest.fixture(scope="module", params=["sorted", "unsorted"])
def index(points: Points, request: pytest.FixtureRequest) -> PointIndex:
    return (build_index if request.param == "sorted" else unsorted_index)(*points)


def mask_for(count: int, share: float | None) -> np.ndarray | None:
    return None if share is None else np.random.default_rng(7).random(count) < share


def nearest_by_brute_force(
    points: Points, x: float, y: float, radius: tuple[float, float], allowed: np.ndarray | None
) -> tuple[float, int | None]:
    with np.errstate(all="ignore"):
        dx = (points[0].astype(np.float64) - x) / radius[0]
        dy = (points[1].astype(np.float64) - y) / radius[1]
        distance = dx * dx + dy * dy
    distance[~np.isfinite(distance)] = np.inf
    if allowed is not None:
        distance[~allowed] = np.inf
    if not distance.size or distance.min() > 1:
        return np.inf, None
    return float(distance.min()), int(distance.argmin())


def assert_pick_is_right(
    index: PointIndex, points: Points, x: float, y: float, radius: tuple[float, float], allowed
) -> None:
    row = picking.nearest(index, x, y, radius, allowed)
    _, expected = nearest_by_brute_force(points, x, y, radius, allowed)
    assert row == expected


@pytest.mark.parametrize("share", [None, 0.5, 0.0])
def test_a_pick_finds_the_nearest_allowed_point(
    points: Points, index: PointIndex, share: float | None
) -> None:
    view = view_around(*points)
    allowed = mask_for(points[0].size, share)
    rng = np.random.default_rng(3)
    for zoom in (1.0, 0.1, 0.002):
        radius = (14 * view.width * zoom / 1200, 14 * view.height * zoom / 900)
        for x, y in rng.uniform((view.x0, view.y0), (view.x1, view.y1), (25, 2)):
            assert_pick_is_right(index, points, x, y, radius, allowed)


@pytest.mark.parametrize("share", [None, 0.5])
def test_a_point_is_picked_at_its_own_place(
    points: Points, index: PointIndex, share: float | None
) -> None:
    allowed = mask_for(points[0].size, share)
    view = view_around(*points)
    finite = np.flatnonzero(np.isfinite(points[0]) & np.isfinite(points[1]))
    for row in finite[:: max(1, finite.size // 60)]:
        x, y = float(points[0][row]), float(points[1][row])
        assert_pick_is_right(index, points, x, y, (view.width / 100, view.height / 100), allowed)


@pytest.mark.parametrize("share", [None, 0.3])
def test_a_box_holds_exactly_its_points(
    points: Points, index: PointIndex, share: float | None
) -> None:
    view = view_around(*points)
    allowed = mask_for(points[0].size, share)
    rng = np.random.default_rng(11)
    boxes = [view, view.grown(1e6), view.grown(0.3), view.grown(1e-4)]
    for _ in range(12):
        (x0, x1), (y0, y1) = np.sort(rng.uniform((view.x0, view.y0), (view.x1, view.y1), (2, 2)).T)
        boxes.append(ViewRect(x0, x1, y0, y1))
    for box in boxes:
        x, y = points
        expected = (x >= box.x0) & (x <= box.x1) & (y >= box.y0) & (y <= box.y1)
        expected = expected if allowed is None else expected & allowed
        np.testing.assert_array_equal(picking.in_box(index, box, allowed), expected)


def outlines(view: ViewRect) -> list[np.ndarray]:
    """Triangles, a star, a scribble that crosses itself, one far beyond the points, thin ones."""
    rng = np.random.default_rng(13)
    centre = np.array([(view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2])
    size = np.array([view.width, view.height])
    angle = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    circle = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    star = circle * (0.25 + 0.15 * np.sin(9 * angle))[:, None]
    sliver = np.array([[-0.5, -1e-7], [0.5, 1e-7], [0.5, 2e-7]])
    shapes = [
        star,
        circle * 5e4,
        sliver,
        np.array([[-0.4, 0.0], [0.4, 0.0], [0.0, 0.0]]),
        np.cumsum(rng.normal(0, 0.05, (300, 2)), axis=0),
    ]
    shapes += [rng.uniform(-0.6, 0.6, (3, 2)) for _ in range(5)]
    return [shape * size + centre for shape in shapes]


@pytest.mark.parametrize("share", [None, 0.3])
def test_a_lasso_holds_exactly_its_points(
    points: Points, index: PointIndex, share: float | None
) -> None:
    allowed = mask_for(points[0].size, share)
    for outline in outlines(view_around(*points)):
        expected = winds_around(outline, *points)
        expected = expected if allowed is None else expected & allowed
        np.testing.assert_array_equal(picking.in_lasso(index, outline, allowed), expected)


def test_a_lasso_through_the_points_themselves_is_exact() -> None:
    x, y = SETS["duplicates"]()
    index = build_index(x, y)
    outline = np.array([[2, 2], [9, 2], [9, 9], [2, 9]], float)
    np.testing.assert_array_equal(picking.in_lasso(index, outline), winds_around(outline, x, y))


@pytest.mark.parametrize(
    "vertices", [np.zeros((0, 2)), [[0, 0], [1, 1]], [[0, 0], [1, np.nan], [1, 1]]]
)
def test_an_outline_without_area_selects_nothing(vertices) -> None:
    x, y = SETS["clusters"]()
    assert not picking.in_lasso(build_index(x, y), np.asarray(vertices, float)).any()


def test_an_inverted_or_unknown_box_selects_nothing() -> None:
    index = build_index(*SETS["clusters"]())
    assert not picking.in_box(index, ViewRect(1, 0, 0, 1)).any()
    assert not picking.in_box(index, ViewRect(np.nan, 1, 0, 1)).any()


def test_coordinates_with_a_large_offset_keep_their_digits() -> None:
    rng = np.random.default_rng(0)
    x, y = 2_459_000.5 + rng.uniform(0, 1, 30_000), rng.uniform(0, 1, 30_000)
    index = build_index(x, y)
    for row in range(0, 30_000, 1500):
        assert picking.nearest(index, x[row], y[row], (1e-6, 1e-6)) == row


coordinates = st.floats(-4, 4, width=32) | st.sampled_from([0.0, 1.0, float("nan"), float("inf")])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(coordinates, coordinates), max_size=40),
    st.lists(st.tuples(st.floats(-5, 5), st.floats(-5, 5)), min_size=3, max_size=12),
)
def test_any_lasso_over_any_points_is_exact(pairs, outline) -> None:
    x, y = np.array(pairs, np.float32).reshape(-1, 2).T.copy()
    vertices = np.array(outline)
    expected = winds_around(vertices, x, y)
    np.testing.assert_array_equal(picking.in_lasso(build_index(x, y), vertices), expected)
    plain = PlainMap(x, y)
    np.testing.assert_array_equal(plain.in_lasso(vertices), expected)


def test_plain_picks_agree_with_the_kernels() -> None:
    points = SETS["not finite"]()
    index, plain = build_index(*points), PlainMap(*points)
    allowed = mask_for(points[0].size, 0.5)
    view = view_around(*points)
    for x, y in np.random.default_rng(0).uniform((view.x0, view.y0), (view.x1, view.y1), (40, 2)):
        arguments = (x, y, (view.width / 90, view.height / 90), allowed)
        assert plain.nearest(*arguments) == picking.nearest(index, *arguments)
    box = view.grown(0.4)
    np.testing.assert_array_equal(plain.in_box(box, allowed), picking.in_box(index, box, allowed))
