"""What a map shows, in numbers and words."""

from __future__ import annotations

from astromask_gui.raster.frame import FrameStats
from astromask_gui.state.plane import Axes, ColumnAxes

_MANY = 500_000
"""From so many on the number in view is an estimate."""


def in_view(stats: FrameStats) -> str:
    """How many galaxies the view holds; in an empty one, the key that leads back."""
    if not stats.visible:
        return "none in view: F fits all"
    if stats.visible > _MANY:
        return f"about {stats.visible / 1e6:.1f} million in view"
    return f"{stats.visible:,} in view"


def without_place(stats: FrameStats) -> str:
    """How many of those that the filters leave are nowhere on the map; empty where none are."""
    return f"{stats.placeless:,} not on this map" if stats.placeless else ""


def why_without_place(axes: Axes | None) -> str:
    """Why galaxies may have no place."""
    if isinstance(axes, ColumnAxes):
        logarithmic = axes.x.logarithmic or axes.y.logarithmic
        positive = ", or one that is not positive on a logarithmic axis" if logarithmic else ""
        return f"They have no value of {axes.x.name} or of {axes.y.name}{positive}."
    if axes is not None:
        return "They have no coordinates on the sky."
    return (
        "They have no embedding, or came after the map was laid out and were not placed on it yet."
    )
