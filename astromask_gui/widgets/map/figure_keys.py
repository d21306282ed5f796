"""What is written beside a figure of the map: keys of its colours and marks, or a colour bar."""

from __future__ import annotations

import numpy as np

from astromask_gui.raster.frame import FrameRequest, disc_radius, hole_radius
from astromask_gui.rendering.colouring import MISSING, Colours
from astromask_gui.rendering.figure_layout import BarParts
from astromask_gui.rendering.figure_legend import Key
from astromask_gui.theme import Tokens
from astromask_gui.widgets.map.figure_scene import MapScene
from astromask_gui.widgets.map.overlay import Marks


def figure_keys(scene: MapScene, colours: Colours, look: Tokens, *, marks: bool) -> tuple[Key, ...]:
    """What the colours and, with `marks`, the rings mean."""
    rings = _mark_keys(scene.marks, look) if marks else []
    return (*_category_keys(scene, colours), *_placed_key(scene), *rings)


def _category_keys(scene: MapScene, colours: Colours) -> list[Key]:
    """Categories of which something is shown, with the numbers that the filters leave."""
    shown = colours.index if scene.visible is None else colours.index[scene.visible]
    counts = np.bincount(shown, minlength=256)
    if colours.limits is not None:
        missing = int(counts[MISSING])
        grey = "#{:02x}{:02x}{:02x}".format(*colours.table[MISSING, :3])
        return [Key("swatch", "no value", grey, f"{missing:,}")] if missing else []
    return [
        Key("swatch", entry.label, entry.colour, f"{counts[entry.code]:,}")
        for entry in colours.legend or ()
        if counts[entry.code]
    ]


def colour_bar(scene: MapScene, colours: Colours) -> BarParts | None:
    """The bar of a continuous column; None where the map has categories or one colour."""
    if colours.limits is None or scene.column is None:
        return None
    column = scene.column
    label = f"{column.name} [{column.unit}]" if column.unit else column.name
    below, above = (count > 0 for count in colours.beyond)
    return BarParts(label, colours.limits, scene.colouring.logarithmic, (below, above))


def _placed_key(scene: MapScene) -> list[Key]:
    """What open points mean, where some are on the figure, and points are large enough to tell."""
    if scene.placed is None:
        return []
    view, (x, y) = scene.view, scene.coordinates.T
    drawn = (x >= view.x0) & (x <= view.x1) & (y >= view.y0) & (y <= view.y1)
    placed = scene.placed
    if scene.visible is not None:
        placed = placed & scene.visible
        drawn &= scene.visible | scene.ghosts
    width, height = (round(side) for side in scene.size)
    radius = disc_radius(int(np.count_nonzero(drawn)), FrameRequest(view, width, height))
    if not (drawn & placed).any() or hole_radius(radius) == 0:
        return []
    return [Key("open", "placed later", "", f"{np.count_nonzero(placed):,}")]


def _mark_keys(marks: Marks, look: Tokens) -> list[Key]:
    """What the rings mean. A large selection has none: it stands out by itself."""
    keys = []
    if len(marks.selected):
        keys.append(Key("ring", "selected", look.selection, f"{len(marks.selected):,}"))
    if len(marks.neighbours):
        keys.append(Key("ring", "neighbours", look.query, f"{len(marks.neighbours):,}"))
    if marks.query is not None and marks.query != marks.active:
        keys.append(Key("ring", "query", look.query))
    if marks.active is not None:
        keys.append(Key("ring", "active galaxy", look.accent))
    return keys
