"""Cutouts into files of the UNIONS layout: written under a temporary name, renamed when whole."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from trainer.atomic import disk_errors, partial_path, publish
from trainer.cutouts.stored_wcs import TERMS, WCS_NAME
from trainer.cutting.objects import Objects
from trainer.cutting.stamps import Stamp
from trainer.errors import WorkspaceError

MADE_OF = "made_of"
"""Attribute with the hash of everything that decides what a file holds."""
_BUFFER_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Facts:
    """What holds for every cutout of a run."""

    bands: tuple[str, ...]
    size: int
    pixel_scale: float
    zero_points: tuple[float, ...] | None
    id_name: str
    """Dataset of the identifiers: "cfis_id" for UNIONS, else "object_id"."""


@dataclass(frozen=True)
class Naming:
    """How the files of a run are called."""

    output: Path
    """The one file, or where the several are and how they are tagged."""
    parts: int
    facts: Facts

    def target(self, part: int, count: int) -> Path:
        """The name of a part that holds `count` cutouts."""
        if self.parts == 1:
            return self.output
        return self.output.with_name(f"{self._start(part)}{count}.h5")

    def existing(self, part: int) -> list[Path]:
        """Files that a run has left under the names of this part."""
        if self.parts == 1:
            return [self.output] if self.output.exists() else []
        start = self._start(part)
        names = self.output.parent.iterdir() if self.output.parent.is_dir() else ()
        return [
            path
            for path in names
            if path.name.startswith(start) and path.name[len(start) :].partition(".")[0].isdigit()
            if path.suffix == ".h5"
        ]

    def _start(self, part: int) -> str:
        bands = self.facts.bands
        joined = ("" if all(len(band) == 1 for band in bands) else "-").join(bands)
        # Fields are told apart by dots.
        words = ["cutout", "stacks", joined, self.output.stem]
        side = self.facts.size
        return ".".join([*(word.replace(".", "_") for word in words), f"{side}x{side}", f"{part}."])


def made_of(path: Path) -> str | None:
    """The hash in a file that a run has written; None for a file of another origin."""
    try:
        with h5py.File(path, "r") as file:
            value = file.attrs.get(MADE_OF)
    except OSError:
        return None
    return value if isinstance(value, str) else None


def count_in(path: Path) -> int:
    """Cutouts in a file that a run has written."""
    with h5py.File(path, "r") as file:
        return int(file["images"].shape[0])


class PartWriter:
    """Writes one file; `finish` gives it its name, leaving without it removes what was written."""

    def __init__(self, naming: Naming, part: int, most: int, digest: str) -> None:
        """Room for `most` cutouts. Raises `WorkspaceError` where the folder can't be written."""
        self._naming, self._part, self._facts = naming, part, naming.facts
        self._partial = partial_path(naming.output)
        self._rows: list[int] = []
        self._kept: list[tuple[str, bool, str, np.ndarray]] = []
        self._waiting: list[np.ndarray] = []
        self._written = 0
        with disk_errors(self._partial):
            self._file = h5py.File(self._partial, "w")
        bands, side = len(self._facts.bands), self._facts.size
        self._images = self._file.create_dataset(
            "images",
            (most, bands, side, side),
            "float32",
            chunks=(1, bands, side, side),
            maxshape=(most, bands, side, side),
        )
        self._most_waiting = max(1, _BUFFER_BYTES // (bands * side * side * 4))
        self._describe(digest)

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, RuntimeError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._partial.unlink(missing_ok=True)

    def append(self, row: int, tile: str, stamp: Stamp) -> None:
        """Add the cutout of a row of the catalogue."""
        names = np.array(self._facts.bands, object)[stamp.missing]
        self._rows.append(row)
        self._kept.append((tile, stamp.at_edge, ",".join(names), stamp.wcs))
        self._waiting.append(stamp.planes)
        if len(self._waiting) >= self._most_waiting:
            self._flush()

    def finish(self, objects: Objects) -> Path | None:
        """Write what belongs to the cutouts and give the file its name; None where it is empty."""
        with disk_errors(self._partial):
            self._flush()
            if not self._rows:
                return None
            self._images.resize(len(self._rows), axis=0)
            self._write_columns(objects)
            self._file.close()
            target = self._naming.target(self._part, len(self._rows))
            publish(self._partial, target)
        for old in self._naming.existing(self._part):
            if old != target:
                old.unlink()
        return target

    def _describe(self, digest: str) -> None:
        facts, attributes = self._facts, self._file.attrs
        attributes["bands"] = np.array(facts.bands, h5py.string_dtype())
        attributes["pixel_scale"] = facts.pixel_scale
        if facts.zero_points is not None:
            attributes["zero_points"] = np.array(facts.zero_points)
        attributes["code_version"] = version("astromask")
        attributes[MADE_OF] = digest

    def _flush(self) -> None:
        if self._waiting:
            stop = self._written + len(self._waiting)
            with disk_errors(self._partial):
                self._images[self._written : stop] = np.stack(self._waiting)
            self._written = stop
            self._waiting = []

    def _write_columns(self, objects: Objects) -> None:
        rows = np.array(self._rows)
        tiles, at_edge, missing, wcs = zip(*self._kept, strict=True)
        self._put(self._facts.id_name, objects.ids[rows])
        self._put("ra", objects.ra[rows], "deg")
        self._put("dec", objects.dec[rows], "deg")
        self._put("tile", np.array(tiles, object))
        self._put("at_edge", np.array(at_edge, bool))
        self._put("missing_bands", np.array(missing, object))
        self._put(WCS_NAME, np.stack(wcs)).attrs["terms"] = " ".join(TERMS)
        for name, column in objects.columns.items():
            self._put(name, column.values[rows], column.unit)

    def _put(self, name: str, values: np.ndarray, unit: str | None = None) -> Any:
        kind = h5py.string_dtype() if values.dtype.kind in "OSU" else values.dtype
        dataset = self._file.create_dataset(name, data=values, dtype=kind)
        if unit is not None:
            dataset.attrs["unit"] = unit
        return dataset


def check_free(naming: Naming, digests: Sequence[str], overwrite: bool) -> dict[int, Path]:
    """Parts that an earlier run has finished already, by their numbers.

    Raises `WorkspaceError` for a file in the way that holds something else.
    """
    done: dict[int, Path] = {}
    for part, digest in enumerate(digests):
        for path in naming.existing(part):
            if made_of(path) == digest:
                done[part] = path
            elif not overwrite:
                raise WorkspaceError(
                    f"{path} exists already and was made from something else. Give another name,"
                    " or --overwrite."
                )
    return done
