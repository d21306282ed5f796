"""Opening FITS files with errors that users understand, and what their headers say of cutouts."""

from __future__ import annotations

import math
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from astropy.io import fits
from astropy.io.fits.verify import VerifyError
from astropy.utils.exceptions import AstropyWarning

from trainer.cutouts.bands import short_name, short_names, split_names
from trainer.cutouts.coordinates import sky_directions
from trainer.cutouts.files import require_file
from trainer.errors import AstroMaskError, FormatError

Header: TypeAlias = Any  # fits.Header, which comes untyped

_BAND_CARDS = ("BAND", "FILTER")
_ZERO_POINT_CARDS = ("MAGZP", "ZP", "ZEROPT", "ZEROPNT", "MAGZPT", "MAGZERO", "PHOTZP", "ZPT")
_PIXEL_SCALE_CARDS = ("PIXSCALE", "PIXSCAL1", "PIXSCL", "PIXELSCL")
_PSF_CARDS = ("PSF_FWHM", "PSFFWHM", "SEEING", "FWHM")
_ID_CARDS = ("OBJECTID", "OBJECT_ID", "OBJID", "OBJECT")
_NOT_PIXELS = (
    "IVAR", "INVVAR", "WEIGHT", "WHT", "RMS", "SIGMA", "ERR", "VAR", "MASK", "DQ", "FLAG", "PSF",
    "BKG",
)  # fmt: skip

_DAMAGE = (OSError, EOFError, VerifyError, ValueError, TypeError, LookupError, zlib.error)


@contextmanager
def reading_fits(path: Path) -> Iterator[None]:
    """Turn what astropy raises on damaged files into a `FormatError`; its warnings are kept in."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        try:
            yield
        except AstroMaskError:
            raise
        except _DAMAGE as error:
            raise FormatError(f"{path} can't be read as FITS: {error}.") from error


def open_fits(path: Path) -> fits.HDUList:
    """The file with every header read and no pixels. Raises `FormatError`."""
    require_file(path)
    with ExitStack() as on_failure, reading_fits(path):
        hdus = fits.open(path, memmap=False)
        on_failure.callback(hdus.close)
        if not all(map(_makes_sense, hdus)):
            raise FormatError(f"{path} is not standard FITS: a header of it makes no sense.")
        info = [hdu.fileinfo() for hdu in hdus]
        if path.suffix.lower() != ".gz":
            expected = max(part["datLoc"] + part["datSpan"] for part in info)
            # Some writers leave out the padding to 2880 bytes; the pixels are all there then.
            unpadded = info[-1]["datLoc"] + _data_bytes(hdus[-1])
            if path.stat().st_size < min(expected, unpadded):
                raise FormatError(
                    f"{path} is truncated: its headers promise {expected} bytes, but it has"
                    f" {path.stat().st_size}. Copy or download it again."
                )
            _require_end(path, expected)
        on_failure.pop_all()
    return hdus


def _makes_sense(hdu: Any) -> bool:
    """Whether astropy could tell what an HDU is."""
    return hasattr(hdu, "fileinfo") and (not hdu.is_image or hasattr(hdu, "shape"))


def _require_end(path: Path, end: int) -> None:
    """Refuse a file that goes on with a header after the last HDU that could be read."""
    with path.open("rb") as file:
        file.seek(end)
        if file.read(8) == b"XTENSION":
            raise FormatError(
                f"{path} is truncated or damaged: the header that begins at byte {end} can't be"
                f" read, and the file has {path.stat().st_size}. Copy or download it again."
            )


def _data_bytes(hdu: Any) -> int:
    cards = hdu.header if not isinstance(hdu, fits.CompImageHDU) else None
    if cards is None:
        return int(hdu.fileinfo()["datSpan"])
    sides = [cards[f"NAXIS{axis}"] for axis in range(1, cards.get("NAXIS", 0) + 1)]
    values = math.prod(sides) if sides else 0
    return int(abs(cards.get("BITPIX", 8)) // 8 * (values + cards.get("PCOUNT", 0)))


def find_images(hdus: fits.HDUList, path: Path) -> Any:
    """The HDU with the cutout: the first of three or four dimensions, else the first of two."""
    images = [hdu for hdu in hdus if hdu.is_image and len(hdu.shape) >= 2 and 0 not in hdu.shape]
    images = [hdu for hdu in images if not is_beside(hdu)] or images
    for wanted in ((3, 4), (2,)):
        for hdu in images:
            if len(hdu.shape) in wanted:
                return hdu
    tables = [hdu for hdu in hdus if isinstance(hdu, (fits.BinTableHDU, fits.TableHDU))]
    if tables:
        raise FormatError(
            f"{path} is a table of {tables[0].header['NAXIS2']} rows, not cutouts: expected an"
            " image of two or three dimensions."
        )
    shapes = ", ".join(str(hdu.shape) for hdu in hdus if hdu.is_image) or "none"
    raise FormatError(
        f"{path} holds no cutout: expected an image of two or three dimensions, found {shapes}."
    )


def holds_only_tables(path: Path) -> bool:
    """Whether a FITS file has tables and no image of two dimensions or more."""
    with open_fits(path) as hdus:
        images = any(hdu.is_image and len(hdu.shape) >= 2 for hdu in hdus)
        return not images and len(hdus) > 1


def is_beside(hdu: Any) -> bool:
    """Whether an HDU, by its name, goes with the pixels rather than being them."""
    name = f"{hdu.name} {hdu.header.get('EXTTYPE', '')}".upper()
    return any(word in name for word in _NOT_PIXELS)


def with_primary(hdus: fits.HDUList, hdu: Any) -> Header:
    """The HDU's header, with the primary header's cards where it has none of that name."""
    if hdu is hdus[0]:
        return hdu.header
    cards = hdu.header.copy(strip=True)
    cards.extend(hdus[0].header.copy(strip=True), unique=True)
    return cards


def hdu_facts(hdus: fits.HDUList) -> list[dict[str, Any]]:
    """Name and shape of every HDU, JSON-able."""
    return [{"name": hdu.name, "shape": list(hdu.shape) if hdu.is_image else None} for hdu in hdus]


def stored_dtype(hdu: Any) -> np.dtype:
    """Type of the numbers as they are stored, before BSCALE."""
    dtype: np.dtype = np.dtype(fits.BITPIX2DTYPE[hdu.header["BITPIX"]])
    return dtype


def band_names(header: Header, count: int) -> tuple[str, ...] | None:
    """Short names from BANDS, or BAND1 … or BAND0 …, or FILTER; None where they don't fit."""
    if isinstance(header.get("BANDS"), str):
        names = split_names(header["BANDS"])
        if len(names) == count:
            return short_names(names)
    for card in _BAND_CARDS:
        numbered = _numbered(header, card, count)
        if numbered is None and count == 1 and card in header:
            numbered = [header[card]]
        if numbered is not None and all(isinstance(name, str) and name for name in numbered):
            return short_names(numbered)
    return None


def zero_points(header: Header, bands: Sequence[str]) -> tuple[float, ...] | None:
    """AB magnitudes of one count from MAGZP and its like, for all bands or numbered or by name."""
    for card in _ZERO_POINT_CARDS:
        named = [header.get(f"{card}_{short_name(band).upper()}"[:8]) for band in bands]
        for values in (_numbered(header, card, len(bands)), named, [header.get(card)] * len(bands)):
            if values and all(_is_number(value) for value in values):
                return tuple(float(value) for value in values)
    # HSC gives the flux of magnitude 0 instead.
    flux = header.get("FLUXMAG0")
    if _is_number(flux) and flux > 0:
        return (2.5 * math.log10(flux),) * len(bands)
    return None


def psf_fwhm(header: Header, count: int) -> tuple[float, ...] | None:
    """Seeing in arcsec by band, from PSF_FWHM, SEEING and their like."""
    for card in _PSF_CARDS:
        for values in (_numbered(header, card, count), [header.get(card)] * count):
            if values and all(_is_number(value) for value in values):
                return tuple(float(value) for value in values)
    return None


def object_id(header: Header) -> str | None:
    """The object's identifier, where the header has one."""
    for card in _ID_CARDS:
        value = header.get(card)
        if isinstance(value, (str, int)) and str(value).strip():
            return str(value).strip()
    return None


def celestial_wcs(header: Header) -> Any | None:
    """The celestial part of the header's WCS; None where there is none that makes sense."""
    from astropy.wcs import WCS, WcsError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyWarning)
        try:
            # A distortion is of two axes; a cube's third one counts the bands.
            wcs = WCS(header, naxis=2 if "A_ORDER" in header else None).celestial
        except (WcsError, ValueError, KeyError, TypeError, IndexError):
            return None
    return wcs if wcs.naxis == 2 and wcs.has_celestial else None


def pixel_scale(header: Header, wcs: Any | None) -> float | None:
    """Arcsec per pixel from the WCS, else from PIXSCALE and its like."""
    if wcs is not None:
        from astropy.wcs.utils import proj_plane_pixel_scales

        scale = 3600.0 * float(np.mean(proj_plane_pixel_scales(wcs)))
        if math.isfinite(scale) and scale > 0:
            return scale
    values = [header.get(card) for card in _PIXEL_SCALE_CARDS]
    return next((float(value) for value in values if _is_number(value) and value > 0), None)


def centre(header: Header, wcs: Any | None, height: int, width: int) -> tuple[float, float] | None:
    """(ra, dec) in degrees of the object: RA and DEC cards, else the middle by the WCS.

    Cards that lie outside the image tell where the telescope pointed.
    """
    cards = [header.get(card) for card in ("RA", "DEC")]
    said = (float(cards[0]), float(cards[1])) if all(map(_is_number, cards)) else None
    if wcs is None or (said is not None and _reaches(wcs, height, width, said)):
        return said
    ra, dec = wcs.all_pix2world([[(width - 1) / 2, (height - 1) / 2]], 0)[0]
    return float(ra), float(dec)


def wcs_text(wcs: Any) -> str:
    """FITS header text of a celestial WCS, its distortion included."""
    return str(wcs.to_header(relax=wcs.sip is not None).tostring())


def _numbered(header: Header, card: str, count: int) -> list[Any] | None:
    for start in (1, 0):
        names = [f"{card}{number}" for number in range(start, start + count)]
        if all(name in header for name in names):
            return [header[name] for name in names]
    return None


def _reaches(wcs: Any, height: int, width: int, position: tuple[float, float]) -> bool:
    """Whether a position (ra, dec) is no further from an image's middle than its corners are."""
    last = np.array([width - 1, height - 1])
    middle, corner = sky_directions(*wcs.all_pix2world([last / 2, last + 0.5], 0).T)
    apart, radius = (
        np.linalg.norm(to - middle) for to in (sky_directions(*np.array(position)), corner)
    )
    # A WCS that leads nowhere refutes nothing.
    return not apart > radius


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
