"""Bins of awkward columns, and counts that agree with counting anew."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from astromask_gui.raster import binning, crossfilter
from astromask_gui.raster.binning import (
    ABOVE,
    BELOW,
    MISSING,
    MOST_BARS,
    bin_column,
    in_range,
    suits_logarithm,
)
from astromask_gui.raster.crossfilter import CrossFilter
from astromask_gui.state.columns import Column

NUMBER = Column("mag", "number")
TEXT = Column("name", "text")

_FLOATS = arrays.arrays(
    np.float64,
    st.integers(0, 60),
    elements=st.floats(allow_nan=True, allow_infinity=True, width=64),
)


@given(_FLOATS, st.booleans(), st.booleans())
def test_every_value_is_in_the_bin_of_its_edges_beyond_the_axis_or_missing(
    values: np.ndarray, logarithmic: bool, whole: bool
) -> None:
    bins = bin_column(NUMBER, values, logarithmic, whole)
    assert bins.totals.sum() == len(values)
    np.testing.assert_array_equal(bins.index == MISSING, np.isnan(values) | (
        bool(bins.problem) | np.zeros(len(values), bool)))  # fmt: skip
    if bins.problem:
        return
    edges = np.array(bins.edges)
    assert (np.diff(edges) > 0).all()
    for place, value in zip(bins.index, values, strict=True):
        if place == BELOW:
            assert value <= edges[0] * (1 + 1e-9 * np.sign(edges[0])) or value <= 0
        elif place == ABOVE:
            assert value >= edges[-1] * (1 - 1e-9 * np.sign(edges[-1]))
        elif place != MISSING:
            low, high = edges[place], edges[place + 1]
            slack = 1e-6 * (high - low) + 1e-9 * max(abs(low), abs(high))
            assert low - slack <= value <= high + slack


def test_a_column_without_values_says_so() -> None:
    assert "No galaxy has a value of mag" in bin_column(NUMBER, np.full(5, np.nan)).problem
    assert "positive" in bin_column(NUMBER, np.array([-1.0, 0.0]), logarithmic=True).problem
    assert "No galaxy" in bin_column(TEXT, np.array(["", ""], object)).problem
    assert "No galaxy" in bin_column(NUMBER, np.empty(0)).problem


def test_an_axis_is_logarithmic_by_itself_only_for_positive_values_with_a_long_tail() -> None:
    rng = np.random.default_rng(5)
    noise = 7 * (1 + rng.pareto(0.8, 3000))
    assert suits_logarithm(noise) and suits_logarithm(np.append(noise, np.nan))
    others = (rng.normal(20, 2, 3000), rng.exponential(1, 3000), rng.uniform(0.01, 100, 3000))
    assert [suits_logarithm(values) for values in others] == [False, False, False]
    assert not suits_logarithm(np.append(noise, -99)) and not suits_logarithm(np.full(4, np.nan))


def test_a_constant_column_has_an_axis_about_its_value() -> None:
    bins = bin_column(NUMBER, np.full(5, 21.5))
    assert bins.edges[0] < 21.5 < bins.edges[-1] and bins.totals[: bins.count].sum() == 5


def test_a_few_wild_values_do_not_squeeze_the_rest_and_can_still_be_reached() -> None:
    values = np.append(np.random.default_rng(0).normal(20, 1, 5000), [-99.0, 1e30])
    bulk, whole = bin_column(NUMBER, values), bin_column(NUMBER, values, whole=True)
    assert bulk.edges[0] > 14 and bulk.edges[-1] < 26
    assert bulk.totals[BELOW] >= 1 and bulk.totals[ABOVE] >= 1
    assert whole.edges[0] == -99 and whole.edges[-1] == 1e30
    assert whole.totals[BELOW] == whole.totals[ABOVE] == 0


def test_whole_numbers_have_a_bin_each() -> None:
    bins = bin_column(NUMBER, np.array([1.0, 2, 2, 4]))
    assert bins.edges == (0.5, 1.5, 2.5, 3.5, 4.5)
    assert bins.totals[:4].tolist() == [1, 2, 0, 1]


def test_a_hundred_thousand_texts_share_one_bar_but_for_the_most_frequent() -> None:
    texts = np.array([f"g{n}" for n in range(100_000)] + ["spiral"] * 9 + [""], object)
    bins = bin_column(TEXT, texts)
    assert len(bins.labels) == MOST_BARS + 1 and bins.other == MOST_BARS
    assert bins.labels[0] == "spiral" and bins.labels[-1] == "99,981 others"
    assert bins.totals[0] == 9 and bins.totals[MOST_BARS] == 99_981 and bins.totals[MISSING] == 1


def test_categories_and_booleans_are_bars_the_most_frequent_first() -> None:
    column = Column("type", "category", categories=("lens", "none", "spiral"))
    bins = bin_column(column, np.array([2, 0, 2, -1], np.int16))
    assert bins.labels == ("spiral", "lens") and bins.totals[:2].tolist() == [2, 1]
    truth = bin_column(Column("ok", "boolean"), np.array([1, 1, 0, -1], np.int16))
    assert truth.labels == ("yes", "no") and truth.totals[MISSING] == 1


@pytest.mark.parametrize("fast", [False, True])
def test_ranges_are_compared_exactly(fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binning, "kernels_are_loaded", lambda: fast)
    values = np.array([0.1, 20.1, np.nan, np.inf], np.float32)
    assert in_range(values, -np.inf, np.inf).tolist() == [True, True, False, True]
    # As float32, 20.1 is a little more.
    assert in_range(values, 20.1, 21).tolist() == [False, True, False, False]
    assert in_range(values, 0, 20.1).tolist() == [True, False, False, False]


@pytest.mark.parametrize("fast", [False, True])
@given(seed=st.integers(0, 2**32 - 1), moves=st.lists(st.integers(0, 3), max_size=8))
@settings(max_examples=25, deadline=None)
def test_counts_after_any_moves_are_those_of_counting_anew(
    fast: bool, seed: int, moves: list[int]
) -> None:
    random = np.random.default_rng(seed)
    size = 200
    names = ["a", "b", "c"]
    bins = {name: bin_column(Column(name, "number"), random.normal(size=size)) for name in names}
    own: dict[str, np.ndarray] = {}
    others: list[np.ndarray] = []
    engine = CrossFilter()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(crossfilter, "kernels_are_loaded", lambda: fast)
        for move in moves:
            mask = random.random(size) < random.random()
            if move == 3:
                others = [] if others else [mask, random.random(size) < 0.7]
            elif names[move] in own and random.random() < 0.3:
                own.pop(names[move])
            else:
                own[names[move]] = mask
            counts = engine.count(bins, dict(own), tuple(others))
            for name in names:
                rows = np.ones(size, bool)
                for mask in [*others, *(own[key] for key in own if key != name)]:
                    rows &= mask
                expected = np.bincount(bins[name].index[rows], minlength=256)
                np.testing.assert_array_equal(counts[name], expected)


def test_other_columns_are_counted_from_the_filters_in_force() -> None:
    engine, mask = CrossFilter(), np.array([True, False, True])
    first = {"a": bin_column(Column("a", "number"), np.array([1.0, 2, 3]))}
    engine.count(first, {"a": mask}, ())
    both = {**first, "b": bin_column(Column("b", "number"), np.array([5.0, 5, 6]))}
    assert engine.count(both, {"a": mask}, ())["b"][:2].tolist() == [1, 1]
