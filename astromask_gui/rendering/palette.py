"""Colours of categories, told apart by most people."""

from __future__ import annotations

import colorsys

PALETTE = (
    "#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#f0e442", "#0072b2", "#d55e00",
    "#843c39", "#5e3c99", "#99ddff", "#ffaabb", "#aa3377", "#b2df8a", "#ee6677",
    "#dddddd", "#cc3311", "#bbcc33", "#6b6ecf", "#6699cc", "#a01813", "#66ccee",
    "#44bb99", "#cab2d6", "#999933",
)  # fmt: skip
"""Okabe & Ito 2008; then of Paul Tol's and Brewer's sets, again and again the one that is farthest
from all before it (Oklab), also to eyes without red, green or blue cones."""


def category_colour(place: int) -> str:
    """Colour of the category at `place`: the fixed set first, then ever finer hues."""
    if place < len(PALETTE):
        return PALETTE[place]
    hue = (place * 0.61803398875) % 1.0  # the golden ratio keeps successive hues apart
    lightness = (0.45, 0.6, 0.75)[place % 3]
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, 0.6)
    return f"#{round(red * 255):02x}{round(green * 255):02x}{round(blue * 255):02x}"
