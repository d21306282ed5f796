"""Columns to point colours: an index into 256 colours for every row, and the legend."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from astromask_gui.state.columns import Column
from astromask_gui.state.view import Colouring

MISSING = 255
"""Index of rows without a value."""
MAXIMUM_CATEGORIES = 64

# Okabe & Ito 2008 first, then Paul Tol's muted and light sets; all told apart by most people.
_CATEGORICAL = (
    "#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00",
    "#88ccee", "#cc6677", "#44aa99", "#aa4499", "#ddcc77", "#6699cc", "#999933", "#882255",
    "#77aadd", "#ee8866", "#bbcc33", "#ffaabb", "#99ddff", "#44bb99", "#eedd88", "#aaaa00",
)  # fmt: skip
_NEUTRAL = {"dark": "#5a6272", "light": "#aab1bf"}
_PLAIN = {"dark": "#8fb8ff", "light": "#2457b3"}
GRADE_COLOURS = {"A": "#4cc38a", "B": "#56b4e9", "C": "#f2b84b", "X": "#ef6461"}


@dataclass(frozen=True)
class LegendEntry:
    """One category: its code in `Colours.index`, its name, its colour, how many rows."""

    code: int
    label: str
    colour: str
    count: int


@dataclass(frozen=True)
class Colours:
    """What a map needs to colour its points."""

    index: NDArray[np.uint8]
    """(N,) index into `table`."""
    table: NDArray[np.uint8]
    """(256, 4) RGBA."""
    legend: tuple[LegendEntry, ...] | None = None
    """Categories, most frequent colours first; None for a continuous column or none."""
    limits: tuple[float, float] | None = None
    """Values at the ends of a continuous map."""


def plain_colours(size: int, style: str) -> Colours:
    """One colour for all rows."""
    table = np.tile(_rgba(_PLAIN[style]), (256, 1))
    return Colours(np.zeros(size, np.uint8), table)


def colour_column(
    column: Column, values: NDArray[np.generic], colouring: Colouring, style: str
) -> Colours:
    """Colour rows by a column: numbers continuously, everything else by category."""
    if column.kind == "number":
        return _continuous(np.asarray(values, np.float64), colouring, style)
    names, codes = _categories(column, values)
    return _categorical(names, codes, style)


@cache
def continuous_map(name: str) -> NDArray[np.uint8]:
    """(256, 3) colours of a perceptually uniform map: viridis, cividis, plasma, magma, inferno."""
    import pyqtgraph.colormap

    # The darkest eighth of these maps can't be told from the dark style's background.
    table = pyqtgraph.colormap.get(name).getLookupTable(start=0.12, stop=1.0, nPts=256)
    return np.asarray(table, np.uint8)[:, :3]


def automatic_limits(values: NDArray[np.floating], logarithmic: bool) -> tuple[float, float]:
    """The 1st and 99th percentile of the finite values (of the positive ones for a log scale)."""
    usable = values[np.isfinite(values)]
    if logarithmic:
        usable = usable[usable > 0]
    if not usable.size:
        return (1.0, 10.0) if logarithmic else (0.0, 1.0)
    # A sample tells the percentiles of millions of rows well enough.
    low, high = np.percentile(usable[:: max(1, usable.size // 200_000)], [1, 99])
    if low == high:
        low, high = float(usable.min()), float(usable.max())
    return (float(low), float(high)) if high > low else (float(low), float(low) + 1.0)


def _continuous(values: NDArray[np.float64], colouring: Colouring, style: str) -> Colours:
    limits = colouring.limits or automatic_limits(values, colouring.logarithmic)
    low, high = limits
    scaled = values
    if colouring.logarithmic:
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = np.where(values > 0, np.log10(values), np.nan)
        low, high = np.log10(max(low, 1e-300)), np.log10(max(high, 1e-300))
    with np.errstate(invalid="ignore"):
        share = np.clip((scaled - low) / max(high - low, 1e-300), 0, 1)
    finite = np.isfinite(scaled)
    index = np.full(len(values), MISSING, np.uint8)
    index[finite] = (share[finite] * (MISSING - 1) + 0.5).astype(np.uint8)
    table = np.empty((256, 4), np.uint8)
    places = np.linspace(0, 255, MISSING).round().astype(int)
    table[:MISSING, :3] = continuous_map(colouring.map_name)[places]
    table[:, 3] = 255
    table[MISSING] = _rgba(_NEUTRAL[style])
    return Colours(index, table, limits=limits)


def _categories(
    column: Column, values: NDArray[np.generic]
) -> tuple[tuple[str, ...], NDArray[np.integer]]:
    """Names of the categories and (N,) codes, −1 where missing."""
    if column.kind == "category":
        return column.categories, np.asarray(values, np.int64)
    if column.kind == "boolean":
        # Booleans may come as codes too, −1 where missing.
        return ("no", "yes"), np.asarray(values, np.int64)
    names, codes = np.unique(np.asarray(values, dtype=str), return_inverse=True)
    return tuple(str(name) for name in names), codes


def _categorical(names: tuple[str, ...], codes: NDArray[np.integer], style: str) -> Colours:
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    kept = np.arange(len(names))
    if len(names) > MAXIMUM_CATEGORIES:
        kept = np.sort(np.argsort(-counts, kind="stable")[:MAXIMUM_CATEGORIES])
    place = np.full(len(names) + 1, MISSING, np.uint8)  # the last one serves code −1
    place[kept] = np.arange(len(kept))
    index = place[codes]
    table = np.tile(_rgba(_NEUTRAL[style]), (256, 1))
    entries = []
    for code, category in enumerate(kept):
        colour = GRADE_COLOURS.get(names[category], category_colour(code))
        table[code] = _rgba(colour)
        entries.append(LegendEntry(code, names[category], colour, int(counts[category])))
    rest = int(np.count_nonzero(index == MISSING))
    if rest:
        label = "other or none" if len(names) > MAXIMUM_CATEGORIES else "none"
        entries.append(LegendEntry(MISSING, label, _NEUTRAL[style], rest))
    return Colours(index, table, legend=tuple(entries))


def category_colour(place: int) -> str:
    """Colour of the category at `place`: the fixed set first, then ever finer hues."""
    if place < len(_CATEGORICAL):
        return _CATEGORICAL[place]
    hue = (place * 0.61803398875) % 1.0  # the golden ratio keeps successive hues apart
    lightness = (0.45, 0.6, 0.75)[place % 3]
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, 0.6)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"


def _rgba(colour: str) -> NDArray[np.uint8]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [255], np.uint8)
