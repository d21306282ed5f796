"""Several files of cutouts as one survey: rows across files, a few of them open at a time."""

from __future__ import annotations

import math
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias

import numpy as np

from trainer.cutouts.bands import plane_order
from trainer.cutouts.cleaning import clean
from trainer.cutouts.crop import centre_crop, crop_origin
from trainer.cutouts.detect import open_reader
from trainer.cutouts.extras import arranged, joined
from trainer.cutouts.packs import Packs, reaches
from trainer.cutouts.protocol import CutoutReader, Cutouts, Extras, Layout
from trainer.cutouts.scan import BadFile, ScanResult, SurveyFile, scan, wrong_size
from trainer.errors import AstroMaskError, FormatError, QueryError

__all__ = ["BadFile", "ScanResult", "Survey", "SurveyFile", "scan"]

MOST_OPEN = 16
"""Files kept open at once."""
MOST_CACHE_BYTES = 256 * 2**20
"""Chunk caches that open files may hold together."""

NO_FILES = "This survey has no files of cutouts."
BLOCK_BYTES = 64 * 2**20
"""Whole cutouts held in memory while a crop of many is read."""

Crop: TypeAlias = int | Literal["survey"] | None
"""Side in pixels; None for the whole cutout; "survey" for the survey's own crop."""


class Survey:
    """Cutouts of several files, by row. Opens files when they are needed.

    `bands` are those wanted, in order (the first file's if left out): files that name their
    planes are re-ordered by name, those that lack one raise `BandError`. Of files that don't
    name theirs, as many planes as there are bands are taken to be these, in this order. Safe
    to use from several threads.
    """

    def __init__(
        self,
        files: Sequence[SurveyFile],
        bands: Sequence[str] | None = None,
        crop: int | None = None,
        *,
        max_open: int = MOST_OPEN,
        packs: Packs | None = None,
    ) -> None:
        """`packs` are read instead of files that have one, where it holds what is asked for."""
        self.files = tuple(files)
        self.crop = crop
        self.packs = packs
        self._wanted = tuple(bands) if bands is not None else None
        self._max_open = max_open
        self._first_rows = np.array([file.first_row for file in self.files], np.int64)
        self._counts = np.array([file.count for file in self.files], np.int64)
        self._layout: Layout | None = None
        self._forget_readers()

    def __len__(self) -> int:
        """Number of cutouts."""
        return max((file.first_row + file.count for file in self.files), default=0)

    def __enter__(self) -> Survey:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getstate__(self) -> dict[str, Any]:
        """Without what is open: another process opens its own."""
        hidden = ("_readers", "_lock", "_process")
        return {name: value for name, value in self.__dict__.items() if name not in hidden}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._forget_readers()

    @property
    def layout(self) -> Layout:
        """Layout of the first file that can be opened. Raises what the first one raised."""
        with self._lock:
            if self._layout is None:
                self._layout = self._first_layout()
            return self._layout

    @property
    def bands(self) -> tuple[str, ...]:
        """The bands in the order of the pixels' second axis."""
        return self._wanted if self._wanted is not None else self.layout.bands

    @property
    def full_shape(self) -> tuple[int, int, int]:
        """(B, H, W) of a whole cutout."""
        return (len(self.bands), *self.layout.shape[1:])

    @property
    def shape(self) -> tuple[int, int, int]:
        """(B, H, W) of a cutout after the survey's crop."""
        bands, height, width = self.full_shape
        return (bands, height, width) if self.crop is None else (bands, self.crop, self.crop)

    @property
    def pixel_scale(self) -> float | None:
        """Arcsec per pixel, as the layout says."""
        return self.layout.pixel_scale

    @property
    def zero_points(self) -> tuple[float, ...] | None:
        """AB magnitude of one count by band of the survey, as the layout says."""
        layout = self.layout
        if layout.zero_points is None:
            return None
        order = plane_order(layout.bands, self.bands, "The survey")
        return tuple(layout.zero_points[plane] for plane in order)

    def read(self, rows: np.ndarray, *, crop: Crop = "survey", lost: float = 0.0) -> Cutouts:
        """Cleaned cutouts (n, B, H, W) float32 of `rows`, in their order; repeats allowed.

        A band counts as missing by the whole cutout, not by the crop. Single pixels without
        data become `lost`: 0 for a model, NaN for eyes and measures. Raises
        `QueryError` for a row that is not there, `FormatError` or `BandError` naming the file.
        """
        rows = self._checked(rows)
        size = self._size(crop)
        height, width = (size, size) if size is not None else self.full_shape[1:]
        pixels = np.empty((len(rows), len(self.bands), height, width), np.float32)
        missing = np.empty((len(rows), len(self.bands)), bool)
        with self._lock:
            for index, places in self._blocks(rows):
                own = rows[places] - self._first_rows[index]
                pixels[places], missing[places] = self._read_file(index, own, size, lost)
        return Cutouts(pixels, missing)

    def pixel_sources(self, crop: Crop = "survey") -> tuple[str, ...]:
        """What `read` takes its pixels from: "source", "packed float16" or "packed float32"."""
        size, found = self._size(crop), set()
        for file in self.files:
            packed = self.packs.usable(file, self.bands) if self.packs is not None else None
            inside = packed is not None and size is not None and reaches(packed, size)
            found.add(f"packed {packed.dtype}" if packed is not None and inside else "source")
        return tuple(sorted(found))

    def ignored_packs(self) -> list[str]:
        """Sentences on packed copies that are not used: they are older than their source."""
        packs = self.packs
        said = [packs.ignored(file, self.bands) for file in self.files] if packs else []
        return [sentence for sentence in said if sentence is not None]

    def extras(self, rows: np.ndarray, *, crop: Crop = "survey") -> Extras:
        """What the files have beside the pixels of `rows`; None where any of them has not."""
        rows = self._checked(rows)
        size = self._size(crop)
        parts: list[tuple[np.ndarray, Extras]] = []
        with self._lock:
            for index, places in self._blocks(rows):
                reader = self._reader(index)
                found = reader.extras(rows[places] - self._first_rows[index])
                planes = self._planes(reader)
                parts.append((places, arranged(found, planes, reader.layout.shape[1:], size)))
        return joined(parts, len(rows))

    def locate(self, row: int) -> tuple[SurveyFile, int]:
        """The file of a row, and the row inside it. Raises `QueryError`."""
        index = self._file_indices(self._checked(np.array([row])))[0]
        return self.files[index], int(row - self._first_rows[index])

    def reader(self, index: int) -> CutoutReader:
        """The open reader of a file; not to be used once the survey has moved on."""
        with self._lock:
            return self._reader(index)

    def close(self) -> None:
        """Release every open file."""
        with self._lock:
            while self._readers:
                self._readers.popitem()[1].close()

    def _read_file(
        self, index: int, rows: np.ndarray, size: int | None, lost: float
    ) -> tuple[np.ndarray, np.ndarray]:
        """Cleaned pixels (n, B, H, W) and missing (n, B) of rows of one file."""
        if self.packs is not None and size is not None:
            packed = self.packs.read(self.files[index], rows, self.bands, size, lost)
            if packed is not None:
                return packed
        reader = self._reader(index)
        planes = self._planes(reader)
        cleaned, absent = clean(reader.read(rows), lost)
        return centre_crop(cleaned, size)[:, planes], absent[:, planes]

    def _forget_readers(self) -> None:
        self._readers: OrderedDict[int, CutoutReader] = OrderedDict()
        self._lock = threading.RLock()
        self._process = os.getpid()

    def _reader(self, index: int) -> CutoutReader:
        if self._process != os.getpid():  # HDF5 handles must not be shared with a forked parent.
            self._forget_readers()
        if index in self._readers:
            self._readers.move_to_end(index)
            return self._readers[index]
        reader = self._open(self.files[index])
        self._readers[index] = reader
        while len(self._readers) > 1 and self._too_many():
            self._readers.popitem(last=False)[1].close()
        return reader

    def _first_layout(self) -> Layout:
        problem: AstroMaskError = FormatError(NO_FILES)
        for index in range(len(self.files)):
            try:
                return self._reader(index).layout
            except AstroMaskError as error:
                problem = error if index == 0 else problem
        raise problem

    def _too_many(self) -> bool:
        cached = sum(getattr(reader, "cache_bytes", 0) for reader in self._readers.values())
        return len(self._readers) > self._max_open or cached > MOST_CACHE_BYTES

    def _open(self, file: SurveyFile) -> CutoutReader:
        if not file.path.exists():
            raise FormatError(
                f"{file.path} is no longer there. If it was moved, `astromask relink WORKSPACE"
                " OLD NEW` tells the workspace where it is now."
            )
        reader = open_reader(file.path, bands=self._wanted)
        found = len(reader)
        # A file may have grown at its end; in a folder that grew, the rows are others.
        if found < file.count or (found != file.count and file.path.is_dir()):
            reader.close()
            raise FormatError(
                f"{file.path} holds {found} cutouts, but the survey knows it with {file.count}:"
                " it was changed or replaced."
            )
        return reader

    def _planes(self, reader: CutoutReader) -> np.ndarray:
        expected = self.layout.shape[1:]
        if reader.layout.shape[1:] != expected:
            raise FormatError(wrong_size(reader, expected))
        return plane_order(reader.layout.bands, self.bands, reader.path)

    def _checked(self, rows: np.ndarray) -> np.ndarray:
        rows = np.atleast_1d(np.asarray(rows)).astype(np.int64)
        if rows.size and not self.files:
            raise FormatError(NO_FILES)
        indices = self._file_indices(rows)
        inside = indices >= 0
        inside[inside] = (rows - self._first_rows[indices] < self._counts[indices])[inside]
        if not inside.all():
            wrong = int(rows[~inside][0])
            raise QueryError(
                f"Row {wrong} was asked for; the survey's files hold"
                f" {int(self._counts.sum())} cutouts, and this is none of theirs."
            )
        return rows

    def _size(self, crop: Crop) -> int | None:
        size = self.crop if crop == "survey" else crop
        if size is not None:
            crop_origin(*self.layout.shape[1:], size)
        return size

    def _file_indices(self, rows: np.ndarray) -> np.ndarray:
        return np.searchsorted(self._first_rows, rows, side="right") - 1

    def _blocks(self, rows: np.ndarray) -> Iterator[tuple[int, np.ndarray]]:
        """File by file, row after row: which of `rows` to read at a time to bound memory."""
        full_bytes = 4 * math.prod(self.layout.shape)
        most = max(1, BLOCK_BYTES // full_bytes)
        indices = self._file_indices(rows)
        for index in np.unique(indices):
            places = np.flatnonzero(indices == index)
            places = places[np.argsort(rows[places], kind="stable")]
            for start in range(0, len(places), most):
                yield int(index), places[start : start + most]
