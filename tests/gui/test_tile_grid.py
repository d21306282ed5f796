"""Which tiles are where, for lists of up to a hundred million and every size of tile and view."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.parts.tile_grid import GAP, MOST_STEPS, TileGrid, middle_first, step_of

GRIDS = st.builds(
    TileGrid,
    count=st.integers(0, 10**8),
    side=st.integers(48, 256),
    width=st.integers(0, 4000),
    caption_height=st.sampled_from([0, 18]),
)
SMALL_GRIDS = st.builds(
    TileGrid,
    count=st.integers(0, 60),
    side=st.integers(48, 120),
    width=st.integers(40, 700),
    caption_height=st.sampled_from([0, 18]),
)
HEIGHTS = st.integers(GAP + 1, 2000)
SHARES = st.floats(0, 1)


def top_at(grid: TileGrid, share: float, height: int) -> int:
    return grid.clamped(round(share * grid.height), height)


def is_seen(grid: TileGrid, position: int, top: int, height: int) -> bool:
    _, y = grid.corner(position)
    return y < top + height and y + grid.line_height - GAP > top


@given(GRIDS, SHARES, HEIGHTS)
def test_all_tiles_in_view_and_at_most_a_line_of_gap_more(
    grid: TileGrid, share: float, height: int
) -> None:
    top = top_at(grid, share, height)
    seen = grid.in_view(top, height)
    assert all(0 <= position < grid.count for position in (seen[:1] or seen)[:1])
    for outside in (seen.start - 1, seen.stop):
        if seen and 0 <= outside < grid.count:
            assert not is_seen(grid, outside, top, height)
    inner = seen[grid.columns : -grid.columns]
    for position in (*inner[:1], *inner[-1:]):
        assert is_seen(grid, position, top, height)
    assert len(seen) <= grid.columns * (height // grid.line_height + 2)


@given(SMALL_GRIDS, SHARES, HEIGHTS)
def test_in_view_misses_no_tile_of_a_short_list(grid: TileGrid, share: float, height: int) -> None:
    top = top_at(grid, share, height)
    seen = set(grid.in_view(top, height))
    assert {p for p in range(grid.count) if is_seen(grid, p, top, height)} <= seen


@given(GRIDS, st.data())
def test_every_pixel_of_a_tile_leads_back_to_it(grid: TileGrid, data: st.DataObject) -> None:
    if not grid.count:
        return
    position = data.draw(st.integers(0, grid.count - 1))
    x, y = grid.corner(position)
    across = data.draw(st.integers(0, grid.side - 1))
    down = data.draw(st.integers(0, grid.side + grid.caption_height - 1))
    assert grid.at(x + across, y + down) == position
    assert grid.at(x - 1, y) != position and grid.at(x + grid.side, y) != position
    assert grid.at(x, y - 1) is None


@given(SMALL_GRIDS)
def test_tiles_do_not_overlap_and_stay_within_the_width(grid: TileGrid) -> None:
    lefts = [grid.left(column) for column in range(grid.columns)]
    assert all(b - a >= grid.side + GAP // 2 for a, b in itertools.pairwise(lefts))
    if grid.width >= grid.side + 2 * GAP:
        assert lefts[0] >= 0 and lefts[-1] + grid.side <= grid.width


@given(SMALL_GRIDS, *[st.integers(-100, 3000)] * 4)
def test_a_box_touches_what_lies_under_it(
    grid: TileGrid, x0: int, y0: int, x1: int, y1: int
) -> None:
    left, right, top, bottom = min(x0, x1), max(x0, x1), min(y0, y1), max(y0, y1)
    tall = grid.line_height - GAP

    def touches(position: int) -> bool:
        x, y = grid.corner(position)
        return x <= right and x + grid.side > left and y <= bottom and y + tall > top

    expected = [position for position in range(grid.count) if touches(position)]
    assert grid.within(x0, y0, x1, y1).tolist() == expected


@given(GRIDS, SHARES, HEIGHTS, st.data())
def test_a_revealed_tile_is_in_view_and_nothing_moves_where_it_was(
    grid: TileGrid, share: float, height: int, data: st.DataObject
) -> None:
    if not grid.count:
        return
    position = data.draw(st.integers(0, grid.count - 1))
    top = top_at(grid, share, height)
    after = grid.clamped(grid.top_for(position, top, height), height)
    assert position in grid.in_view(after, height)
    assert grid.clamped(grid.top_for(position, after, height), height) == after
    if height >= grid.line_height + GAP:
        _, y = grid.corner(position)
        assert after <= y and y + grid.line_height - GAP <= after + height


@given(GRIDS)
def test_a_scroll_bar_can_count_the_steps_of_any_list(grid: TileGrid) -> None:
    step = step_of(grid.height)
    assert grid.height / step <= MOST_STEPS
    assert step == 1 or grid.height > MOST_STEPS


@given(st.integers(0, 10**8), st.integers(0, 300), st.integers(1, 30))
def test_the_middle_of_the_view_comes_first(first: int, count: int, columns: int) -> None:
    positions = range(first, first + count)
    order = middle_first(positions, columns)
    assert sorted(order) == list(positions)
    if count:
        middle = (positions[0] // columns + positions[-1] // columns) / 2
        distances = np.abs(np.array(order) // columns - middle)
        assert (np.diff(distances) >= 0).all()
