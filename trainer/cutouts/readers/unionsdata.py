"""What the unionsdata package writes: `{tile}_cutouts_{size}.h5`, with its bands named."""

from __future__ import annotations

import h5py

from trainer.cutouts.bands import short_names
from trainer.cutouts.readers.hdf5 import Found, Hdf5Reader
from trainer.cutouts.readers.unions import PIXEL_SCALE, ZERO_POINTS
from trainer.cutouts.text import text_array


class UnionsDataReader(Hdf5Reader):
    """`cutouts` (N, B, H, W), `bands` (B,) such as `cfis-u whigs-g`; NaN means 0."""

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`cutouts` and `bands`."""
        return "cutouts" in file and "bands" in file

    def find(self, file: h5py.File) -> Found:
        """The bands as the file names them, shortened to the filter."""
        full = text_array(file["bands"][()]).tolist()
        return Found(
            name="unionsdata",
            sentence=(
                f"UNIONS cutouts by unionsdata, known by `cutouts` and `bands` ({', '.join(full)})."
            ),
            images="cutouts",
            bands=short_names(full),
            pixel_scale=PIXEL_SCALE,
            zero_points=ZERO_POINTS,
            id_column="object_id",
            not_columns=frozenset({"bands"}),
        )
