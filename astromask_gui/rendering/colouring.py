"""Columns to point colours: an index into 256 colours for every row, and the legend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from astromask_gui.raster.loading import kernels_are_loaded
from astromask_gui.rendering.palette import category_colour, luminance, rgb
from astromask_gui.state.columns import Column
from astromask_gui.state.view import Colouring
from astromask_gui.theme import tokens

MISSING = 255
"""Index of rows without a value."""
MAXIMUM_CATEGORIES = 64

_CONTRAST = 1.8
"""A continuous map begins and ends where it stands out so much from the style's background."""
_BLOCK = 65_536
"""Rows worked on at a time, so that they stay in the processor's cache."""
_FLOAT32 = (1e-37, 1e38)
_MANY = 100_000
"""More rows than this are worth the kernels, where those are loaded."""
_SAMPLE, _FEWEST = 50_000, 1000
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
    own: bool = False
    """Whether the user has chosen the colour."""


@dataclass(frozen=True)
class Spread:
    """What a column of numbers ranges over, from a sample of it."""

    automatic: tuple[float, float]
    """1st and 99th percentile: limits before the user chooses any."""
    whole: tuple[float, float]
    """0.1th and 99.9th percentile; a handful of wild values would make handles useless."""


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
    whole: tuple[float, float] | None = None
    """What the values of a continuous column range over."""
    beyond: tuple[int, int] = (0, 0)
    """How many rows lie below and above the limits; they have the colours of the ends."""


def plain_colours(size: int, style: str) -> Colours:
    """One colour for all rows."""
    table = np.tile(_rgba(_PLAIN[style]), (256, 1))
    return Colours(np.zeros(size, np.uint8), table)


def colour_column(
    column: Column,
    values: NDArray[np.generic],
    colouring: Colouring,
    style: str,
    own: Mapping[str, str] | None = None,
    spread: Spread | None = None,
) -> Colours:
    """Colour rows by a column: numbers continuously, everything else by category.

    `own` are the user's colours by category; `spread` is that of the values, where known.
    """
    if column.kind == "number":
        return _continuous(values, colouring, style, spread)
    names, codes = _categories(column, values)
    return _categorical(names, codes, style, own or {})


@cache
def continuous_map(name: str, style: str = "dark") -> NDArray[np.uint8]:
    """(256, 3) uint8 of a perceptually uniform map, without what the background swallows."""
    import pyqtgraph

    whole = pyqtgraph.colormap.get(name)
    fine = luminance(whole.getLookupTable(nPts=512)[:, :3])
    ground = luminance(rgb(tokens(style).map_background))
    contrast = (np.maximum(fine, ground) + 0.05) / (np.minimum(fine, ground) + 0.05)
    places = np.flatnonzero(contrast >= _CONTRAST) / (len(fine) - 1)
    table = whole.getLookupTable(start=places[0], stop=places[-1], nPts=256)
    return np.array(table, np.uint8)[:, :3]


def spread_of(values: NDArray[np.generic], logarithmic: bool) -> Spread:
    """The spread of the finite values (of the positive ones for a logarithmic scale)."""
    usable = _usable(values[:: max(1, len(values) // _SAMPLE)], logarithmic)
    if len(usable) < _FEWEST:
        # Where few rows have a value, a sample would miss them.
        usable = _usable(values, logarithmic)
    if not usable.size:
        nothing = (1.0, 10.0) if logarithmic else (0.0, 1.0)
        return Spread(nothing, nothing)
    lowest, low, high, highest = (float(x) for x in np.percentile(usable, [0.1, 1, 99, 99.9]))
    if low == high:
        low, high = float(usable.min()), float(usable.max())
    if high <= low:
        high = low + 1.0
    return Spread((low, high), (min(lowest, low), max(highest, high)))


def _usable(values: NDArray[np.generic], logarithmic: bool) -> NDArray[np.float64]:
    usable = np.asarray(values, np.float64)
    usable = usable[np.isfinite(usable)]
    return usable[usable > 0] if logarithmic else usable


def _continuous(
    values: NDArray[np.generic], colouring: Colouring, style: str, spread: Spread | None
) -> Colours:
    spread = spread or spread_of(values, colouring.logarithmic)
    limits = colouring.limits or spread.automatic
    index, beyond = _scaled(values, limits, colouring.logarithmic)
    table = np.empty((256, 4), np.uint8)
    places = np.linspace(0, 255, MISSING).round().astype(int)
    colours = continuous_map(colouring.map_name, style)[places]
    table[:MISSING, :3] = colours[::-1] if colouring.reverse else colours
    table[:, 3] = 255
    table[MISSING] = _rgba(_NEUTRAL[style])
    return Colours(index, table, limits=limits, whole=spread.whole, beyond=beyond)


def _scaled(
    values: NDArray[np.generic], limits: tuple[float, float], logarithmic: bool
) -> tuple[NDArray[np.uint8], tuple[int, int]]:
    """(N,) index of each value between the limits, and how many lie below and above them."""
    low, high = limits
    if logarithmic:
        low, high = max(low, 1e-300), max(high, 1e-300)
    length = np.log(high / low) if logarithmic else high - low
    scale = (MISSING - 1) / max(length, 1e-300)
    if len(values) > _MANY and kernels_are_loaded():
        from astromask_gui.raster.scaling import scaled_index

        return scaled_index(values, (low, high), scale, logarithmic, MISSING)
    index = np.empty(len(values), np.uint8)
    below = above = 0
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for start in range(0, len(values), _BLOCK):
            block = np.asarray(values[start : start + _BLOCK], np.float64)
            known = np.isfinite(block)
            if logarithmic:
                known &= block > 0
                # Logarithms of float32 are many times faster, and exact enough for 255 steps.
                place = np.log(np.clip(block / low, *_FLOAT32).astype(np.float32))
            else:
                place = block - low
            place *= scale
            below += int(np.count_nonzero(known & (block < low)))
            above += int(np.count_nonzero(known & (block > high)))
            place[~known] = 0
            np.clip(place, 0, MISSING - 1, out=place)
            place += 0.5
            part = place.astype(np.uint8)
            part[~known] = MISSING
            index[start : start + _BLOCK] = part
    return index, (below, above)


def _categories(
    column: Column, values: NDArray[np.generic]
) -> tuple[tuple[str, ...], NDArray[np.integer]]:
    """Names of the categories and (N,) codes, −1 where missing."""
    if column.kind == "category":
        return column.categories, np.asarray(values, np.int16)
    if column.kind == "boolean":
        # Booleans may come as codes too, −1 where missing.
        return ("no", "yes"), np.asarray(values, np.int16)
    return _text_categories(values)


def _text_categories(values: NDArray[np.generic]) -> tuple[tuple[str, ...], NDArray[np.integer]]:
    # A dictionary is faster than sorting a million texts. No text at all is no value.
    places: dict[object, int] = {"": -1}
    codes = np.array(
        [places.setdefault(value, len(places) - 1) for value in values.tolist()], np.int64
    )
    names = [str(name) for name in places if name != ""]
    # Not NumPy's: its texts are all as wide as the longest, which may be a whole document.
    order = sorted(range(len(names)), key=names.__getitem__)
    ranks = np.empty(len(names) + 1, np.int64)  # the last one serves code −1
    ranks[order], ranks[-1] = np.arange(len(names)), -1
    return tuple(names[place] for place in order), ranks[codes]


def _categorical(
    names: tuple[str, ...], codes: NDArray[np.integer], style: str, own: Mapping[str, str]
) -> Colours:
    counts = _counts(codes, len(names))
    kept = np.arange(len(names))
    if len(names) > MAXIMUM_CATEGORIES:
        kept = np.sort(np.argsort(-counts, kind="stable")[:MAXIMUM_CATEGORIES])
    place = np.full(len(names) + 1, MISSING, np.uint8)  # the last one serves code −1
    place[kept] = np.arange(len(kept))
    index = _mapped(codes, place)
    table = np.tile(_rgba(_NEUTRAL[style]), (256, 1))
    entries = []
    for code, category in enumerate(kept):
        name = names[category]
        colour = own.get(name) or GRADE_COLOURS.get(name) or category_colour(code, style)
        table[code] = _rgba(colour)
        entries.append(LegendEntry(code, name, colour, int(counts[category]), name in own))
    rest = int(np.count_nonzero(index == MISSING))
    if rest:
        label = "other, or no value" if len(names) > MAXIMUM_CATEGORIES else "no value"
        entries.append(LegendEntry(MISSING, label, _NEUTRAL[style], rest))
    return Colours(index, table, legend=tuple(entries))


def _counts(codes: NDArray[np.integer], size: int) -> NDArray[np.int64]:
    if _are_for_kernels(codes):
        from astromask_gui.raster.scaling import count_codes

        return count_codes(codes, size)
    return np.bincount(codes[codes >= 0], minlength=size)


def _mapped(codes: NDArray[np.integer], place: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if _are_for_kernels(codes):
        from astromask_gui.raster.scaling import mapped_codes

        return mapped_codes(codes, place)
    return np.asarray(place[codes])


def _are_for_kernels(codes: NDArray[np.integer]) -> bool:
    return codes.dtype == np.int16 and len(codes) > _MANY and kernels_are_loaded()


def _rgba(colour: str) -> NDArray[np.uint8]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)] + [255], np.uint8)
