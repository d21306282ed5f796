"""The catalogue: one row a galaxy, in an order that never changes, growing at its end."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.atomic import atomic_path
from trainer.errors import QueryError, WorkspaceError
from trainer.workspace.identity import IdTable, fingerprint
from trainer.workspace.kinds import annotated

if TYPE_CHECKING:
    import pyarrow as pa

CATALOGUE_FILE = "catalogue.parquet"
CACHE_FOLDER = "cache"
ID_COLUMN = "object_id"
ORIGINAL_ID = "original_id"
"""What the files gave as identifier, where that could not stand."""

_FINGERPRINT = b"astromask.fingerprint"


class Catalogue:
    """Reads `catalogue.parquet`, column by column as they are asked for.

    Opening reads the footer only. Safe to use from several threads.
    """

    def __init__(self, folder: Path, rows: int | None = None) -> None:
        """The first `rows` rows (all, if left out). Raises `WorkspaceError`."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.path = folder / CATALOGUE_FILE
        self._cache = folder / CACHE_FOLDER
        try:
            with pq.ParquetFile(self.path) as file:
                self.schema: pa.Schema = file.schema_arrow
                found = file.metadata.num_rows
        except FileNotFoundError as error:
            raise WorkspaceError(f"{folder} has no {CATALOGUE_FILE}.") from error
        except (OSError, pa.ArrowInvalid) as error:
            raise WorkspaceError(f"{self.path} can't be read: {error}.") from error
        self._length = found if rows is None else rows
        if found < self._length or ID_COLUMN not in self.schema.names:
            raise WorkspaceError(
                f"{self.path} is damaged: expected {self._length} rows with {ID_COLUMN}, found"
                f" {found} rows with {', '.join(self.schema.names[:8])}."
            )
        self._fingerprints: dict[int, str] = {}
        # What is written there is of all rows in the file.
        if found == self._length and _FINGERPRINT in (self.schema.metadata or {}):
            self._fingerprints[found] = self.schema.metadata[_FINGERPRINT].decode()
        self._ids: IdTable | None = None
        self._lock = threading.RLock()

    def __len__(self) -> int:
        return self._length

    @property
    def fingerprint(self) -> str:
        """Hash of all identifiers in row order; what is made of the catalogue records it."""
        return self.fingerprint_of_first(len(self))

    def fingerprint_of_first(self, count: int) -> str:
        """The fingerprint that the catalogue had when it was `count` rows long."""
        with self._lock:
            if count not in self._fingerprints:
                self._fingerprints[count] = fingerprint(self.column(ID_COLUMN), count)
            return self._fingerprints[count]

    def has_grown_from(self, recorded: str, count: int) -> bool:
        """True where `recorded` is the fingerprint of this catalogue's first `count` rows."""
        return count <= len(self) and self.fingerprint_of_first(count) == recorded

    def object_id(self, row: int) -> str:
        """The identifier of a row, as text. Raises `QueryError`."""
        return self._id_table().object_id(row)

    def object_ids(self, rows: np.ndarray) -> list[str]:
        """The identifiers of rows, as text."""
        return self._id_table().object_ids(rows)

    def rows_of(self, ids: Iterable[str | int]) -> np.ndarray:
        """(n,) uint32 rows of identifiers. Raises `QueryError` naming those that are absent."""
        return self._id_table().rows_of(ids)

    def rows_beginning_with(self, text: str) -> np.ndarray:
        """(n,) uint32 rows, ascending, whose identifiers begin so, capitals or not."""
        return self._id_table().rows_beginning_with(text)

    def coordinates(self) -> tuple[np.ndarray, np.ndarray]:
        """(ra, dec), each (N,) float64 in degrees, NaN where unknown."""
        ra, dec = (self._numbers(name) for name in ("ra", "dec"))
        return ra, dec

    def column_names(self) -> list[str]:
        """Names of all columns, `object_id` among them."""
        return list(self.schema.names)

    def column(self, name: str) -> pa.ChunkedArray:
        """A column in row order, nulls where values are missing. Raises `QueryError`."""
        if name not in self.schema.names:
            raise QueryError(f"The catalogue has no column {name}.")
        return self._read([name])[name]

    def table(self) -> pa.Table:
        """Every column."""
        return self._read(None)

    def _numbers(self, name: str) -> np.ndarray:
        if name not in self.schema.names:
            return np.full(len(self), np.nan)
        return np.asarray(self.column(name).to_numpy(), np.float64)

    def _id_table(self) -> IdTable:
        with self._lock:
            if self._ids is None:
                found = IdTable.open(self._cache, self.fingerprint, None)
                if found is None or len(found) != len(self):
                    ids = self.column(ID_COLUMN)
                    found = IdTable.open(self._cache, self.fingerprint, ids)
                self._ids = found
            assert self._ids is not None
            return self._ids

    def _read(self, names: list[str] | None) -> pa.Table:
        import pyarrow as pa
        import pyarrow.parquet as pq

        try:
            with pq.ParquetFile(self.path, memory_map=True) as file:
                return file.read(columns=names).slice(0, len(self))
        except (OSError, pa.ArrowInvalid) as error:
            raise WorkspaceError(f"{self.path} can't be read: {error}.") from error


def write_catalogue(folder: Path, table: pa.Table) -> Catalogue:
    """Write `catalogue.parquet` in one step, its fingerprint in its metadata, and open it.

    Raises `WorkspaceError` where the folder can't be written.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    fields = [annotated(table.schema.field(name), table[name]) for name in table.column_names]
    metadata = {
        **(table.schema.metadata or {}),
        _FINGERPRINT: fingerprint(table[ID_COLUMN]).encode(),
    }
    with atomic_path(folder / CATALOGUE_FILE) as temporary:
        pq.write_table(table.cast(pa.schema(fields, metadata)), temporary, compression="zstd")
    catalogue = Catalogue(folder)
    # Sorted now, so that the first look-up need not wait.
    catalogue.rows_of([])
    return catalogue
