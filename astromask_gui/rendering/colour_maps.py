"""Colour maps of single bands, 256 shades from black to white."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

COLOUR_MAPS = ("grey", "viridis", "cividis", "magma", "inferno", "plasma")


@cache
def colour_map(name: str) -> NDArray[np.uint8]:
    """(256, 3) uint8: the colours of a map, darkest first."""
    if name == "grey":
        return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    import pyqtgraph

    table = pyqtgraph.colormap.get(name).getLookupTable(nPts=256, alpha=False)
    return np.ascontiguousarray(table, np.uint8)
