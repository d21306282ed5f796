"""AnomalyMatch: colour pictures in HDF5, and labels in a CSV file (Gómez et al. 2025)."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import TextIO

import h5py
import numpy as np

from trainer.cutouts.axes import cutout_shape
from trainer.cutouts.bands import COLOURS
from trainer.cutouts.folders import files_in
from trainer.cutouts.readers.hdf5 import Found, Hdf5Reader
from trainer.errors import FormatError

LABELS_FILE = "labeled_data.csv"
"""Lies in the folder above that of the images, by AnomalyMatch's convention."""
_LABEL = "label"
_HEADER = ("filename", _LABEL)
_MOST_BYTES = 2**28


class AnomalyMatchReader(Hdf5Reader):
    """`images` (N, H, W, B) and `filenames` (N,); labels from a CSV file beside, by file name."""

    @staticmethod
    def recognises(file: h5py.File) -> bool:
        """`images` and `filenames`."""
        return "images" in file and "filenames" in file

    def find(self, file: h5py.File) -> Found:
        """Three bands are red, green and blue; others are the user's to name."""
        images = file["images"]
        whole = isinstance(images, h5py.Dataset) and images.ndim == 4
        colour = whole and cutout_shape(images.shape)[0] == len(COLOURS)
        return Found(
            name="anomalymatch",
            sentence="AnomalyMatch cutouts, known by `images` and `filenames`.",
            images="images",
            bands=COLOURS if colour else None,
            bands_guessed=True,
            id_column="filenames",
            warnings=self._said(),
        )

    def columns(self) -> dict[str, np.ndarray]:
        """As stored, with `label` from the CSV file; None where a file name is not listed."""
        columns = super().columns()
        if self._labels and _LABEL not in columns:
            names = [str(name) for name in self.ids()]
            found = [self._labels.get(name) or self._labels.get(_last(name)) for name in names]
            columns[_LABEL] = np.array([*found, None], object)[:-1]
        return columns

    @cached_property
    def _label_files(self) -> list[Path]:
        """CSV files beside the images, else above them, with a file name and a label a line."""
        folder = self.path.absolute().parent
        beside = [path for path in files_in(folder, (".csv",)) if _is_of_labels(path)]
        above = folder.parent / LABELS_FILE
        return beside or [path for path in (above,) if path.is_file() and _is_of_labels(path)]

    @cached_property
    def _labels(self) -> dict[str, str]:
        """Label by file name, from the one file of labels."""
        if len(self._label_files) != 1:
            return {}
        pairs = list(_pairs(self._label_files[0]))
        return {alias: label for name, label in pairs for alias in (_last(name), name)}

    def _said(self) -> tuple[str, ...]:
        files = self._label_files
        if len(files) == 1:
            return (f"Its labels come from {files[0].name}.",)
        if files:
            names = ", ".join(path.name for path in files)
            return (
                f"Several files beside it have labels ({names}), and none was joined;"
                " `--catalogue` names one.",
            )
        return ()


def _last(name: str) -> str:
    """A file's name without its folders, whichever system wrote it."""
    return name.replace("\\", "/").rsplit("/", 1)[-1]


def _is_of_labels(path: Path) -> bool:
    try:
        if path.stat().st_size > _MOST_BYTES:
            return False
        with _opened(path) as file:
            first = next(csv.reader([file.readline(4096)]), [])
    except (OSError, csv.Error):
        return False
    return all(name in map(str.strip, first) for name in _HEADER)


def _pairs(path: Path) -> Iterator[tuple[str, str]]:
    """(file name, label) of each line. Raises `FormatError`."""
    try:
        with _opened(path) as file:
            lines = csv.reader(file)
            header = [cell.strip() for cell in next(lines, [])]
            if not set(_HEADER) <= set(header):
                raise FormatError(
                    f"The labels in {path} can't be read: expected the columns"
                    f" {' and '.join(_HEADER)}, found {', '.join(header[:8]) or 'none'}."
                )
            at = [header.index(name) for name in _HEADER]
            for line in lines:
                if len(line) > max(at) and all(line[place].strip() for place in at):
                    yield line[at[0]].strip(), line[at[1]].strip()
    except (OSError, csv.Error) as error:
        raise FormatError(f"The labels in {path} can't be read: {error}.") from error


def _opened(path: Path) -> TextIO:
    return path.open(newline="", encoding="utf-8-sig", errors="replace")
