"""Points on their way from one layout to another. Free of numba, so that a window can import it."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np

from astromask_gui.raster.frame import ViewRect

SECONDS = 0.16
"""Long enough to be followed by the eye, short enough not to be waited for."""
MOST_MOVED = 1_000_000
"""Of more points a frame takes so long that they would jump a few times instead of moving."""


class Motion:
    """Where (N, 2) places are at any moment: slow at the beginning and at the end of the way.

    The way begins where a place was on the screen. A galaxy that had no place appears where it
    goes, one that has none any more is gone at once.
    """

    def __init__(
        self,
        before: np.ndarray,
        after: np.ndarray,
        views: tuple[ViewRect, ViewRect],
        *,
        seconds: float = SECONDS,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`before` (N, 2) was seen in the first of the `views`, `after` (N, 2) in the second."""
        self._ends, self._views = (before, after), views
        self._seconds, self._clock = seconds, clock
        self._began: float | None = None
        self._way: tuple[np.ndarray, np.ndarray] | None = None
        """(N, 2) float32, where it begins and how far it goes; found when first asked for."""

    def start(self) -> None:
        """Be at the beginning of the way now."""
        self._began = self._clock()

    @property
    def share(self) -> float:
        """Of the time that has passed, from 0 to 1."""
        if self._began is None:
            return 0.0
        return min(max((self._clock() - self._began) / self._seconds, 0.0), 1.0)

    def places(self, share: float) -> tuple[np.ndarray, np.ndarray]:
        """(N,) x and y when so much of the time has passed."""
        after = self._ends[1]
        if share >= 1:
            return after[:, 0], after[:, 1]
        if self._way is None:
            begin = seen_in(self._ends[0], *self._views)
            has_place = np.isfinite(begin).all(axis=1, keepdims=True)
            begin = np.where(has_place, begin, after).astype(np.float32)
            self._way = begin, (after - begin).astype(np.float32)
        begin, way = self._way
        eased = np.float32(share * share * (3 - 2 * share))
        x, y = (begin[:, axis] + eased * way[:, axis] for axis in (0, 1))
        return x, y


def seen_in(places: np.ndarray, view: ViewRect, other: ViewRect) -> np.ndarray:
    """(N, 2): what has the same position on the screen in `other` as `places` have in `view`."""
    scale = np.array([other.width / view.width, other.height / view.height])
    offset = np.array([other.x0, other.y0]) - scale * [view.x0, view.y0]
    moved: np.ndarray = places * scale + offset
    return moved
