"""AstroCLIP's joint file of images and spectra (Parker et al. 2024)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from trainer.cutouts import hdf5_file
from trainer.cutouts.extras import joined
from trainer.cutouts.files import check_rows
from trainer.cutouts.protocol import Extras, Layout
from trainer.cutouts.readers import legacysurvey
from trainer.cutouts.readers.hdf5 import Found, Hdf5Reader
from trainer.errors import FormatError

_IMAGES = "images"


class _GroupReader(Hdf5Reader):
    """The cutouts of one group: `images` (n, H, W, 3), `redshifts`, `targetids`, `spectra`."""

    def find(self, file: h5py.File) -> Found:
        """Bands, units and pixel scale are those of the DESI Legacy Imaging Surveys."""
        return Found(
            name="astroclip",
            sentence="Legacy Survey cutouts of AstroCLIP, known by the groups `0`, `1` … with"
            " `images` in each.",
            images=_IMAGES,
            bands=legacysurvey.BANDS,
            bands_guessed=True,
            pixel_scale=legacysurvey.PIXEL_SCALE,
            zero_points=legacysurvey.NANOMAGGIES,
            id_column="targetids",
        )

    def close(self) -> None:
        """The file is the joint reader's to close."""


class AstroClipReader:
    """The groups `"0"`, `"1"` … one below the other. Spectra are left out, and said."""

    def __init__(
        self, path: Path, bands: Sequence[str] | None = None, file: h5py.File | None = None
    ) -> None:
        self.path = path
        self._file = file if file is not None else hdf5_file.open_hdf5(path)
        with ExitStack() as on_failure, hdf5_file.reading(path):
            on_failure.callback(self._file.close)
            names = _groups(self._file)
            if not names:
                raise FormatError(f"{path} holds no cutouts: the `images` of its groups are empty.")
            self._parts = [_GroupReader(path, bands, self._file[name]) for name in names]
            self._starts = np.cumsum([0, *map(len, self._parts)])
            self.layout = self._make_layout()
            on_failure.pop_all()

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`images` in the group `0`."""
        group = file.get("0")
        return isinstance(group, h5py.Group) and isinstance(group.get(_IMAGES), h5py.Dataset)

    def __len__(self) -> int:
        """Number of cutouts in all groups."""
        return int(self._starts[-1])

    @property
    def cache_bytes(self) -> int:
        """Memory that HDF5 may keep for this file's chunks while it is open."""
        return sum(part.cache_bytes for part in self._parts)

    def ids(self) -> np.ndarray:
        """(N,) `targetids`; row numbers as text where a group has none."""
        parts = [part.ids() for part in self._parts]
        if len({ids.dtype.kind for ids in parts}) > 1 or parts[0].dtype.kind not in "iu":
            return np.arange(len(self)).astype(np.str_)
        return np.concatenate(parts)

    def coordinates(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(ra, dec) in degrees; None where no group has them."""
        found = [part.coordinates() for part in self._parts]
        if all(pair is None for pair in found):
            return None
        empty = [np.full(len(part), np.nan) for part in self._parts]
        pairs = [pair or (nan, nan) for pair, nan in zip(found, empty, strict=True)]
        ra, dec = zip(*pairs, strict=True)
        return np.concatenate(ra), np.concatenate(dec)

    def columns(self) -> dict[str, np.ndarray]:
        """The columns that every group has."""
        parts = [part.columns() for part in self._parts]
        common = [name for name in parts[0] if all(name in part for part in parts)]
        return {name: np.concatenate([part[name] for part in parts]) for name in common}

    def units(self) -> dict[str, str]:
        """As the first group says."""
        return self._parts[0].units()

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 as stored, in the order of `rows`."""
        rows = check_rows(rows, len(self), self.path)
        pixels = np.empty((len(rows), *self.layout.shape), np.float32)
        for places, block in self._of_parts(rows, lambda part, own: part.read(own)):
            pixels[places] = block
        return pixels

    def extras(self, rows: np.ndarray) -> Extras:
        """Zero-points, and what every group has beside its images."""
        rows = check_rows(rows, len(self), self.path)
        return joined(self._of_parts(rows, lambda part, own: part.extras(own)), len(rows))

    def metadata(self) -> dict[str, Any]:
        """Storage of the first group, and how many cutouts each has."""
        return {**self._parts[0].metadata(), "groups": list(map(len, self._parts))}

    def close(self) -> None:
        """Release the file."""
        self._file.close()

    def _of_parts(
        self, rows: np.ndarray, read: Callable[[_GroupReader, np.ndarray], Any]
    ) -> list[tuple[np.ndarray, Any]]:
        """What `read` gives for the rows of each group, with their places among `rows`."""
        owners = np.searchsorted(self._starts, rows, side="right") - 1
        found = []
        for owner in np.unique(owners):
            places = np.flatnonzero(owners == owner)
            own = rows[places] - self._starts[owner]
            found.append((places, read(self._parts[owner], own)))
        return found

    def _make_layout(self) -> Layout:
        first = self._parts[0].layout
        for part in self._parts:
            if part.layout.shape != first.shape:
                raise FormatError(
                    f"The groups of {self.path} do not fit together: expected cutouts of (bands,"
                    f" height, width) = {first.shape} in each, found {part.layout.shape}."
                )
        return first


def _groups(file: h5py.File) -> list[str]:
    """Names of the numbered groups with images in them, in the order of their numbers."""
    names = [
        name
        for name, item in file.items()
        if name.isdecimal() and isinstance(item, h5py.Group)
        if isinstance(item.get(_IMAGES), h5py.Dataset) and 0 not in item[_IMAGES].shape
    ]
    return sorted(names, key=int)
