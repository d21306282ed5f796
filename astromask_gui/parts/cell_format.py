"""How the numbers of one column are written, so that their decimal points stand in a line."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from astromask_gui.parts.value_text import MISSING
from astromask_gui.state.columns import Column

EXACT = 2.0**53
"""From here on a float64 does not hold every integer."""
_SAMPLE = 4096
_FIGURES = 6
_MOST_PLACES = 5
_POSITION = 6
"""Decimal places of a position in degrees: a few milliarcseconds."""
_POSITIONS = ("ra", "dec", "raj2000", "dej2000", "ra_deg", "dec_deg")
_LARGEST = 1e9
_MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True)
class CellFormat:
    """Decimal places of a column of numbers, or powers of ten throughout."""

    places: int = 0
    scientific: bool = False

    def text(self, value: float) -> str:
        """A number as it stands in the column; a dash where it is missing."""
        if not math.isfinite(value):
            return MISSING if math.isnan(value) else f"{_MINUS if value < 0 else ''}∞"
        size = abs(value)
        if not self.places and value == int(value) and size < EXACT:
            text = f"{value:.0f}"
        elif self.scientific or size >= _LARGEST or 0 < size < 0.5 * 10.0**-self.places:
            text = f"{value:.{_FIGURES - 2}e}"
        else:
            text = f"{value:.{self.places}f}"
        return text.replace("-", _MINUS)


def format_of(column: Column, values: NDArray[np.generic]) -> CellFormat:
    """The format that suits a column's values, judged by a few thousand of them."""
    sample = np.asarray(values[:: max(1, len(values) // _SAMPLE)], np.float64)
    sample = np.abs(sample[np.isfinite(sample)])
    if not len(sample) or bool((sample == np.round(sample)).all()):
        return CellFormat()
    if column.name.lower() in _POSITIONS:
        return CellFormat(_POSITION)
    sample = sample[sample > 0]
    usual, largest = float(np.median(sample)), float(sample.max())
    if usual < 1e-3 or largest >= _LARGEST:
        return CellFormat(_FIGURES - 2, True)
    places = _FIGURES - 1 - math.floor(math.log10(usual))
    return CellFormat(min(max(places, 1), _MOST_PLACES))
