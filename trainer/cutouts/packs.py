"""Packed copies of files whose single rows are slow: only the crop, contiguous, mapped into memory.

    manifest.json               which files are packed, and what they were made of
    000000000-<hash>.pixels.npy   (n, B, S, S) float16 or float32, in units of `factors`; NaN
                                  where a pixel has no data
    000000000-<hash>.missing.npy  (n, B) bool, as the whole cutout tells

A pack whose source has changed since is not used. `trainer.packing` writes them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from trainer.atomic import write_text
from trainer.cutouts.bands import plane_order
from trainer.cutouts.crop import centre_crop, crop_origin
from trainer.cutouts.scan import SurveyFile
from trainer.errors import BandError
from trainer.mapped import few_at_a_time

MANIFEST_NAME = "manifest.json"
FORMAT = 2
"""2: pictures lie as everything does, row 0 the lowest, and pixels without data are NaN."""

Precision: TypeAlias = Literal["float16", "float32"]


class PackedFile(BaseModel):
    """The packed copy of one file of the survey."""

    model_config = ConfigDict(frozen=True)

    source: str
    """Where the file was, for people."""
    fingerprint: str
    """Of the file as it was packed; see `fingerprint`."""
    first_row: int = Field(ge=0)
    count: int = Field(ge=1)
    bands: tuple[str, ...] = Field(min_length=1)
    image_size: tuple[int, int]
    """(H, W) of a whole cutout, pixels."""
    side: int = Field(ge=1)
    """Side of the centre that is packed, pixels."""
    dtype: Precision
    factors: tuple[float, ...]
    """Flux of one stored unit, by band: powers of two, so that they cost no precision."""
    error: float = Field(ge=0)
    """What rounding adds, as a share of the sky's noise: root mean square, worst band."""
    has_nan: bool
    """Whether any pixel is NaN."""
    pixels: str = Field(pattern=r"^[\w.-]+$")
    missing: str = Field(pattern=r"^[\w.-]+$")
    """Names of the two arrays in the folder."""
    code_version: str = ""


class PackManifest(BaseModel):
    """Everything that is packed."""

    model_config = ConfigDict(frozen=True)

    format: int = FORMAT
    renewed: str = ""
    """ISO 8601, UTC."""
    files: tuple[PackedFile, ...] = ()


def read_manifest(folder: Path) -> PackManifest:
    """What is packed in a folder; nothing where it can't be read: packs are made again."""
    try:
        found = PackManifest.model_validate_json((folder / MANIFEST_NAME).read_bytes())
    except (OSError, ValidationError):
        return PackManifest()
    return found if found.format == FORMAT else PackManifest()


def write_manifest(folder: Path, files: Sequence[PackedFile]) -> None:
    """Write the manifest in one step. Raises `WorkspaceError`."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    ordered = tuple(sorted(files, key=lambda file: file.first_row))
    manifest = PackManifest(renewed=now, files=ordered)
    write_text(folder / MANIFEST_NAME, manifest.model_dump_json(indent=2) + "\n")


def fingerprint(path: Path) -> str | None:
    """Hash of a file's size and time of change (of all in a folder); None where there is none."""
    try:
        if path.is_dir():
            entries = [(entry.name, entry.stat()) for entry in os.scandir(path) if entry.is_file()]
        else:
            entries = [("", path.stat())]
    except OSError:
        return None
    facts = sorted((name, status.st_size, status.st_mtime_ns) for name, status in entries)
    return hashlib.sha256(repr(facts).encode()).hexdigest()


class Packs:
    """Reads packed copies; a row that has none, or a stale one, is the source's to read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = {file.first_row: file for file in read_manifest(folder).files}
        self._judged: dict[int, tuple[PackedFile | None, str | None]] = {}
        self._array = few_at_a_time(partial(_map_array, folder))

    def __getstate__(self) -> dict[str, Any]:
        """Without what is mapped: another process maps its own."""
        return {name: value for name, value in self.__dict__.items() if name != "_array"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._array = few_at_a_time(partial(_map_array, self.folder))

    def usable(self, file: SurveyFile, bands: Sequence[str]) -> PackedFile | None:
        """The packed copy of a file, where it has all of `bands` and the file is as it was."""
        return self._judge(file, bands)[0]

    def ignored(self, file: SurveyFile, bands: Sequence[str]) -> str | None:
        """A sentence on why the packed copy that there is of a file is not used."""
        return self._judge(file, bands)[1]

    def read(
        self, file: SurveyFile, rows: np.ndarray, bands: Sequence[str], side: int, lost: float
    ) -> tuple[np.ndarray, np.ndarray] | None:
        """Pixels (n, B, side, side) float32, `lost` where they have no data, and missing (n, B)
        of rows in a file; or None."""
        packed = self.usable(file, bands)
        if packed is None or not reaches(packed, side):
            return None
        try:
            arrays = self._array(packed.pixels), self._array(packed.missing)
        except (OSError, ValueError):  # Packed again since, and what was there removed.
            return None
        planes = plane_order(packed.bands, bands, self.folder)
        factors = np.array(packed.factors, np.float32)[planes]
        pixels = centre_crop(arrays[0], side)[rows].astype(np.float32)
        if not np.array_equal(planes, np.arange(pixels.shape[1])):
            pixels = pixels[:, planes]
        pixels *= factors[None, :, None, None]
        if packed.has_nan and not np.isnan(lost):
            np.nan_to_num(pixels, copy=False, nan=lost)
        return pixels, arrays[1][rows][:, planes]

    def _judge(
        self, file: SurveyFile, bands: Sequence[str]
    ) -> tuple[PackedFile | None, str | None]:
        if file.first_row not in self._judged:
            self._judged[file.first_row] = self._look_at(file, bands)
        return self._judged[file.first_row]

    def _look_at(
        self, file: SurveyFile, bands: Sequence[str]
    ) -> tuple[PackedFile | None, str | None]:
        packed = self._files.get(file.first_row)
        if packed is None:
            return None, None
        found = fingerprint(file.path)
        if packed.count != file.count or found not in (packed.fingerprint, None):
            return None, (
                f"{file.path} has changed since it was packed, so its packed copy is not used;"
                " `astromask pack` renews it."
            )
        try:
            plane_order(packed.bands, bands, self.folder)
            self._check(packed)
        except (OSError, ValueError, BandError) as error:
            return None, (
                f"The packed copy of {file.path} is not used: {str(error).rstrip('.')}."
                " `astromask pack` makes it again."
            )
        return packed, None

    def _check(self, packed: PackedFile) -> None:
        """Raise `OSError` or `ValueError` where the arrays are not what the manifest says."""
        planes = len(packed.bands)
        wanted = {
            packed.pixels: ((packed.count, planes, packed.side, packed.side), packed.dtype),
            packed.missing: ((packed.count, planes), "bool"),
        }
        if len(packed.factors) != planes:
            raise ValueError(f"{MANIFEST_NAME} has {len(packed.factors)} factors, not {planes}")
        for name, (shape, dtype) in wanted.items():
            array = self._array(name)
            if array.shape != shape or array.dtype != dtype:
                raise ValueError(f"{name} holds {array.dtype} {array.shape}, not {dtype} {shape}")


def _map_array(folder: Path, name: str) -> np.ndarray:
    array: np.ndarray = np.load(folder / name, mmap_mode="r", allow_pickle=False)
    return array


def reaches(packed: PackedFile, side: int) -> bool:
    """Whether the central `side` pixels lie in the packed ones just as in the whole cutout."""
    if side > packed.side:
        return False
    inner = crop_origin(packed.side, packed.side, side)
    outer = crop_origin(*packed.image_size, packed.side)
    whole = crop_origin(*packed.image_size, side)
    return all(a + b == c for a, b, c in zip(inner, outer, whole, strict=True))
