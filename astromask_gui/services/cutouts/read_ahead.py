"""Which galaxies will be asked for next."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from astromask_gui.state.sky_grid import SkyGrid

AHEAD, BEHIND = 3, 1
"""Cutouts read ahead of the active one in a list, and behind it."""


class ReadAhead:
    """Follows the way that the user takes through a list."""

    def __init__(self) -> None:
        self._place: int | None = None
        self._direction = 1

    def rows(self, order: NDArray[np.uint32] | None, active: int | None) -> list[int]:
        """The rows to have ready, the likeliest first; a list not yet entered is begun."""
        if order is None or not len(order):
            return []
        places = np.flatnonzero(order == active) if active is not None else np.zeros(0, np.int64)
        if not len(places):
            return [int(row) for row in order[:AHEAD]]
        place = int(places[0])
        if self._place is not None and place != self._place:
            self._direction = 1 if place > self._place else -1
        self._place = place
        steps = [self._direction * step for step in (*range(1, AHEAD + 1), -BEHIND)]
        wanted = [place + step for step in steps]
        return [int(order[one]) for one in wanted if 0 <= one < len(order)]


def grid_of_terms(terms: NDArray[np.float64]) -> SkyGrid:
    """The grid of (8,) terms CRPIX1 CRPIX2 CRVAL1 CRVAL2 CD1_1 CD1_2 CD2_1 CD2_2."""
    x, y, ra, dec, a, b, c, d = (float(term) for term in terms)
    # FITS counts pixels from 1.
    return SkyGrid(x - 1, y - 1, ra, dec, (a, b, c, d))
