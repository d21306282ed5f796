"""Where everything stands on a figure of the map: the map itself, its axes, legend, colour bar.

Lengths are in units of a tenth of a point, from the upper left corner: fonts of a whole number
of units are then fine enough for print.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

from astromask_gui.raster.frame import ViewRect
from astromask_gui.rendering.figure_axes import PlotAxes, enough_ticks
from astromask_gui.rendering.figure_legend import Key, KeyGrid, PlacedKey, arrange_keys
from astromask_gui.rendering.ticks import Ticks
from astromask_gui.state.exports import CantBeMade
from astromask_gui.state.plane import Scale

POINT = 10.0
CM = 72 / 2.54 * POINT
TICK = 3 * POINT
MINOR_TICK = 1.8 * POINT
LINE = 0.5 * POINT
"""Width of frames and ticks."""
_PAD = 3 * POINT
_GAP = 2 * POINT
_LEGEND_GAP = 8 * POINT
_LINE_HEIGHT = 1.25
"""Of text, in its size."""
_WIDE = 12 * CM
"""From this width on, a legend stands beside the map; else below it."""
_SMALLEST_MAP = 1.2 * CM
_ROUNDS = 3
"""Ticks depend on the map's size, and that on the room their texts take."""

Measure = Callable[[str], float]
"""Width of a text in units."""


class Box(NamedTuple):
    """A rectangle on the page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height


@dataclass(frozen=True)
class BarParts:
    """A colour bar that is to be placed."""

    label: str
    limits: tuple[float, float]
    logarithmic: bool
    beyond: tuple[bool, bool] = (False, False)
    """Whether there are values below and above the limits: the bar then ends in a tip."""


@dataclass(frozen=True)
class FigureParts:
    """What is to be placed."""

    width: float
    height: float | None
    """None for what the map's shape asks for."""
    aspect: float
    """Height of the map by its width, on the screen."""
    text: float
    """Size of the text."""
    frame: bool = True
    title: str = ""
    keys: tuple[Key, ...] = ()
    bar: BarParts | None = None


@dataclass(frozen=True)
class PlacedBar:
    """A vertical colour bar: low values at its lower edge."""

    box: Box
    label: str
    label_x: float
    """Middle of the label, which is turned by a quarter."""
    ticks: Ticks
    """Places are shares of the bar's height from its lower edge."""
    beyond: tuple[bool, bool]


@dataclass(frozen=True)
class FigureLayout:
    """The finished plan."""

    page: Box
    plot: Box
    text: float
    frame: bool
    title: str
    axes: PlotAxes
    x_label_y: float
    """Middle of the lower axis' label."""
    y_label_x: float
    """Middle of the left axis' label, which is turned by a quarter."""
    keys: tuple[PlacedKey, ...] = ()
    bar: PlacedBar | None = None


@dataclass(frozen=True)
class _Margins:
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class _Draft:
    """One round of planning."""

    plot: Box
    axes: PlotAxes
    keys: KeyGrid


def fitting_view(view: ViewRect, screen: tuple[float, float], box: Box) -> ViewRect:
    """The smallest rectangle about the centre of `view` that holds it on a box of another shape,
    with the screen's proportion of both axes."""
    per_x, per_y = view.width / screen[0], view.height / screen[1]
    scale = max(screen[0] / box.width, screen[1] / box.height)
    x, y = (view.x0 + view.x1) / 2, (view.y0 + view.y1) / 2
    half_x, half_y = per_x * scale * box.width / 2, per_y * scale * box.height / 2
    return ViewRect(x - half_x, x + half_x, y - half_y, y + half_y)


def lay_out(
    parts: FigureParts, axes_on: Callable[[Box], PlotAxes], measure: Measure
) -> FigureLayout:
    """Place everything. `axes_on` gives the axes of a map of some size. Raises `CantBeMade` where
    there is no room for the map."""
    plot = Box(0, 0, parts.width * 0.7, (parts.height or parts.width * parts.aspect) * 0.7)
    for _ in range(_ROUNDS):
        axes = _without_overlaps(axes_on(plot), plot, parts, measure)
        draft = _Draft(plot, axes, _arrange(parts, plot, measure))
        plot = _plot_box(parts, draft, measure)
    return _finish(parts, draft, plot, measure)


def bar_ticks(bar: BarParts, height: float, text: float) -> Ticks:
    """Ticks of a colour bar; places are shares of its height."""
    from astromask_gui.rendering.scales import place_of

    scale = Scale(bar.label, logarithmic=bar.logarithmic)
    low, high = (place_of(scale, limit) for limit in bar.limits)
    scale = replace(scale, origin=low, extent=high - low)
    return enough_ticks(scale, 0.0, 1.0, max(2, int(height / (2.4 * text))))


def _line(parts: FigureParts) -> float:
    return parts.text * _LINE_HEIGHT


def _margins(parts: FigureParts, draft: _Draft, measure: Measure) -> _Margins:
    line, framed, axes, keys = _line(parts), parts.frame, draft.axes, draft.keys
    left = right = top = bottom = _PAD
    if framed:
        left += line + _GAP if axes.y_label else 0
        bottom += line if axes.x_label or axes.x.offset else 0
        if axes.y.texts:
            left += TICK + _GAP + max(measure(text) for text in axes.y.texts)
            top += parts.text / 2
        if axes.x.texts:
            bottom += TICK + _GAP + line
            # The last text is as wide beyond the frame as it is before it.
            right += max(measure(text) for text in axes.x.texts) / 2
        top += line if axes.y.offset else 0
    top += 1.4 * line if parts.title else 0
    if parts.bar is not None:
        right = max(right, _PAD + _bar_room(parts, parts.bar, draft.plot.height, measure))
    if keys.placed and keys.beside:
        right = max(right, _PAD + keys.width + _LEGEND_GAP)
    elif keys.placed:
        bottom += keys.height + 2 * _GAP
    return _Margins(left, top, right, bottom)


def _bar_room(parts: FigureParts, bar: BarParts, height: float, measure: Measure) -> float:
    ticks = bar_ticks(bar, height, parts.text)
    widest = max((measure(text) for text in ticks.texts), default=0.0)
    return 2 * parts.text + TICK + _GAP + widest + _GAP + _line(parts)


def _plot_box(parts: FigureParts, draft: _Draft, measure: Measure) -> Box:
    margins = _margins(parts, draft, measure)
    width = parts.width - margins.left - margins.right
    if parts.height is None:
        height = width * parts.aspect
    else:
        height = parts.height - margins.top - margins.bottom
    if min(width, height) < _SMALLEST_MAP:
        raise CantBeMade(
            f"There is no room for the map on a figure {parts.width / CM:.1f} cm wide"
            + (f" and {parts.height / CM:.1f} cm high" if parts.height is not None else "")
            + ". Make it larger, or leave the legend, the axes or the title out."
        )
    return Box(margins.left, margins.top, width, height)


def _arrange(parts: FigureParts, plot: Box, measure: Measure) -> KeyGrid:
    """The legend beside the map, or below it where the figure is narrow or the legend long."""
    if not parts.keys:
        return KeyGrid()
    line = _line(parts)
    if parts.width >= _WIDE and parts.bar is None:
        grid = arrange_keys(parts.keys, parts.width * 0.34, plot.height, line, measure, beside=True)
        if grid.left_out == 0:
            return grid
    room = (parts.height or parts.width * 1.4) * 0.4
    width = parts.width - plot.x - _PAD
    return arrange_keys(parts.keys, width, room, line, measure, beside=False)


def _without_overlaps(axes: PlotAxes, plot: Box, parts: FigureParts, measure: Measure) -> PlotAxes:
    """The axes, every second (third …) text of a crowded one left out."""
    gap = parts.text * 0.6
    widths = [measure(text) + gap for text in axes.x.texts]
    heights = [parts.text * 1.1] * len(axes.y.texts)
    x = thinned(axes.x, widths, plot.width / axes.view.width)
    y = thinned(axes.y, heights, plot.height / axes.view.height)
    return replace(axes, x=x, y=y)


def thinned(ticks: Ticks, extents: list[float], scale: float) -> Ticks:
    """Ticks whose texts of such `extents` keep clear of each other, where a unit of the map has a
    length of `scale`; the ticks of others become minor ones."""
    places, every = ticks.places, 1
    while every < len(places):
        kept = places[::every]
        apart = min((abs(b - a) for a, b in pairwise(kept)), default=math.inf)
        if apart * scale >= max(extents):
            break
        every += 1
    if every == 1 or not places:
        return ticks
    dropped = [place for number, place in enumerate(places) if number % every]
    minor = tuple(sorted((*ticks.minor, *dropped)))
    return replace(ticks, places=places[::every], texts=ticks.texts[::every], minor=minor)


def _finish(parts: FigureParts, draft: _Draft, plot: Box, measure: Measure) -> FigureLayout:
    axes, line = draft.axes, _line(parts)
    below = plot.bottom
    if parts.frame:
        below += TICK + _GAP + line if axes.x.texts else 0
    label_y = below + line / 2
    if parts.frame and (axes.x_label or axes.x.offset):
        below += line
    keys = draft.keys
    if keys.beside:
        placed = keys.moved(plot.right + _LEGEND_GAP, plot.y)
    else:
        placed = keys.moved(plot.x, below + 2 * _GAP)
        below += keys.height + 2 * _GAP if keys.placed else 0
    height = parts.height if parts.height is not None else below + _PAD
    return FigureLayout(
        Box(0, 0, parts.width, height),
        plot,
        parts.text,
        parts.frame,
        parts.title,
        axes,
        label_y,
        _PAD + line / 2,
        placed,
        # With the ticks that room was made for, though the plot may have another height by now.
        None if parts.bar is None else _place_bar(parts, plot, draft.plot.height, measure),
    )


def _place_bar(parts: FigureParts, plot: Box, height: float, measure: Measure) -> PlacedBar:
    bar = parts.bar
    assert bar is not None
    box = Box(plot.right + parts.text, plot.y, parts.text, plot.height)
    ticks = bar_ticks(bar, height, parts.text)
    widest = max((measure(text) for text in ticks.texts), default=0.0)
    label_x = box.right + TICK + _GAP + widest + _GAP + _line(parts) / 2
    return PlacedBar(box, bar.label, label_x, ticks, bar.beyond)
