"""Survey images made up for tests: Gaussians at known places on the sky, in any projection."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS
from scipy.special import erf

SCALE = 0.2
"""Arcsec per pixel, where a test asks for nothing else."""
WIDTH = 0.8
"""Standard deviation of a galaxy, arcsec."""
FLUX = 1000.0


def tan(
    ra: float, dec: float, side: int, *, scale: float = SCALE, angle: float = 0.0, shift: float = 0
) -> WCS:
    """A tangential projection; the position lies in the middle, `shift` pixels aside."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [ra, dec]
    wcs.wcs.crpix = [(side + 1) / 2 + shift] * 2
    turn = np.radians(angle)
    step = scale / 3600
    wcs.wcs.cd = step * np.array([[-np.cos(turn), np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    return wcs


def gaussians(
    wcs: WCS, side: int, sky: Sequence[tuple[float, float]], scale: float, flux: float = FLUX
) -> np.ndarray:
    """(side, side) float32: each galaxy's light, integrated over the pixels."""
    image = np.zeros((side, side))
    sigma = WIDTH / scale * np.sqrt(2)
    edges = np.arange(side + 1) - 0.5
    for x, y in wcs.all_world2pix(np.array(sky), 0) if len(sky) else ():
        across = np.diff(erf((edges - x) / sigma)) / 2
        up = np.diff(erf((edges - y) / sigma)) / 2
        image += flux * np.outer(up, across)
    return image.astype(np.float32)


def write_tile(
    path: Path,
    sky: Sequence[tuple[float, float]],
    *,
    centre: tuple[float, float] = (150.0, 2.0),
    side: int = 240,
    scale: float = SCALE,
    angle: float = 0.0,
    shift: float = 0,
    background: float = 0.5,
    flux: float = FLUX,
    pixels: np.ndarray | None = None,
    cards: dict[str, Any] | None = None,
    compressed: bool = False,
) -> Path:
    """A FITS tile of galaxies on a background (a pixel of 0.2 arcsec)."""
    wcs = tan(*centre, side, scale=scale, angle=angle, shift=shift)
    if pixels is None:
        sky_level = background * (scale / SCALE) ** 2
        pixels = gaussians(wcs, side, sky, scale, flux) + np.float32(sky_level)
    header = wcs.to_header()
    header.update(cards or {})
    path.parent.mkdir(parents=True, exist_ok=True)
    if compressed:
        hdu = fits.CompImageHDU(pixels, header, quantize_level=1e4)
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path, overwrite=True)
    else:
        fits.PrimaryHDU(pixels, header).writeto(path, overwrite=True)
    return path


def centroid(plane: np.ndarray) -> tuple[float, float, float]:
    """x, y and flux of the one galaxy in a plane, the background taken from its border."""
    border = np.concatenate([plane[0], plane[-1], plane[:, 0], plane[:, -1]])
    light = plane.astype(float) - np.median(border)
    total = light.sum()
    y, x = np.indices(plane.shape)
    return float((x * light).sum() / total), float((y * light).sum() / total), float(total)


def write_catalogue(path: Path, sky: Sequence[tuple[float, float]], **columns: Any) -> Path:
    """A CSV of positions and further columns."""
    names = ["ra", "dec", *columns]
    rows = [
        [repr(float(ra)), repr(float(dec)), *(str(values[n]) for values in columns.values())]
        for n, (ra, dec) in enumerate(sky)
    ]
    path.write_text("\n".join(",".join(row) for row in [names, *rows]) + "\n")
    return path
