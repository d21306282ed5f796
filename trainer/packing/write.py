"""Writing the packed copy of one file of cutouts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from trainer.atomic import atomic_path
from trainer.cutouts.packs import PackedFile, fingerprint
from trainer.cutouts.scan import SurveyFile
from trainer.cutouts.survey import Survey
from trainer.errors import FormatError, MismatchError
from trainer.packing.precision import Encoding, choose_encoding

BLOCK = 128
"""Cutouts read at a time: those of a chunk follow each other, so that each is decoded once."""
_SAMPLE_BLOCKS, _SAMPLE_ROWS = 8, 16

Listener = Callable[[int], None]
"""Hears how many cutouts of the file have been copied; may raise to cancel."""


@dataclass(frozen=True)
class FilePlan:
    """One file that is to be packed."""

    file: SurveyFile
    bands: tuple[str, ...]
    image_size: tuple[int, int]
    side: int
    encoding: Encoding
    fingerprint: str

    @property
    def size_bytes(self) -> int:
        """Space that the copy takes on the disk."""
        planes, item = len(self.bands), np.dtype(self.encoding.dtype).itemsize
        return self.file.count * planes * (self.side * self.side * item + 1)


def plan_file(file: SurveyFile, bands: tuple[str, ...], side: int, precision: str) -> FilePlan:
    """How a file would be packed, by a sample of its cutouts. Raises `FormatError`."""
    found = fingerprint(file.path)
    if found is None:
        raise FormatError(f"{file.path} is no longer there.")
    with _alone(file, bands) as survey:
        cutouts = survey.read(_sample(file.count) + file.first_row, crop=side)
        size = (survey.layout.shape[1], survey.layout.shape[2])
    encoding = choose_encoding(cutouts.pixels, cutouts.missing, precision)
    return FilePlan(file, bands, size, side, encoding, found)


def pack_file(folder: Path, plan: FilePlan, told: Listener) -> PackedFile:
    """Write a file's packed copy; what was there of it before stays until the manifest changes.

    A file with pixels that float16 can't hold is packed as float32. Raises `FormatError` where
    it can't be read, `MismatchError` where it changed meanwhile, `WorkspaceError` where the
    disk is full.
    """
    try:
        return _write(folder, plan, told)
    except OverflowError:
        planes = len(plan.bands)
        exact = Encoding("float32", np.ones(planes, np.float32), 0.0)
        return _write(folder, replace(plan, encoding=exact), told)


def _write(folder: Path, plan: FilePlan, told: Listener) -> PackedFile:
    file, planes = plan.file, len(plan.bands)
    start = f"{file.first_row:09d}-{plan.fingerprint[:8]}-{plan.side}-{plan.encoding.dtype}"
    pixels, missing = folder / f"{start}.pixels.npy", folder / f"{start}.missing.npy"
    absent, has_nan = np.empty((file.count, planes), bool), False
    with atomic_path(pixels) as temporary, temporary.open("wb") as out:
        # Not through a mapping: a full disk would end the process instead of raising.
        header = {
            "descr": np.lib.format.dtype_to_descr(np.dtype(plan.encoding.dtype)),
            "fortran_order": False,
            "shape": (file.count, planes, plan.side, plan.side),
        }
        np.lib.format.write_array_header_1_0(out, header)
        with _alone(file, plan.bands) as survey:
            for first in range(0, file.count, BLOCK):
                told(first)
                rows = np.arange(first, min(first + BLOCK, file.count))
                cutouts = survey.read(rows + file.first_row, crop=plan.side, lost=np.nan)
                absent[rows] = cutouts.missing
                has_nan |= bool(np.isnan(cutouts.pixels).any())
                out.write(plan.encoding.encode(cutouts.pixels).data)
        told(file.count)
    with atomic_path(missing) as temporary, temporary.open("wb") as out:
        np.save(out, absent, allow_pickle=False)
    if fingerprint(file.path) != plan.fingerprint:
        raise MismatchError(f"{file.path} was changed while it was being packed.")
    return PackedFile(
        source=str(file.path),
        fingerprint=plan.fingerprint,
        first_row=file.first_row,
        count=file.count,
        bands=plan.bands,
        image_size=plan.image_size,
        side=plan.side,
        dtype=plan.encoding.dtype,
        factors=tuple(plan.encoding.factors.tolist()),
        error=plan.encoding.error,
        has_nan=has_nan,
        pixels=pixels.name,
        missing=missing.name,
        code_version=version("astromask"),
    )


def _alone(file: SurveyFile, bands: tuple[str, ...]) -> Survey:
    return Survey([file], bands)


def _sample(count: int) -> np.ndarray:
    """Some runs of rows that follow each other, spread evenly."""
    if count <= _SAMPLE_BLOCKS * _SAMPLE_ROWS:
        return np.arange(count)
    starts = np.linspace(0, count - _SAMPLE_ROWS, _SAMPLE_BLOCKS).astype(np.int64)
    return np.unique((starts[:, None] + np.arange(_SAMPLE_ROWS)).ravel())
