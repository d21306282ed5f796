"""Ticks of the axes of two columns: round values, their places and their texts; read-outs."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, replace

import numpy as np

from astromask_gui.rendering.scales import LARGEST_EXPONENT, place_of, value_at
from astromask_gui.state.plane import Scale

_MOST_DIGITS = 6
"""Longer numbers are told as a difference from an offset."""
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Ticks:
    """Ticks along one side of a map, in map coordinates."""

    places: tuple[float, ...]
    texts: tuple[str, ...]
    """One for each of `places`."""
    minor: tuple[float, ...] = ()
    """Places of ticks without text."""
    offset: str = ""
    """What is to be added to every text, as "+ 12345000"; or the factor they lack, as "× 10⁵"."""


def axis_ticks(scale: Scale, start: float, end: float, most: int) -> Ticks:
    """About `most` ticks between two places of the plane, at round values, in order."""
    most = max(most, 1)
    if not (math.isfinite(start) and math.isfinite(end)) or end <= start:
        return Ticks((), ())
    if scale.extent < 0:
        found = axis_ticks(replace(scale, extent=-scale.extent), -end, -start, most)
        places, minor = (tuple(-at for at in reversed(p)) for p in (found.places, found.minor))
        return Ticks(places, found.texts[::-1], minor, found.offset)
    if scale.logarithmic:
        low, high = scale.origin + start * scale.extent, scale.origin + end * scale.extent
        low, high = (float(np.clip(x, -LARGEST_EXPONENT, LARGEST_EXPONENT)) for x in (low, high))
        # Less than a decade is better told by round differences than by powers.
        if high - low >= 0.9:
            return _decades(scale, low, high, most)
    low, high = value_at(scale, start), value_at(scale, end)
    values = linear_ticks(low, high, most)
    texts, offset = number_texts(values)
    places = tuple(place_of(scale, value) for value in values)
    return Ticks(places, texts, _between(scale, values, low, high), offset)


def nice_step(least: float) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that is not below `least`."""
    exponent = math.floor(math.log10(least))
    for factor in (1, 2, 5, 10):
        step = _times_power(factor, exponent)
        if step >= least * (1 - 1e-9):
            return step
    raise AssertionError("ten times the power of ten below is never below")


def linear_ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """At most `most` + 1 multiples of a round step from `low` to `high`; none where float64
    can't tell them apart."""
    extent = high - low
    resolved = 4 * float(np.spacing(max(abs(low), abs(high))))
    if not math.isfinite(extent) or extent <= 0 or extent / most < resolved:
        return ()
    step = nice_step(extent / most)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    exponent = math.floor(math.log10(step) + 1e-9)
    factor = round(step / 10.0**exponent) if exponent > -300 else 1
    return tuple(_times_power(count * factor, exponent) for count in range(first, last + 1))


def number_texts(values: tuple[float, ...]) -> tuple[tuple[str, ...], str]:
    """The shortest texts that tell evenly spaced values apart, and the offset or factor that they
    lack; "" where they are whole."""
    if len(values) < 2:
        return tuple(number_text(value) for value in values), ""
    step = min(b - a for a, b in itertools.pairwise(values))
    largest = max(abs(value) for value in values)
    finest, coarsest = math.floor(math.log10(step) + 1e-9), math.floor(math.log10(largest))
    if coarsest - finest + 1 > _MOST_DIGITS and coarsest > finest:
        unit = _times_power(1, finest + 3)
        offset = math.floor(values[0] / unit)
        rest = tuple(value - _times_power(offset, finest + 3) for value in values)
        texts, factor = _fixed(rest, finest)
        sign = "+" if offset >= 0 else "−"
        shown = _plain(abs(_times_power(offset, finest + 3)), finest + 3)
        return texts, f"{factor} {sign} {shown}".strip()
    return _fixed(values, finest)


def number_text(value: float, digits: int = 6) -> str:
    """One number with so many significant digits."""
    mantissa, _, exponent = f"{value:.{digits}g}".partition("e")
    text = mantissa.replace("-", "−")
    return f"{text}×10{str(int(exponent)).translate(_SUPERSCRIPT)}" if exponent else text


def value_text(scale: Scale, place: float, per_pixel: float) -> str:
    """The value at a place with its unit, as finely as a pixel of `per_pixel` map units tells."""
    value = value_at(scale, place)
    step = abs(value_at(scale, place + per_pixel) - value)
    if not (math.isfinite(value) and math.isfinite(step)) or step <= 0:
        return ""
    finest = math.floor(math.log10(step))
    largest = math.floor(math.log10(abs(value))) if value else finest
    digits = max(1, largest - finest + 1)
    plain = finest > -8 and largest < 15
    text = _plain(round(value, -finest), finest) if plain else number_text(value, digits)
    return f"{text} {scale.unit}".rstrip()


def _fixed(values: tuple[float, ...], finest: int) -> tuple[tuple[str, ...], str]:
    """Texts with the decimals that a step of 10^`finest` needs; a factor where these are many."""
    largest = max(abs(value) for value in values)
    coarsest = math.floor(math.log10(largest)) if largest else finest
    if finest > -4 and coarsest < 6:
        return tuple(_plain(value, finest) for value in values), ""
    texts = tuple(_plain(value / 10.0**coarsest, finest - coarsest) for value in values)
    return texts, f"× 10{str(coarsest).translate(_SUPERSCRIPT)}"


def _plain(value: float, finest: int) -> str:
    text = f"{value:.{max(0, -finest)}f}".replace("-", "−")
    return text.removeprefix("−") if not text.strip("−0.") else text


def _decades(scale: Scale, low: float, high: float, most: int) -> Ticks:
    """Powers of ten between two exponents; where these are few, 2 and 5 times them as well."""
    every = math.ceil((high - low) / most)
    exponents = range(math.floor(low), math.ceil(high) + 1)
    factors = (1, 2, 5) if high - low < most / 3 else (1,)
    major = [
        (factor, exponent)
        for exponent in exponents
        if exponent % every == 0
        for factor in factors
        if low <= exponent + math.log10(factor) <= high
    ]
    small = low > -4 and high < 5
    texts = tuple(
        _plain(_times_power(factor, exponent), exponent) if small else _power(factor, exponent)
        for factor, exponent in major
    )
    minor = [
        (factor, exponent)
        for exponent in exponents
        for factor in (range(1, 10) if every == 1 else (1,))
        if low <= exponent + math.log10(factor) <= high and (factor, exponent) not in major
    ]
    return Ticks(_log_places(scale, major), texts, _log_places(scale, minor))


def _log_places(scale: Scale, powers: list[tuple[int, int]]) -> tuple[float, ...]:
    return tuple((math.log10(f) + e - scale.origin) / scale.extent for f, e in powers)


def _power(factor: int, exponent: int) -> str:
    power = f"10{str(exponent).translate(_SUPERSCRIPT)}"
    return power if factor == 1 else f"{factor}×{power}"


def _between(scale: Scale, values: tuple[float, ...], low: float, high: float) -> tuple[float, ...]:
    """Places of four ticks between each two values, and beyond the outer ones."""
    if len(values) < 2:
        return ()
    fine = (values[1] - values[0]) / 5
    first, last = math.ceil((low - values[0]) / fine), math.floor((high - values[0]) / fine)
    return tuple(
        place_of(scale, values[0] + count * fine) for count in range(first, last + 1) if count % 5
    )


def _times_power(count: int, exponent: int) -> float:
    """`count` × 10^`exponent`, rounded once, as reading its decimal text would."""
    return float(f"{count}e{exponent}")
