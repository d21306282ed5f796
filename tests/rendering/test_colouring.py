"""Colours follow values, keep missing ones apart, and never run out."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.rendering.colouring import (
    MAXIMUM_CATEGORIES,
    MISSING,
    automatic_limits,
    category_colour,
    colour_column,
)
from astromask_gui.state.columns import Column
from astromask_gui.state.view import Colouring

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
def test_automatic_limits_are_an_interval_whatever_the_values(
    values: list[float], logarithmic: bool
) -> None:
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = automatic_limits(np.array(values, float), logarithmic)
    assert not high < low


def test_categories_are_counted_in_the_legend() -> None:
    column = Column("type", "category", categories=("spiral", "lens"))
    codes = np.array([0, 1, 1, -1], np.int16)
    colours = colour_column(column, codes, Colouring("type"), "dark")
    assert colours.legend is not None
    assert [(entry.label, entry.count) for entry in colours.legend] == [
        ("spiral", 1),
        ("lens", 2),
        ("none", 1),
    ]
    assert list(colours.index) == [0, 1, 1, MISSING]


def test_beyond_the_colours_the_rarest_categories_share_one() -> None:
    names = tuple(f"t{i}" for i in range(100))
    codes = np.repeat(np.arange(100), np.arange(1, 101))
    colours = colour_column(Column("t", "category", categories=names), codes, Colouring(), "dark")
    assert colours.legend is not None
    assert len(colours.legend) == MAXIMUM_CATEGORIES + 1
    assert colours.legend[-1].count == sum(range(1, 37))


def test_the_first_colours_are_all_different() -> None:
    palette = [category_colour(i) for i in range(MAXIMUM_CATEGORIES)]
    assert len(set(palette)) == MAXIMUM_CATEGORIES


def test_text_and_booleans_become_categories() -> None:
    text = colour_column(
        Column("t", "text"), np.array(["b", "a", "b"], object), Colouring(), "dark"
    )
    flags = colour_column(Column("f", "boolean"), np.array([1, 0, -1]), Colouring(), "light")
    assert text.legend is not None
    assert flags.legend is not None
    assert [(e.label, e.count) for e in text.legend] == [("a", 1), ("b", 2)]
    assert [(e.label, e.count) for e in flags.legend] == [("no", 1), ("yes", 1), ("none", 1)]
