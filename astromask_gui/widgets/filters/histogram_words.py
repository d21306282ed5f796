"""What a histogram of numbers says: its brush, and the bin under the mouse."""

from __future__ import annotations

import math

from astromask_gui.parts.value_text import number_text
from astromask_gui.rendering.histogram_axis import Brush
from astromask_gui.state.histograms import Histogram


def brush_text(brush: Brush) -> str:
    """A range in few characters."""
    low, high = (number_text(end) for end in brush)
    if math.isinf(brush[0]):
        return "any value" if math.isinf(brush[1]) else f"≤ {high}"
    return f"≥ {low}" if math.isinf(brush[1]) else f"{low} – {high}"


def bin_at(histogram: Histogram | None, pixel: float, width: float) -> int:
    """Place of the bin at a pixel of an axis."""
    count = 1 if histogram is None or histogram.total is None else len(histogram.total)
    return min(max(int(pixel / max(width, 1) * count), 0), count - 1)


def bin_text(histogram: Histogram | None, place: int, unit: str) -> str:
    """A bin's range and counts, what the axis does not show, and what the mouse can do."""
    if histogram is None or histogram.total is None or not histogram.edges:
        return ""
    low, high = (number_text(histogram.edges[place + step]) for step in (0, 1))
    lines = [f"{low} – {high} {unit}".rstrip() + f": {histogram.total[place]:,} galaxies"]
    if histogram.passing is not None:
        lines[0] += f", {histogram.passing[place]:,} of them pass the other filters"
    below, above = histogram.beyond
    beyond = [f"{below:,} below"] * bool(below) + [f"{above:,} above"] * bool(above)
    if beyond:
        lines.append(f"Beyond the axis: {', '.join(beyond)}; a brush to its end holds them.")
    if histogram.missing:
        lines.append(f"{histogram.missing:,} have no value.")
    lines.append("Drag to filter; double-click clears. Keys: arrows, Shift, Alt, Delete.")
    return "<br>".join(lines)
