"""A FITS file with three images of one shape: blue, green and red."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from astropy.io import fits

from trainer.cutouts import fits_file
from trainer.cutouts.fits_beside import Kind, kind_of
from trainer.cutouts.readers.fits_planes import FitsPlanesReader, FoundPlanes, Plane

BLUE_TO_RED = ("blue", "green", "red")


class FitsColourReader(FitsPlanesReader):
    """HDU 0, 1, 2 are B, G, R, unless their headers name their filters."""

    @staticmethod
    def recognises(hdus: fits.HDUList, path: Path) -> bool:
        """Exactly three images that are not beside others, all (H, W) of one shape."""
        found = _images(hdus)
        return (
            len(found) == len(BLUE_TO_RED)
            and len(found[0].shape) == 2
            and len({tuple(hdu.shape) for hdu in found}) == 1
        )

    def find(self, hdus: fits.HDUList, bands: Sequence[str] | None) -> FoundPlanes:
        """The planes in the order of the file."""
        found = _images(hdus)
        own = [fits_file.band_names(hdu.header, 1) for hdu in found]
        names = [name[0] for name in own if name is not None]
        named = len(names) == len(found) and len(set(names)) == len(names)
        return FoundPlanes(
            name="fits_colour",
            sentence="A FITS file with three images of one shape, one a colour.",
            planes=tuple(
                _plane(hdus, band, hdu)
                for band, hdu in zip(names if named else BLUE_TO_RED, found, strict=True)
            ),
            bands_guessed=not named,
        )


def _images(hdus: fits.HDUList) -> list[Any]:
    """Images of two dimensions or more that do not go with others."""
    return [
        hdu
        for hdu in hdus
        if hdu.is_image and len(hdu.shape) >= 2 and 0 not in hdu.shape
        if not fits_file.is_beside(hdu)
    ]


def _plane(hdus: fits.HDUList, band: str, image: Any) -> Plane:
    """The image with the noise and mask that come after it and before the next image."""
    noise: tuple[Kind, Any] | None = None
    mask, after = None, False
    for hdu in hdus:
        if hdu is image:
            after = True
        elif after and hdu.is_image and not fits_file.is_beside(hdu):
            break
        elif after and hdu.is_image and hdu.shape == image.shape:
            kind = kind_of(hdu)
            if kind == "mask":
                mask = hdu
            elif kind is not None:
                noise = (kind, hdu)
    return Plane(band, image, noise=noise, mask=mask)
