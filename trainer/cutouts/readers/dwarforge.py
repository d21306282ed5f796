"""Cutouts of DwarForge: dwarf galaxies in UNIONS."""

from __future__ import annotations

import h5py

from trainer.cutouts.bands import short_names
from trainer.cutouts.readers.hdf5 import Found, Hdf5Reader
from trainer.cutouts.readers.unions import PIXEL_SCALE, ZERO_POINTS
from trainer.cutouts.text import text_array


class DwarforgeReader(Hdf5Reader):
    """`images` (N, B, S, S), `band_names` (B,), `known_id`; segmentation maps are left alone."""

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`images` and `band_names`."""
        return "images" in file and "band_names" in file

    def find(self, file: h5py.File) -> Found:
        """The bands as the file names them, shortened to the filter."""
        return Found(
            name="dwarforge",
            sentence="DwarForge cutouts, known by `images` and `band_names`.",
            images="images",
            bands=short_names(text_array(file["band_names"][()]).tolist()),
            pixel_scale=PIXEL_SCALE,
            zero_points=ZERO_POINTS,
            id_column="known_id" if "known_id" in file else "unique_id",
            not_columns=frozenset({"band_names", "segmaps"}),
        )
