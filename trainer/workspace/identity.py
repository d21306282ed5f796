"""Who is who: unique identifiers for rows, their fingerprint, and the way back to rows."""

from __future__ import annotations

import bisect
import contextlib
import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.atomic import atomic_path
from trainer.errors import QueryError, WorkspaceError

if TYPE_CHECKING:
    import pyarrow as pa

_FEW = 64
"""Up to so many identifiers are looked up one by one, more of them at once."""

_LISTED = 5


class IdTable:
    """Identifiers in row order with a sorted look-up, memory-mapped from an Arrow file."""

    def __init__(self, table: pa.Table) -> None:
        table = table.combine_chunks()
        self._ids = table["object_id"].chunk(0) if len(table) else table["object_id"]
        self._sorted_rows = table["sorted_rows"].to_numpy()
        self._are_numbers = str(self._ids.type) == "int64"

    @classmethod
    def open(cls, cache: Path, fingerprint: str, ids: pa.ChunkedArray | None) -> IdTable | None:
        """The table of a fingerprint from the folder `cache`, or made of `ids` and kept there.

        None where it is not in the cache and no `ids` were given.
        """
        import pyarrow as pa

        path = cache / f"ids-{fingerprint[:16]}.arrow"
        # A cache that is absent or damaged is made anew.
        with contextlib.suppress(OSError, pa.ArrowInvalid, KeyError):
            return cls(pa.ipc.open_file(pa.memory_map(str(path))).read_all())
        if ids is None:
            return None
        table = _build(ids)
        # A workspace that can only be read still opens; it is merely slower.
        with contextlib.suppress(WorkspaceError):
            _write(table, cache, path)
        return cls(table)

    def __len__(self) -> int:
        return len(self._sorted_rows)

    def object_id(self, row: int) -> str:
        """The identifier of a row, as text. Raises `QueryError`."""
        if not 0 <= row < len(self):
            raise QueryError(f"Row {row} was asked for; the catalogue has {len(self)} rows.")
        return str(self._ids[int(row)].as_py())

    def object_ids(self, rows: np.ndarray) -> list[str]:
        """The identifiers of rows, as text."""
        import pyarrow as pa

        if not len(self):
            return []
        return list(map(str, self._ids.take(pa.array(np.asarray(rows, np.int64))).to_pylist()))

    def rows_of(self, ids: Iterable[str | int]) -> np.ndarray:
        """(n,) uint32 rows of identifiers. Raises `QueryError` naming those that are absent."""
        wanted = [str(name).strip() for name in ids]
        rows = self._search(wanted) if len(wanted) <= _FEW else self._search_many(wanted)
        missing = [name for name, row in zip(wanted, rows, strict=True) if row < 0]
        if missing:
            raise QueryError(_absent(missing, len(wanted)))
        return np.asarray(rows, np.uint32)

    def rows_beginning_with(self, text: str) -> np.ndarray:
        """(n,) uint32 rows, ascending, whose identifiers as text begin so, capitals or not."""
        import pyarrow as pa
        import pyarrow.compute as pc

        if not len(self):
            return np.zeros(0, np.uint32)
        ids = self._ids.cast(pa.string()) if self._are_numbers else self._ids
        fits = pc.starts_with(ids, pattern=text, ignore_case=True)
        return np.flatnonzero(fits.to_numpy(zero_copy_only=False)).astype(np.uint32)

    def _search(self, wanted: Sequence[str]) -> list[int]:
        return [self._row_of(name) for name in wanted]

    def _row_of(self, name: str) -> int:
        value = _as_number(name) if self._are_numbers else name
        if value is None:
            return -1

        def at(place: int) -> int | str:
            found: int | str = self._ids[int(self._sorted_rows[place])].as_py()
            return found

        place = bisect.bisect_left(range(len(self)), value, key=at)
        return int(self._sorted_rows[place]) if place < len(self) and at(place) == value else -1

    def _search_many(self, wanted: Sequence[str]) -> np.ndarray:
        import pyarrow as pa
        import pyarrow.compute as pc

        values = [_as_number(name) for name in wanted] if self._are_numbers else wanted
        found = pc.index_in(pa.array(values, self._ids.type), value_set=self._ids, skip_nulls=True)
        return np.asarray(found.fill_null(-1).to_numpy(zero_copy_only=False))


def fingerprint(ids: pa.ChunkedArray, count: int | None = None) -> str:
    """SHA-256 of the first `count` identifiers as text, in their order."""
    import pyarrow as pa
    import pyarrow.compute as pc

    text = ids.slice(0, count).cast(pa.large_string())
    digest = hashlib.sha256(np.uint64(len(text)).tobytes())
    # The lengths tell ["ab", "c"] from ["a", "bc"].
    digest.update(pc.binary_length(text).to_numpy().astype("<i8").tobytes())
    for chunk in text.chunks:
        _, offsets, data = chunk.buffers()
        bounds = np.frombuffer(offsets, np.int64)[[chunk.offset, chunk.offset + len(chunk)]]
        if data is not None:
            digest.update(memoryview(data)[bounds[0] : bounds[1]])
    return digest.hexdigest()


def unique_ids(
    files: Sequence[tuple[str, np.ndarray]], taken: pa.ChunkedArray | None = None
) -> tuple[pa.ChunkedArray, pa.ChunkedArray | None]:
    """Identifiers of the rows of new files, none of them empty, repeated or in `taken`.

    `files` are (name, ids as read). Where an identifier can't stand it becomes `name:row`,
    the row counted within the file. Returns the identifiers (int64 where all are such,
    else text) and, where any was replaced, those that the files gave (null where none).
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    given = pa.chunked_array([_as_text(ids) for _, ids in files], pa.string())
    codes = given.combine_chunks().dictionary_encode().indices.fill_null(-1).to_numpy()
    counts = np.bincount(codes[codes >= 0], minlength=1)
    bad = (codes < 0) | (counts[codes] > 1)
    if taken is not None:
        bad |= pc.is_in(given, value_set=taken.cast(pa.string()).combine_chunks()).to_numpy()
    if not bad.any():
        numbers = all(ids.dtype.kind in "iu" and ids.dtype != np.uint64 for _, ids in files)
        return (given.cast(pa.int64()) if numbers else given), None
    fallback = [f"{name}:{row}" for name, ids in files for row in range(len(ids))]
    final = pc.if_else(pa.array(bad), pa.array(fallback, pa.string()), given.combine_chunks())
    return pa.chunked_array([final]), given


def unique_names(paths: Sequence[Path], taken: Iterable[str]) -> list[str]:
    """A short name for each path: its last part, or as many as make it unlike all others."""
    used = set(taken)
    names = []
    for path in paths:
        tails = ["/".join(path.parts[-depth:]) for depth in range(1, len(path.parts) + 1)]
        tails += [f"{path.name}#{number}" for number in range(2, len(used) + 3)]
        name = next(tail for tail in tails if tail not in used)
        used.add(name)
        names.append(name)
    return names


def _as_text(ids: np.ndarray) -> pa.Array:
    """Identifiers as read → text; null where the file has none."""
    import pyarrow as pa

    if ids.dtype.kind in "iu":
        return pa.array(ids).cast(pa.string())
    names = ids.astype(str)
    # Readers number the rows of files that have no identifiers.
    absent = np.array_equal(names, np.arange(len(names)).astype(str))
    return pa.array(names.astype(object), pa.string(), mask=(names == "") | absent)


def _as_number(name: str) -> int | None:
    try:
        number = int(name)
    except ValueError:
        return None
    return number if -(2**63) <= number < 2**63 else None


def _absent(missing: Sequence[str], asked: int) -> str:
    listed = ", ".join(missing[:_LISTED]) + (" …" if len(missing) > _LISTED else "")
    if asked == 1:
        return f"There is no galaxy {listed} in this workspace."
    return f"{len(missing)} of {asked} galaxies are not in this workspace: {listed}."


def _build(ids: pa.ChunkedArray) -> pa.Table:
    import pyarrow as pa
    import pyarrow.compute as pc

    flat = ids.cast(pa.int64() if str(ids.type) == "int64" else pa.large_string())
    order = pc.sort_indices(flat).cast(pa.uint32())
    return pa.table({"object_id": flat.combine_chunks(), "sorted_rows": order})


def _write(table: pa.Table, cache: Path, path: Path) -> None:
    import pyarrow as pa

    try:
        cache.mkdir(exist_ok=True)
    except OSError:
        return
    for old in cache.glob("ids-*.arrow"):
        # Another program may have it open; on Windows it then stays.
        with contextlib.suppress(OSError):
            old.unlink()
    with (
        atomic_path(path) as temporary,
        pa.OSFile(str(temporary), "wb") as sink,
        pa.ipc.new_file(sink, table.schema) as writer,
    ):
        writer.write_table(table)
