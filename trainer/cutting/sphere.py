"""Angles between directions on the unit sphere, and their chords."""

from __future__ import annotations

import numpy as np


def separation(one: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Degrees between the direction (3,) and others (…, 3)."""
    half = np.linalg.norm(others - one, axis=-1) / 2
    return np.asarray(np.degrees(2 * np.arcsin(np.clip(half, 0, 1))))


def chord(angle: float) -> float:
    """Straight distance between two directions that are `angle` degrees apart."""
    return 2 * float(np.sin(np.radians(min(angle, 180.0)) / 2))
