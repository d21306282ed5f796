"""What a file or folder of cutouts is, as plain facts for `inspect`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from trainer.cutouts.cleaning import clean
from trainer.cutouts.detect import open_reader
from trainer.cutouts.folders import expand_paths
from trainer.cutouts.protocol import CutoutReader
from trainer.cutouts.scaling import MAD_TO_SIGMA
from trainer.cutouts.scan import scan
from trainer.errors import FormatError

SAMPLE_BLOCKS = 8
SAMPLE_BLOCK_ROWS = 16
"""The sample is some runs of rows that follow each other, so that large chunks are read once."""
SLOW_SAMPLE_BLOCKS = 2
SLOW_ROW_BYTES = 8 * 2**20


def describe_cutouts(path: Path, bands: Sequence[str] | None = None) -> dict[str, Any]:
    """JSON-able facts of a cutout file, or of a folder of them. Raises `FormatError`.

    `kind` is "cutouts" for what one reader reads, "cutout_folder" for several files; the
    facts of a folder are those of its first good file, with counts over all.
    """
    paths = expand_paths([path])
    if paths == [path]:
        return {"kind": "cutouts", **_describe_one(path, bands)}
    found = scan(paths, bands)
    if not found.files:
        raise FormatError(_nothing_good(path, [bad.reason for bad in found.bad]))
    first = _describe_one(found.files[0].path, bands)
    return {
        **first,
        "kind": "cutout_folder",
        "path": str(path),
        "sentence": f"{len(found.files)} files of cutouts. {first['sentence']}",
        "count": sum(file.count for file in found.files),
        "size_bytes": sum(_size(file.path) for file in found.files),
        "files": [{"path": str(file.path), "count": file.count} for file in found.files],
        "bad_files": [{"path": str(bad.path), "reason": bad.reason} for bad in found.bad],
        "warnings": list(found.warnings),
    }


def _describe_one(path: Path, bands: Sequence[str] | None) -> dict[str, Any]:
    with closing(open_reader(path, bands=bands)) as reader:
        layout = reader.layout
        return {
            "path": str(path),
            "layout": layout.name,
            "sentence": layout.sentence,
            "count": len(reader),
            "bands": list(layout.bands),
            "bands_guessed": layout.bands_guessed,
            "shape": list(layout.shape),
            "dtype": str(layout.dtype.newbyteorder("=")),
            "size_bytes": _size(path),
            "pixel_scale": layout.pixel_scale,
            "zero_points": list(layout.zero_points) if layout.zero_points else None,
            "ids": _ids(reader),
            "coordinates": _coordinates(reader),
            "columns": {name: _kind(values) for name, values in reader.columns().items()},
            "units": reader.units(),
            "beside": _beside(reader),
            "sample": _sample(reader),
            "storage": reader.metadata(),
            "warnings": list(layout.warnings),
        }


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(file.stat().st_size for file in path.iterdir() if file.is_file())
    return path.stat().st_size


def _ids(reader: CutoutReader) -> dict[str, Any]:
    ids = reader.ids()
    return {"first": str(ids[0]), "last": str(ids[-1]), "unique": len(np.unique(ids)) == len(ids)}


def _coordinates(reader: CutoutReader) -> dict[str, Any] | None:
    found = reader.coordinates()
    if found is None:
        return None
    known = np.isfinite(found[0])
    facts: dict[str, Any] = {"known": int(known.sum()), "ra": None, "dec": None}
    if known.any():
        for name, values in zip(("ra", "dec"), found, strict=True):
            facts[name] = [float(values[known].min()), float(values[known].max())]
    return facts


def _kind(values: np.ndarray) -> str:
    kinds = {"b": "boolean", "i": "integer", "u": "integer", "f": "number"}
    return kinds.get(values.dtype.kind, "text")


def _beside(reader: CutoutReader) -> list[str]:
    """What the file has beside the pixels, by the fields of `Extras`."""
    extras = reader.extras(np.array([0]))
    return [name for name, value in vars(extras).items() if value is not None]


def _sample_rows(reader: CutoutReader) -> np.ndarray:
    slow = reader.metadata().get("decoded_bytes_per_row", 0) >= SLOW_ROW_BYTES
    blocks = SLOW_SAMPLE_BLOCKS if slow else SAMPLE_BLOCKS
    count, size = len(reader), SAMPLE_BLOCK_ROWS
    if count <= blocks * size:
        return np.arange(count)
    starts = np.linspace(0, count - size, blocks).astype(np.int64)
    return np.unique((starts[:, None] + np.arange(size)).ravel())


def _sample(reader: CutoutReader) -> dict[str, Any]:
    """Missing bands and pixel values of some cutouts; one at a time, to bound memory."""
    rows = _sample_rows(reader)
    missing, values = [], []
    not_finite = 0
    for row in rows:
        raw = reader.read(np.array([row]))
        pixels, absent = clean(raw)
        missing.append(absent[0])
        not_finite += int((~np.isfinite(raw)).any())
        values.append(_plane_values(pixels[0]))
    absent = np.array(missing)
    by_band = []
    for plane, band in enumerate(reader.layout.bands):
        present = np.array(
            [v[plane] for v, gone in zip(values, absent, strict=True) if not gone[plane]]
        )
        facts: dict[str, Any] = {"band": band, "missing": int(absent[:, plane].sum())}
        if len(present):
            facts |= {
                "noise": float(np.median(present[:, 2])),
                "minimum": float(present[:, 0].min()),
                "maximum": float(present[:, 1].max()),
            }
        by_band.append(facts)
    return {"rows": len(rows), "rows_with_nan": not_finite, "bands": by_band}


def _plane_values(pixels: np.ndarray) -> np.ndarray:
    """(B, 3): minimum, maximum and robust noise of each band of one cutout (B, H, W)."""
    median = np.median(pixels, axis=(1, 2), keepdims=True)
    noise = MAD_TO_SIGMA * np.median(np.abs(pixels - median), axis=(1, 2))
    return np.stack([pixels.min((1, 2)), pixels.max((1, 2)), noise], axis=1)


def _nothing_good(path: Path, reasons: Sequence[str]) -> str:
    if len(reasons) == 1:
        return reasons[0]
    return f"None of the {len(reasons)} files in {path} holds cutouts. The first: {reasons[0]}"
