"""Orders of rows are what Python's own stable sort makes of them, whatever the column holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tests.workspace.samples import make_workspace
from trainer.workspace.ordering import column_order, missing_in, text_order, value_order


def expected(values: list[Any], missing: list[bool], descending: bool) -> list[int]:
    """Stable, missing last: by the words of the promise."""
    known = [row for row, absent in enumerate(missing) if not absent]
    known.sort(key=lambda row: values[row], reverse=descending)
    return known + [row for row, absent in enumerate(missing) if absent]


@given(st.lists(st.floats(width=32) | st.sampled_from([0.0, -0.0, 1.0])), st.booleans())
def test_numbers_sort_stably_with_the_missing_last(numbers: list[float], descending: bool) -> None:
    for kind in (np.float32, np.float64):
        values = np.array(numbers, kind)
        found = value_order(values, missing_in(values), descending=descending)
        wanted = expected(numbers, [number != number for number in numbers], descending)
        assert found.tolist() == wanted


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.booleans())
def test_integers_of_any_size_sort_exactly(numbers: list[int], descending: bool) -> None:
    values = np.array(numbers, np.int64)
    found = value_order(values, np.zeros(len(values), bool), descending=descending)
    assert found.tolist() == expected(numbers, [False] * len(numbers), descending)


def test_many_numbers_sort_as_numpys_stable_sort_has_them() -> None:
    random = np.random.default_rng(2)
    few_tied = random.normal(size=20_000)
    few_tied[:500] = 1 + random.integers(0, 9, 500) * 2.0**-50
    all_tied = 1 + random.integers(0, 99, 20_000) * 2.0**-50
    whole = random.integers(-(2**62), 2**62, 20_000)
    for values in (few_tied, all_tied, few_tied.astype(np.float32), whole, whole.astype("u8")):
        present = np.zeros(len(values), bool)
        wanted = np.argsort(values, kind="stable")
        np.testing.assert_array_equal(value_order(values, present), wanted)
        backwards = len(values) - 1 - np.argsort(values[::-1], kind="stable")[::-1]
        found = value_order(values, present, descending=True)
        np.testing.assert_array_equal(found, backwards)


@given(
    st.lists(st.none() | st.text(max_size=5) | st.sampled_from(["a", "a\0", "é", "𝛼"])),
    st.booleans(),
)
def test_texts_sort_by_code_points(texts: list[str | None], descending: bool) -> None:
    column = pa.chunked_array([pa.array(texts, pa.string())])
    found = text_order(column, descending=descending)
    plain = [text or "" for text in texts]
    assert found.tolist() == expected(plain, [not text for text in plain], descending)


def test_texts_sort_the_same_however_long_or_often_repeated_they_are() -> None:
    generator = np.random.default_rng(1)
    few = [f"tile{number}" for number in generator.integers(0, 50, 6000)]
    unique = [f"CFIS-{number:07d}" for number in generator.permutation(6000)]
    long = [*unique[:-1], "x" * 1_000_000]
    for texts in (few, unique, long):
        column = pa.chunked_array([pa.array(texts[:2500]), pa.array(texts[2500:])])
        wanted = expected(texts, [False] * len(texts), False)
        assert text_order(column).tolist() == wanted


def test_a_workspaces_columns_sort_each_by_its_kind(tmp_path: Path) -> None:
    workspace = make_workspace(
        tmp_path,
        huge=np.array([2**53 + 1, 2**53, 2**53 + 2, -(2**62), 7, 7], np.int64),
        mag=np.array([2, np.nan, 1, np.inf, -np.inf, 1]),
        flag=np.array([True, False, True, False, True, False]),
    )
    store = workspace.columns
    assert column_order(store, "huge").tolist() == [3, 4, 5, 1, 0, 2]
    assert column_order(store, "huge", descending=True).tolist() == [2, 0, 1, 4, 5, 3]
    assert column_order(store, "mag").tolist() == [4, 2, 5, 0, 3, 1]
    assert column_order(store, "mag", descending=True).tolist() == [3, 0, 2, 5, 4, 1]
    assert column_order(store, "flag").tolist() == [1, 3, 5, 0, 2, 4]
    assert column_order(store, "tile", descending=True).tolist() == [4, 5, 2, 3, 0, 1]
