"""Filters and histograms as plain words for a file, and back; what makes no sense is left out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from astromask_gui.state.filter_item import Filter
from astromask_gui.state.filter_specs import (
    Categories,
    Condition,
    Range,
    SavedRows,
    Spec,
    caption_of,
)
from astromask_gui.state.histograms import MOST, HistogramSpec

_FLAGS = ("logarithmic", "log_counts", "whole", "undecided")
"""Of a histogram."""


def filter_in_words(name: str, item: Filter) -> dict[str, Any] | None:
    """A filter for the file; None for a set of rows that is not known yet."""
    words = _spec_in_words(item.spec)
    if item.spec is None and item.mask is not None:
        words = {"kind": "rows", "caption": item.caption, "all_but": item.new_rows}
    if words is None:
        return None
    return {"name": name, **words, "on": item.is_on, "inverted": item.is_inverted}


def filter_of(
    words: Any, units: Mapping[str, str], masks: Mapping[str, NDArray[np.bool_]]
) -> tuple[str, Filter] | None:
    """The name and the filter that a file tells of; None where it doesn't.

    `masks` (N,) are those of filters that are sets of rows.
    """
    if not isinstance(words, dict) or not isinstance(words.get("name"), str):
        return None
    name, spec, caption = words["name"], _spec_of(words), words.get("caption")
    is_on, is_inverted = words.get("on") is not False, words.get("inverted") is True
    if words.get("kind") == "rows" and name in masks and isinstance(caption, str):
        rows_that_come = words.get("all_but") is True
        found = Filter(caption, masks[name], None, is_on, is_inverted, new_rows=rows_that_come)
        return name, found
    if spec is None:
        return None
    unit = units.get(spec.column, "") if isinstance(spec, Range) else ""
    return name, Filter(caption_of(spec, unit), None, spec, is_on, is_inverted, new_rows=False)


def histogram_in_words(spec: HistogramSpec) -> dict[str, Any]:
    """A histogram for the file."""
    return {
        "column": spec.column,
        "logarithmic": spec.logarithmic,
        "log_counts": spec.log_counts,
        "whole": spec.whole,
        "undecided": spec.undecided,
    }


def histograms_of(words: Any) -> tuple[HistogramSpec, ...]:
    """The histograms that a file tells of, each column once."""
    found: dict[str, HistogramSpec] = {}
    for entry in words if isinstance(words, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("column"), str):
            flags = {k: entry.get(k) is True for k in _FLAGS}
            found.setdefault(entry["column"], HistogramSpec(entry["column"], **flags))
    return tuple(found.values())[:MOST]


def texts_of(words: Any) -> tuple[str, ...]:
    """The texts in a list."""
    return tuple(text for text in words if isinstance(text, str)) if _is_list(words) else ()


def _spec_in_words(spec: Spec | None) -> dict[str, Any] | None:
    if isinstance(spec, Range):
        low, high = (None if math.isinf(end) else end for end in (spec.low, spec.high))
        return {"kind": "range", "column": spec.column, "low": low, "high": high}
    if isinstance(spec, Categories):
        return {
            "kind": "categories",
            "column": spec.column,
            "names": list(spec.names),
            "all_but": spec.all_but,
            "missing": spec.missing,
        }
    if isinstance(spec, Condition):
        return {"kind": "condition", "expression": spec.expression}
    if isinstance(spec, SavedRows):
        return {"kind": "saved", "saved": spec.name, "only": spec.only}
    return None


def _spec_of(words: dict[str, Any]) -> Spec | None:
    kind, column = words.get("kind"), words.get("column")
    if kind == "condition":
        expression = words.get("expression")
        return Condition(expression) if isinstance(expression, str) else None
    if kind == "saved":
        name = words.get("saved")
        return SavedRows(name, words.get("only") is not False) if isinstance(name, str) else None
    if not isinstance(column, str):
        return None
    if kind == "range":
        low, high = _bound(words.get("low"), -math.inf), _bound(words.get("high"), math.inf)
        return None if low is None or high is None else Range(column, low, high)
    if kind == "categories":
        names = texts_of(words.get("names"))
        flags = (words.get("all_but") is True, words.get("missing") is True)
        return Categories(column, names, *flags)
    return None


def _bound(value: Any, open_end: float) -> float | None:
    if value is None:
        return open_end
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None


def _is_list(words: Any) -> bool:
    return isinstance(words, list | tuple)


def units_of(columns: Iterable[Any]) -> dict[str, str]:
    """Units by the columns' names."""
    return {column.name: column.unit for column in columns}
