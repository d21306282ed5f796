"""Sky positions as people type them."""

from __future__ import annotations

import math
import re

import numpy as np
from numpy.typing import NDArray

_SPLIT = re.compile(r"[\s,;]+")
_RADIUS = re.compile(r"[\s,;]+(\d+\.?\d*|\.\d+)\s*(″|\"|''|arcsec|′|'|arcmin|°|deg)$")
_UNITS = {"″": 1.0, '"': 1.0, "''": 1.0, "arcsec": 1.0, "′": 60.0, "'": 60.0, "arcmin": 60.0}
_PARTS = re.compile(r"[:hmsd°'\"′″\s]+")


def parse_position(text: str) -> tuple[float, float] | None:
    """(RA, Dec) in degrees of "150.12 2.2", "10:00:28.8 +02:12:21" or "10h00m28.8s +2d12m21s";
    None where the text is no position."""
    words = [word for word in _SPLIT.split(text.strip()) if word]
    if len(words) == 6:
        words = [":".join(words[:3]), ":".join(words[3:])]
    if len(words) != 2:
        return None
    sexagesimal = bool(re.search(r"[:h]", words[0]))
    ra, dec = _angle(words[0]), _angle(words[1])
    if ra is None or dec is None:
        return None
    ra = ra * 15 if sexagesimal else ra
    return (ra, dec) if 0 <= ra < 360 and -90 <= dec <= 90 else None


def parse_place(text: str) -> tuple[tuple[float, float], float | None] | None:
    """A position as of `parse_position`, and the radius in arcsec that may follow it, as in
    "150.12 2.2 30″" or "10:00:28.8 +02:12:21 2 arcmin"; None where the text is no position."""
    position = parse_position(text)
    if position is not None:
        return position, None
    found = _RADIUS.search(text.strip())
    position = parse_position(text.strip()[: found.start()]) if found else None
    if found is None or position is None:
        return None
    return position, float(found[1]) * _UNITS.get(found[2], 3600.0)


def nearest_row(
    ra: NDArray[np.float64], dec: NDArray[np.float64], position: tuple[float, float]
) -> tuple[int, float] | None:
    """The row nearest to a position (all in degrees) and its distance in arcsec, by the
    haversine formula; None where no row has coordinates."""
    if not np.isfinite(ra).any():
        return None
    to_ra, to_dec = np.radians(position)
    dec_radians = np.radians(dec)
    a = (
        np.sin((dec_radians - to_dec) / 2) ** 2
        + np.cos(dec_radians) * np.cos(to_dec) * np.sin((np.radians(ra) - to_ra) / 2) ** 2
    )
    row = int(np.nanargmin(a))
    return row, float(np.degrees(2 * np.arcsin(np.sqrt(min(a[row], 1.0)))) * 3600)


def _angle(word: str) -> float | None:
    """Degrees or hours of a decimal or sexagesimal number."""
    sign = -1.0 if word.startswith(("-", "−")) else 1.0
    parts = [part for part in _PARTS.split(word.lstrip("+-−")) if part]
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        return None
    if not 1 <= len(numbers) <= 3 or any(not 0 <= number < 60 for number in numbers[1:]):
        return None
    return sign * math.fsum(number / 60.0**place for place, number in enumerate(numbers))
