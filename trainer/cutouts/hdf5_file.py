"""Opening HDF5 files with errors that users understand, and reading rows of them fast."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import h5py
import numpy as np

from trainer.cutouts.files import first_bytes, require_file
from trainer.cutouts.text import text_array
from trainer.errors import AstroMaskError, FormatError

SPAN_BYTES = 64 * 2**20
"""Most that one read call fetches beside what was asked for."""
CHUNK_CACHE_BYTES = 128 * 2**20
"""Largest chunk cache of a dataset: one row's chunks are kept, so that its neighbours are free."""
SLOW_ROW_BYTES = 8 * 2**20
"""A single row that makes HDF5 decode more than this is slow enough to be felt (~50 ms)."""
DECODE_BYTES_PER_SECOND = 250e6


def open_hdf5(path: Path) -> h5py.File:
    """The file, opened for reading. Raises `FormatError` with what is wrong with it."""
    require_file(path)
    try:
        return h5py.File(path, "r")
    except BlockingIOError as error:
        raise FormatError(
            f"{path} is locked: another program is writing it. Wait until it is done, or set"
            " HDF5_USE_FILE_LOCKING=FALSE to read it all the same."
        ) from error
    except PermissionError as error:
        raise FormatError(f"{path} can't be read: you lack the permission.") from error
    except OSError as error:
        raise FormatError(_why_not(path, str(error))) from error


def _why_not(path: Path, message: str) -> str:
    if "truncated" in message:
        expected = message.partition("stored_eof = ")[2].rstrip(") \n")
        found = path.stat().st_size
        return (
            f"{path} is truncated: its header promises {expected or 'more'} bytes, but it has"
            f" {found}. Copy or download it again."
        )
    if "signature" in message:
        return f"{path} is not an HDF5 file: it starts with {first_bytes(path)}."
    return f"{path} can't be read as HDF5: {message}."


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Turn what h5py raises on damaged files into a `FormatError` that names the file."""
    try:
        yield
    except AstroMaskError:
        raise
    except (OSError, RuntimeError, KeyError, ValueError, TypeError) as error:
        raise FormatError(f"{path} is damaged: {str(error).strip(chr(39))}.") from error


def read_rows(dataset: h5py.Dataset, rows: np.ndarray) -> np.ndarray:
    """(n, …) float32 of the rows asked, in their order; every chunk is decoded once.

    Rows of one chunk, and rows that follow each other, are fetched by one slice.
    """
    unique, places = np.unique(rows, return_inverse=True)
    block = np.empty((len(unique), *dataset.shape[1:]), np.float32)
    with np.errstate(over="ignore"):
        for start, stop in _spans(unique, *_span_limits(dataset)):
            first, last = int(unique[start]), int(unique[stop - 1])
            data = dataset[first : last + 1]
            dense = stop - start == last + 1 - first
            block[start:stop] = data if dense else data[unique[start:stop] - first]
    in_order = len(unique) == len(rows) and np.array_equal(places, np.arange(len(rows)))
    return block if in_order else block[places]


def _span_limits(dataset: h5py.Dataset) -> tuple[int, int]:
    """Rows a chunk, and rows that one slice may span."""
    row_bytes = max(1, math.prod(dataset.shape[1:]) * dataset.dtype.itemsize)
    chunk_rows = dataset.chunks[0] if dataset.chunks else 1
    return chunk_rows, max(1, SPAN_BYTES // row_bytes)


def _spans(unique: np.ndarray, chunk_rows: int, longest: int) -> Iterator[tuple[int, int]]:
    """Cut sorted rows into slices: never across a gap that leaves the chunk."""
    if not len(unique):
        return
    apart = (np.diff(unique) > 1) & (np.diff(unique // chunk_rows) > 0)
    bounds = [0, *(np.flatnonzero(apart) + 1).tolist(), len(unique)]
    for low, stop in itertools.pairwise(bounds):
        start = low
        while start < stop:
            end = int(np.searchsorted(unique, unique[start] + longest))
            end = min(stop, max(start + 1, end))
            yield start, end
            start = end


def dataset_for_rows(file: h5py.File, name: str) -> h5py.Dataset:
    """The dataset, opened with a chunk cache that holds the chunks of one row.

    HDF5's own cache of 1 MB keeps no chunk of several cutouts, so that stepping through
    such a file would decode each chunk again for every row.
    """
    nbytes = decoded_bytes(file[name])
    if nbytes <= 2**20 or nbytes > CHUNK_CACHE_BYTES:
        return file[name]
    access = h5py.h5p.create(h5py.h5p.DATASET_ACCESS)
    access.set_chunk_cache(521, nbytes, 0.0)
    return h5py.Dataset(h5py.h5d.open(file.id, name.encode(), access))


def decoded_bytes(dataset: h5py.Dataset) -> int:
    """Bytes that HDF5 has to fetch and decode for one row."""
    row_bytes: int = math.prod(dataset.shape[1:]) * dataset.dtype.itemsize
    if not dataset.chunks:
        return row_bytes
    per_row = math.prod(
        math.ceil(side / chunk)
        for side, chunk in zip(dataset.shape[1:], dataset.chunks[1:], strict=True)
    )
    chunk_bytes = math.prod(dataset.chunks) * dataset.dtype.itemsize
    return int(per_row * chunk_bytes)


def filters_of(dataset: h5py.Dataset) -> list[str]:
    """Names of the filters that a chunk passes through: "gzip", "shuffle" …"""
    plist = dataset.id.get_create_plist()
    known = {"deflate": "gzip"}
    names = [plist.get_filter(i)[3].decode() for i in range(plist.get_nfilters())]
    return [known.get(name, name) for name in names]


def slow_rows_warning(dataset: h5py.Dataset) -> str | None:
    """A sentence where a single row costs far more than its own bytes; None where not."""
    if not has_slow_rows(dataset):
        return None
    decoded = decoded_bytes(dataset)
    filters = filters_of(dataset)
    chunk = "x".join(map(str, (1, *dataset.shape[1:])))
    name = dataset.name.lstrip("/")
    return (
        f"Single rows are slow: `{name}` is stored in {'+'.join(filters)} chunks of"
        f" {dataset.chunks[0]} cutouts, and each click has to decode {decoded / 1e6:.0f} MB"
        f" (about {decoded / DECODE_BYTES_PER_SECOND:.1f} s). A copy made with"
        f" `h5repack -l {name}:CHUNK={chunk} OLD NEW` is fast; `astromask pack` makes one of the"
        " crops alone for a workspace."
    )


def has_slow_rows(dataset: h5py.Dataset) -> bool:
    """Whether a single row costs far more than its own bytes."""
    together = bool(filters_of(dataset)) and dataset.chunks[0] > 1
    return together and decoded_bytes(dataset) >= SLOW_ROW_BYTES


def storage_facts(dataset: h5py.Dataset) -> dict[str, object]:
    """How a dataset is stored, JSON-able, for `inspect`."""
    return {
        "dataset": dataset.name,
        "chunks": list(dataset.chunks) if dataset.chunks else None,
        "filters": filters_of(dataset),
        "stored_bytes": int(dataset.id.get_storage_size()),
        "decoded_bytes_per_row": decoded_bytes(dataset),
        "slow_rows": has_slow_rows(dataset),
    }


def is_text(dataset: h5py.Dataset) -> bool:
    """Whether the dataset holds text, of fixed or variable length."""
    return dataset.dtype.kind == "S" or h5py.check_string_dtype(dataset.dtype) is not None


def column_values(dataset: h5py.Dataset) -> np.ndarray:
    """A one-dimensional dataset as numbers, booleans or text."""
    if is_text(dataset):
        return text_array(dataset[()])
    return np.asarray(dataset[()])
