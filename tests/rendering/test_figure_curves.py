"""Curves end exactly at the edges of the map."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.rendering.figure_curves import clipped

LOW, HIGH = (0.0, 0.0), (10.0, 6.0)
# Whole numbers hit corners and edges, the rest everything between.
PLACES = st.integers(-4, 14).map(float) | st.floats(-20, 30)
CURVES = st.lists(st.tuples(PLACES, PLACES), min_size=2, max_size=12).map(np.array)


def length_inside(curve: np.ndarray) -> float:
    """By fine sampling."""
    total = 0.0
    for start, end in pairwise(curve):
        shares = (np.arange(4000) + 0.5) / 4000
        points = start + shares[:, None] * (end - start)
        inside = ((points > LOW) & (points < HIGH)).all(axis=1)
        total += inside.mean() * float(np.hypot(*(end - start)))
    return total


@given(CURVES)
def test_what_is_kept_is_what_lies_inside(curve: np.ndarray) -> None:
    pieces = clipped(curve, LOW, HIGH)
    for piece in pieces:
        assert len(piece) >= 2
        assert (piece >= np.array(LOW) - 1e-9).all() and (piece <= np.array(HIGH) + 1e-9).all()
    along_edges = any(
        (start[axis] == end[axis] and start[axis] in (LOW[axis], HIGH[axis]))
        for start, end in pairwise(curve)
        for axis in (0, 1)
    )
    if not along_edges:
        kept = sum(float(np.hypot(*np.diff(piece, axis=0).T).sum()) for piece in pieces)
        assert abs(kept - length_inside(curve)) < 0.05 * len(curve)


def test_a_curve_through_the_map_reaches_both_edges_in_one_piece() -> None:
    (piece,) = clipped(np.array([[-5.0, 3.0], [2.0, 3.0], [4.0, 4.0], [14.0, 4.0]]), LOW, HIGH)
    np.testing.assert_allclose(piece, [[0, 3], [2, 3], [4, 4], [10, 4]])


def test_an_interrupted_curve_stays_interrupted() -> None:
    pieces = clipped(
        np.array([[1.0, 1.0], [2.0, 1.0], [np.nan, np.nan], [3.0, 1.0], [4.0, 1.0]]), LOW, HIGH
    )
    assert [piece.tolist() for piece in pieces] == [[[1, 1], [2, 1]], [[3, 1], [4, 1]]]
