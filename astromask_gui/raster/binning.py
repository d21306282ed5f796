"""Columns to bins: a byte a row, so that a million rows are counted in a millisecond or two."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astromask_gui.raster.loading import kernels_are_loaded
from astromask_gui.state.columns import Column

MISSING, BELOW, ABOVE = 255, 254, 253
"""Bins of rows without a value, and of those beyond the axis."""
MOST_BINS, FEWEST_BINS = 80, 16
MOST_BARS = 20
"""Categories with a bar of their own, the most frequent ones; the rest shares one."""
_BULK = (0.1, 99.9)
"""Percentiles between which the bulk of the values lies."""
_SAMPLE = 200_000
_STRETCHED = 1.5
"""Where all values take no more than so many times the bulk's room, the axis shows them all."""
_TAIL, _FAR = (1.0, 50.0, 99.0), 10.0
"""Percentiles that tell how long a tail is, and how many times farther from the median its far end
must lie than the near one for a logarithmic axis."""
_FARTHEST, _FARTHEST_POWER = 1e300, 300.0
"""No axis reaches farther; what lies there is beyond it."""
_BLOCK = 65_536
_YES_NO = ("no", "yes")


@dataclass(frozen=True, eq=False)
class Bins:
    """One column's bins."""

    index: NDArray[np.uint8]
    """(N,) bin of each row; 255 missing, 254 and 253 below and above the axis."""
    totals: NDArray[np.int64]
    """(256,) rows in each bin."""
    edges: tuple[float, ...] = ()
    """n + 1 values for numbers."""
    labels: tuple[str, ...] = ()
    """n names for categories."""
    other: int | None = None
    """Bin of all categories without a bar of their own."""
    problem: str = ""

    @property
    def count(self) -> int:
        """Number of bins on the axis."""
        return len(self.labels) or max(0, len(self.edges) - 1)


def bin_column(
    column: Column, values: NDArray[np.generic], logarithmic: bool = False, whole: bool = False
) -> Bins:
    """The bins of a column's values as `Columns.values` gives them."""
    if column.kind == "number":
        return _bin_numbers(column.name, np.asarray(values), logarithmic, whole)
    if column.kind == "text":
        codes, names = text_codes(values)
        return _bin_codes(column.name, codes, names)
    names = _YES_NO if column.kind == "boolean" else column.categories
    return _bin_codes(column.name, np.asarray(values, np.int16), names)


def suits_logarithm(values: NDArray[np.generic]) -> bool:
    """Whether numbers, such as fluxes or signal to noise, would crowd into a few bins of an even
    axis: all are positive, and their tail is long."""
    numbers = np.asarray(values[:: max(1, len(values) // _SAMPLE)], np.float64)
    numbers = numbers[np.isfinite(numbers)]
    if not numbers.size or numbers.min() <= 0:
        return False
    low, middle, high = np.percentile(numbers, _TAIL)
    return bool(high - middle > _FAR * (middle - low) and high > _FAR * low)


def category_names(column: Column) -> tuple[str, ...]:
    """Names of a category's or boolean's codes."""
    return _YES_NO if column.kind == "boolean" else column.categories


def text_codes(values: NDArray[np.generic]) -> tuple[NDArray[np.int32], tuple[str, ...]]:
    """(N,) codes, −1 where there is no text, and the texts by code."""
    places: dict[object, int] = {"": -1}
    codes = np.fromiter(
        (places.setdefault(value, len(places) - 1) for value in values.tolist()),
        np.int32,
        len(values),
    )
    return codes, tuple(str(name) for name in list(places)[1:])


def in_range(values: NDArray[np.generic], low: float, high: float) -> NDArray[np.bool_]:
    """(N,) bool: low ≤ value ≤ high, compared in float64; NaN is in no range."""
    mask = np.empty(len(values), bool)
    if values.dtype in (np.float32, np.float64) and kernels_are_loaded():
        from astromask_gui.raster.crossfilter_kernels import mark_range

        mark_range(values, float(low), float(high), mask)
        return mask
    for start in range(0, len(values), _BLOCK):
        block = np.asarray(values[start : start + _BLOCK], np.float64)
        mask[start : start + _BLOCK] = (block >= low) & (block <= high)
    return mask


def _bin_numbers(name: str, values: NDArray[np.generic], logarithmic: bool, whole: bool) -> Bins:
    span = _axis(values, logarithmic, whole)
    if span is None:
        words = "a positive value" if logarithmic and np.isfinite(values).any() else "a value"
        index = np.full(len(values), MISSING, np.uint8)
        return Bins(index, _totals(index), problem=f"No galaxy has {words} of {name}.")
    scaled_edges = _edges(values, span, logarithmic)
    edges = 10.0**scaled_edges if logarithmic else scaled_edges
    index = np.empty(len(values), np.uint8)
    first, step = scaled_edges[0], scaled_edges[1] - scaled_edges[0]
    last = len(scaled_edges) - 2
    with np.errstate(all="ignore"):
        for start in range(0, len(values), _BLOCK):
            block = np.asarray(values[start : start + _BLOCK], np.float64)
            scaled = np.log10(block) if logarithmic else block
            place = np.floor((scaled - first) / step)
            # The last bin holds its upper edge; rounding may put an outermost value beyond it.
            part = np.clip(np.nan_to_num(place), 0, last).astype(np.uint8)
            part[scaled < scaled_edges[0]] = BELOW
            part[scaled > scaled_edges[-1]] = ABOVE
            if logarithmic:
                part[block <= 0] = BELOW
            part[np.isnan(block)] = MISSING
            index[start : start + _BLOCK] = part
    return Bins(index, _totals(index), edges=tuple(float(edge) for edge in edges))


def _axis(
    values: NDArray[np.generic], logarithmic: bool, whole: bool
) -> tuple[float, float] | None:
    """Ends of the axis on its own scale; None where there is no value."""
    numbers = np.asarray(values, np.float64)
    usable = numbers[np.isfinite(numbers) & ((numbers > 0) | (not logarithmic))]
    if not usable.size:
        return None
    if logarithmic:
        usable = np.log10(usable)
    farthest = _FARTHEST_POWER if logarithmic else _FARTHEST
    usable = np.clip(usable, -farthest, farthest)
    low, high = float(usable.min()), float(usable.max())
    sample = usable[:: max(1, usable.size // _SAMPLE)]
    inner_low, inner_high = (float(end) for end in np.percentile(sample, _BULK))
    bulk = inner_high - inner_low
    if not whole and bulk > _least(inner_low, inner_high) and high - low > _STRETCHED * bulk:
        return inner_low, inner_high
    if high - low > _least(low, high):
        return low, high
    room = max(abs(low) * 1e-3, 0.5)
    return low - room, high + room


def _least(low: float, high: float) -> float:
    """What an axis must span for float64 to tell its bins apart."""
    return 1e3 * float(np.spacing(max(abs(low), abs(high))))


def _edges(
    values: NDArray[np.generic], span: tuple[float, float], logarithmic: bool
) -> NDArray[np.float64]:
    """Edges of the bins on the axis's own scale; whole numbers have a bin each, where few."""
    low, high = span
    if not logarithmic and high - low <= MOST_BINS - 1:
        numbers = np.asarray(values, np.float64)
        known = numbers[np.isfinite(numbers)]
        if np.array_equal(known, np.round(known)):
            return np.arange(math.floor(low) - 0.5, math.ceil(high) + 1)
    count = int(np.clip(2 * np.cbrt(len(values)), FEWEST_BINS, MOST_BINS))
    return np.linspace(low, high, count + 1)


def _bin_codes(name: str, codes: NDArray[np.signedinteger], names: tuple[str, ...]) -> Bins:
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    order = np.argsort(-counts, kind="stable")
    order = order[counts[order] > 0]
    if not order.size:
        index = np.full(len(codes), MISSING, np.uint8)
        return Bins(index, _totals(index), problem=f"No galaxy has a value of {name}.")
    most = MOST_BARS if order.size > MOST_BARS + 1 else order.size
    place = np.full(len(names) + 1, MISSING, np.uint8)  # the last one serves code −1
    place[order[most:]] = most
    place[order[:most]] = np.arange(most)
    labels = tuple(names[code] for code in order[:most])
    rest = order.size - most
    index = place[codes]
    if not rest:
        return Bins(index, _totals(index), labels=labels)
    return Bins(index, _totals(index), labels=(*labels, f"{rest:,} others"), other=most)


def _totals(index: NDArray[np.uint8]) -> NDArray[np.int64]:
    return np.bincount(index, minlength=256)
