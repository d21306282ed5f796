"""The best of a column are ranked as the numbers are, whatever kind of number."""

from __future__ import annotations

import numpy as np
import pytest

from astromask_gui.services.search.neighbours import best_rows
from astromask_gui.state.columns import Column
from astromask_gui.state.neighbours import Query

QUERY = Query("column", column="score")
SCORE = Column("score", "number")


@pytest.mark.parametrize(
    "values",
    [
        1 - np.array([3, 1, 4, 2, 5]) * 1e-10,
        np.array([3, 5, 2, 4, 1], np.uint8),
        2**60 + np.array([3, 5, 2, 4, 1], np.int64),
        np.array([0.3, np.inf, 0.5, np.nan, 0.4])[[0, 2, 3, 4, 1]].astype(np.float16),
    ],
)
def test_the_largest_come_first(values: np.ndarray) -> None:
    found = best_rows(values, SCORE, QUERY, 3)
    known = [row for row in range(len(values)) if np.isfinite(values[row])]
    assert found.rows.tolist() == sorted(known, key=lambda row: values[row], reverse=True)[:3]
    np.testing.assert_array_equal(found.values, values[found.rows].astype(float))


def test_equal_ones_come_in_the_order_of_their_rows() -> None:
    assert best_rows(np.array([1, 2, 2, 0, 2]), SCORE, QUERY, 9).rows.tolist() == [1, 2, 4, 0, 3]
    assert len(best_rows(np.full(3, np.nan), SCORE, QUERY, 9).rows) == 0
