"""AstroMASK's own training set: `cutout.stacks.ugriz.lsb.200x200.{n}.{count}.h5`, of UNIONS."""

from __future__ import annotations

import h5py

from trainer.cutouts.bands import split_names
from trainer.cutouts.readers.hdf5 import PIXEL_SCALE_ATTRIBUTES, Found, Hdf5Reader

PIXEL_SCALE = 0.1857
"""Arcsec per pixel of UNIONS stacks."""
ZERO_POINTS = {"u": 30.0, "g": 27.0, "r": 30.0, "i": 30.0, "z": 27.0}
"""AB magnitude of one count: CFIS u and r and Pan-STARRS i; WHIGS g and WISHES z."""
BANDS = ("u", "g", "r", "i", "z")
SDSS_PIXEL_SCALE = 0.396
SDSS_ZERO_POINTS = dict.fromkeys(BANDS, 22.5)


class UnionsReader(Hdf5Reader):
    """`images` (N, B, H, W), `cfis_id`, `tile` (N,), `ra`, `dec`; the bands are not stored."""

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`images` and `cfis_id`."""
        return "images" in file and "cfis_id" in file

    def find(self, file: h5py.File) -> Found:
        """The bands from the file name's third field, or u g r i z where there are five."""
        fields = self.path.name.split(".")
        named = split_names(fields[2]) if len(fields) > 3 else ()
        # The layout holds no pixel scale; files of other surveys in it name themselves.
        sdss = "sdss" in fields
        survey, scale = ("SDSS", SDSS_PIXEL_SCALE) if sdss else ("UNIONS", PIXEL_SCALE)
        own = any(name in file.attrs for name in PIXEL_SCALE_ATTRIBUTES)
        said = "stated in the file" if own else f"assumed to be those of {survey}"
        return Found(
            name="unions",
            sentence=(
                "AstroMASK training cutouts, known by their datasets `images` and `cfis_id`;"
                f" the pixel scale and zero-points are {said}."
            ),
            images="images",
            bands=named if len(named) > 1 else BANDS,
            bands_guessed=True,
            pixel_scale=scale,
            zero_points=SDSS_ZERO_POINTS if sdss else ZERO_POINTS,
            id_column="cfis_id",
        )
