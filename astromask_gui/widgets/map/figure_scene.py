"""What a map shows, gathered in the window's thread, for a figure that is worked out later."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from astromask_gui.parts.map_colours import Maker, MapColours
from astromask_gui.raster.frame import ViewRect
from astromask_gui.raster.worker import PointMap
from astromask_gui.rendering.angles import AngleStyle
from astromask_gui.rendering.colouring import plain_colours
from astromask_gui.state.columns import Column, Columns
from astromask_gui.state.plane import Axes, ColumnAxes
from astromask_gui.state.view import Colouring, MapView
from astromask_gui.widgets.map.overlay import Marks
from astromask_gui.widgets.map.thumbnails import Pictures


@dataclass(frozen=True)
class MapScene:
    """What a map shows, from the window's thread; nobody writes to any of it any more."""

    view: ViewRect
    size: tuple[float, float]
    """Of the map on the screen, layout pixels."""
    style: str
    projection: str
    """Or another name of what places the points."""
    axes: Axes | None
    angles: AngleStyle
    """In which the sky's coordinates are told."""
    coordinates: np.ndarray
    """(N, 2)."""
    points: PointMap | None
    colours: Maker
    column: Column | None
    colouring: Colouring
    visible: np.ndarray | None
    selected: np.ndarray | None
    ghosts: bool
    marks: Marks
    placed: np.ndarray | None
    """(N,) bool: rows that are drawn as placed on the projection later; None where none are."""
    pictures: Pictures


def gather_scene(
    view: MapView,
    columns: Columns,
    colours: MapColours,
    *,
    screen: tuple[ViewRect, tuple[float, float]],
    style: str,
    angles: AngleStyle,
    points: PointMap | None,
    visible: np.ndarray | None,
    selected: np.ndarray | None,
    ghosts: bool,
    marks: Marks,
    placed: np.ndarray | None,
    pictures: Pictures,
) -> MapScene:
    """What a map with coordinates shows on `screen`: its rectangle and its size in pixels."""
    assert view.coordinates is not None
    count, maker = len(view.coordinates), colours.maker()
    column = columns.column(view.colouring.column or "")
    return MapScene(
        *screen,
        style,
        view.projection or _name_of(view.axes),
        view.axes,
        angles,
        view.coordinates,
        points,
        maker or (lambda style, _: plain_colours(count, style)),
        column,
        view.colouring,
        visible,
        selected,
        ghosts,
        # What the mouse is over belongs on no paper.
        replace(marks, hovered=None),
        placed,
        pictures,
    )


def _name_of(axes: Axes | None) -> str:
    """What to call a map that is no projection of the store."""
    if isinstance(axes, ColumnAxes):
        return f"{axes.x.name} {axes.y.name}"
    return "sky" if axes is not None else ""
