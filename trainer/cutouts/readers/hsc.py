"""Coadds of the Hyper Suprime-Cam survey (Aihara et al. 2022): a FITS file a band."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from astropy.io import fits

from trainer.cutouts import fits_beside, fits_file
from trainer.cutouts.readers.fits_planes import FitsPlanesReader, FoundPlanes, Plane

_IMAGE, _MASK, _VARIANCE = 1, 2, 3
_BAND = re.compile(r"HSC-(?P<band>[GRIZY])\b", re.IGNORECASE)


class HscReader(FitsPlanesReader):
    """HDU 1 image, HDU 2 mask, HDU 3 variance; the band from the header or the file's name."""

    @staticmethod
    def recognises(hdus: fits.HDUList, path: Path) -> bool:
        """An image in HDU 1 and a variance of its shape in HDU 3, which its name or that of
        the file, `calexp-…`, says it is."""
        if len(hdus) <= _VARIANCE or any(_shape(hdus[at]) is None for at in (_IMAGE, _VARIANCE)):
            return False
        named = fits_beside.kind_of(hdus[_VARIANCE]) == "variance" or path.name.startswith(
            "calexp-"
        )
        return named and _shape(hdus[_IMAGE]) == _shape(hdus[_VARIANCE])

    def find(self, hdus: fits.HDUList, bands: Sequence[str] | None) -> FoundPlanes:
        """One plane."""
        image, mask = hdus[_IMAGE], hdus[_MASK]
        fits_mask = _shape(mask) == _shape(image)
        header_band = fits_file.band_names(fits_file.with_primary(hdus, image), 1)
        named = _BAND.search(self.path.name)
        band = header_band[0] if header_band else named["band"].lower() if named else None
        return FoundPlanes(
            name="hsc",
            sentence="A coadd of HSC in one band, known by its image, mask and variance.",
            planes=(
                Plane(
                    band,
                    image,
                    noise=("variance", hdus[_VARIANCE]),
                    mask=mask if fits_mask else None,
                ),
            ),
            bands_guessed=header_band is None,
        )


def _shape(hdu: Any) -> tuple[int, ...] | None:
    is_plane = hdu.is_image and len(hdu.shape) == 2 and 0 not in hdu.shape
    return tuple(hdu.shape) if is_plane else None
