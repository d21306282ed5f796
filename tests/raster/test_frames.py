"""Frames against an exact raster, along a zoom from the full view to single points."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.raster import plan
from astromask_gui.raster.engine import MapEngine
from astromask_gui.raster.frame import THUMBNAIL_LIMIT, Frame, FrameRequest, ViewRect, hole_radius
from astromask_gui.raster.index import build_index, unsorted_index
from astromask_gui.raster.paint import Paint
from astromask_gui.raster.plain import PlainMap
from astromask_gui.raster.renderer import Renderer
from astromask_gui.raster.styles import HIDDEN, NORMAL, point_states
from tests.raster.point_sets import (
    BACKGROUND,
    SETS,
    Points,
    clusters,
    exact_ink,
    rainbow_tables,
    view_around,
)

SIZE = (320, 240)
EMPTY_PIXEL = 0xFF000000 | BACKGROUND[0] << 16 | BACKGROUND[1] << 8 | BACKGROUND[2]


def painted(points: Points, states: np.ndarray | None = None, *, plain: bool = False) -> Paint:
    index = (unsorted_index if plain else build_index)(*points)
    paint = Paint(index, rainbow_tables())
    colours = (np.arange(points[0].size) % 7).astype(np.uint8)
    paint.apply(colours, states, rainbow_tables())
    return paint


def amounts(paint: Paint, count: int, states: np.ndarray | None = None) -> np.ndarray:
    state = np.full(count, NORMAL) if states is None else states.astype(np.int64)
    return paint.tables.points[state * 256 + np.arange(count) % 7]


def box_sums(image: np.ndarray, reach: int = 1) -> np.ndarray:
    """Sums over squares of 2 · reach + 1 pixels."""
    padded = np.pad(image, reach)
    side = 2 * reach + 1
    return np.lib.stride_tricks.sliding_window_view(padded, (side, side)).sum(axis=(2, 3))


def path(points: Points, steps: int = 14) -> list[FrameRequest]:
    """Zooms towards a point of the set, 1.4 times a step."""
    full = view_around(*points, aspect=4 / 3)
    rows = np.flatnonzero(np.isfinite(points[0]) & np.isfinite(points[1]))
    row = rows[rows.size // 2]
    requests = []
    for step in range(steps):
        view = full.grown(1.4**-step)
        share = 1 - 1.4**-step
        dx = (float(points[0][row]) - (full.x0 + full.x1) / 2) * share
        dy = (float(points[1][row]) - (full.y0 + full.y1) / 2) * share
        shifted = ViewRect(view.x0 + dx, view.x1 + dx, view.y0 + dy, view.y1 + dy)
        requests.append(FrameRequest(shifted, *SIZE, background=BACKGROUND))
    return requests


@pytest.mark.parametrize("name", ["clusters", "uniform", "not finite", "far outliers"])
@pytest.mark.parametrize("share", [None, 0.4])
def test_frames_hold_the_ink_of_an_exact_raster(name: str, share: float | None) -> None:
    points = clusters(300_000) if name == "clusters" else SETS[name]()
    count = points[0].size
    states = None
    if share is not None:
        states = point_states(np.random.default_rng(1).random(count) < share, None)
    paint, renderer = painted(points, states), Renderer()
    merged, single = 0, 0
    for request in path(points):
        stats = renderer.render(paint, request).stats
        if stats.radius:
            continue
        found = renderer.ink(paint, request)
        exact = exact_ink(*points, amounts(paint, count, states), request)
        total = exact[..., 0].sum()
        # Merging moves ink by at most a pixel, so a little of it may cross the frame's edge.
        np.testing.assert_allclose(found.sum((0, 1)), exact.sum((0, 1)), rtol=0.01)
        difference = np.abs(found[..., 0] - exact[..., 0])
        if stats.cell_pixels:
            merged += 1
            local = np.abs(box_sums(found[..., 0]) - box_sums(exact[..., 0]))
            # Hidden members pull at the place of a merged point's ink.
            share_moved = 0.06 if share is None else 0.1
            assert local.max() <= share_moved * box_sums(exact[..., 0]).max()
            assert difference.sum() <= 0.35 * total
        else:
            single += 1
            assert difference.sum() <= 1e-3 * total, "points may differ by rounding only"
    assert single or merged
    assert merged or name == "uniform", "the test must see merged points too"


@pytest.mark.parametrize("name", ["clusters", "far outliers", "one point"])
def test_it_makes_no_difference_where_the_raster_is_cut_into_bands(name: str, monkeypatch) -> None:
    points = SETS[name]()
    paint = painted(points)
    for request in path(points, 24):
        whole = Renderer().ink(paint, request)
        with monkeypatch.context() as patch:
            patch.setattr(plan, "_BAND_PIXELS", 7 * SIZE[0])
            cut = Renderer().ink(paint, request)
        np.testing.assert_allclose(cut, whole, rtol=1e-4, atol=1e-2)


def test_brute_force_and_index_draw_the_same_points() -> None:
    points = SETS["not finite"]()
    request = path(points)[0]
    sorted_ink = Renderer().ink(painted(points), request)
    plain_ink = Renderer().ink(painted(points, plain=True), request)
    np.testing.assert_allclose(sorted_ink.sum((0, 1)), plain_ink.sum((0, 1)), rtol=1e-3)


@pytest.mark.parametrize("name", sorted(SETS))
def test_every_set_of_points_can_be_drawn_at_every_zoom(name: str) -> None:
    points = SETS[name]()
    engine = MapEngine(*points)
    engine.sort()
    view = view_around(*points)
    for factor in (1e6, 10.0, 1.0, 0.1, 1e-3, 1e-6):
        frame = engine.render(FrameRequest(view.grown(factor), *SIZE, background=BACKGROUND))
        assert frame.image.shape == (SIZE[1], SIZE[0])
        assert (frame.image >> 24 == 0xFF).all()
    frame = engine.render(FrameRequest(view, *SIZE, background=BACKGROUND))
    drawn = np.isfinite(points[0]) & np.isfinite(points[1])
    assert (frame.image != EMPTY_PIXEL).any() == bool(drawn.any())


def luminance(frame: Frame) -> float:
    """Mean excess over the background."""
    image = frame.image
    rgb = np.stack([image >> 16 & 255, image >> 8 & 255, image & 255], -1).astype(float)
    return float(np.abs(rgb - np.array(BACKGROUND)).mean())


@pytest.mark.parametrize(("count", "hollow"), [(20_000, False), (20_000, True), (400_000, False)])
def test_brightness_never_jumps_while_zooming(count: int, hollow: bool) -> None:
    points = clusters(count)
    states = point_states(None, None, hollow=np.ones(count, bool)) if hollow else None
    paint, renderer = painted(points, states), Renderer()
    full = view_around(*points)
    for _ in range(10):
        before = luminance(renderer.render(paint, FrameRequest(full, *SIZE, BACKGROUND)))
    seen = set()
    for step in range(1, 110):
        frame = renderer.render(paint, FrameRequest(full.grown(1.029**-step), *SIZE, BACKGROUND))
        seen.add((frame.stats.cell_pixels > 0, frame.stats.radius > 0))
        now = luminance(frame)
        assert abs(now - before) <= 0.17 * before, f"step {step}: {frame.stats}"
        before = now
    assert len(seen) >= 2, "the path must cross at least one change of drawing"


def test_discs_grow_as_the_view_gets_sparser_and_are_counted_exactly() -> None:
    points = clusters(50_000)
    paint, renderer = painted(points), Renderer()
    x, y = points
    radii = []
    for request in path(points, 20):
        frame = renderer.render(paint, request)
        view = request.view
        inside = (x >= view.x0) & (x <= view.x1) & (y >= view.y0) & (y <= view.y1)
        assert frame.stats.visible == inside.sum()
        few = inside.sum() <= THUMBNAIL_LIMIT
        expected = np.flatnonzero(inside) if few else np.empty(0)
        np.testing.assert_array_equal(np.sort(frame.rows), expected)
        radii.append(frame.stats.radius)
    assert radii[-1] == 5.0
    assert np.diff(radii).min() >= -1.0


def test_a_lone_point_is_a_disc_of_its_colour_at_its_place() -> None:
    paint = painted((np.array([0.25], np.float32), np.array([0.5], np.float32)))
    request = FrameRequest(ViewRect(0.0, 1.0, 0.0, 1.0), 100, 80, background=BACKGROUND)
    image = Renderer().render(paint, request).image
    lines, columns = np.nonzero(image != EMPTY_PIXEL)
    assert abs(columns.mean() + 0.5 - 25) < 0.3
    assert abs(lines.mean() + 0.5 - 40) < 0.3
    assert 60 < columns.size < 110


ROOM = FrameRequest(ViewRect(0.0, 1.0, 0.0, 1.0), 100, 80, background=BACKGROUND)


def middle_of(frame: Frame, x: float, y: float) -> int:
    return int(frame.image[round((1 - y) * 80), round(x * 100)])


@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("for_print", [False, True])
def test_an_open_point_is_a_ring_of_its_colour(ratio: float, for_print: bool) -> None:
    points = (np.array([0.25, 0.75], np.float32), np.array([0.5, 0.5], np.float32))
    request = replace(ROOM, pixel_ratio=ratio, for_print=for_print)
    filled = Renderer().render(painted(points), request)
    hollow = point_states(None, None, hollow=np.array([True, False]))
    frame = Renderer().render(painted(points, hollow), request)
    assert middle_of(frame, 0.25, 0.5) == EMPTY_PIXEL != middle_of(filled, 0.25, 0.5)
    assert middle_of(frame, 0.75, 0.5) == middle_of(filled, 0.75, 0.5) != EMPTY_PIXEL
    rim = (frame.image != EMPTY_PIXEL)[:, :50]
    disc = (filled.image != EMPTY_PIXEL)[:, :50]
    assert (rim <= disc).all() and 0.4 * disc.sum() < rim.sum() < disc.sum()
    assert frame.stats.visible == 2
    np.testing.assert_array_equal(np.sort(frame.rows), [0, 1])


def test_an_open_point_that_is_filtered_out_is_not_drawn() -> None:
    points = (np.array([0.25, 0.75], np.float32), np.array([0.5, 0.5], np.float32))
    visible, hollow = np.array([False, True]), np.array([True, False])
    frame = Renderer().render(painted(points, point_states(visible, None, hollow=hollow)), ROOM)
    assert frame.stats.visible == 1
    assert (frame.image[:, :50] == EMPTY_PIXEL).all()


def test_where_points_are_small_open_ones_are_drawn_like_the_others() -> None:
    points = clusters(60_000)
    full = view_around(*points)
    states = point_states(None, None, hollow=np.arange(60_000) % 2 == 0)
    for factor in (1.0, 0.5):
        request = FrameRequest(full.grown(factor), *SIZE, background=BACKGROUND)
        assert Renderer().render(painted(points), request).stats.radius < 1.3
        plain, hollow = (Renderer().ink(painted(points, s), request) for s in (None, states))
        np.testing.assert_allclose(hollow, plain, rtol=1e-5)


@given(st.floats(0.0, 20.0), st.floats(0.01, 1.0))
def test_a_hole_grows_steadily_and_leaves_a_rim(radius: float, more: float) -> None:
    hole, larger = hole_radius(radius), hole_radius(radius + more)
    assert 0 <= hole <= larger <= hole + more + 1e-9
    assert radius - hole >= min(radius, 1.3) - 1e-9


@pytest.mark.parametrize("ghosts", [False, True])
def test_frames_tell_how_many_that_pass_the_filters_have_no_place(ghosts: bool) -> None:
    points = SETS["not finite"]()
    lost = ~(np.isfinite(points[0]) & np.isfinite(points[1]))
    visible = np.arange(lost.size) % 3 == 0
    selected = np.arange(lost.size) % 5 == 0
    plain = PlainMap(*points)
    for mask, states in (
        (np.ones(lost.size, bool), None),
        (visible, point_states(visible, None, ghosts=ghosts)),
        (visible, point_states(visible, selected, ghosts=ghosts, hollow=selected)),
    ):
        for factor in (1.0, 0.01):
            request = FrameRequest(view_around(*points).grown(factor), *SIZE, BACKGROUND)
            found = Renderer().render(painted(points, states), request).stats.placeless
            plain.set_style(np.zeros(lost.size, np.uint8), states, rainbow_tables())
            expected = np.count_nonzero(lost & mask)
            assert found == plain.render(request).stats.placeless == expected


def test_filtered_out_points_leave_no_trace() -> None:
    points = clusters(80_000)
    visible = points[0] > 0
    paint = painted(points, point_states(visible, None))
    full = view_around(*points)
    # Merged points may reach a pixel across the border between visible and hidden.
    left = ViewRect(full.x0, -1.5 * full.width / SIZE[0], full.y0, full.y1)
    frame = Renderer().render(paint, FrameRequest(left, *SIZE, background=BACKGROUND))
    assert frame.stats.visible == 0
    assert (frame.image == EMPTY_PIXEL).all()


def test_ghosts_are_drawn_fainter_and_not_counted() -> None:
    points = clusters(2000)
    nobody = np.zeros(2000, bool)
    request = FrameRequest(view_around(*points), *SIZE, background=BACKGROUND)
    ghosts = Renderer().render(painted(points, point_states(nobody, None, ghosts=True)), request)
    everyone = Renderer().render(painted(points), request)
    assert ghosts.stats.visible == 0
    assert 0 < luminance(ghosts) < 0.5 * luminance(everyone)


def test_a_selection_stands_out_and_the_rest_stays_visible() -> None:
    points = clusters(100_000)
    selected = (np.arange(100_000) % 50) == 0
    request = FrameRequest(view_around(*points), *SIZE, background=BACKGROUND)
    plain, dimmed = Renderer(), Renderer()
    for _ in range(8):
        usual = plain.render(painted(points), request)
        chosen = dimmed.render(painted(points, point_states(None, selected)), request)
    assert 0.2 * luminance(usual) < luminance(chosen) < 0.8 * luminance(usual)
    brightness = (chosen.image & 255).astype(int) + (chosen.image >> 8 & 255)
    column = ((points[0] - request.view.x0) / request.view.width * SIZE[0]).astype(int)
    line = ((request.view.y1 - points[1]) / request.view.height * SIZE[1]).astype(int)
    inside = (column >= 0) & (column < SIZE[0]) & (line >= 0) & (line < SIZE[1])
    of_chosen = brightness[line[inside & selected], column[inside & selected]]
    assert of_chosen.mean() > 1.5 * brightness[brightness > 40].mean() * 0.8


def test_half_resolution_shows_the_same_place() -> None:
    points = clusters(30_000)
    view = view_around(*points)
    whole = FrameRequest(view, 320, 240, background=BACKGROUND, pixel_ratio=2.0)
    half = FrameRequest(view, 320, 240, background=BACKGROUND, pixel_ratio=2.0, reduction=2)
    big, small = (Renderer().render(painted(points), request) for request in (whole, half))
    assert small.image.shape == (120, 160)
    inked_big = (big.image != EMPTY_PIXEL).reshape(120, 2, 160, 2).any(axis=(1, 3))
    inked_small = small.image != EMPTY_PIXEL
    assert (inked_big & inked_small).sum() > 0.7 * inked_big.sum()


def test_hidden_state_has_no_ink_at_all() -> None:
    assert not rainbow_tables().points[HIDDEN * 256 : (HIDDEN + 1) * 256].any()
