"""Euclid cutouts: a FITS file a target, with each band's image, noise and PSF as extensions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from astropy.io import fits

from trainer.cutouts.fits_beside import Kind
from trainer.cutouts.fits_file import is_beside
from trainer.cutouts.readers.fits_planes import FitsPlanesReader, FoundPlanes, Plane, images

BANDS = ("VIS", "NIR_Y", "NIR_J", "NIR_H")
"""Blue to red."""
_FLUX = re.compile(r"FLUX_(?P<last>\w+)|(?P<first>\w+)_FLUX")
_NOISE: tuple[tuple[Kind, str], ...] = (
    ("inverse variance", "IVAR"),
    ("inverse variance", "WEIGHT"),
    ("RMS", "RMS"),
    ("variance", "VAR"),
)
_MASKS = ("MASK", "FLAG", "DQ")


class EuclidReader(FitsPlanesReader):
    """`{BAND}_FLUX` or `FLUX_{BAND}`, and RMS, PSF and BKG beside them, named alike.

    A band of Euclid's that the survey has and the file lacks reads as NaN, so as missing.
    """

    @staticmethod
    def recognises(hdus: fits.HDUList, path: Path) -> bool:
        """An image called `*_FLUX` or `FLUX_*`, by its EXTNAME or the primary's `EXT_n`."""
        return bool(_fluxes(hdus))

    def find(self, hdus: fits.HDUList, bands: Sequence[str] | None) -> FoundPlanes:
        """Planes from blue to red; the first one's shape is that of the cutout."""
        named, fluxes = _named(hdus), _fluxes(hdus)
        order = sorted(fluxes, key=lambda band: BANDS.index(band) if band in BANDS else len(BANDS))
        shape = fluxes[order[0]].shape
        fitting = [band for band in order if fluxes[band].shape == shape]
        said = [_of_another_size(band, fluxes[band].shape, shape) for band in order]
        planes = [_plane(named, band, fluxes[band]) for band in fitting]
        if absent := [band for band in bands or () if band in BANDS and band not in fitting]:
            planes += [Plane(band, None) for band in absent]
            said.append(f"It lacks {', '.join(absent)}, which is left empty.")
        has_position = "RA" in hdus[0].header and "DEC" in hdus[0].header
        return FoundPlanes(
            name="euclid",
            sentence=(
                "A cutout with a FITS extension a band, as of Euclid's targets, known by"
                f" {', '.join(fluxes[band].name or band for band in fitting)}."
            ),
            planes=tuple(planes),
            place=hdus[0].header if has_position else None,
            warnings=tuple(filter(None, said)),
        )


def _named(hdus: fits.HDUList) -> dict[str, Any]:
    """Images of two dimensions by their names in capitals."""
    cards = hdus[0].header
    numbers = {id(hdu): number for number, hdu in enumerate(hdus)}
    return {
        str(hdu.name or cards.get(f"EXT_{numbers[id(hdu)]}") or "").strip().upper(): hdu
        for hdu in images(hdus)
    }


def _fluxes(hdus: fits.HDUList) -> dict[str, Any]:
    """Flux images by band."""
    found = {}
    for name, hdu in _named(hdus).items():
        # FLUX_ERR is the noise of a FLUX, not a band called ERR.
        if (match := _FLUX.fullmatch(name)) is not None and not is_beside(hdu):
            found[match["first"] or match["last"]] = hdu
    return found


def _plane(named: dict[str, Any], band: str, image: Any) -> Plane:
    def beside(word: str) -> Any | None:
        return named.get(f"{band}_{word}", named.get(f"{word}_{band}"))

    def fitting(word: str) -> Any | None:
        hdu = beside(word)
        return hdu if hdu is not None and hdu.shape == image.shape else None

    noise = [(kind, hdu) for kind, word in _NOISE if (hdu := fitting(word)) is not None]
    masks = [hdu for word in _MASKS if (hdu := fitting(word)) is not None]
    return Plane(
        band,
        image,
        noise=noise[0] if noise else None,
        mask=masks[0] if masks else None,
        psf=beside("PSF"),
    )


def _of_another_size(band: str, found: Sequence[int], expected: Sequence[int]) -> str | None:
    if tuple(found) == tuple(expected):
        return None
    return (
        f"{band} was left out: it has {found[0]} × {found[1]} px, the first band"
        f" {expected[0]} × {expected[1]} px."
    )
