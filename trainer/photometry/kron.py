"""The elliptical aperture that holds nearly all of a galaxy's light.

After Kron (1980, ApJS 43, 305): the mean radius of the light, weighted by it, tells the size
of a galaxy whatever its profile is; 2.5 times that hold more than 90 % of it. SExtractor's
MAG_AUTO is measured in the like (Bertin & Arnouts 1996, A&AS 117, 393).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from trainer.photometry.centre import Place, filled, find_centre
from trainer.photometry.ellipses import Ellipse
from trainer.photometry.isophote_shapes import ellipse_of_moments
from trainer.photometry.sky import border, detection

KRON_FACTOR = 2.5
_SMALLEST, _LARGEST_SHARE = 3.5, 0.45
"""The aperture's radius: pixels at least, and share of the picture's side at most."""
_SMOOTHING, _FAINTEST = 1.0, 2.5
"""The galaxy is what hangs together above so many times the noise, smoothed so (σ, pixels)."""


def kron_aperture(pixels: NDArray[np.floating], missing: NDArray[np.bool_]) -> Ellipse:
    """The aperture of the galaxy in the middle of `pixels` (B, H, W), by all bands together.

    A neighbour counts as a part of the galaxy where their light runs together.
    """
    deep = detection(pixels, missing)
    centre = find_centre(deep)
    light = _of_galaxy(filled(deep), centre)
    shape = ellipse_of_moments(light, centre)
    distance, total = shape.distance((light.shape[0], light.shape[1])), light.sum()
    mean = float((light * distance).sum() / total) if total > 0 else shape.radius / KRON_FACTOR
    most = max(_LARGEST_SHARE * min(light.shape), _SMALLEST)
    return replace(shape, radius=min(max(KRON_FACTOR * mean, _SMALLEST), most))


def _of_galaxy(whole: NDArray[np.float64], centre: Place) -> NDArray[np.float64]:
    """(H, W): the light above the sky of what hangs together around the centre, else 0."""
    from scipy.ndimage import binary_dilation, gaussian_filter, label

    smooth = gaussian_filter(whole, _SMOOTHING)
    level, noise = border(smooth)
    parts, _ = label(smooth - level > _FAINTEST * noise)
    row = min(max(round(centre[1]), 0), whole.shape[0] - 1)
    column = min(max(round(centre[0]), 0), whole.shape[1] - 1)
    if not parts[row, column]:
        return np.zeros(whole.shape)
    # What lies just below the threshold is light of the galaxy, too.
    mine = binary_dilation(parts == parts[row, column])
    return np.where(mine, whole - level, 0.0)
