"""Galaxy10 DECaLS: `Galaxy10_DECals.h5` (Leung & Bovy 2019; Walmsley et al. 2022)."""

from __future__ import annotations

import h5py
import numpy as np

from trainer.cutouts.bands import COLOURS
from trainer.cutouts.readers.hdf5 import Found, Hdf5Reader

CLASSES = (
    "disturbed",
    "merging",
    "round smooth",
    "in-between round smooth",
    "cigar-shaped smooth",
    "barred spiral",
    "unbarred tight spiral",
    "unbarred loose spiral",
    "edge-on without bulge",
    "edge-on with bulge",
)
"""What the numbers of `ans` stand for in Galaxy10 DECaLS."""
_SCALE = "pxscale"
_SCALES_DIFFER = 0.01


class Galaxy10Reader(Hdf5Reader):
    """`images` (N, H, W, 3) uint8 colour pictures, `ans` the class, `ra dec redshift pxscale`."""

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`images` and `ans`."""
        return "images" in file and "ans" in file

    def find(self, file: h5py.File) -> Found:
        """Red, green and blue; the pixel scale is the median of `pxscale`."""
        scales = _scales(file)
        said: tuple[str, ...] = ()
        if scales.size and np.ptp(scales) > _SCALES_DIFFER * np.median(scales):
            said = (
                f"Its pixels are of {scales.min():.3g} to {scales.max():.3g} arcsec; the median"
                " is taken for all.",
            )
        return Found(
            name="galaxy10",
            sentence="Galaxy10 colour pictures with their classes, known by `images` and `ans`.",
            images="images",
            bands=COLOURS,
            bands_guessed=True,
            pixel_scale=float(np.median(scales)) if scales.size else None,
            warnings=said,
        )

    def columns(self) -> dict[str, np.ndarray]:
        """As stored, and beside the number `ans` the class's name."""
        columns = super().columns()
        numbers = columns.get("ans")
        # The older Galaxy10 of SDSS has other classes, and no pixel scales.
        if numbers is None or _SCALE not in columns or numbers.dtype.kind not in "iu":
            return columns
        known = (numbers >= 0) & (numbers < len(CLASSES))
        names = np.array([*CLASSES, None], object)[np.where(known, numbers, len(CLASSES))]
        return {"morphology": names, **columns}

    def units(self) -> dict[str, str]:
        """The file has none, but its authors give that of `pxscale`."""
        return {_SCALE: "arcsec", **super().units()}


def _scales(file: h5py.File) -> np.ndarray:
    """The pixel scales that make sense."""
    stored = file.get(_SCALE)
    if not isinstance(stored, h5py.Dataset) or stored.dtype.kind not in "iuf":
        return np.empty(0)
    scales = np.ravel(np.asarray(stored[()], np.float64))
    kept: np.ndarray = scales[np.isfinite(scales) & (scales > 0)]
    return kept
