"""ssl-legacysurvey: `images_npix152_{start}_{end}.h5` (Stein et al. 2021)."""

from __future__ import annotations

import h5py
import numpy as np

from trainer.cutouts.readers.hdf5 import Found, Hdf5Reader

BANDS = ("g", "r", "z")
PIXEL_SCALE = 0.262
NANOMAGGIES = dict.fromkeys(BANDS, 22.5)
NO_REDSHIFT = -99.0


class LegacySurveyReader(Hdf5Reader):
    """`images` (N, 3, 152, 152) g r z in nanomaggies, `inds`, and Tractor columns."""

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`images` and `inds`."""
        return "images" in file and "inds" in file

    def find(self, file: h5py.File) -> Found:
        """Bands, units and pixel scale are those of the DESI Legacy Imaging Surveys."""
        return Found(
            name="legacysurvey",
            sentence="Legacy Survey cutouts of ssl-legacysurvey, known by `images` and `inds`.",
            images="images",
            bands=BANDS,
            bands_guessed=True,
            pixel_scale=PIXEL_SCALE,
            zero_points=NANOMAGGIES,
            id_column="inds",
        )

    def columns(self) -> dict[str, np.ndarray]:
        """As stored; redshifts of −99 are NaN."""
        columns = super().columns()
        for name, values in columns.items():
            if name.startswith("z_") and values.dtype.kind in "if":
                columns[name] = np.where(values == NO_REDSHIFT, np.nan, values)
        return columns
