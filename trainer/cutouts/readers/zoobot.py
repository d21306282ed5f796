"""Zoobot's catalogues: a table with `id_str`, `file_loc` and labels (Walmsley et al. 2023)."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from trainer.cutouts.coordinates import clean_coordinates
from trainer.cutouts.detect import file_kind, open_reader
from trainer.cutouts.extras import joined
from trainer.cutouts.files import check_rows
from trainer.cutouts.picture_table import FILE, ID, SIGNATURE, read_columns, table_columns
from trainer.cutouts.protocol import CutoutReader, Extras, Layout
from trainer.cutouts.text import text_array
from trainer.errors import AstroMaskError, BandError, FormatError

MISSING = "file_missing"
"""Column that tells which rows' files are not there; only where any is not."""
SAMPLE = 16
"""Files that are opened to learn what the others are like; a table may name very many."""
MOST_NAMED = 3
_COORDINATES = ("ra", "dec")
_FIRST = np.array([0])

T = TypeVar("T")


class ZoobotReader:
    """One cutout a line of the table, in the file (PNG, JPEG, FITS) that `file_loc` names.

    A relative `file_loc` starts at the table's folder. A file that is absent, damaged or not
    like most others reads as NaN, so as missing bands: the line and its labels stay.
    """

    def __init__(self, path: Path, bands: Sequence[str] | None = None) -> None:
        self.path = path
        self._users_word = bands
        names = table_columns(path) or []
        if not set(SIGNATURE) <= set(names):
            raise FormatError(
                f"{path} is a table, not cutouts: expected the columns {ID} and {FILE}, found"
                f" {', '.join(names[:8]) or 'none'}."
            )
        table = read_columns(path, SIGNATURE)
        if not len(table[FILE]):
            raise FormatError(f"{path} names no pictures: it has no lines.")
        self._ids = text_array(np.array([name or "" for name in table[ID]], object))
        self._files = [_located(path.absolute().parent, name) for name in table[FILE]]
        self._missing = _absent(self._files)
        self.layout = self._make_layout()

    def __len__(self) -> int:
        """Number of lines."""
        return len(self._files)

    def ids(self) -> np.ndarray:
        """(N,) text: `id_str`."""
        return self._ids

    def coordinates(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(ra, dec) in degrees from columns of these names; None without."""
        names = {name.lower(): name for name in self._table}
        if not all(name in names for name in _COORDINATES):
            return None
        ra, dec = (self._table[names[name]] for name in _COORDINATES)
        return clean_coordinates(ra, dec)

    def columns(self) -> dict[str, np.ndarray]:
        """The table's other columns, and which rows have no file."""
        used = (*SIGNATURE, *_COORDINATES)
        columns = {name: v for name, v in self._table.items() if name.lower() not in used}
        return {**columns, MISSING: self._missing} if self._missing.any() else columns

    def units(self) -> dict[str, str]:
        """None: such tables say nothing of units."""
        return {}

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 of the files' own values; NaN where one can't be had."""
        rows = check_rows(rows, len(self), self.path)
        pixels = np.full((len(rows), *self.layout.shape), np.nan, np.float32)
        for place, row in enumerate(rows.tolist()):
            planes = self._from_file(row, lambda reader: reader.read(_FIRST)[0])
            if planes is not None:  # A grey picture among coloured ones is grey in every band.
                pixels[place] = planes
        return pixels

    def extras(self, rows: np.ndarray) -> Extras:
        """What each FITS file has; pictures have nothing beside them."""
        rows = check_rows(rows, len(self), self.path)
        found = [self._from_file(row, lambda reader: reader.extras(_FIRST)) for row in rows]
        parts = [(np.array([place]), extras or Extras()) for place, extras in enumerate(found)]
        return joined(parts, len(rows))

    def metadata(self) -> dict[str, Any]:
        """Number of files by their ending, and how many are not there."""
        endings = Counter(file.suffix.lower() for file in self._files if file is not None)
        return {"files": dict(endings), "missing_files": int(self._missing.sum())}

    def close(self) -> None:
        """Nothing stays open."""

    @cached_property
    def _table(self) -> dict[str, np.ndarray]:
        return read_columns(self.path)

    def _from_file(self, row: int, use: Callable[[CutoutReader], T]) -> T | None:
        """What `use` makes of a row's file; None where it is absent, damaged or does not fit."""
        file = self._files[row]
        if file is None or self._missing[row]:
            return None
        try:
            with closing(self._open(file)) as reader:
                bands, *size = reader.layout.shape
                fits = (*size,) == self.layout.shape[1:] and bands in (1, self.layout.shape[0])
                return use(reader) if fits else None
        except AstroMaskError:
            return None

    def _open(self, file: Path) -> CutoutReader:
        # A table that named itself, or another table, would never end.
        if file_kind(file) not in ("picture", "fits"):
            raise FormatError(f"{file} was expected to be PNG, JPEG or FITS.")
        try:
            return open_reader(file, bands=self._users_word)
        except BandError:
            return open_reader(file)  # Grey among coloured ones; what does not fit is seen to.

    def _make_layout(self) -> Layout:
        there = np.flatnonzero(~self._missing)
        if not len(there):
            raise FormatError(
                f"None of the {len(self)} files that {self.path} names is there, the first"
                f" {self._files[0] or 'without a name'}."
            )
        places = np.linspace(0, len(there) - 1, min(SAMPLE, len(there))).astype(int)
        layouts, problems = self._sampled(there[places])
        if not layouts:
            raise problems[0]
        shape = Counter(layout.shape for layout in layouts).most_common(1)[0][0]
        alike = [layout for layout in layouts if layout.shape == shape]
        first = alike[0]
        odd = len(layouts) + len(problems) - len(alike)
        return Layout(
            name="zoobot",
            sentence=f"A catalogue of pictures as Zoobot's, known by its columns {ID} and {FILE}.",
            bands=first.bands,
            shape=shape,
            dtype=first.dtype,
            bands_guessed=first.bands_guessed,
            pixel_scale=first.pixel_scale,
            zero_points=first.zero_points,
            white=first.white,
            warnings=(*self._said_of_missing(), *_said_of_odd(odd, len(places), shape)),
        )

    def _sampled(self, rows: np.ndarray) -> tuple[list[Layout], list[AstroMaskError]]:
        layouts: list[Layout] = []
        problems: list[AstroMaskError] = []
        for row in rows.tolist():
            file = self._files[row]
            assert file is not None, "a row without a file's name counts as missing"
            try:
                with closing(self._open(file)) as reader:
                    layouts.append(reader.layout)
            except AstroMaskError as error:
                problems.append(error)
        return layouts, problems

    def _said_of_missing(self) -> tuple[str, ...]:
        rows = np.flatnonzero(self._missing)
        if not len(rows):
            return ()
        named = ", ".join(
            str(self._files[row] or "one without a name") for row in rows[:MOST_NAMED]
        )
        more = " …" if len(rows) > MOST_NAMED else ""
        return (
            f"{len(rows):,} of {len(self):,} files are not there and are shown as missing"
            f" (column {MISSING}): {named}{more}.",
        )


def _said_of_odd(odd: int, count: int, shape: tuple[int, int, int]) -> tuple[str, ...]:
    if not odd:
        return ()
    return (
        f"Of {count} files looked at, {odd} can't be read or have not {shape[1]} × {shape[2]} px;"
        " such files are shown as missing.",
    )


def _located(folder: Path, name: str | None) -> Path | None:
    """Where a file lies that the table in `folder` names; None where it names none."""
    text = (name or "").strip()
    return folder / text if text and "\0" not in text else None


def _absent(files: Sequence[Path | None]) -> np.ndarray:
    """(N,) bool: which files are not there; a folder is looked through once, not file by file."""
    by_folder: dict[Path, list[int]] = defaultdict(list)
    absent = np.ones(len(files), bool)
    for row, file in enumerate(files):
        if file is not None:
            by_folder[file.parent].append(row)
    for folder, rows in by_folder.items():
        try:
            names = set(os.listdir(folder))
        except OSError:
            continue
        for row in rows:
            file = files[row]
            # Some systems know a file by its name in other capitals as well.
            absent[row] = file is None or not (file.name in names or os.path.exists(file))
    return absent
