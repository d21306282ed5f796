"""The part of a cutout that is shown: zooming and panning keep what they promise."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.state.cutout_view import SMALLEST_SPAN, WHOLE, CutoutView, CutoutWindow

sides = st.integers(1, 4000)
screens = st.floats(20, 3000)
offsets = st.floats(-500, 500)


def whole_span(width: float, height: float, columns: int, rows: int) -> float:
    return min(width, height) / WHOLE.scale(width, height, columns, rows)


def on_screen(
    window: CutoutWindow, x: float, y: float, size: tuple[float, float], shape: tuple[int, int]
) -> tuple[float, float]:
    """Where (x, y) from the cutout's centre is drawn."""
    left, top = window.corner(*size, *shape)
    scale = window.scale(*size, *shape)
    return left + (x + shape[0] / 2) * scale, top + (shape[1] / 2 - y) * scale


@given(width=screens, height=screens, columns=sides, rows=sides)
def test_the_whole_cutout_fits_and_touches_two_sides(
    width: float, height: float, columns: int, rows: int
) -> None:
    left, top = WHOLE.corner(width, height, columns, rows)
    scale = WHOLE.scale(width, height, columns, rows)
    assert left >= -1e-6 and top >= -1e-6
    assert left + columns * scale == pytest.approx(width - left, abs=1e-6)
    assert min(left, top) == pytest.approx(0, abs=1e-6)


@given(width=screens, height=screens, side=st.integers(16, 4000), x=offsets, y=offsets,
       factor=st.floats(1.01, 8))  # fmt: skip
def test_what_is_under_the_mouse_stays_there_when_zooming(
    width: float, height: float, side: int, x: float, y: float, factor: float
) -> None:
    size, shape = (width, height), (side, side)
    before = CutoutWindow(3.0, -2.0, 0.8 * whole_span(*size, *shape))
    after = before.zoomed(factor, x, y, whole_span(*size, *shape))
    here, there = (on_screen(window, x, y, size, shape) for window in (before, after))
    assert here == pytest.approx(there, abs=1e-3)


@given(factor=st.floats(0.01, 100), x=offsets, y=offsets, whole=st.floats(8, 4000))
def test_zooming_stays_between_a_few_pixels_and_the_whole(
    factor: float, x: float, y: float, whole: float
) -> None:
    window = WHOLE.zoomed(factor, x, y, whole)
    assert window == WHOLE or SMALLEST_SPAN <= (window.span or 0) < whole


@given(right=st.floats(-1e4, 1e4), up=st.floats(-1e4, 1e4), columns=sides, rows=sides)
def test_panning_keeps_the_cutout_in_sight(
    right: float, up: float, columns: int, rows: int
) -> None:
    window = CutoutWindow(span=10.0).panned(right, up, columns, rows)
    assert abs(window.x) <= columns / 2 and abs(window.y) <= rows / 2


def test_a_whole_cutout_cannot_be_panned() -> None:
    assert WHOLE.panned(5, 5, 64, 64) == WHOLE


def test_the_models_crop_is_shown_and_left_again() -> None:
    view = CutoutView()
    view.show_crop(64)
    assert view.window == CutoutWindow(span=64.0)
    assert view.window.scale(128, 200, 200, 200) == 2
    view.show_crop(64)
    assert view.window == WHOLE


def test_an_equal_value_says_nothing() -> None:
    view, said = CutoutView(), []
    for signal in (view.changed, view.layout_changed, view.tool_changed, view.marks_changed,
                   view.mouse_changed):  # fmt: skip
        signal.connect(lambda: said.append(1))
    view.set_window(WHOLE)
    view.set_layout("one")
    view.set_tool("pan")
    view.set_crosshair(False)
    view.set_mouse(None)
    assert not said
    view.set_mouse((1.0, 2.0))
    assert said


@pytest.mark.parametrize(
    ("window", "shown"),
    [
        (CutoutWindow(3, -2, 20.0), CutoutWindow(3, -2, 20.0)),
        (CutoutWindow(0, 0, 64.0), CutoutWindow()),
        (CutoutWindow(3, -2, 100.0), CutoutWindow()),
        (CutoutWindow(40, 0, 20.0), CutoutWindow()),
        (CutoutWindow(), CutoutWindow()),
    ],
)
def test_a_picture_of_the_centre_shows_the_part_that_it_has(
    window: CutoutWindow, shown: CutoutWindow
) -> None:
    assert window.within(64) == shown
