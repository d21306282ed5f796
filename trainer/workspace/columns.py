"""Every column known of the galaxies: catalogue, scores, labels; read when asked for."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from trainer.errors import QueryError
from trainer.workspace.catalogue import Catalogue
from trainer.workspace.filters import evaluate, referenced
from trainer.workspace.kinds import ColumnInfo, describe, info_of, values_of
from trainer.workspace.label_sets import GRADES, combined_grades, label_sets, stamp
from trainer.workspace.measures import (
    measure_field,
    measure_path,
    provenance,
    read_measure,
    write_measure,
)
from trainer.workspace.tables import arrow_field, beside

if TYPE_CHECKING:
    import pyarrow as pa

GRADE_PREFIX = "grade_"
CACHE_BYTES = 256 * 2**20
"""Memory that values kept for the next time may take."""

ROW = "row"
"""In a filter's expression: the row's number."""


class ColumnStore:
    """Columns by name, in row order. Safe to use from several threads.

    A label set `lens` gives a column `grade_lens`, everybody's grades together. Scores and
    grades that change on disk are read anew.
    """

    def __init__(self, catalogue: Catalogue, scores_folder: Path, labels_folder: Path) -> None:
        self._catalogue = catalogue
        self._scores = scores_folder
        self._labels = labels_folder
        self._values: OrderedDict[tuple[str, Hashable], np.ndarray] = OrderedDict()
        self._infos: dict[tuple[str, Hashable], ColumnInfo] = {}
        self._lock = threading.RLock()

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._catalogue)

    def names(self) -> list[str]:
        """Names of all columns: the catalogue's, then scores, then grades."""
        names = self._catalogue.column_names()
        names += sorted(path.stem for path in self._scores.glob("*.parquet"))
        names += [GRADE_PREFIX + name for name in label_sets(self._labels)]
        return list(dict.fromkeys(names))

    def info(self, name: str) -> ColumnInfo:
        """What is known of a column without its values. Raises `QueryError`."""
        source = self._source(name)
        if source == "labels":
            return _grade_info(name)
        with self._lock:
            key = (name, self._stamp(name, source))
            if key not in self._infos:
                self._infos[key] = self._find_info(name, source)
            return self._infos[key]

    def values(self, name: str) -> np.ndarray:
        """(N,) values in row order, read-only: numbers as float32 or float64 with NaN;
        categories and booleans as int16 codes into `info(name).categories` with −1; text
        as objects, "" where missing. Raises `QueryError`, or `MismatchError` for a score of
        another catalogue.
        """
        source = self._source(name)
        with self._lock:
            key = (name, self._stamp(name, source))
            if key in self._values:
                self._values.move_to_end(key)
                return self._values[key]
            values = self._read_values(name, source)
            values.setflags(write=False)
            self._keep(key, values)
            return values

    def arrow(self, name: str) -> pa.ChunkedArray:
        """The column as Arrow holds it, null where missing. Raises like `values`."""
        import pyarrow as pa

        source = self._source(name)
        if source == "catalogue":
            return self._catalogue.column(name)
        if source == "scores":
            return read_measure(measure_path(self._scores, name), self._catalogue)[1]
        codes = self._read_values(name, source).astype(np.int8)
        grades = pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), list(GRADES))
        return pa.chunked_array([grades.cast(pa.string())])

    def rows_table(self, rows: np.ndarray, names: Iterable[str]) -> pa.Table:
        """Some rows (n,) of some columns, in this order, with their units.

        Raises `QueryError` for a name there is not.
        """
        import pyarrow as pa

        taken = pa.array(rows)
        # One column at a time, so that the whole of a large catalogue is never held.
        parts = [self.table([name]).take(taken) for name in names]
        return beside(parts)

    def table(self, names: list[str] | None = None) -> pa.Table:
        """Columns side by side, with their units; all of them if no names are given."""
        import pyarrow as pa

        chosen = self.names() if names is None else names
        columns = {name: self.arrow(name) for name in chosen}
        fields = [self._field(name, column.type) for name, column in columns.items()]
        return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(fields))

    def add_measure(
        self,
        name: str,
        rows: np.ndarray,
        values: np.ndarray,
        unit: str | None = None,
        provenance: Mapping[str, Any] | None = None,
        description: str | None = None,
    ) -> None:
        """Write a column `scores/<name>.parquet` of some rows; replaces one of that name.

        `provenance` says from what it was computed (JSON-able). Raises `QueryError` for a
        name that the catalogue has, `WorkspaceError` where it can't be written.
        """
        if name in self._catalogue.column_names() or name == ROW:
            raise QueryError(f"{name} is a column of the catalogue already; choose another name.")
        facts = dict(provenance or {})
        write_measure(self._scores, self._catalogue, name, rows, values, unit, description, facts)

    def provenance(self, name: str) -> dict[str, Any]:
        """From what a score was computed; empty for other columns. Raises `QueryError`."""
        if self._source(name) != "scores":
            return {}
        return provenance(measure_path(self._scores, name))

    def where(self, expression: str, given_up: threading.Event | None = None) -> np.ndarray:
        """(N,) bool: the rows for which an SQL condition over the columns holds.

        `row` is the row's number. Raises `QueryError` saying what is wrong with it, or that it
        was `given_up`, which another thread may set.
        """
        import pyarrow as pa

        if not expression.strip():
            raise QueryError("The filter is empty; expected a condition such as `mag_r < 20`.")
        names = self.names()
        columns = {name: self.arrow(name) for name in referenced(expression, names)}
        columns.setdefault(ROW, pa.chunked_array([np.arange(len(self), dtype=np.uint32)]))
        return evaluate(expression, pa.table(columns), names, given_up)

    def _source(self, name: str) -> str:
        if name in self._catalogue.schema.names:
            return "catalogue"
        if name.startswith(GRADE_PREFIX) and name[len(GRADE_PREFIX) :] in label_sets(self._labels):
            return "labels"
        if measure_path(self._scores, name).is_file():
            return "scores"
        raise QueryError(f"There is no column {name}; there are {', '.join(self.names())}.")

    def _stamp(self, name: str, source: str) -> Hashable:
        """Changes when the column's values may have."""
        if source == "catalogue":
            return None
        if source == "labels":
            return stamp(self._labels)
        status = measure_path(self._scores, name).stat()
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _find_info(self, name: str, source: str) -> ColumnInfo:
        if source == "scores":
            known = info_of(measure_field(measure_path(self._scores, name)))
        else:
            known = info_of(self._catalogue.schema.field(name))
        # A file that others wrote has no notes of ours.
        return known or describe(name, self.arrow(name))

    def _read_values(self, name: str, source: str) -> np.ndarray:
        if source == "labels":
            label_set = name[len(GRADE_PREFIX) :]
            codes = combined_grades(self._labels, label_set, len(self), self._catalogue)
            return codes.astype(np.int16) - np.int16(1)
        return values_of(self.info(name), self.arrow(name))

    def _field(self, name: str, kind: pa.DataType) -> pa.Field:
        info = self.info(name)
        facts = {"unit": info.unit, "description": info.description, "source": info.source}
        return arrow_field(name, kind, **facts)

    def _keep(self, key: tuple[str, Hashable], values: np.ndarray) -> None:
        for old in [old for old in self._values if old[0] == key[0]]:
            del self._values[old]
        self._values[key] = values
        while len(self._values) > 1 and sum(map(_size, self._values.values())) > CACHE_BYTES:
            self._values.popitem(last=False)


def _grade_info(name: str) -> ColumnInfo:
    label_set = name[len(GRADE_PREFIX) :]
    return ColumnInfo(
        name,
        "category",
        source="labels",
        description=f"Everybody's grades of the set {label_set}, the median where they differ.",
        categories=GRADES,
    )


def _size(values: np.ndarray) -> int:
    # An object array's own size is only that of its pointers; a short text takes some 60 bytes.
    return values.nbytes * 8 if values.dtype == object else values.nbytes
