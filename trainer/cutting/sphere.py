"""Directions on the unit sphere."""

from __future__ import annotations

import numpy as np


def unit_vectors(ra: np.ndarray, dec: np.ndarray) -> np.ndarray:
    """(n, 3) directions of positions in degrees."""
    longitude, latitude = np.radians(ra), np.radians(dec)
    across = np.cos(latitude)
    return np.stack([across * np.cos(longitude), across * np.sin(longitude), np.sin(latitude)], -1)


def separation(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Degrees between the direction (3,) and others (…, 3)."""
    half = np.linalg.norm(others - one, axis=-1) / 2
    return np.asarray(np.degrees(2 * np.arcsin(np.clip(half, 0, 1))))


def chord(angle: float) -> float:
    """Straight distance between two directions that are `angle` degrees apart."""
    return 2 * float(np.sin(np.radians(min(angle, 180.0)) / 2))
