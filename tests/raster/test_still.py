"""Pictures for paper: finer than the screen's, and yet the same picture."""

from __future__ import annotations

import numpy as np
import pytest

from astromask_gui.raster.engine import MapEngine
from astromask_gui.raster.frame import FrameRequest, ViewRect
from astromask_gui.raster.index import build_index
from astromask_gui.raster.paint import Paint
from astromask_gui.raster.renderer import Renderer
from astromask_gui.raster.still import index_of, render_still
from astromask_gui.raster.styles import point_states
from astromask_gui.raster.worker import Style
from tests.raster.point_sets import BACKGROUND, clusters, rainbow_tables, view_around

SIZE = (300, 220)
FINER = 3


def channels(image: np.ndarray) -> np.ndarray:
    """(H, W, 3) float of 0xffRRGGBB pixels."""
    parts = [(image >> np.uint32(shift)) & np.uint32(255) for shift in (16, 8, 0)]
    return np.stack(parts, axis=-1).astype(float)


def reduced(image: np.ndarray, factor: int) -> np.ndarray:
    """Means over squares of `factor` pixels."""
    height, width, depth = image.shape
    parts = image.reshape(height // factor, factor, width // factor, factor, depth)
    return parts.mean(axis=(1, 3))


def style_of(count: int, states: np.ndarray | None = None) -> Style:
    return Style((np.arange(count) % 7).astype(np.uint8), states, rainbow_tables())


def request_of(view: ViewRect, finer: int = 1) -> FrameRequest:
    size = (SIZE[0] * finer, SIZE[1] * finer)
    return FrameRequest(view, *size, BACKGROUND, finer, for_print=finer > 1)


def screen(style: Style, index, request: FrameRequest) -> np.ndarray:
    paint = Paint(index, style.tables)
    paint.apply(style.colours, style.states, style.tables)
    renderer = Renderer()
    frames = [renderer.render(paint, request) for _ in range(3)]
    return channels(frames[-1].image)


@pytest.mark.parametrize("count", [400, 20_000, 300_000])
@pytest.mark.parametrize("zoom", [1.0, 0.25])
def test_a_print_looks_like_the_screen_whatever_its_resolution(count: int, zoom: float) -> None:
    points = clusters(count)
    selected = np.arange(count) % 3 == 0
    style = style_of(count, point_states(None, selected))
    index, view = build_index(*points), view_around(*points).grown(zoom)
    seen = screen(style, index, request_of(view))
    printed = channels(render_still(index, style, request_of(view, FINER)).image)
    # The same ink, and the same ink in each part of the picture. The soft edges of small discs on
    # the screen take a little longer to merge than the sharp ones of a print.
    ink_seen, ink_printed = np.abs(seen - BACKGROUND), np.abs(printed - BACKGROUND)
    assert ink_printed.mean() == pytest.approx(ink_seen.mean(), rel=0.16)
    coarse_seen, coarse_printed = reduced(ink_seen, 10), reduced(ink_printed, 10 * FINER)
    apart = np.abs(coarse_seen - coarse_printed).mean()
    assert apart < 0.16 * coarse_seen.mean()


def test_points_of_a_print_grow_with_its_resolution() -> None:
    points = clusters(3_000)
    index, view = build_index(*points), view_around(*points)
    radii = [
        render_still(index, style_of(3_000), request_of(view, finer)).stats.radius
        for finer in (2, 4)
    ]
    assert radii[1] == pytest.approx(2 * radii[0])
    assert radii[0] > 1


def test_a_print_leaves_the_screens_colours_alone() -> None:
    points = clusters(5_000)
    engine = MapEngine(*points, is_sorted=True)
    engine.set_style(*style_of(5_000))
    request = request_of(view_around(*points))
    before = engine.render(request).image
    nothing = Style(np.zeros(5_000, np.uint8), np.zeros(5_000, np.uint8), rainbow_tables())
    frame = render_still(index_of(engine, np.empty((0, 2))), nothing, request)
    assert np.unique(frame.image).size == 1
    engine.forget_brightness()
    assert np.array_equal(engine.render(request).image, before)


def test_before_the_points_are_sorted_a_print_is_made_from_the_places() -> None:
    x, y = clusters(2_000)
    request = request_of(view_around(x, y), 2)
    unsorted = index_of(None, np.column_stack([x, y]))
    late = render_still(build_index(x, y), style_of(2_000), request)
    early = render_still(unsorted, style_of(2_000), request)
    assert np.abs(channels(early.image) - channels(late.image)).max() <= 1
