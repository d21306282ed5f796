"""Round steps of right ascension and declination, and their texts in degrees or sexagesimal."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from astromask_gui.rendering.ticks import nice_step

AngleStyle = Literal["degrees", "sexagesimal"]
"""Decimal degrees; or hours, minutes and seconds with degrees, arcminutes and arcseconds."""

_SECONDS = (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800)
"""Steps below an hour or a degree."""
_DEGREES = (3600, 7200, 18000, 36000, 54000, 108000)
_HOURS = (3600, 7200)


@dataclass(frozen=True)
class AngleStep:
    """A step between lines of the graticule: `count` units of `unit` degrees."""

    count: float
    unit: float

    @property
    def degrees(self) -> float:
        """The step in degrees."""
        return self.count * self.unit


def angle_step(least: float, *, is_ra: bool, style: AngleStyle) -> AngleStep:
    """The smallest round step, degrees, that is not below `least`; at most 30° or two hours."""
    hours = is_ra and style == "sexagesimal"
    unit = (15.0 if hours else 1.0) / 3600.0
    wanted = least / unit
    if style == "degrees" and wanted < 3600:
        return AngleStep(nice_step(least), 1.0)
    steps = (_HOURS if hours else _DEGREES) if wanted > 1800 else _SECONDS
    if wanted < 1:
        return AngleStep(nice_step(wanted), unit)
    found = next((step for step in steps if step >= wanted * (1 - 1e-9)), steps[-1])
    if style == "degrees":
        return AngleStep(found / 3600, 1.0)
    return AngleStep(found, unit)


def angle_text(degrees: float, step: float, *, is_ra: bool, style: AngleStyle) -> str:
    """A position with as many digits as steps of `step` degrees need."""
    if is_ra:
        degrees %= 360.0
    if style == "sexagesimal":
        return _hours(degrees, step) if is_ra else _sexagesimal(degrees, step)
    text = f"{abs(degrees):.{_decimals(step)}f}"
    if is_ra:
        # 359.9999 rounds to 360, which is 0.
        return f"{text if float(text) < 360 else f'{0:.{_decimals(step)}f}'}°"
    return f"{_sign(degrees, float(text) == 0)}{text}°"


def position_text(ra: float, dec: float, step: float, style: AngleStyle) -> str:
    """RA and Dec, told to `step` degrees."""
    right = angle_text(ra, step, is_ra=True, style=style)
    return f"RA {right}  Dec {angle_text(dec, step, is_ra=False, style=style)}"


def _hours(degrees: float, step: float) -> str:
    whole, minutes, seconds, depth = _split(degrees / 15, step / 15)
    return _joined(f"{whole % 24}", f"{minutes:02d}", seconds, ("h", "m", "s"), depth)


def _sexagesimal(degrees: float, step: float) -> str:
    whole, minutes, seconds, depth = _split(abs(degrees), step)
    is_zero = not whole and not minutes and not float(seconds)
    text = _joined(f"{whole}", f"{minutes:02d}", seconds, ("°", "′", "″"), depth)
    return _sign(degrees, is_zero) + text


def _split(value: float, step: float) -> tuple[int, int, str, int]:
    """Wholes, minutes, seconds as text, and how many of the three the step needs."""
    decimals = _decimals(step * 3600)
    depth = 1 if _divides(step, 1.0) else 2 if _divides(step * 60, 1.0) else 3
    # Rounded as a whole, so that no 60 appears.
    ticks = round(value * 3600 * 10**decimals)
    seconds, fraction = divmod(ticks, 10**decimals)
    minutes, seconds = divmod(seconds, 60)
    text = f"{seconds:02d}" + (f".{fraction:0{decimals}d}" if decimals else "")
    return minutes // 60, minutes % 60, text, depth


def _joined(whole: str, minutes: str, seconds: str, marks: tuple[str, str, str], depth: int) -> str:
    parts = (whole, minutes, seconds)[:depth]
    return "".join(part + mark for part, mark in zip(parts, marks, strict=False))


def _divides(step: float, unit: float) -> bool:
    return step >= unit * (1 - 1e-9) and abs(step / unit - round(step / unit)) < 1e-6


def _decimals(step: float) -> int:
    """Decimals that multiples of a round step have."""
    return max(0, -math.floor(math.log10(step) + 1e-9))


def _sign(degrees: float, is_zero: bool) -> str:
    return "" if is_zero else "−" if degrees < 0 else "+"
