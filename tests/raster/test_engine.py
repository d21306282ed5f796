"""The engine as a window uses it: recolouring, filtering, a long session, the frame thread."""

from __future__ import annotations

import importlib
import tracemalloc

import numpy as np
import pytest

from astromask_gui.raster.engine import MapEngine
from astromask_gui.raster.frame import FrameRequest
from astromask_gui.raster.index import build_index
from astromask_gui.raster.paint import Paint
from astromask_gui.raster.plain import PlainMap
from astromask_gui.raster.styles import (
    DIMMED,
    GHOST,
    HIDDEN,
    NORMAL,
    OPEN,
    SELECTED,
    STATE_COUNT,
    point_states,
    style_tables,
)
from astromask_gui.raster.warm import warm_up
from astromask_gui.raster.worker import Style
from tests.raster.point_sets import SETS, clusters, rainbow_tables, view_around

COUNT = 60_000


def random_style(seed: int, count: int = COUNT) -> Style:
    rng = np.random.default_rng(seed)
    colours = rng.integers(0, 256, count).astype(np.uint8)
    visible = rng.random(count) < 0.7 if seed % 2 else None
    selected = rng.random(count) < 0.1 if seed % 3 else None
    return Style(colours, point_states(visible, selected, ghosts=seed % 5 == 0), rainbow_tables())


@pytest.mark.parametrize("seed", range(6))
def test_recolouring_equals_painting_afresh(seed: int) -> None:
    index = build_index(*clusters(COUNT))
    renewed, fresh = Paint(index, rainbow_tables()), Paint(index, rainbow_tables())
    for earlier in range(seed, 6):
        renewed.apply(*random_style(earlier + 1))
    for paint in (renewed, fresh):
        paint.apply(*random_style(seed))
    np.testing.assert_array_equal(renewed.codes, fresh.codes)
    np.testing.assert_array_equal(renewed.drawn_starts, fresh.drawn_starts)
    for now, then in zip(renewed.colours, fresh.colours, strict=True):
        np.testing.assert_array_equal(now, then)


def test_merged_ink_is_the_sum_of_its_members() -> None:
    index = build_index(*clusters(COUNT))
    style = random_style(1)
    paint = Paint(index, style.tables)
    paint.apply(*style)
    assert index.levels
    for number, weights in enumerate(paint.weights):
        members = index.levels[number].first.astype(np.int64)
        for finer in index.levels[number + 1 :]:
            members = finer.first.astype(np.int64)[members]
        ink = np.add.reduceat(style.tables.points[paint.codes].astype(np.float64), members[:-1])
        np.testing.assert_allclose(weights, ink[:, 0], rtol=1e-5)
        some = ink[:, 0] > 0
        red = paint.colours[number] >> 16 & 255
        # Every level rounds to whole colours once.
        assert np.abs(red[some] - ink[some, 1] / ink[some, 0]).max() <= 0.5 * len(index.levels) + 1


def test_drawn_starts_count_the_points_that_are_not_hidden() -> None:
    index = build_index(*clusters(COUNT))
    style = random_style(1)
    paint = Paint(index, style.tables)
    paint.apply(*style)
    assert style.states is not None
    assert paint.drawn_starts[-1] == np.count_nonzero(style.states != HIDDEN)
    paint.apply(style.colours, None, style.tables)
    assert paint.drawn_starts[-1] == COUNT


def test_states_follow_filter_and_selection() -> None:
    visible, selected = np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)
    assert point_states(None, None) is None
    assert point_states(None, np.zeros(4, bool)) is None
    np.testing.assert_array_equal(
        point_states(visible, np.zeros(4, bool)), [NORMAL, NORMAL, HIDDEN, HIDDEN]
    )
    np.testing.assert_array_equal(
        point_states(visible, selected), [SELECTED, DIMMED, HIDDEN, HIDDEN]
    )
    np.testing.assert_array_equal(
        point_states(visible, selected, ghosts=True), [SELECTED, DIMMED, GHOST, GHOST]
    )


def test_only_what_passes_the_filters_is_open() -> None:
    visible, selected = np.array([1, 1, 0, 0], bool), np.array([1, 0, 1, 0], bool)
    hollow = np.array([1, 1, 1, 0], bool)
    found = point_states(None, None, hollow=hollow)
    np.testing.assert_array_equal(found, [NORMAL + OPEN] * 3 + [NORMAL])
    found = point_states(visible, selected, ghosts=True, hollow=hollow)
    np.testing.assert_array_equal(found, [SELECTED + OPEN, DIMMED + OPEN, GHOST, GHOST])
    assert found is not None and found.dtype == np.uint8


def test_dimming_moves_colours_towards_the_background() -> None:
    palette = np.full((256, 3), 200, np.uint8)
    for background in ((0, 0, 0), (255, 255, 255)):
        table = style_tables(palette, background).points.reshape(STATE_COUNT, 256, 4)
        dimmed = table[DIMMED, 0, 1] / table[DIMMED, 0, 0]
        normal = table[NORMAL, 0, 1] / table[NORMAL, 0, 0]
        assert normal == 200
        assert abs(dimmed - background[0]) < abs(normal - background[0])


def test_a_style_for_another_number_of_rows_is_refused() -> None:
    engine = MapEngine(*clusters(100))
    with pytest.raises(ValueError, match="100 rows"):
        engine.set_style(np.zeros(99, np.uint8), None, rainbow_tables())


def test_a_long_session_neither_fails_nor_grows() -> None:
    points = clusters(COUNT)
    engine = MapEngine(*points)
    engine.sort()
    full = view_around(*points)
    rng = np.random.default_rng(5)
    allocated = {}
    tracemalloc.start()
    for step in range(1000):
        kind = step % 10
        view = full.grown(float(10 ** rng.uniform(-4, 1)))
        if kind < 6:
            engine.render(FrameRequest(view, 160, 120, reduction=1 + step % 2))
        elif kind == 6:
            engine.set_style(*random_style(step))
        elif kind == 7:
            assert engine.in_box(view).shape == (COUNT,)
        elif kind == 8:
            engine.in_lasso(rng.normal(0, 5, (20, 2)))
        else:
            engine.nearest(*rng.normal(0, 5, 2), (0.1, 0.1))
        if step in (300, 999):
            allocated[step] = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert allocated[999] < allocated[300] + 1_000_000


def test_every_kernel_is_compiled_for_one_set_of_types() -> None:
    """A second set would cost seconds of compilation under the user's hands."""
    warm_up()
    for name in ("order", "levels", "paint", "splat", "counting", "picking"):
        module = importlib.import_module(f"astromask_gui.raster.{name}")
        entry_points = {
            "order": ("_fill_keys", "_radix_pass", "_gather", "_fill_starts"),
            "levels": ("_fill_splits", "_merge"),
            "paint": (
                "_fill_plain_codes",
                "_join",
                "_fill_codes",
                "_sum_points",
                "_sum_items",
                "_fill_counted_starts",
            ),
            "splat": ("draw_bands",),
            "counting": ("count_in_view", "rows_in_view"),
            "picking": ("_nearest", "_mark_box", "_edges_by_line", "_mark_lasso"),
        }[name]
        for kernel in entry_points:
            assert len(getattr(module, kernel).signatures) == 1, f"{name}.{kernel}"


@pytest.mark.parametrize("name", sorted(SETS))
def test_the_plain_map_draws_every_set(name: str) -> None:
    points = SETS[name]()
    plain = PlainMap(*points)
    frame = plain.render(FrameRequest(view_around(*points), 80, 60))
    assert frame.image.shape == (60, 80)
    finite = np.isfinite(points[0]) & np.isfinite(points[1])
    assert (np.unique(frame.image).size > 1) == bool(finite.any())


def test_the_plain_map_looks_like_the_exact_one() -> None:
    points = clusters(1200)
    request = FrameRequest(view_around(*points), 400, 300)
    style = random_style(3, 1200)
    plain, engine = PlainMap(*points), MapEngine(*points)
    pictures = []
    for points_map in (plain, engine):
        points_map.set_style(*style)
        image = points_map.render(request).image
        pictures.append(np.stack([image >> 16 & 255, image >> 8 & 255, image & 255]).astype(int))
    assert np.abs(pictures[0] - pictures[1]).mean() < 2.0


def test_a_crowd_drawn_plainly_is_nearly_as_bright_as_drawn_exactly() -> None:
    points = clusters(COUNT)
    request = FrameRequest(view_around(*points), 400, 300)
    style = random_style(3)
    light = []
    for points_map in (PlainMap(*points), MapEngine(*points)):
        points_map.set_style(*style)
        for _ in range(8):
            image = points_map.render(request).image
        light.append(float(((image >> 16 & 255) + (image >> 8 & 255) + (image & 255)).mean()))
    assert 0.6 < light[0] / light[1] < 1.6
