"""Sky coordinates as files have them → degrees that can be trusted, or NaN."""

from __future__ import annotations

import numpy as np

_DEGREES = {
    **dict.fromkeys(("rad", "radian", "radians"), 180.0 / np.pi),
    **dict.fromkeys(("hour", "hours", "hourangle", "h"), 15.0),
}


def clean_coordinates(ra: np.ndarray, dec: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(N,) float64 degrees each, RA in 0 … 360; NaN in both where either is not on the sphere."""
    ra, dec = _numbers(ra), _numbers(dec)
    with np.errstate(invalid="ignore"):
        good = (np.abs(dec) <= 90.0) & (ra >= -180.0) & (ra <= 360.0)
    return np.where(good, np.mod(ra, 360.0), np.nan), np.where(good, dec, np.nan)


def in_degrees(values: np.ndarray, unit: str | None) -> np.ndarray:
    """(N,) angles in degrees, where the file says that they are in radians or hours."""
    factor = _DEGREES.get((unit or "").strip().lower())
    return values if factor is None else _numbers(values) * factor


def _numbers(values: np.ndarray) -> np.ndarray:
    """Floats; NaN for text that is none."""
    values = np.asarray(values).ravel()
    if values.dtype.kind in "biuf":
        return values.astype(np.float64)
    return np.array([_number(value) for value in values], np.float64)


def _number(value: object) -> float:
    try:
        return float(value.decode() if isinstance(value, bytes) else str(value))
    except ValueError:
        return float("nan")


def sky_directions(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """(n, 3) directions on the unit sphere of positions in degrees."""
    longitude, latitude = np.radians(ra), np.radians(dec)
    across = np.cos(latitude)
    return np.stack([across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)], -1)
