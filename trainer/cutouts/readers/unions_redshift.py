"""The numbered files of UNIONS cutouts with redshifts: `0.h5`, `1.h5` …"""

from __future__ import annotations

import h5py

from trainer.cutouts.readers.hdf5 import Found, Hdf5Reader
from trainer.cutouts.readers.unions import PIXEL_SCALE, ZERO_POINTS

ALPHABETICAL = ("g", "i", "r")


class UnionsRedshiftReader(Hdf5Reader):
    """`cutouts` (N, 3, 64, 64) in alphabetical order of the bands, `ra`, `dec`, `zspec`."""

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`cutouts`, `ra`, `dec` and `zspec`, and no `bands`."""
        return all(name in file for name in ("cutouts", "ra", "dec", "zspec"))

    def find(self, file: h5py.File) -> Found:
        """The bands by the convention of these files; they hold no identifiers."""
        return Found(
            name="unions_redshift",
            sentence=(
                "UNIONS cutouts with redshifts, known by `cutouts` and `zspec`; their bands are"
                " in alphabetical order by convention."
            ),
            images="cutouts",
            bands=ALPHABETICAL,
            bands_guessed=True,
            pixel_scale=PIXEL_SCALE,
            zero_points=ZERO_POINTS,
        )
