"""What goes with an image in a FITS file: inverse variance and the mask of bad pixels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Literal, TypeAlias

import numpy as np

Kind: TypeAlias = Literal["inverse variance", "RMS", "variance", "mask"]
Read: TypeAlias = Callable[[Any], np.ndarray]
"""Gives an HDU's values as they are stored: a float32 has no room for all bits of a mask."""

_WORDS: tuple[tuple[Kind, tuple[str, ...]], ...] = (
    ("inverse variance", ("IVAR", "INVVAR", "WEIGHT", "WHT")),
    ("RMS", ("RMS", "SIGMA", "ERR")),
    ("variance", ("VAR",)),
    ("mask", ("MASK", "DQ", "FLAG")),
)
"""Asked in this order: IVAR is no variance."""
_BAD_PLANES = ("BAD", "SAT", "CR", "EDGE", "NO_DATA", "UNMASKEDNAN")
"""Of the bits that the LSST pipeline (Bosch et al. 2018) sets, those of pixels to distrust;
others say that a pixel belongs to a source."""
_PLANE_CARD = "MP_"


def kind_of(hdu: Any) -> Kind | None:
    """What an HDU is by its EXTNAME or EXTTYPE; None for others."""
    name = f"{hdu.name} {hdu.header.get('EXTTYPE', '')}".upper()
    return next((kind for kind, words in _WORDS if any(word in name for word in words)), None)


def inverse_variance(hdus: Iterable[Any], image: Any, read: Read) -> np.ndarray | None:
    """From the first HDU of the image's shape that holds it in whatever form; None without."""
    for hdu in _beside(hdus, image):
        kind = kind_of(hdu)
        if kind in ("inverse variance", "RMS", "variance"):
            return to_inverse_variance(kind, read(hdu))
    return None


def bad_pixels(hdus: Iterable[Any], image: Any, read: Read) -> np.ndarray | None:
    """True where the first mask of the image's shape says bad; None without one."""
    for hdu in _beside(hdus, image):
        if kind_of(hdu) == "mask":
            return to_bad(hdu.header, read(hdu))
    return None


def to_inverse_variance(kind: Kind, values: np.ndarray) -> np.ndarray:
    """Float32 inverse variances; 0 where nothing is known of a pixel's noise."""
    with np.errstate(all="ignore"):
        power = {"RMS": -2, "variance": -1}.get(kind, 1)
        found = np.asarray(values, np.float32) ** power
    good = np.isfinite(values) & (values > 0) & np.isfinite(found)
    return np.where(good, found, np.float32(0))


def to_bad(header: Any, values: np.ndarray) -> np.ndarray:
    """True where a mask's value says that the pixel is bad: by the bits that the header names
    as such, else wherever it is not 0."""
    planes = {
        card[len(_PLANE_CARD) :]: header[card] for card in header if card.startswith(_PLANE_CARD)
    }
    if not planes:
        return np.asarray(values != 0)
    bits = sum(
        1 << planes[name]
        for name in _BAD_PLANES
        if isinstance(planes.get(name), int) and 0 <= planes[name] < 32
    )
    flags = values if values.dtype.kind in "iu" else np.nan_to_num(values.astype(np.float64))
    flags = flags.astype(np.int64)
    return np.asarray((flags & bits) != 0)


def _beside(hdus: Iterable[Any], image: Any) -> list[Any]:
    return [hdu for hdu in hdus if hdu.is_image and hdu is not image and hdu.shape == image.shape]
