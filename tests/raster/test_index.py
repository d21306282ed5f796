"""The sorted index and its levels are divisions of the points: nothing lost, nothing moved far."""

from __future__ import annotations

import numpy as np
import pytest

from astromask_gui.raster.grid import cell_of, natural_view
from astromask_gui.raster.index import PointIndex, build_index
from astromask_gui.raster.order import point_keys, sort_keys
from tests.raster.point_sets import SETS, clusters


@pytest.fixture(scope="module", params=sorted(SETS))
def case(request: pytest.FixtureRequest) -> tuple[np.ndarray, np.ndarray, PointIndex]:
    x, y = SETS[request.param]()
    return x, y, build_index(x, y)


def test_every_finite_point_is_in_the_index_once(case) -> None:
    x, y, index = case
    finite = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    np.testing.assert_array_equal(np.sort(index.rows), finite)
    np.testing.assert_allclose(index.x + index.origin[0], x[index.rows], rtol=1e-6, atol=1e-12)
    np.testing.assert_allclose(index.y + index.origin[1], y[index.rows], rtol=1e-6, atol=1e-12)


def test_points_lie_in_the_cell_that_the_grid_computes_for_them(case) -> None:
    _, _, index = case
    grid = index.grid
    column = cell_of(index.x, grid.x0, grid.cell_width, grid.size)
    row = cell_of(index.y, grid.y0, grid.cell_height, grid.size)
    cells = row * grid.size + column
    counts = np.bincount(cells, minlength=grid.size**2)
    np.testing.assert_array_equal(np.diff(index.starts), counts)
    assert (np.diff(cells) >= 0).all()


def test_levels_divide_the_points_and_keep_their_mean_position(case) -> None:
    _, _, index = case
    for number, level in enumerate(index.levels):
        members = level.first.astype(np.int64)
        for finer in index.levels[number + 1 :]:
            members = finer.first.astype(np.int64)[members]
        assert members[0] == 0
        assert members[-1] == index.x.size
        sizes = np.diff(members)
        assert sizes.min() >= 1
        sums = np.add.reduceat(index.x.astype(np.float64), members[:-1])
        np.testing.assert_allclose(level.x, sums / sizes, rtol=1e-5, atol=1e-5)
        assert level.starts[-1] == level.size
        np.testing.assert_array_equal(members[level.starts], index.starts)


def test_merged_points_lie_within_one_cell(case) -> None:
    _, _, index = case
    bounds = index.grid.bounds()
    for number, level in enumerate(index.levels):
        members = level.first.astype(np.int64)
        for finer in index.levels[number + 1 :]:
            members = finer.first.astype(np.int64)[members]
        many = np.diff(members) > 1
        for values, cell in ((index.x, level.cell_width), (index.y, level.cell_height)):
            low = np.minimum.reduceat(values, members[:-1])[many].astype(np.float64)
            high = np.maximum.reduceat(values, members[:-1])[many].astype(np.float64)
            assert ((high - low) <= cell * (1 + 1e-6)).all()
        merged_x = level.x[many]
        assert ((merged_x >= bounds.x0) & (merged_x <= bounds.x1)).all()


def test_a_million_points_need_fewer_items_the_coarser_the_level() -> None:
    index = build_index(*clusters(300_000))
    sizes = [level.size for level in index.levels]
    assert sizes == sorted(sizes)
    assert len(sizes) >= 2
    assert sizes[-1] <= 0.6 * 300_000


def test_sorting_keys_is_a_stable_sort() -> None:
    rng = np.random.default_rng(0)
    keys = rng.integers(0, 2**32, 30_000, dtype=np.uint64).astype(np.uint32)
    keys[::3] = keys[0]
    expected = np.argsort(keys, kind="stable")
    sorted_keys, order = sort_keys(keys.copy())
    np.testing.assert_array_equal(order, expected)
    np.testing.assert_array_equal(sorted_keys, keys[expected])


def test_keys_order_by_row_then_column() -> None:
    index = build_index(*clusters(5000))
    keys = point_keys(index.x, index.y, index.grid)
    assert (np.diff(keys.astype(np.int64)) >= 0).all()


def test_the_natural_view_shows_all_but_a_few_far_points() -> None:
    x, y = clusters(1000)
    view = natural_view(x, y)
    assert (view.x0, view.x1) == (x.min(), x.max())
    x[0] = 1e6
    view = natural_view(x, y)
    assert view.x1 < 100
    assert view.x0 <= np.quantile(x, 0.01)


def test_the_natural_view_has_an_extent_whatever_the_points() -> None:
    for name in sorted(SETS):
        view = natural_view(*SETS[name]())
        assert view.width > 0, name
        assert view.height > 0, name
        assert np.isfinite(view).all(), name
