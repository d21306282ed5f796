"""What TileSlicer writes: one file a UNIONS tile, or one file of all cutouts of a catalogue."""

from __future__ import annotations

import re

import h5py
import numpy as np

from trainer.cutouts import hdf5_file
from trainer.cutouts.bands import split_names
from trainer.cutouts.readers.hdf5 import Found, Hdf5Reader
from trainer.cutouts.readers.unions import BANDS, PIXEL_SCALE, ZERO_POINTS

_NAME = re.compile(r"_\d+x\d+_(?P<bands>[A-Za-z][A-Za-z,-]*?)(_batch_\d+)?\.(h5|hdf5)$")
_TILE_COLUMNS = ("mag_r", "class_label", "zspec", "lsb", "lens")


class _TileSlicerReader(Hdf5Reader):
    """`images` (N, B, S, S) and tile numbers; the bands stand in the file name, if anywhere."""

    def _bands(self) -> tuple[str, ...]:
        named = _NAME.search(self.path.name)
        return split_names(named["bands"].replace("-", ",")) if named else BANDS

    def columns(self) -> dict[str, np.ndarray]:
        """As stored, with `tile` as text, "XXX.YYY"."""
        columns = super().columns()
        columns.pop("tile_0", None)
        columns.pop("tile_1", None)
        if "tile" in self._file:
            with hdf5_file.reading(self.path):
                numbers = np.atleast_2d(self._file["tile"][()])
            texts = np.array([".".join(f"{part:03d}" for part in tile) for tile in numbers])
            if len(texts) in (1, len(self)):
                columns["tile"] = np.broadcast_to(texts, len(self)).copy()
        return columns


class TileSlicerTileReader(_TileSlicerReader):
    """`XXX_YYY_{s}x{s}_{bands}[_batch_k].h5`: `tile` (2,) holds for the whole file."""

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`images`, `cfis_id`, and a `tile` of two integers or TileSlicer's own columns."""
        if "images" not in file or "cfis_id" not in file:
            return False
        tile = file.get("tile")
        one_tile = isinstance(tile, h5py.Dataset) and tile.shape == (2,) and tile.dtype.kind in "iu"
        return one_tile or all(name in file for name in _TILE_COLUMNS)

    def find(self, file: h5py.File) -> Found:
        """The bands from the file name, or u g r i z."""
        tile = file.get("tile")
        whole_file = isinstance(tile, h5py.Dataset) and tile.shape == (2,)
        return Found(
            name="tileslicer_tile",
            sentence=(
                "Cutouts of one UNIONS tile by TileSlicer, known by `cfis_id` and the tile's"
                " two numbers."
            ),
            images="images",
            bands=self._bands(),
            bands_guessed=True,
            pixel_scale=PIXEL_SCALE,
            zero_points=ZERO_POINTS,
            id_column="cfis_id",
            not_columns=frozenset({"tile"} if whole_file else ()),
        )


class TileSlicerSurveyReader(_TileSlicerReader):
    """`all_cutouts_{s}x{s}.h5`: `known_id`, `label`, and `tile` (N, 2)."""

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`images`, `known_id` and `label`."""
        return all(name in file for name in ("images", "known_id", "label"))

    def find(self, file: h5py.File) -> Found:
        """The bands from the file name, or u g r i z."""
        return Found(
            name="tileslicer_survey",
            sentence="Cutouts of a catalogue by TileSlicer, known by `known_id` and `label`.",
            images="images",
            bands=self._bands(),
            bands_guessed=True,
            pixel_scale=PIXEL_SCALE,
            zero_points=ZERO_POINTS,
            id_column="known_id",
        )
