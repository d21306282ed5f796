"""A cutout from outside the survey, made comparable with what a store holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from trainer.cutouts.bands import plane_order, short_names
from trainer.cutouts.cleaning import clean
from trainer.cutouts.crop import centre_crop
from trainer.cutouts.detect import open_reader
from trainer.cutouts.protocol import CutoutReader, Layout
from trainer.errors import BandError, FormatError, QueryError
from trainer.store.manifest import StoreManifest

_SCALES_DIFFER = 0.1


@dataclass(frozen=True)
class QueryCutout:
    """One cutout, ready for the encoder."""

    pixels: np.ndarray
    """(1, B, H, W) float32, in the store's bands, crop and units of flux."""
    identifier: str
    """What the file calls it."""
    notes: tuple[str, ...]
    """Sentences on what the user should know of it."""


def read_query(
    path: Path,
    manifest: StoreManifest,
    *,
    row: int = 0,
    size: int | None = None,
    zero_points: Mapping[str, float] | None = None,
    pixel_scale: float | None = None,
) -> QueryCutout:
    """Read cutout `row` of the file at `path` as the store's own cutouts were read.

    `size` is the side of a whole cutout of the survey where the store has no crop;
    `zero_points` (AB mag of one count, by band) and `pixel_scale` (arcsec) are the survey's.
    Raises FormatError, BandError where bands lack, QueryError for the row.
    """
    with closing(open_reader(path, bands=manifest.bands)) as reader:
        if not 0 <= row < len(reader):
            raise QueryError(f"Cutout {row} was asked for; {path} holds {len(reader)}.")
        layout = reader.layout
        planes = plane_order(layout.bands, manifest.bands, path)
        pixels, missing = clean(reader.read(np.array([row])))
        identifier = str(reader.ids()[row])
        notes = _notes(path, reader, row, missing[0, planes], manifest, pixel_scale)
    if missing[0, planes].all():
        raise BandError(
            f"{path} has nothing in any of the bands {', '.join(manifest.bands)}: every pixel is"
            " zero or not a number, so there is nothing to compare."
        )
    pixels = _cropped(pixels[:, planes], manifest.crop or size, path)
    factors = _flux_factors(layout, planes, manifest.bands, zero_points)
    return QueryCutout(np.ascontiguousarray(pixels * factors, np.float32), identifier, notes)


def _bands_assumed(path: Path, bands: Sequence[str]) -> bool:
    """True where the file by itself does not say that its planes are these bands."""
    # The reader that was told the bands no longer knows what it would have guessed.
    try:
        with closing(open_reader(path)) as reader:
            layout = reader.layout
            return layout.bands_guessed and short_names(layout.bands) != short_names(bands)
    except FormatError:
        return False


def _cropped(pixels: np.ndarray, size: int | None, path: Path) -> np.ndarray:
    height, width = pixels.shape[-2:]
    if size is not None and size > min(height, width):
        raise FormatError(
            f"{path} has cutouts of {height} × {width} px; the store was made from {size} ×"
            f" {size} px, and a smaller cutout can't be compared with it."
        )
    return centre_crop(pixels, size)


def _flux_factors(
    layout: Layout,
    planes: np.ndarray,
    bands: Sequence[str],
    zero_points: Mapping[str, float] | None,
) -> np.ndarray:
    """(1, B, 1, 1): the file's counts → the survey's, where both zero-points are known."""
    if zero_points is None or layout.zero_points is None:
        return np.ones((1, 1, 1, 1), np.float32)
    own = np.asarray(layout.zero_points)[planes]
    wanted = np.array([zero_points[band] for band in bands])
    factors: np.ndarray = 10.0 ** (0.4 * (wanted - own))
    return factors.astype(np.float32)[None, :, None, None]


def _notes(
    path: Path,
    reader: CutoutReader,
    row: int,
    missing: np.ndarray,
    manifest: StoreManifest,
    pixel_scale: float | None,
) -> tuple[str, ...]:
    notes, layout = [], reader.layout
    if len(reader) > 1:
        notes.append(f"{path} holds {len(reader)} cutouts; number {row} is the query.")
    if _bands_assumed(path, manifest.bands):
        notes.append(
            f"{path} does not name its bands; they are taken to be {', '.join(manifest.bands)}."
        )
    if missing.any():
        absent = ", ".join(np.array(manifest.bands)[missing])
        notes.append(f"{path} has nothing in {absent}; what is found may be near for that reason.")
    own = layout.pixel_scale
    if own and pixel_scale and abs(own / pixel_scale - 1) > _SCALES_DIFFER:
        notes.append(
            f"{path} has {own:g} arcsec a pixel, the survey {pixel_scale:g}: galaxies look larger"
            " or smaller than they are."
        )
    return tuple(notes)
