"""From what a filter asks for to the rows that pass; slow for many rows, so for a thread."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astromask_gui.raster.binning import category_names, in_range, text_codes
from astromask_gui.state.columns import Column
from astromask_gui.state.filter_specs import Categories, Range

Mask = NDArray[np.bool_]


def fault_of(spec: Range | Categories, column: Column | None) -> str:
    """Why a column can't be filtered so, as a sentence; "" where it can."""
    if column is None:
        return f"There is no column {spec.column} any more."
    if isinstance(spec, Range) and column.kind != "number":
        return f"The column {spec.column} holds no numbers any more."
    if isinstance(spec, Categories) and column.kind == "number":
        return f"The column {spec.column} holds no categories any more."
    return ""


def rows_passing(spec: Range | Categories, column: Column, values: NDArray[np.generic]) -> Mask:
    """(N,) bool: the rows of a column, as `Columns.values` gives it, that a filter leaves."""
    if isinstance(spec, Range):
        return in_range(values, spec.low, spec.high)
    if column.kind == "text":
        codes, names = text_codes(values)
    else:
        codes, names = np.asarray(values, np.int32), category_names(column)
    chosen = set(spec.names)
    passes = np.array([(name in chosen) != spec.all_but for name in names] + [spec.missing])
    return passes[codes]
