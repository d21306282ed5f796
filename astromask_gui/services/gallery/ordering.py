"""Galaxies sorted by a column. In NumPy and Arrow, which let the window's thread run meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from astromask_gui.state.columns import Column

if TYPE_CHECKING:
    import pyarrow as pa

_PIECE = 20_000
"""Texts handed to Arrow at once: longer pieces would hold up the window's thread."""


def sort_rows(
    rows: NDArray[np.uint32], column: Column, values: NDArray[Any], descending: bool
) -> NDArray[np.uint32]:
    """`rows` (n,) sorted by the `values` (N,) of a column; equal ones keep their order.

    Categories and texts are sorted by name, whatever its case. What is missing comes last in
    both directions.
    """
    from trainer.workspace.ordering import missing_in, text_order, value_order

    listed = values[rows]
    if column.kind == "category":
        listed = _places_of_names(column.categories, listed)
    if listed.dtype == object:
        return rows[text_order(_lower(listed), descending=descending)]
    return rows[value_order(listed, missing_in(listed), descending=descending)]


def _places_of_names(names: tuple[str, ...], codes: NDArray[Any]) -> NDArray[np.int32]:
    """(n,) place of each category among the names, the same for names that differ in case only;
    −1 where it is missing."""
    folded = np.array([name.casefold() for name in names], object)
    known = (codes >= 0) & (codes < len(names))
    if not len(names):
        return np.full(len(codes), -1, np.int32)
    _, places = np.unique(folded, return_inverse=True)
    return np.where(known, places[np.where(known, codes, 0)], -1).astype(np.int32)


def _lower(texts: NDArray[Any]) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = pa.large_string()
    pieces = [
        pc.utf8_lower(pa.array([str(text or "") for text in texts[at : at + _PIECE]], kind))
        for at in range(0, len(texts), _PIECE)
    ]
    return pa.chunked_array(pieces, kind)
