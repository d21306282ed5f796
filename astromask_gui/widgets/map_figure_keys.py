"""What is written beside a figure of the map: keys of its colours and marks, or a colour bar."""

from __future__ import annotations

import numpy as np

from astromask_gui.rendering.colouring import MISSING, Colours
from astromask_gui.rendering.figure_layout import BarParts
from astromask_gui.rendering.figure_legend import Key
from astromask_gui.theme import Tokens
from astromask_gui.widgets.map_figure_scene import MapScene
from astromask_gui.widgets.map_overlay import Marks


def figure_keys(scene: MapScene, colours: Colours, look: Tokens, *, marks: bool) -> tuple[Key, ...]:
    """What the colours and, with `marks`, the rings mean."""
    keys = _category_keys(scene, colours)
    return (*keys, *_mark_keys(scene.marks, look)) if marks else tuple(keys)


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
