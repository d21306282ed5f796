"""Which reader fits a path: by the signature of what is inside, never by the name alone.

Further readers register by the entry point group `astromask.readers`. Such an entry is a
class with a static `recognises(path: Path) -> bool` that is constructed as
`Reader(path, bands=None)` and follows `trainer.cutouts.protocol.CutoutReader`; entries are
asked before the readers below.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import h5py

from trainer.cutouts.files import first_bytes, require_file
from trainer.cutouts.folders import band_groups, expand_paths, pictures_in
from trainer.cutouts.hdf5_file import open_hdf5, reading
from trainer.cutouts.picture_table import is_picture_table
from trainer.cutouts.protocol import CutoutReader
from trainer.errors import FormatError

if TYPE_CHECKING:
    from trainer.cutouts.readers.hdf5 import Hdf5Reader

ENTRY_POINT_GROUP = "astromask.readers"

_HDF5_READERS = (
    "multimodal:MultimodalReader",
    "unionsdata:UnionsDataReader",
    "galaxy10:Galaxy10Reader",
    "astroclip:AstroClipReader",
    "legacysurvey:LegacySurveyReader",
    "dwarforge:DwarforgeReader",
    "tileslicer:TileSlicerTileReader",
    "tileslicer:TileSlicerSurveyReader",
    "unions:UnionsReader",
    "unions_redshift:UnionsRedshiftReader",
    "anomalymatch:AnomalyMatchReader",
    "hdf5_array:Hdf5ArrayReader",
)
"""Asked in this order; the last takes any single dataset of four dimensions."""
EMBEDDING_DATASETS = ("simclr_reps", "embeddings", "image_embeddings")
_IMAGE_DATASETS = ("images", "cutouts", "image_array")
_FILE_READERS = {
    "npy": "numpy_array:NumpyReader",
    "npz": "numpy_array:NumpyReader",
    "picture": "pictures:PicturesReader",
    "table": "zoobot:ZoobotReader",
}
_FITS_READERS = (
    "euclid:EuclidReader",
    "hsc:HscReader",
    "fits_colour:FitsColourReader",
)
"""Asked in this order; a cube, a stack or one band is what others are."""
_FITS_CUBE = "fits_cube:FitsCubeReader"
_MAGIC = (
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"SIMPLE  =", "fits"),
    (b"\x93NUMPY", "npy"),
    (b"PK\x03\x04", "npz"),
    (b"\x89PNG\r\n\x1a\n", "picture"),
    (b"\xff\xd8\xff", "picture"),
    (b"PAR1", "table"),
)
_MOST_USER_BLOCK = 2**20


class _PathReader(Protocol):
    """The class of a reader that opens its path itself."""

    def __call__(self, path: Path, *, bands: Sequence[str] | None = None) -> CutoutReader: ...


class _RegisteredReader(_PathReader, Protocol):
    """What the entry point group holds."""

    def recognises(self, path: Path) -> bool: ...


__all__ = ["expand_paths", "file_kind", "open_reader"]


def open_reader(path: Path, *, bands: Sequence[str] | None = None) -> CutoutReader:
    """The reader of a cutout file, or of a folder that makes up one.

    `bands` is the user's word on the planes' names where the file has none of its own.
    Raises `FormatError` with what was expected and found, `BandError` where `bands` can't be.
    """
    path = Path(path)
    for extension in _registered_readers():
        if extension.recognises(path):
            return extension(path, bands=bands)
    if path.is_dir():
        return _open_folder(path, bands)
    kind = file_kind(path)
    if kind == "hdf5":
        return _open_hdf5(path, bands)
    if kind == "fits":
        return _open_fits(path, bands)
    if kind in _FILE_READERS:
        reader: _PathReader = _load(_FILE_READERS[kind])
        return reader(path, bands=bands)
    raise FormatError(
        f"{path} is no file of cutouts that is known: it starts with {first_bytes(path)}. Expected"
        " HDF5, FITS, NumPy (.npy, .npz), PNG, JPEG, or a table of pictures (id_str, file_loc)."
    )


def file_kind(path: Path) -> str | None:
    """ "hdf5", "fits", "npy", "npz", "picture" or "table" (Parquet, or a CSV file that names
    pictures) by a file's first bytes; None for others."""
    require_file(path)
    try:
        with path.open("rb") as file:
            start = file.read(16)
    except OSError as error:
        raise FormatError(f"{path} can't be read: {error.strerror}.") from error
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            return kind
    if start.startswith(b"\x1f\x8b") and path.name.lower().endswith((".fits.gz", ".fit.gz")):
        return "fits"
    # HDF5 may lie behind a user block of 512 bytes or a power of two more.
    if _has_user_block(path):
        return "hdf5"
    return "table" if is_picture_table(path) else None


def _has_user_block(path: Path) -> bool:
    size = path.stat().st_size
    offset = 512
    with path.open("rb") as file:
        while offset < min(size, _MOST_USER_BLOCK):
            file.seek(offset)
            if file.read(8) == _MAGIC[0][0]:
                return True
            offset *= 2
    return False


def _open_hdf5(path: Path, bands: Sequence[str] | None) -> CutoutReader:
    file = open_hdf5(path)
    with reading(path):
        if (embeddings := embeddings_in(file)) is not None:
            shape = file[embeddings].shape
            file.close()
            raise FormatError(
                f"{path} holds embeddings (`{embeddings}`, {shape[0]} vectors of {shape[1]}) and"
                " no images; cutouts were expected. `astromask import-embeddings` takes them into"
                " a workspace."
            )
        for entry in _HDF5_READERS:
            reader: type[Hdf5Reader] = _load(entry)
            if reader.recognises(file):
                return reader(path, bands, file)
        names = ", ".join(map(str, list(file)[:12])) or "nothing"
        file.close()
    raise FormatError(
        f"{path} is HDF5 but holds no cutouts that are known: expected one dataset of four"
        f" dimensions (cutouts, bands, height, width); found {names}."
    )


def embeddings_in(file: h5py.File) -> str | None:
    """The dataset with embeddings in a file that holds no images; None for other files."""
    found = [name for name in EMBEDDING_DATASETS if _dimensions(file, name) == 2]
    return found[0] if found and not any(name in file for name in _IMAGE_DATASETS) else None


def _open_fits(path: Path, bands: Sequence[str] | None) -> CutoutReader:
    # Only here: it brings astropy along.
    from trainer.cutouts.fits_file import open_fits, reading_fits

    hdus = open_fits(path)
    with ExitStack() as on_failure, reading_fits(path):
        on_failure.callback(hdus.close)
        chosen = next(
            (reader for reader in map(_load, _FITS_READERS) if reader.recognises(hdus, path)),
            _load(_FITS_CUBE),
        )
        found: CutoutReader = chosen(path, bands, hdus)
        on_failure.pop_all()
        return found


def _dimensions(file: h5py.File, name: str) -> int | None:
    item = file.get(name)
    return item.ndim if isinstance(item, h5py.Dataset) else None


def _open_folder(path: Path, bands: Sequence[str] | None) -> CutoutReader:
    reader: _PathReader | None = None
    if band_groups(path, bands) is not None:
        reader = _load("fits_bands:FitsBandsReader")
    elif pictures_in(path):
        reader = _load("pictures:PicturesReader")
    if reader is not None:
        return reader(path, bands=bands)
    raise FormatError(
        f"The folder {path} is no set of cutouts by itself: expected FITS files whose names"
        " differ only in the band, or PNG or JPEG pictures."
    )


def _load(entry: str) -> Any:
    """A reader's class; its module, and with it astropy or Pillow, is imported only now."""
    module, name = entry.split(":")
    return getattr(importlib.import_module(f"trainer.cutouts.readers.{module}"), name)


@cache
def _registered_readers() -> tuple[_RegisteredReader, ...]:
    return tuple(entry.load() for entry in entry_points(group=ENTRY_POINT_GROUP))
