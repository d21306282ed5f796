"""Colours of categories stay apart, for all eyes and on both grounds."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from astromask_gui.rendering.colouring import MAXIMUM_CATEGORIES
from astromask_gui.rendering.palette import (
    CONTRAST,
    category_colour,
    contrast,
    luminance,
    rgb,
)
from astromask_gui.theme import tokens

EYES = {
    "all cones": np.eye(3),
    "no red cones": [[0.152, 1.053, -0.205], [0.115, 0.786, 0.099], [-0.004, -0.048, 1.052]],
    "no green cones": [[0.367, 0.861, -0.228], [0.280, 0.673, 0.047], [-0.012, 0.043, 0.969]],
}
"""What linear sRGB becomes (Machado, Oliveira & Fernandes 2009)."""
_CONES = [[0.41222, 0.53633, 0.05145], [0.21190, 0.68070, 0.10740], [0.08830, 0.28172, 0.62998]]
_LAB = [[0.21045, 0.79362, -0.00407], [1.97800, -2.42859, 0.45059], [0.02590, 0.78277, -0.80868]]


def oklab(colour: str, eye: str) -> np.ndarray:
    """Lightness and two opponent colours (Ottosson 2020)."""
    share = rgb(colour) / 255
    linear = np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(EYES[eye]) @ linear, 0, 1)
    return np.array(_LAB) @ np.cbrt(np.array(_CONES) @ seen)


@pytest.mark.parametrize("style", ["dark", "light"])
@pytest.mark.parametrize(("eye", "apart"), [("all cones", 0.1), *((e, 0.05) for e in EYES)])
def test_a_dozen_categories_are_told_apart(eye: str, apart: float, style: str) -> None:
    for one, other in combinations([category_colour(place, style) for place in range(12)], 2):
        assert np.linalg.norm(oklab(one, eye) - oklab(other, eye)) > apart, (one, other)


@pytest.mark.parametrize("style", ["dark", "light"])
def test_every_colour_stands_out_from_the_map_and_is_another(style: str) -> None:
    colours = [category_colour(place, style) for place in range(MAXIMUM_CATEGORIES)]
    assert len(set(colours)) == MAXIMUM_CATEGORIES
    ground = float(luminance(rgb(tokens(style).map_background)))
    for colour in colours:
        assert contrast(float(luminance(rgb(colour))), ground) > CONTRAST - 0.02, colour
