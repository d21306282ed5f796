"""Galaxies sorted by a column. In NumPy and Arrow, which let the window's thread run meanwhile."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from astromask_gui.state.columns import Column

_PIECE = 20_000
"""Texts handed to Arrow at once: longer pieces would hold up the window's thread."""


def sort_rows(
    rows: NDArray[np.uint32], column: Column, values: NDArray[Any], descending: bool
) -> NDArray[np.uint32]:
    """`rows` (n,) sorted by the `values` (N,) of a column; equal ones keep their order.

    Categories and texts are sorted by name, whatever its case. What is missing comes last in
    both directions.
    """
    keys, missing = _keys(column, values[rows])
    there, absent = np.flatnonzero(~missing), rows[missing]
    if keys.dtype != object:
        keys = keys[there]
        if not descending:
            order = np.argsort(keys, kind="stable")
        else:
            # Backwards twice, so that equal ones keep their order.
            order = len(keys) - 1 - np.argsort(keys[::-1], kind="stable")[::-1]
    else:
        order = _text_order(keys[there], descending)
    return np.concatenate([rows[there[order]], absent])


def _keys(column: Column, values: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.bool_]]:
    if column.kind == "category":
        names = np.array([name.casefold() for name in column.categories], object)
        # A category's place among the names, the same for names that differ in case only.
        _, rank = np.unique(names, return_inverse=True) if len(names) else (None, np.zeros(1, int))
        known = (values >= 0) & (values < max(len(names), 1))
        return rank[np.where(known, values, 0)].astype(np.int32), ~known
    if values.dtype == object:
        return values, np.fromiter((not value for value in values), bool, len(values))
    if column.kind == "boolean":
        return values, values.astype(np.int8) < 0
    missing = np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), bool)
    return values, missing


def _text_order(texts: NDArray[Any], descending: bool) -> NDArray[np.int64]:
    import pyarrow as pa
    import pyarrow.compute as pc

    pieces = [
        pc.utf8_lower(pa.array([str(text) for text in texts[at : at + _PIECE]], pa.large_string()))
        for at in range(0, len(texts), _PIECE)
    ]
    # Arrow's order of equal ones is not kept; their place decides.
    table = pa.table(
        {
            "text": pa.chunked_array(pieces, pa.large_string()),
            "place": np.arange(len(texts), dtype=np.int64),
        }
    )
    way = "descending" if descending else "ascending"
    order = pc.sort_indices(table, sort_keys=[("text", way), ("place", "ascending")])
    result: NDArray[np.int64] = order.to_numpy().astype(np.int64)
    return result
