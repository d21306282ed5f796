"""Colours follow values, keep missing ones apart, and never run out."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.rendering.colouring import (
    MAXIMUM_CATEGORIES,
    MISSING,
    colour_column,
    continuous_map,
    spread_of,
)
from astromask_gui.rendering.palette import luminance
from astromask_gui.state.columns import Column
from astromask_gui.state.view import Colouring
from astromask_gui.theme import tokens

NUMBER = Column("z", "number")


def test_larger_values_get_larger_indices_and_missing_ones_their_own() -> None:
    values = np.array([0.0, 0.5, np.nan, 1.0, np.inf])
    colours = colour_column(NUMBER, values, Colouring("z", limits=(0, 1)), "dark")
    assert list(colours.index) == [0, 127, MISSING, 254, MISSING]
    assert tuple(colours.table[MISSING]) != tuple(colours.table[254])


def test_a_logarithmic_scale_leaves_out_what_has_no_logarithm() -> None:
    values = np.array([-1.0, 0.0, 1.0, 10.0, 100.0])
    colours = colour_column(NUMBER, values, Colouring("z", (1, 100), logarithmic=True), "dark")
    assert list(colours.index) == [MISSING, MISSING, 0, 127, 254]


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=40), st.booleans())
def test_a_spread_is_an_interval_within_another_whatever_the_values(
    values: list[float], logarithmic: bool
) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        spread = spread_of(np.array(values, float), logarithmic)
    (lowest, highest), (low, high) = spread.whole, spread.automatic
    assert lowest <= low <= high <= highest


def test_the_few_values_of_a_large_column_are_not_missed() -> None:
    values = np.full(1_000_000, np.nan)
    values[[3, 500_001]] = 5.0, 7.0
    assert spread_of(values, False).whole == pytest.approx((5, 7), abs=0.01)


@given(
    st.lists(st.floats(-1e6, 1e6, width=32), max_size=60),
    st.floats(1, 1e3),
    st.floats(1.5, 1e3),
    st.booleans(),
    st.booleans(),
)
def test_indices_are_those_of_plain_arithmetic_and_what_lies_beyond_is_counted(
    values: list[float], low: float, ratio: float, logarithmic: bool, wide: bool
) -> None:
    column = np.array(values, np.float64 if wide else np.float32)
    limits = (low, low * ratio)
    colours = colour_column(NUMBER, column, Colouring("z", limits, logarithmic), "dark")
    below = above = 0
    for value, index in zip(column.astype(float), colours.index, strict=True):
        if logarithmic and value <= 0:
            assert index == MISSING
            continue
        share = (
            np.log(value / low) / np.log(ratio)
            if logarithmic
            else (value - low) / (limits[1] - low)
        )
        assert abs(index - np.clip(share, 0, 1) * (MISSING - 1)) <= 0.51
        below, above = below + (share < -1e-6), above + (share > 1 + 1e-6)
    assert colours.beyond[0] >= below and colours.beyond[1] >= above
    assert sum(colours.beyond) <= len(column)


def test_a_map_can_be_reversed() -> None:
    values = np.array([0.0, 1.0])
    there, back = (
        colour_column(NUMBER, values, Colouring("z", (0, 1), reverse=reverse), "dark")
        for reverse in (False, True)
    )
    np.testing.assert_array_equal(there.table[:MISSING], back.table[:MISSING][::-1])
    np.testing.assert_array_equal(there.index, back.index)


@pytest.mark.parametrize("style", ["dark", "light"])
@pytest.mark.parametrize("name", ["viridis", "cividis", "plasma", "magma", "inferno"])
def test_every_map_runs_one_way_in_lightness_and_stands_out(style: str, name: str) -> None:
    lightness = luminance(continuous_map(name, style))
    assert (np.diff(lightness) > -0.004).all()
    ground = tokens(style).map_background
    background = luminance(np.array([[int(ground[i : i + 2], 16) for i in (1, 3, 5)]]))[0]
    lighter, darker = np.maximum(lightness, background), np.minimum(lightness, background)
    assert ((lighter + 0.05) / (darker + 0.05)).min() >= 1.45


def test_categories_are_counted_in_the_legend() -> None:
    column = Column("type", "category", categories=("spiral", "lens"))
    codes = np.array([0, 1, 1, -1], np.int16)
    colours = colour_column(column, codes, Colouring("type"), "dark")
    assert colours.legend is not None
    assert [(entry.label, entry.count) for entry in colours.legend] == [
        ("spiral", 1),
        ("lens", 2),
        ("no value", 1),
    ]
    assert list(colours.index) == [0, 1, 1, MISSING]


def test_beyond_the_colours_the_rarest_categories_share_one() -> None:
    names = tuple(f"t{i}" for i in range(100))
    codes = np.repeat(np.arange(100), np.arange(1, 101))
    colours = colour_column(Column("t", "category", categories=names), codes, Colouring(), "dark")
    assert colours.legend is not None
    assert len(colours.legend) == MAXIMUM_CATEGORIES + 1
    assert colours.legend[-1].count == sum(range(1, 37))


def test_text_and_booleans_become_categories() -> None:
    text = colour_column(
        Column("t", "text"), np.array(["b", "a", "b"], object), Colouring(), "dark"
    )
    flags = colour_column(Column("f", "boolean"), np.array([1, 0, -1]), Colouring(), "light")
    assert text.legend is not None
    assert flags.legend is not None
    assert [(e.label, e.count) for e in text.legend] == [("a", 1), ("b", 2)]
    assert [(e.label, e.count) for e in flags.legend] == [("no", 1), ("yes", 1), ("no value", 1)]


def test_own_colours_go_before_all_others() -> None:
    column = Column("grade", "category", categories=("A", "B", "C"))
    codes = np.array([0, 1, 2, -1])
    own = {"B": "#102030", "Z": "#ffffff"}
    colours = colour_column(column, codes, Colouring("grade"), "dark", own)
    assert colours.legend is not None
    assert [entry.own for entry in colours.legend] == [False, True, False, False]
    assert colours.legend[1].colour == "#102030"
    np.testing.assert_array_equal(colours.table[1], [16, 32, 48, 255])
    assert colours.legend[0].colour == "#4cc38a"


def test_one_long_text_among_many_takes_no_more_than_its_own_memory() -> None:
    texts = np.array(["long " * 20_000, *(f"text {n}" for n in range(1000, 0, -1))], object)
    tracemalloc.start()
    found = colour_column(Column("note", "text"), texts, Colouring(), "dark")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20e6
    assert found.legend is not None
    assert [entry.label for entry in found.legend[:-1]] == sorted(texts)[: len(found.legend) - 1]


def test_no_text_is_no_value() -> None:
    texts = np.array(["b", "", "a", "b"], object)
    colours = colour_column(Column("t", "text"), texts, Colouring(), "dark")
    assert colours.legend is not None
    assert [(e.label, e.count) for e in colours.legend] == [("a", 1), ("b", 2), ("no value", 1)]
    np.testing.assert_array_equal(colours.index, [1, MISSING, 0, 1])
