"""Small files of every layout, written as their public writers write them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np

SIDE = 12


def pixels(count: int, bands: int, side: int = SIDE, seed: int = 0) -> np.ndarray:
    """(count, bands, side, side) float32: each plane's mean is 100 · row + band."""
    noise = np.random.default_rng(seed).normal(0, 0.1, (count, bands, side, side))
    level = 100.0 * np.arange(count)[:, None] + np.arange(bands) + 1
    return (noise + level[:, :, None, None]).astype(np.float32)


def text(values: list[str]) -> np.ndarray:
    """Variable-length text, as h5py writes it."""
    return np.array(values, dtype=h5py.string_dtype())


def channels_last(values: np.ndarray) -> np.ndarray:
    """(N, B, H, W) as (N, H, W, B)."""
    return np.ascontiguousarray(np.moveaxis(values, 1, -1))


def write(path: Path, datasets: dict[str, Any], attributes: dict[str, Any] | None = None) -> Path:
    """An HDF5 file of these datasets; images are chunked by row as our own files are."""
    with h5py.File(path, "w") as file:
        for name, values in datasets.items():
            values = np.asarray(values)
            chunks = (1, *values.shape[1:]) if values.ndim == 4 and len(values) else None
            file.create_dataset(name, data=values, chunks=chunks)
        for name, value in (attributes or {}).items():
            file.attrs[name] = value
    return path


def unions(folder: Path, count: int = 6, side: int = SIDE, number: int = 0, **changes: Any) -> Path:
    """AstroMASK's training layout; `changes` replaces datasets, None removes one."""
    datasets: dict[str, Any] = {
        "images": pixels(count, 5, side),
        "cfis_id": text([f"id-{number}-{row}" for row in range(count)]),
        "tile": text(["123.456"] * count),
        "ra": np.linspace(10, 11, count),
        "dec": np.linspace(-5, 5, count),
    }
    datasets.update(changes)
    name = f"cutout.stacks.ugriz.lsb.{side}x{side}.{number}.{count}.h5"
    return write(folder / name, {k: v for k, v in datasets.items() if v is not None})


def tileslicer_tile(folder: Path, count: int = 4) -> Path:
    """One file a tile; the bands stand in its name only."""
    return write(
        folder / f"123_045_{SIDE}x{SIDE}_gri_batch_2.h5",
        {
            "images": pixels(count, 3),
            "cfis_id": text([f"c{row}" for row in range(count)]),
            "tile": np.array([123, 45], np.int32),
            "ra": np.full(count, 150.0),
            "dec": np.full(count, 2.0),
            "mag_r": np.full(count, 21.0, np.float32),
            "class_label": np.zeros(count, np.float32),
            "zspec": np.full(count, np.nan, np.float32),
            "lsb": np.zeros(count),
            "lens": np.ones(count),
        },
    )


def tileslicer_survey(folder: Path, count: int = 4) -> Path:
    """One file of all cutouts, with one tile a row."""
    return write(
        folder / f"all_cutouts_{SIDE}x{SIDE}.h5",
        {
            "images": pixels(count, 5),
            "known_id": text([f"k{row}" for row in range(count)]),
            "label": np.zeros(count, np.float32),
            "tile": np.array([[7, row] for row in range(count)], np.int32),
            "ra": np.full(count, 150.0, np.float32),
            "dec": np.full(count, 2.0, np.float32),
            "zspec": np.full(count, 0.4, np.float32),
        },
    )


def unionsdata(folder: Path, count: int = 4) -> Path:
    """Bands are named in full."""
    bands = ["cfis-u", "whigs-g", "cfis_lsb-r", "ps-i", "wishes-z"]
    return write(
        folder / f"123.456_cutouts_{SIDE}.h5",
        {
            "cutouts": pixels(count, 5),
            "bands": np.array(bands, "S"),
            "object_id": np.array([f"o{row}" for row in range(count)], "S"),
            "tile": np.array(["123.456"] * count, "S"),
        },
    )


def dwarforge(folder: Path, count: int = 4) -> Path:
    """Named bands, segmentation maps and a model's answers beside the images."""
    return write(
        folder / "dwarfs.h5",
        {
            "images": pixels(count, 3),
            "band_names": np.array(["whigs-g", "cfis_lsb-r", "ps-i"], "S"),
            "known_id": text([f"d{row}" for row in range(count)]),
            "segmaps": np.zeros((count, 3, SIDE, SIDE), np.uint8),
            "zoobot_pred": np.arange(count * 2, dtype=np.float32).reshape(count, 2),
        },
    )


def unions_redshift(folder: Path, count: int = 4) -> Path:
    """`0.h5`: nothing says which bands."""
    return write(
        folder / "0.h5",
        {
            "cutouts": pixels(count, 3),
            "ra": np.full(count, 10.0),
            "dec": np.full(count, 20.0),
            "zspec": np.linspace(0.1, 0.5, count),
        },
    )


def legacysurvey(folder: Path, count: int = 4) -> Path:
    """A redshift of −99, and one column too long."""
    return write(
        folder / "images_npix152_000000000_000000004.h5",
        {
            "images": pixels(count, 3),
            "inds": np.arange(count) + 500,
            "ra": np.full(count, 10.0),
            "dec": np.full(count, 20.0),
            "z_spec": np.array([-99.0, 0.3, 0.4, 0.5], np.float32)[:count],
            "brickid": np.arange(count + 3),
        },
    )


def multimodal(folder: Path, count: int = 4) -> Path:
    """The last row has its bands in another order, the one before lacks the first band."""
    names = np.array([["DES-G", "DES-R", "DES-Z"]] * count, "S")
    names[-1] = names[-1][::-1]
    names[-2][0] = b"none"
    return write(
        folder / "001-of-001.hdf5",
        {
            "object_id": np.array([f"m{row}" for row in range(count)], "S"),
            "image_array": pixels(count, 3),
            "image_band": names,
            "image_ivar": np.ones((count, 3, SIDE, SIDE), np.float32) * 4,
            "image_mask": np.zeros((count, 3, SIDE, SIDE), bool),
            "image_psf_fwhm": np.tile(np.array([1.2, 1.1, 1.0], np.float32), (count, 1)),
            "image_scale": np.full((count, 3), 0.262, np.float32),
            "RA": np.full(count, 10.0),
            "DEC": np.full(count, 20.0),
        },
    )


def galaxy10(folder: Path, count: int = 4, **changes: Any) -> Path:
    """Colour pictures of bytes, the band axis last, with the number of a class."""
    datasets: dict[str, Any] = {
        "images": channels_last(pixels(count, 3)).astype(np.uint8),
        "ans": np.arange(count, dtype=np.uint8),
        "ra": np.full(count, 10.0),
        "dec": np.full(count, 20.0),
        "redshift": np.linspace(0.1, 0.2, count),
        "pxscale": np.full(count, 0.262),
    }
    datasets.update(changes)
    kept = {name: values for name, values in datasets.items() if values is not None}
    return write(folder / "Galaxy10_DECals.h5", kept)


def astroclip(folder: Path, counts: tuple[int, ...] = (2, 3), side: int = SIDE) -> Path:
    """Groups of images and spectra; the band axis is last."""
    path, first = folder / "astroclip_desi.h5", 0
    whole = channels_last(pixels(sum(counts), 3, side))
    with h5py.File(path, "w") as file:
        for number, count in enumerate(counts):
            group = file.create_group(str(number))
            group["images"] = whole[first : first + count]
            group["spectra"] = np.ones((count, 50, 1), np.float32)
            group["redshifts"] = 0.1 * np.arange(first, first + count)
            group["targetids"] = 39627000 + np.arange(first, first + count)
            first += count
    return path


def anomalymatch(folder: Path, count: int = 4, labels: str | None = "labeled_data.csv") -> Path:
    """Colour pictures with their file names; a CSV file beside has labels of the first two."""
    names = [f"images/galaxy{row}.jpeg" for row in range(count)]
    if labels is not None:
        lines = [
            "filename,label",
            "galaxy0.jpeg,normal",
            f"{names[1]},anomaly",
            "other.jpeg,normal",
        ]
        (folder / labels).write_text("\n".join(lines) + "\n")
    return write(
        folder / "prediction.hdf5",
        {"images": channels_last(pixels(count, 3)).astype(np.uint8), "filenames": text(names)},
    )
