"""How a point looks and whether it counts: its state, and the ink of each state and colour."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np

HIDDEN = 0
"""Filtered out and not drawn."""
GHOST = 1
"""Filtered out, drawn as a faint trace."""
DIMMED = 2
"""Passes the filters, but is not part of the selection."""
NORMAL = 3
"""Passes the filters; there is no selection."""
SELECTED = 4
"""Part of the selection."""
OPEN = 3
"""Added to a state that passes the filters: drawn as an open disc, once discs are large enough."""
STATE_COUNT = 8


class _Look(NamedTuple):
    strength: float
    """Share of the point's own colour; the rest is the background's."""
    weight: float
    """Its say in the colour of a pixel that many points share."""
    disc_weight: float
    """The same where discs overlap."""


# Dimming mixes colours towards the background instead of lowering counts: the brightness is
# normalised to the counts, so fewer counts everywhere would change nothing.
_LOOKS = {
    HIDDEN: _Look(0.0, 0.0, 0.0),
    GHOST: _Look(0.16, 0.25, 0.5),
    DIMMED: _Look(0.40, 1.0, 0.75),
    NORMAL: _Look(1.0, 1.0, 1.0),
    SELECTED: _Look(1.0, 6.0, 1.0),
}
_LOOKS |= {state + OPEN: _LOOKS[state] for state in (DIMMED, NORMAL, SELECTED)}


class StyleTables(NamedTuple):
    """Premultiplied ink by code = state × 256 + colour index: columns weight, red, green, blue."""

    points: np.ndarray
    """(2048, 4) float32 for points of a pixel or less, and merged ones."""
    discs: np.ndarray
    """(2048, 4) float32 for discs."""


def style_tables(palette: np.ndarray, background: tuple[int, int, int]) -> StyleTables:
    """Ink for a palette of (256, 3) uint8 colours on `background` (red, green, blue, 0–255)."""
    colours = np.asarray(palette, np.float32).reshape(256, 3)
    ground = np.asarray(background, np.float32)
    points = np.zeros((STATE_COUNT, 256, 4), np.float32)
    discs = np.zeros_like(points)
    for state, look in _LOOKS.items():
        mixed = ground + (colours - ground) * np.float32(look.strength)
        for table, weight in ((points, look.weight), (discs, look.disc_weight)):
            table[state, :, 0] = weight
            table[state, :, 1:] = mixed * np.float32(weight)
    return StyleTables(points.reshape(-1, 4), discs.reshape(-1, 4))


@cache
def plain_tables() -> StyleTables:
    """Grey on black, for points that nobody has coloured yet."""
    return style_tables(np.full((256, 3), 160, np.uint8), (0, 0, 0))


def point_states(
    visible: np.ndarray | None,
    selected: np.ndarray | None,
    *,
    ghosts: bool = False,
    hollow: np.ndarray | None = None,
) -> np.ndarray | None:
    """(N,) uint8 states from bool masks in row order; None where all points are normal.

    `visible` None means no filter. `selected` None or all False means that nothing is selected;
    a filtered-out point stays filtered out even when it is selected. `hollow` points are drawn
    open, None means none.
    """
    if selected is not None and not selected.any():
        selected = None
    if visible is None and selected is None and hollow is None:
        return None
    states: np.ndarray | np.uint8 = np.uint8(NORMAL)
    if selected is not None:
        states = np.where(selected, np.uint8(SELECTED), np.uint8(DIMMED))
    if hollow is not None:
        states = states + np.uint8(OPEN) * hollow
    if visible is not None:
        states = np.where(visible, states, np.uint8(GHOST if ghosts else HIDDEN))
    return np.asarray(states)
