"""A value for each patch, laid over a picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astromask_gui.rendering.colouring import continuous_map

HEAT_MAP = "inferno"
_LEAST, _MOST = 0.25, 0.8
"""Share of the heat's colour in the mixture at both ends: the galaxy stays visible under both."""


def heat_table() -> NDArray[np.uint8]:
    """(256, 3) uint8 colours from the least to the greatest value; galaxies lie on black."""
    return continuous_map(HEAT_MAP, "dark")


def heat_limits(values: NDArray[np.floating]) -> tuple[float, float]:
    """From 0 to the greatest of the finite values (L,); 1 where there is none."""
    known = values[np.isfinite(values)]
    greatest = float(known.max()) if known.size else 0.0
    return 0.0, greatest if greatest > 0 else 1.0


def lay_heat(
    picture: NDArray[np.uint8], values: NDArray[np.floating], limits: tuple[float, float]
) -> NDArray[np.uint8]:
    """The picture (H, W, 3) under the values (L,) of its patches, a square grid of them in
    raster order; a patch whose value is NaN stays as it is."""
    side = round(len(values) ** 0.5)
    low, high = limits
    places = np.clip((values - low) / (high - low), 0, 1).reshape(side, side)
    rows = np.arange(picture.shape[0]) * side // picture.shape[0]
    columns = np.arange(picture.shape[1]) * side // picture.shape[1]
    places = places[rows[:, None], columns[None, :]]
    known = np.isfinite(places)
    places = np.where(known, places, 0)
    share = np.where(known, _LEAST + (_MOST - _LEAST) * places, 0)[..., None]
    heat = heat_table()[(places * 255).astype(np.uint8)]
    mixed: NDArray[np.uint8] = (picture * (1 - share) + heat * share + 0.5).astype(np.uint8)
    return mixed
