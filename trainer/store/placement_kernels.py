"""UMAP's force on new points among fixed ones, compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

_SHIFTS = (np.uint64(13), np.uint64(7), np.uint64(17))
_HIGH = np.uint64(33)


@njit(nogil=True, cache=True, error_model="numpy", inline="always")
def _clipped(value):  # type: ignore[no-untyped-def]
    return min(max(value, -4.0), 4.0)


@njit(nogil=True, cache=True, error_model="numpy")
def settle(places, points, neighbours, weights, states, a, b, epochs, negatives, rate):  # type: ignore[no-untyped-def]
    """Move `places` (q, 2) in place: to their neighbours, and off points drawn at random.

    Gradients of UMAP's cross-entropy, each clipped to 4, the step falling linearly from
    `rate` to 0. The neighbour of weight w is drawn to in a share w of the epochs, each time
    followed by `negatives` random points that push. `states` (q,) uint64 are used up.
    """
    count = np.uint64(len(points))
    first, second, third = _SHIFTS
    for i in range(len(places)):
        x, y = np.float64(places[i, 0]), np.float64(places[i, 1])
        state = states[i]
        for epoch in range(epochs):
            step = rate * (1.0 - epoch / epochs)
            for j in range(neighbours.shape[1]):
                weight = np.float64(weights[i, j])
                if np.floor((epoch + 1) * weight) == np.floor(epoch * weight):
                    continue
                dx, dy = x - points[neighbours[i, j], 0], y - points[neighbours[i, j], 1]
                gap = dx * dx + dy * dy
                if gap > 0.0:
                    power = a * gap**b
                    pull = -2.0 * b * power / (gap * (power + 1.0))
                    x += step * _clipped(pull * dx)
                    y += step * _clipped(pull * dy)
                for _ in range(negatives):
                    # Xorshift, Marsaglia 2003.
                    state ^= state << first
                    state ^= state >> second
                    state ^= state << third
                    other = np.int64((state >> _HIGH) % count)
                    dx, dy = x - points[other, 0], y - points[other, 1]
                    gap = dx * dx + dy * dy
                    if gap > 0.0:
                        push = 2.0 * b / ((0.001 + gap) * (a * gap**b + 1.0))
                        x += step * _clipped(push * dx)
                        y += step * _clipped(push * dy)
        places[i, 0], places[i, 1] = x, y
        states[i] = state
