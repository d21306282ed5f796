"""The axes of a figure of the map: what its edges are called and where their ticks stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from astromask_gui.raster.frame import ViewRect
from astromask_gui.rendering.angles import AngleStyle
from astromask_gui.rendering.graticule import SPACING, GraticuleLabel, graticule
from astromask_gui.rendering.sky import Doubles
from astromask_gui.rendering.ticks import Ticks, axis_ticks
from astromask_gui.state.plane import Axes, ColumnAxes, Scale, SkyAxes

_METHODS = {"umap": "UMAP", "tsne": "t-SNE", "t-sne": "t-SNE", "pca": "PCA"}
_TICK_ROOM = (4.5, 2.2)
"""Text sizes between two ticks of the lower and of the left axis, at least."""
_FEWEST, _CROWDED = 3, 8
_LINE_ROOM = 9.0
"""Text sizes between two lines of the sky's graticule."""


_NO_TICKS = Ticks((), ())


@dataclass(frozen=True)
class PlotAxes:
    """What is drawn around and over a map; places are map coordinates."""

    view: ViewRect
    """The rectangle that the map shows."""
    x_label: str = ""
    y_label: str = ""
    x: Ticks = _NO_TICKS
    y: Ticks = _NO_TICKS
    curves: tuple[Doubles, ...] = ()
    """Lines of the sky's graticule, (n, 2) with NaN where one is interrupted."""
    inner: tuple[GraticuleLabel, ...] = ()
    """Labels of those that don't reach the map's edges."""


def plot_axes(
    axes: Axes | None,
    projection: str,
    view: ViewRect,
    size: tuple[float, float],
    text: float,
    *,
    ticks: bool,
    angles: AngleStyle = "degrees",
) -> PlotAxes:
    """Axes of a map that shows `view` on `size` (width, height), with text of so many units."""
    if isinstance(axes, SkyAxes):
        return _sky(axes, view, size, text, angles) if ticks else PlotAxes(view, "RA", "Dec")
    if axes is None:
        method = method_of(projection)
        axes = ColumnAxes(Scale(f"{method} 1"), Scale(f"{method} 2"))
    labels = (axis_label(axes.x), axis_label(axes.y))
    if not ticks:
        return PlotAxes(view, *labels)
    most = [max(1, int(side / (room * text))) for side, room in zip(size, _TICK_ROOM, strict=True)]
    return PlotAxes(
        view,
        *labels,
        enough_ticks(axes.x, view.x0, view.x1, most[0]),
        enough_ticks(axes.y, view.y0, view.y1, most[1]),
    )


def enough_ticks(scale: Scale, start: float, end: float, most: int) -> Ticks:
    """About `most` ticks, or somewhat more where round values would leave fewer than three."""
    ticks = axis_ticks(scale, start, end, most)
    while len(ticks.places) < _FEWEST and most < _CROWDED:
        most += 1
        more = axis_ticks(scale, start, end, most)
        ticks = more if len(more.places) > len(ticks.places) else ticks
    return ticks


def method_of(projection: str) -> str:
    """How papers call the method of a projection named as "umap-0"; else its own name."""
    word = re.split(r"[-_ ]\d|[_ ]", projection.strip(), maxsplit=1)[0].lower()
    return _METHODS.get(word, projection.strip() or "Dimension")


def axis_label(scale: Scale) -> str:
    """A column's name with its unit."""
    return f"{scale.name} [{scale.unit}]" if scale.unit else scale.name


def _sky(
    axes: SkyAxes, view: ViewRect, size: tuple[float, float], text: float, angles: AngleStyle
) -> PlotAxes:
    per_unit = view.width / size[0]
    drawn = graticule(axes, view, per_unit * _LINE_ROOM * text / SPACING, angles)
    below = [label for label in drawn.labels if label.side == "bottom"]
    left = [label for label in drawn.labels if label.side == "left"]
    inner = tuple(label for label in drawn.labels if label.side in ("beside", "on"))
    curves = drawn.lines if drawn.outline is None else (*drawn.lines, drawn.outline)
    return PlotAxes(
        view,
        "RA",
        "Dec",
        Ticks(tuple(label.x for label in below), tuple(label.text for label in below)),
        Ticks(tuple(label.y for label in left), tuple(label.text for label in left)),
        curves,
        inner,
    )
