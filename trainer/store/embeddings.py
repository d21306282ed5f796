"""Embeddings on disk: shards of float16 vectors with the rows they belong to.

    manifest.json               see `trainer.store.manifest`
    shard-00000.vectors.npy     (n, D) float16, memory-mapped when read
    shard-00000.rows.npy        (n,) uint32; written last: a shard without it does not exist
    unfinished.part             records (row, vector) of a shard that is not full yet
    writer.lock                 locked by whoever writes

A row has one vector. The order of rows on disk is the order in which they were encoded.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, partial
from pathlib import Path
from typing import Self

import numpy as np

from trainer.atomic import atomic_path, disk_errors, write_text
from trainer.errors import FormatError, QueryError, WorkspaceError
from trainer.lock import FileLock
from trainer.mapped import few_at_a_time
from trainer.store.manifest import (
    MANIFEST_NAME,
    StoreManifest,
    read_manifest,
    require_same_making,
    utc_now,
)

SHARD_ROWS = 10_000
_PART_NAME = "unfinished.part"
_LOCK_NAME = "writer.lock"
_LARGEST = float(np.finfo(np.float16).max)


def _vectors_path(folder: Path, shard: int) -> Path:
    return folder / f"shard-{shard:05d}.vectors.npy"


def _rows_path(folder: Path, shard: int) -> Path:
    return folder / f"shard-{shard:05d}.rows.npy"


class StoreWriter:
    """Writes a store so that a killed run continues where it stopped.

    `append` is on disk when it returns. A store that was finished stays readable as it was
    until `finish` of the run that lets it grow.
    """

    def __init__(self, folder: Path, manifest: StoreManifest, shard_rows: int = SHARD_ROWS) -> None:
        """Begin or continue the store at `folder`.

        Raises MismatchError where vectors of another checkpoint, pooling, crop, scaling,
        bands or catalogue lie there already, WorkspaceError while another writes there.
        """
        self.folder = folder
        self.manifest = manifest
        self._shard_rows = shard_rows
        self._record = np.dtype([("row", "<u4"), ("vector", "<f2", (manifest.dimension,))])
        with disk_errors(folder):
            folder.mkdir(parents=True, exist_ok=True)
        self._shards: list[int] = []
        self._pending: list[np.ndarray] = []
        try:
            self._lock = FileLock(folder / _LOCK_NAME)
        except BlockingIOError as error:
            raise WorkspaceError(
                f'Another program is writing embeddings to "{manifest.name}" ({folder}). Wait'
                " until it has ended, or choose another name."
            ) from error
        try:
            self._begin()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let others write; what was appended stays, to be continued."""
        self._lock.release()

    def done_rows(self) -> np.ndarray:
        """(n,) uint32, sorted: rows whose vectors are on disk."""
        return np.flatnonzero(self._done).astype(np.uint32)

    def append(self, rows: np.ndarray, vectors: np.ndarray) -> None:
        """Add `vectors` (n, D) of `rows` (n,); values beyond float16's range are clipped.

        Raises QueryError for a row that has a vector already, or vectors of another length.
        """
        if vectors.shape != (len(rows), self.manifest.dimension):
            raise QueryError(
                f'The store "{self.manifest.name}" takes vectors of length'
                f" {self.manifest.dimension}, one a row; {len(rows)} rows came with an array"
                f" of shape {vectors.shape}."
            )
        records = np.empty(len(rows), self._record)
        records["row"] = rows
        records["vector"] = np.clip(vectors, -_LARGEST, _LARGEST)
        new = self._first_and_new(records["row"])
        if not new.all():
            raise QueryError(
                f'A row can have one vector in the store "{self.manifest.name}"; row'
                f" {records['row'][~new][0]} has one already, or is given twice."
            )
        self._append_to_part(records)
        self._mark_done(records["row"])
        self._pending.append(records)
        while sum(map(len, self._pending)) >= self._shard_rows:
            together = np.concatenate(self._pending)
            self._write_shard(together[: self._shard_rows])
            self._pending = [together[self._shard_rows :].copy()]
            self._replace_part(self._pending[0])

    def finish(self) -> StoreManifest:
        """Write the last shard, declare the store complete, and close."""
        together = np.concatenate(self._pending)
        if len(together):
            self._write_shard(together)
            self._pending = [together[:0]]
        (self.folder / _PART_NAME).unlink(missing_ok=True)
        self.manifest = self.manifest.model_copy(
            update={"complete": True, "shards": tuple(self._shards), "created": utc_now()}
        )
        self._write_manifest(self.manifest)
        self.close()
        return self.manifest

    def _begin(self) -> None:
        if (self.folder / MANIFEST_NAME).exists():
            require_same_making(read_manifest(self.folder), self.manifest)
        else:
            empty = self.manifest.model_copy(update={"complete": False, "shards": ()})
            self._write_manifest(empty)
        self._done = np.zeros(max(self.manifest.rows, 1), bool)
        while (path := _rows_path(self.folder, len(self._shards))).exists():
            rows = load_array(path, (None,), "uint32")
            self._mark_done(rows)
            self._shards.append(len(rows))
        self._pending = [self._recover()]

    def _write_manifest(self, manifest: StoreManifest) -> None:
        write_text(self.folder / MANIFEST_NAME, manifest.model_dump_json(indent=2) + "\n")

    def _recover(self) -> np.ndarray:
        """Records of the unfinished shard. What a kill tore or a shard holds is dropped."""
        part = self.folder / _PART_NAME
        if not part.exists():
            return np.empty(0, self._record)
        data = part.read_bytes()
        whole = len(data) // self._record.itemsize
        records: np.ndarray = np.frombuffer(data, self._record, count=whole)
        records = records[self._first_and_new(records["row"])]
        self._replace_part(records)
        self._mark_done(records["row"])
        return records

    def _first_and_new(self, rows: np.ndarray) -> np.ndarray:
        """Mask of the rows that have no vector yet, of each the first mention."""
        mask = np.zeros(len(rows), bool)
        mask[np.unique(rows, return_index=True)[1]] = True
        inside = rows < len(self._done)
        mask[inside] &= ~self._done[rows[inside]]
        return mask

    def _mark_done(self, rows: np.ndarray) -> None:
        needed = int(rows.max(initial=0)) + 1
        if needed > len(self._done):
            self._done = np.append(self._done, np.zeros(needed - len(self._done), bool))
        self._done[rows] = True

    def _append_to_part(self, records: np.ndarray) -> None:
        part = self.folder / _PART_NAME
        with disk_errors(part), part.open("ab") as file:
            file.write(records.tobytes())

    def _replace_part(self, records: np.ndarray) -> None:
        with atomic_path(self.folder / _PART_NAME) as temporary:
            temporary.write_bytes(records.tobytes())

    def _write_shard(self, records: np.ndarray) -> None:
        shard = len(self._shards)
        for path, array in (
            (_vectors_path(self.folder, shard), records["vector"]),
            (_rows_path(self.folder, shard), records["row"]),
        ):
            with atomic_path(path) as temporary, temporary.open("wb") as file:
                np.save(file, np.ascontiguousarray(array))
        self._shards.append(len(records))


class EmbeddingStore:
    """A finished store, read through memory maps: opening costs no memory for the vectors."""

    def __init__(self, folder: Path, manifest: StoreManifest, rows: np.ndarray) -> None:
        self.folder = folder
        self.manifest = manifest
        self.rows = rows
        """(N,) uint32: the row of each vector, in the order of storage."""
        self.shard = few_at_a_time(partial(_map_shard, folder, manifest))
        """The memory-mapped (n, D) float16 vectors of a shard by its number; the shards follow
        each other in `rows`."""
        self._starts = np.concatenate([[0], np.cumsum(manifest.shards)]).astype(np.int64)

    @classmethod
    def open(cls, folder: Path) -> EmbeddingStore:
        """Open the store at `folder`. Raises WorkspaceError where it is missing or unfinished,
        FormatError where a shard is not what the manifest says."""
        manifest = read_manifest(folder)
        if not manifest.complete:
            raise WorkspaceError(
                f'The store "{manifest.name}" is not finished: its embedding was stopped'
                f" before the last of {manifest.rows} galaxies. {manifest.how_to_continue}"
                f" ({folder})"
            )
        rows = [np.empty(0, np.uint32)]
        for number, count in enumerate(manifest.shards):
            rows.append(load_array(_rows_path(folder, number), (count,), "uint32"))
            _map_shard(folder, manifest, number)
        return cls(folder, manifest, np.concatenate(rows))

    def __len__(self) -> int:
        return len(self.rows)

    @cached_property
    def row_positions(self) -> np.ndarray:
        """(largest row + 1,) int64: position of each row's vector in the store, -1 for none."""
        size = int(self.rows.max()) + 1 if len(self.rows) else 0
        positions = np.full(size, -1, np.int64)
        positions[self.rows] = np.arange(len(self.rows))
        return positions

    def has(self, rows: np.ndarray) -> np.ndarray:
        """(n,) bool: which of `rows` have a vector."""
        rows = np.asarray(rows, np.int64)
        known = rows < len(self.row_positions)
        known[known] = self.row_positions[rows[known]] >= 0
        return known

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, D) float32: vectors of `rows`, in their order. Raises QueryError for a row
        without one."""
        rows = np.asarray(rows, np.int64)
        known = self.has(rows)
        if not known.all():
            missing = rows[~known]
            raise QueryError(
                f"{len(missing)} of the {len(rows)} rows asked for have no vector in the store"
                f' "{self.manifest.name}", the first of them row {missing[0]}.'
                f" {self.manifest.how_to_complete}"
            )
        return self.read_positions(self.row_positions[rows])

    def read_positions(self, positions: np.ndarray) -> np.ndarray:
        """(n, D) float32: vectors by their position in the order of storage."""
        out = np.empty((len(positions), self.manifest.dimension), np.float32)
        shard_of = np.searchsorted(self._starts, positions, side="right") - 1
        for shard in np.unique(shard_of):
            here = shard_of == shard
            out[here] = self.shard(int(shard))[positions[here] - self._starts[shard]]
        return out

    def blocks(self, size: int = 8192) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Yield (rows (n,) uint32, vectors (n, D) float32) in the order of storage, n <= size."""
        for number, start in enumerate(self._starts[:-1]):
            shard = self.shard(number)
            for low in range(0, len(shard), size):
                part = shard[low : low + size]
                yield self.rows[start + low : start + low + len(part)], part.astype(np.float32)


def _map_shard(folder: Path, manifest: StoreManifest, number: int) -> np.ndarray:
    shape = (manifest.shards[number], manifest.dimension)
    return load_array(_vectors_path(folder, number), shape, "float16", mapped=True)


def load_array(
    path: Path, shape: tuple[int | None, ...], dtype: str, mapped: bool = False
) -> np.ndarray:
    """The array at `path`, checked; None in `shape` stands for any length."""
    try:
        array: np.ndarray = np.load(path, mmap_mode="r" if mapped else None, allow_pickle=False)
    except FileNotFoundError:
        raise FormatError(f"{path} is missing; the manifest beside it counts on it.") from None
    except (OSError, ValueError, EOFError) as error:
        raise FormatError(f"{path} can't be read as an array: {error}") from error
    fits = len(array.shape) == len(shape) and all(
        wanted in (None, found) for wanted, found in zip(shape, array.shape, strict=True)
    )
    if not fits or array.dtype != np.dtype(dtype):
        raise FormatError(
            f"{path} should be a {dtype} array of shape {shape}, as the manifest beside it says;"
            f" it is {array.dtype} of shape {array.shape}."
        )
    return array
