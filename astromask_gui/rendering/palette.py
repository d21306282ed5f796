"""Colours of categories, told apart by most people."""

from __future__ import annotations

import colorsys
from functools import cache

import numpy as np
from numpy.typing import NDArray

from astromask_gui.theme import tokens

PALETTE = (
    "#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00",
    "#843c39", "#5e3c99", "#99ddff", "#ffaabb", "#aa3377", "#b2df8a", "#ee6677",
    "#dddddd", "#cc3311", "#bbcc33", "#6b6ecf", "#6699cc", "#a01813", "#66ccee",
    "#44bb99", "#cab2d6", "#999933",
)  # fmt: skip
"""Okabe & Ito 2008; then of Paul Tol's and Brewer's sets, again and again the one that is farthest
from all before it (Oklab), also to eyes without red, green or blue cones."""
CONTRAST = 1.5
"""A category's colour stands out so much from the map's background (WCAG 2.1)."""


@cache
def category_colour(place: int, style: str) -> str:
    """Colour of the category at `place`: the fixed set first, then ever finer hues; a little
    darker or lighter where the style's background would swallow it."""
    ground = float(luminance(rgb(tokens(style).map_background)))
    colour = rgb(_hue(place)).astype(float)
    while contrast(float(luminance(colour)), ground) < CONTRAST:
        colour = colour * 0.98 if ground > 0.5 else colour + 0.02 * (255 - colour)
    return "#{:02x}{:02x}{:02x}".format(*colour.round().astype(int))


def rgb(colour: str) -> NDArray[np.uint8]:
    """(3,) of a colour like #56b4e9."""
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], np.uint8)


def luminance(colours: NDArray[np.generic]) -> NDArray[np.float64]:
    """(...) relative luminance, 0 to 1, of (..., 3) sRGB colours up to 255 (WCAG 2.1)."""
    share = np.asarray(colours, np.float64) / 255
    linear = np.where(share <= 0.03928, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)
    weighted: NDArray[np.float64] = linear @ np.array([0.2126, 0.7152, 0.0722])
    return weighted


def contrast(one: float, other: float) -> float:
    """Contrast of two luminances, 1 to 21 (WCAG 2.1)."""
    return (max(one, other) + 0.05) / (min(one, other) + 0.05)


def _hue(place: int) -> str:
    if place < len(PALETTE):
        return PALETTE[place]
    hue = (place * 0.61803398875) % 1.0  # the golden ratio keeps successive hues apart
    lightness = (0.45, 0.6, 0.75)[place % 3]
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, 0.6)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
