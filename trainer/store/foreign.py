"""Files of embeddings that others made: which vectors, of which objects."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import h5py
import numpy as np

from trainer.cutouts.detect import EMBEDDING_DATASETS, embeddings_in, file_kind
from trainer.cutouts.hdf5_file import column_values, open_hdf5, read_rows, reading
from trainer.cutouts.npy import NPY_DAMAGE, read_header
from trainer.cutouts.text import text_array
from trainer.errors import AstroMaskError, FormatError, QueryError
from trainer.workspace.tables import DEC_NAMES, ID_NAMES, RA_NAMES

_TILE = "tile"


class ForeignEmbeddings:
    """An HDF5 or `.npz` file with `simclr_reps`, `embeddings` or `image_embeddings` (N, D).

    Identifiers, coordinates and tiles are datasets of one entry a vector beside it. Nothing
    is ever unpickled.
    """

    def __init__(self, path: Path, dataset: str | None = None) -> None:
        """Open the file; `dataset` names the vectors where it holds several kinds of them.

        Raises `FormatError` with what was expected and found, `QueryError` for the name.
        """
        self.path = Path(path)
        kind = file_kind(self.path)
        if kind not in ("hdf5", "npz"):
            raise FormatError(f"{path} is no file of embeddings: expected HDF5 or .npz.")
        self._holder: Any = open_hdf5(self.path) if kind == "hdf5" else _open_npz(self.path)
        try:
            with _reading(self.path):
                self.dataset = self._choose(dataset)
                self._vectors: Any = self._holder[self.dataset]
                self._require_vectors()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        """Number of vectors N."""
        return int(self._vectors.shape[0])

    @property
    def dimension(self) -> int:
        """Length D of a vector."""
        return int(self._vectors.shape[1])

    @property
    def dtype(self) -> str:
        """Type of the numbers as they are stored."""
        return str(self._vectors.dtype.newbyteorder("="))

    @property
    def sentence(self) -> str:
        """What was detected, and by what."""
        return (
            f"Embeddings by others, {len(self):,} vectors of length {self.dimension}, known by"
            f" `{self.dataset}`."
        )

    @cached_property
    def sha256(self) -> str:
        """SHA-256 of the file, in hexadecimal."""
        with _reading(self.path), self.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def read(self, places: np.ndarray) -> np.ndarray:
        """(n, D) float32: the vectors at `places`, in their order."""
        with _reading(self.path), np.errstate(over="ignore"):
            if isinstance(self._vectors, h5py.Dataset):
                return read_rows(self._vectors, places)
            return np.asarray(self._vectors[places], np.float32)

    def id_names(self) -> list[str]:
        """Names of the datasets that may identify objects, the likeliest first."""
        known = {name.lower(): name for name in self.columns()}
        names = [known[name.lower()] for name in ID_NAMES if name.lower() in known]
        return list(dict.fromkeys(names))

    def ids(self, name: str) -> np.ndarray:
        """(N,) text: the identifiers in the dataset `name`, "" where there is none."""
        with _reading(self.path):
            values = self._column(name)
        if values.dtype.kind == "f":
            whole = np.isfinite(values) & (values == np.rint(values)) & (np.abs(values) < 2**53)
            texts = np.where(whole, np.where(whole, values, 0).astype(np.int64).astype(str), "")
        else:
            texts = text_array(values)
        stripped: np.ndarray = np.array([text.strip() for text in texts.tolist()], object)
        return stripped

    def coordinates(self) -> tuple[np.ndarray, np.ndarray] | None:
        """(ra, dec), each (N,) float64 in degrees; None where the file has none."""
        from trainer.cutouts.coordinates import clean_coordinates

        names = self.columns()
        found = [next((n for n in wanted if n in names), None) for wanted in (RA_NAMES, DEC_NAMES)]
        if found[0] is None or found[1] is None:
            return None
        with _reading(self.path):
            ra, dec = (self._column(name) for name in found if name is not None)
        return clean_coordinates(ra, dec)

    def tiles(self) -> np.ndarray | None:
        """(N,) text, "XXX.YYY": the tile that each vector's cutout was of; None without."""
        with _reading(self.path):
            if _TILE not in self._holder:
                return None
            stored = self._holder[_TILE]
            if stored.shape == (len(self), 2) and stored.dtype.kind in "iu":
                numbers = np.asarray(stored[()])
                return np.array([f"{x:03d}.{y:03d}" for x, y in numbers.tolist()], object)
            if stored.shape != (len(self),):
                return None
            return text_array(self._column(_TILE)).astype(object)

    def columns(self) -> list[str]:
        """Names of the datasets with one number or text for each vector."""
        with _reading(self.path):
            return [name for name in self._holder if _shape(self._holder, name) == (len(self),)]

    def has_images(self) -> bool:
        """Whether an array of more dimensions stands beside the vectors."""
        with _reading(self.path):
            return any(len(_shape(self._holder, name) or ()) > 2 for name in self._holder)

    def close(self) -> None:
        """Release the file."""
        self._holder.close()

    def _column(self, name: str) -> np.ndarray:
        stored = self._holder[name]
        return column_values(stored) if isinstance(stored, h5py.Dataset) else np.asarray(stored)

    def _choose(self, wanted: str | None) -> str:
        found = [name for name in self._holder if len(_shape(self._holder, name) or ()) == 2]
        if wanted is not None:
            if wanted in found:
                return wanted
            raise QueryError(
                f"{self.path} has no vectors called {wanted}; datasets of two dimensions in it"
                f" are {', '.join(found[:8]) or 'none'}."
            )
        usual = [name for name in EMBEDDING_DATASETS if name in found]
        if usual:
            return usual[0]
        raise FormatError(
            f"{self.path} holds no embeddings that are known: expected a dataset of two dimensions"
            f" called {', '.join(EMBEDDING_DATASETS)}; found {', '.join(found[:8]) or 'none'}."
            " `--dataset` names another."
        )

    def _require_vectors(self) -> None:
        shape, dtype = self._vectors.shape, self._vectors.dtype
        if dtype.kind not in "iuf" or 0 in shape:
            raise FormatError(
                f"`{self.dataset}` of {self.path} was expected to hold numbers (objects, length);"
                f" found {dtype} of shape {tuple(shape)}."
            )


def holds_embeddings(path: Path) -> bool:
    """Whether a file has vectors under a usual name, and no images."""
    try:
        kind = file_kind(path)
        if kind == "hdf5":
            with open_hdf5(path) as file, reading(path):
                return embeddings_in(file) is not None
        if kind == "npz":
            with ForeignEmbeddings(path) as foreign:
                return not foreign.has_images()
    except AstroMaskError:
        return False
    return False


def describe_embeddings(path: Path) -> dict[str, Any]:
    """JSON-able facts of a file of embeddings, for `inspect`. Raises `FormatError`."""
    with ForeignEmbeddings(path) as foreign:
        coordinates = foreign.coordinates()
        names = foreign.id_names()
        return {
            "kind": "embeddings",
            "path": str(path),
            "sentence": foreign.sentence,
            "dataset": foreign.dataset,
            "count": len(foreign),
            "dimension": foreign.dimension,
            "dtype": foreign.dtype,
            "identifiers": names,
            "coordinates": 0 if coordinates is None else int(np.isfinite(coordinates[0]).sum()),
            "columns": foreign.columns(),
            "size_bytes": path.stat().st_size,
        }


class _Npz:
    """The arrays of an `.npz` file, each read when it is asked for and then kept."""

    def __init__(self, archive: Any) -> None:
        self._archive = archive
        self._arrays: dict[str, np.ndarray] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._archive.files)

    def __contains__(self, name: object) -> bool:
        return name in self._archive.files

    def shape(self, name: str) -> tuple[int, ...]:
        """Of an array, by its header alone: others may be large."""
        with self._archive.zip.open(f"{name}.npy") as stream:
            return read_header(stream)[0]

    def __getitem__(self, name: str) -> np.ndarray:
        if name not in self._arrays:
            self._arrays[name] = self._archive[name]
        return self._arrays[name]

    def close(self) -> None:
        self._archive.close()


def _open_npz(path: Path) -> _Npz:
    with _reading(path):
        return _Npz(np.load(path, allow_pickle=False))


def _shape(holder: Any, name: str) -> tuple[int, ...] | None:
    """Shape of a dataset or array; None for a group."""
    if isinstance(holder, _Npz):
        return holder.shape(name)
    item = holder[name]
    return tuple(item.shape) if isinstance(item, h5py.Dataset) else None


@contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn what damaged files make h5py and NumPy raise into a `FormatError`."""
    try:
        yield
    except AstroMaskError:
        raise
    except NPY_DAMAGE as error:
        raise FormatError(f"{path} can't be read: {str(error).strip(chr(39))}.") from error
