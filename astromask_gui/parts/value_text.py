"""Values of columns as text: figures to four places, units, and a dash for what is missing."""

from __future__ import annotations

import math

import numpy as np

from astromask_gui.state.columns import Column

MISSING = "–"
_FIGURES = 4
_MINUS = "\N{MINUS SIGN}"


def value_text(column: Column, value: object) -> str:
    """A value of `Columns.values` with its unit, as in "17.31 mag"."""
    if column.kind == "number":
        text = number_text(float(np.asarray(value)))
        return text if text == MISSING else f"{text} {column.unit}".rstrip()
    if column.kind == "text":
        return str(value) if value else MISSING
    names = ("no", "yes") if column.kind == "boolean" else column.categories
    code = int(np.asarray(value))
    return names[code] if 0 <= code < len(names) else MISSING


def number_text(value: float) -> str:
    """Four figures, whole numbers whole, and powers of ten only where nothing else is readable."""
    if not math.isfinite(value):
        return MISSING
    size = abs(value)
    if value == int(value) and size < 1e9:
        text = f"{value:.0f}"
    elif 1e-3 <= size < 1e6:
        places = _FIGURES - 1 - math.floor(math.log10(size))
        text = f"{value:.{max(places, 0)}f}"
    else:
        text = f"{value:.{_FIGURES - 1}e}"
    return text.replace("-", _MINUS)


def figures(value: float, count: int) -> str:
    """So many significant figures, zeros at the end among them: beside others 0.1 is 0.100."""
    if not math.isfinite(value):
        return MISSING
    return f"{value:#.{count}g}".rstrip(".").replace("-", _MINUS)
