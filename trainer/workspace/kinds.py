"""What sort of column it is: numbers, categories, text, yes and no."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from trainer.workspace.tables import DESCRIPTION, SOURCE, UNIT

if TYPE_CHECKING:
    import pyarrow as pa

Kind: TypeAlias = Literal["number", "category", "text", "boolean"]

MOST_CATEGORIES = 64
"""Different texts, up to which a column is one of categories."""

MOST_NUMBERED = 12
"""Different integers, up to which they number categories."""

TEXT_COLUMNS = ("object_id", "original_id")
_KIND = b"astromask.kind"
_CATEGORIES = b"astromask.categories"
_TRUTH = ("false", "true")


@dataclass(frozen=True)
class ColumnInfo:
    """What is known of a column without its values."""

    name: str
    kind: Kind
    unit: str | None = None
    source: str | None = None
    """Where it comes from: "cutouts", a catalogue's file name, "score", "labels"."""
    description: str | None = None
    categories: tuple[str, ...] | None = None
    """Names of the codes of a category or boolean; None for other kinds."""


def describe(name: str, column: pa.ChunkedArray) -> ColumnInfo:
    """Kind and categories of a column, found from its values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_boolean(column.type):
        return ColumnInfo(name, "boolean", categories=_TRUTH)
    is_integer = pa.types.is_integer(column.type)
    if pa.types.is_floating(column.type):
        return ColumnInfo(name, "number")
    values = pc.unique(column).drop_null()
    most = MOST_NUMBERED if is_integer else MOST_CATEGORIES
    # Where every second galaxy has a value of its own, the values are no classes.
    if name in TEXT_COLUMNS or not 0 < len(values) <= most or 2 * len(values) > len(column):
        return ColumnInfo(name, "number" if is_integer else "text")
    names = tuple(str(value) for value in sorted(values.to_pylist()))
    return ColumnInfo(name, "category", categories=names)


def annotated(field: pa.Field, column: pa.ChunkedArray) -> pa.Field:
    """The field with its column's kind and categories, so that nobody need look again."""
    info = describe(field.name, column)
    metadata = {**(field.metadata or {}), _KIND: info.kind.encode()}
    metadata.pop(_CATEGORIES, None)
    if info.categories is not None:
        metadata[_CATEGORIES] = json.dumps(info.categories).encode()
    return field.with_metadata(metadata)


def info_of(field: pa.Field) -> ColumnInfo | None:
    """What `annotated` wrote down; None for a field that has not been annotated."""
    metadata = field.metadata or {}
    if _KIND not in metadata:
        return None
    categories = json.loads(metadata[_CATEGORIES]) if _CATEGORIES in metadata else None
    return ColumnInfo(
        name=field.name,
        kind=metadata[_KIND].decode(),
        unit=metadata[UNIT].decode() if UNIT in metadata else None,
        source=metadata[SOURCE].decode() if SOURCE in metadata else None,
        description=metadata[DESCRIPTION].decode() if DESCRIPTION in metadata else None,
        categories=tuple(categories) if categories is not None else None,
    )


def values_of(info: ColumnInfo, column: pa.ChunkedArray) -> np.ndarray:
    """(N,) values: float32 or float64 with NaN, int16 codes with −1, or text with "".

    A number keeps float32; every other number becomes float64. Booleans have the codes 0
    and 1.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if info.kind == "number":
        kind = np.float32 if column.type == pa.float32() else np.float64
        return np.asarray(column.to_numpy(), kind)
    if info.kind == "text":
        return np.asarray(column.cast(pa.string()).fill_null("").to_numpy(), object)
    if info.kind == "boolean":
        return np.asarray(column.cast(pa.int8()).fill_null(-1).to_numpy(), np.int16)
    names = pa.array(info.categories, pa.string())
    codes = pc.index_in(column.cast(pa.string()), value_set=names, skip_nulls=True)
    return np.asarray(codes.fill_null(-1).to_numpy(), np.int16)
