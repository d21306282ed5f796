"""What every reader of cutout files offers, and what a batch of cutouts is."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True)
class Layout:
    """What a reader found in a file before any pixel is read."""

    name: str
    """Short name of the layout: "unions", "legacysurvey", "multimodal", "array", "fits_cube" …"""
    sentence: str
    """What was detected and by which signature, for the user."""
    bands: tuple[str, ...]
    shape: tuple[int, int, int]
    """(B, H, W) of one cutout."""
    dtype: np.dtype
    bands_guessed: bool = False
    """True where the bands come from a file name or a convention and may be wrong."""
    pixel_scale: float | None = None
    """Arcsec per pixel, where the file or the layout says."""
    zero_points: tuple[float, ...] | None = None
    """AB magnitude of one count, by band."""
    white: float | None = None
    """The value of white in pictures that are to be seen as they are; None for fluxes."""
    warnings: tuple[str, ...] = ()
    """Sentences on what was dropped or is slow (columns of a wrong length, unlucky chunks)."""


@dataclass
class Extras:
    """What a file has beside the pixels, for the rows asked; None where it has not."""

    inverse_variance: np.ndarray | None = None
    """(n, B, H, W) float32."""
    pixel_mask: np.ndarray | None = None
    """(n, B, H, W) bool, True where the pixel is bad."""
    psf_fwhm: np.ndarray | None = None
    """(n, B) float32, arcsec."""
    wcs_headers: list[str] | None = None
    """FITS header text of each cutout's celestial WCS."""
    zero_points: np.ndarray | None = None
    """(n, B) float32, AB mag."""


@dataclass
class Cutouts:
    """Pixels of some rows, cleaned: infinities are gone, missing bands are 0 and flagged."""

    pixels: np.ndarray
    """(n, B, H, W) float32; NaN only where it was asked for. Row 0 is the lowest, as in FITS."""
    missing: np.ndarray
    """(n, B) bool, True where a band is absent (all zero, or at least 5 % of it NaN)."""
    extras: Extras = field(default_factory=Extras)


class CutoutReader(Protocol):
    """One file (or folder) of cutouts. Opens lazily, reads by row, never loads the whole.

    Raises `trainer.errors.FormatError` from its constructor and from `read`.
    """

    path: Path
    layout: Layout

    def __len__(self) -> int:
        """Number of cutouts."""

    def ids(self) -> np.ndarray:
        """(N,) int64 or str: the objects' identifiers; row numbers as text where none are."""

    def coordinates(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(ra, dec), each (N,) float64 in degrees, NaN where unknown; None where absent."""

    def columns(self) -> dict[str, np.ndarray]:
        """Other per-object columns by name, each (N,): numbers, booleans or text."""

    def units(self) -> dict[str, str]:
        """Units of `columns` by their names, as far as the file says."""

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 as stored (NaN kept), in the order of `rows`; repeats allowed.

        Row 0 of a cutout is its lowest, as in FITS: pictures, which begin at the top, are
        turned over. So north and the galaxy's handedness are the same from every file.
        """

    def extras(self, rows: np.ndarray) -> Extras:
        """Inverse variance, mask, PSF width, WCS and zero-points of `rows`, as far as known."""

    def metadata(self) -> dict[str, Any]:
        """Further facts for `inspect`: chunking, compression, attributes. JSON-able."""

    def close(self) -> None:
        """Release the file."""
