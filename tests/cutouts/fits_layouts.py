"""Small FITS files of every layout with one cutout, written as their public writers write them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from astropy.io import fits

from tests.cutouts.layouts import SIDE, pixels

EUCLID = ("VIS", "NIR_Y", "NIR_J", "NIR_H")
HSC_BITS = {"MP_BAD": 0, "MP_SAT": 1, "HIERARCH MP_DETECTED": 5, "HIERARCH MP_NO_DATA": 8}


def wcs_cards(side: int = SIDE) -> fits.Header:
    """A tangent projection of 0.2 arcsec a pixel, its middle at RA 150°, Dec 2°."""
    middle = (side + 1) / 2
    axes = {"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CUNIT1": "deg", "CUNIT2": "deg"}
    places = {"CRVAL1": 150.0, "CRVAL2": 2.0, "CRPIX1": middle, "CRPIX2": middle}
    scales = {"CDELT1": -0.2 / 3600, "CDELT2": 0.2 / 3600}
    return fits.Header(list({**axes, **places, **scales}.items()))


def save(path: Path, *hdus: fits.ImageHDU | fits.PrimaryHDU) -> Path:
    first = () if isinstance(hdus[0], fits.PrimaryHDU) else (fits.PrimaryHDU(),)
    fits.HDUList([*first, *hdus]).writeto(path, overwrite=True)
    return path


def image(data: np.ndarray, name: str | None = None, **cards: object) -> fits.ImageHDU:
    header = wcs_cards(data.shape[-1])
    header.update(cards)
    return fits.ImageHDU(data, header, name=name)


def euclid(
    folder: Path, bands: tuple[str, ...] = EUCLID, first: bool = False, name: str = "target7"
) -> Path:
    """`{BAND}_FLUX` or, with `first`, `FLUX_{BAND}`; RMS, PSF and background beside them."""
    hdus = []
    for band in bands:
        data = pixels(1, len(EUCLID))[0, EUCLID.index(band)]
        beside = {"RMS": np.full_like(data, 2), "BKG": data * 0, "PSF": np.ones((5, 5), "f4")}
        for word, values in {"FLUX": data, **beside}.items():
            called = f"{word}_{band}" if first else f"{band}_{word}"
            cards = {"MAGZERO": 23.9} if word == "FLUX" else {"FWHM": 0.16}
            hdus.append(image(values, called, **(cards if word in ("FLUX", "PSF") else {})))
    return save(folder / f"{name}.fits", *hdus)


def hsc(folder: Path, band: str = "G", value: float = 1.0, named: bool = True) -> Path:
    """HDU 1 image, HDU 2 mask, HDU 3 variance; without `named` only the file's name says so."""
    data = pixels(1, 1)[0, 0] * value
    mask, variance = np.zeros(data.shape, np.int32), np.full_like(data, 4)
    # A pixel of the galaxy, a saturated pixel of it, and one without data.
    mask[5, 5], mask[6, 6], mask[0, 0], variance[0, 0] = 1 << 5, 1 << 5 | 1 << 1, 1 << 8, np.nan
    kinds = ("IMAGE", "MASK", "VARIANCE") if named else (None, None, None)
    primary = fits.PrimaryHDU()
    primary.header["FLUXMAG0"] = 10 ** (0.4 * 27.0)
    return save(
        folder / f"calexp-HSC-{band}-9813-4,4.fits",
        primary,
        image(data, kinds[0]),
        image(mask, kinds[1], **HSC_BITS),
        image(variance, kinds[2]),
    )


def colour(folder: Path, data: np.ndarray | None = None) -> Path:
    """HDU 0, 1, 2 are B, G, R."""
    blue, green, red = pixels(1, 3)[0] if data is None else data
    first = fits.PrimaryHDU(blue, wcs_cards(blue.shape[-1]))
    return save(folder / "colour.fits", first, image(green), image(red))
