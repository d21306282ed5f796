"""A cutout's place on the sky as eight numbers in a file, and back as a FITS header.

Within a cutout every survey's projection is a tangential one, to far below a pixel: the
dataset `wcs` (N, 8) float64 holds CRPIX1 CRPIX2 CRVAL1 CRVAL2 CD1_1 CD1_2 CD2_1 CD2_2.
"""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np

WCS_NAME = "wcs"
TERMS = ("CRPIX1", "CRPIX2", "CRVAL1", "CRVAL2", "CD1_1", "CD1_2", "CD2_1", "CD2_2")
_STEP = 4.0
"""Pixels over which the axes' directions are measured."""


def local_terms(wcs: Any, origin: tuple[int, int], ra: float, dec: float) -> np.ndarray:
    """(8,) terms of a cutout whose pixel (0, 0) is `origin` (x, y) of an image with `wcs`."""
    x, y = wcs.all_world2pix([[ra, dec]], 0)[0]
    around = np.array([[_STEP, 0], [-_STEP, 0], [0, _STEP], [0, -_STEP]]) + np.array([x, y])
    east, north = tangential(ra, dec, *wcs.all_pix2world(around, 0).T)
    span = 2 * _STEP
    matrix = [east[0] - east[1], east[2] - east[3], north[0] - north[1], north[2] - north[3]]
    return np.array([x - origin[0] + 1, y - origin[1] + 1, ra, dec, *(np.array(matrix) / span)])


def tangential(
    ra0: float, dec0: float, ra: np.ndarray, dec: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Standard coordinates in degrees (east, north) of positions about (ra0, dec0)."""
    d_ra, dec, dec0 = np.radians(ra - ra0), np.radians(dec), np.radians(dec0)
    across = np.sin(dec) * np.sin(dec0) + np.cos(dec) * np.cos(dec0) * np.cos(d_ra)
    east = np.cos(dec) * np.sin(d_ra) / across
    north = (np.sin(dec) * np.cos(dec0) - np.cos(dec) * np.sin(dec0) * np.cos(d_ra)) / across
    return np.degrees(east), np.degrees(north)


def is_stored(file: h5py.File, count: int) -> bool:
    """Whether an HDF5 file of `count` cutouts has the dataset."""
    item = file.get(WCS_NAME)
    fits = isinstance(item, h5py.Dataset) and item.shape == (count, len(TERMS))
    return fits and item.dtype.kind == "f"


def read_headers(file: h5py.File, rows: np.ndarray) -> list[str]:
    """FITS header text of the cutouts' WCS, in the order of `rows`."""
    unique, places = np.unique(rows, return_inverse=True)
    terms = np.asarray(file[WCS_NAME][unique])[places] if len(unique) else ()
    return [header_text(one) for one in terms]


def header_text(terms: np.ndarray) -> str:
    """FITS header text of the eight terms; empty where one is not finite."""
    if not np.isfinite(terms).all():
        return ""
    from astropy.io.fits import Header

    cards = Header()
    cards["CTYPE1"], cards["CTYPE2"] = "RA---TAN", "DEC--TAN"
    cards["CUNIT1"], cards["CUNIT2"] = "deg", "deg"
    for name, value in zip(TERMS, terms.tolist(), strict=True):
        cards[name] = value
    cards["RADESYS"] = "ICRS"
    return str(cards.tostring())


def terms_of_header(text: str, shape: tuple[int, int]) -> np.ndarray:
    """(8,) terms about the middle of a cutout (H, W) by its header; NaN where it has none."""
    none = np.full(len(TERMS), np.nan)
    if not text:
        return none
    from astropy.io.fits import Header

    from trainer.cutouts.fits_file import celestial_wcs

    wcs = celestial_wcs(Header.fromstring(text))
    if wcs is None:
        return none
    middle = (shape[1] - 1) / 2, (shape[0] - 1) / 2
    ra, dec = wcs.all_pix2world([middle], 0)[0]
    if not np.isfinite([ra, dec]).all():
        return none
    return local_terms(wcs, (0, 0), float(ra), float(dec))
