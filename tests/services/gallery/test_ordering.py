"""Sorting galaxies by a column, against NumPy and Python's own sort."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.services.gallery.ordering import sort_rows
from astromask_gui.state.columns import Column

NAMES = ("spiral", "Elliptical", "lens", "Edge-on")
SUBSETS = st.lists(st.integers(0, 39), unique=True, max_size=40)


def sort(rows: list[int], column: Column, values: np.ndarray, descending: bool) -> list[int]:
    return sort_rows(np.array(rows, np.uint32), column, values, descending).tolist()


def expected(rows: list[int], keys: dict[int, object], descending: bool) -> list[int]:
    """Python's sort keeps equal ones in order, both ways; `None` comes last."""
    there = [row for row in rows if keys[row] is not None]
    ordered = sorted(there, key=lambda row: keys[row], reverse=descending)
    return [*ordered, *(row for row in rows if keys[row] is None)]


@given(SUBSETS, st.lists(st.floats(width=32), min_size=40, max_size=40), st.booleans())
def test_numbers_are_sorted_and_nan_comes_last(
    rows: list[int], values: list[float], descending: bool
) -> None:
    keys = {row: None if math.isnan(value) else value for row, value in enumerate(values)}
    found = sort(rows, Column("mag", "number"), np.array(values), descending)
    assert found == expected(rows, keys, descending)


@given(SUBSETS, st.lists(st.integers(-1, 3), min_size=40, max_size=40), st.booleans())
def test_categories_are_sorted_by_name_and_missing_ones_come_last(
    rows: list[int], codes: list[int], descending: bool
) -> None:
    keys = {row: None if code < 0 else NAMES[code].casefold() for row, code in enumerate(codes)}
    column = Column("type", "category", categories=NAMES)
    found = sort(rows, column, np.array(codes, np.int16), descending)
    assert found == expected(rows, keys, descending)


TEXTS = st.lists(
    st.text(st.characters(codec="ascii", exclude_characters="\0"), max_size=4),
    min_size=40, max_size=40,
)  # fmt: skip


@given(SUBSETS, TEXTS, st.booleans())
def test_texts_are_sorted_whatever_their_case_and_empty_ones_come_last(
    rows: list[int], texts: list[str], descending: bool
) -> None:
    keys = {row: text.lower() or None for row, text in enumerate(texts)}
    found = sort(rows, Column("note", "text"), np.array(texts, object), descending)
    assert found == expected(rows, keys, descending)


def test_a_column_without_a_category_leaves_the_order_alone() -> None:
    values = np.full(4, -1, np.int16)
    assert sort([2, 0, 3], Column("type", "category"), values, True) == [2, 0, 3]
