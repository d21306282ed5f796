"""Galaxies whose light is known, on a grid of pixels."""

from __future__ import annotations

import math

import numpy as np

from trainer.photometry.ellipses import Ellipse


def gaussian(shape: tuple[int, int], ellipse: Ellipse, flux: float) -> np.ndarray:
    """A Gaussian whose σ along the long axis is the ellipse's radius, mean over each pixel."""
    finer = 5
    step = (np.arange(finer) + 0.5) / finer - 0.5
    rows = (np.arange(shape[0])[:, None] + step).reshape(-1)
    columns = (np.arange(shape[1])[:, None] + step).reshape(-1)
    x, y = np.meshgrid(columns, rows)
    distance = np.hypot(*ellipse.normalised(x, y))
    peak = flux / (2 * math.pi * ellipse.radius**2 * ellipse.axis_ratio)
    fine = peak * np.exp(-0.5 * distance**2)
    return fine.reshape(shape[0], finer, shape[1], finer).mean(axis=(1, 3))


def sersic(shape: tuple[int, int], ellipse: Ellipse, index: float, peak: float) -> np.ndarray:
    """Sérsic's profile smoothed by seeing of 1.5 pixels (σ), without noise."""
    from scipy.ndimage import gaussian_filter

    finer = 5
    step = (np.arange(finer) + 0.5) / finer - 0.5
    rows = (np.arange(shape[0])[:, None] + step).reshape(-1)
    columns = (np.arange(shape[1])[:, None] + step).reshape(-1)
    x, y = np.meshgrid(columns, rows)
    distance = np.hypot(*ellipse.normalised(x, y))
    b = 2 * index - 1 / 3
    light = gaussian_filter(np.exp(-b * (distance ** (1 / index) - 1)), 1.5 * finer)
    image = light.reshape(shape[0], finer, shape[1], finer).mean(axis=(1, 3))
    return image * peak / image.max()


def noisy(planes: np.ndarray, sigma: float, seed: int = 1) -> np.ndarray:
    """Float32 planes with white noise."""
    noise = np.random.default_rng(seed).normal(0, sigma, planes.shape)
    return (planes + noise).astype(np.float32)
