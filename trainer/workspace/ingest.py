"""What files of cutouts bring into a catalogue: identifiers, coordinates, columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.cutouts.bands import plane_order
from trainer.cutouts.protocol import Layout
from trainer.cutouts.scan import open_alike
from trainer.errors import AstroMaskError, FormatError
from trainer.workspace.catalogue import ID_COLUMN, ORIGINAL_ID
from trainer.workspace.settings import BadFile
from trainer.workspace.tables import arrow_column, arrow_field

if TYPE_CHECKING:
    import pyarrow as pa

DEGREES = "deg"
_OWN_COLUMNS = (ID_COLUMN, ORIGINAL_ID, "ra", "dec")


@dataclass
class FileContents:
    """One readable file, without its pixels."""

    path: Path
    layout: Layout
    ids: np.ndarray
    """(N,) integers or text."""
    coordinates: tuple[np.ndarray, np.ndarray] | None
    columns: dict[str, np.ndarray]
    units: dict[str, str]
    """Of `columns`, by their names."""

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Expected:
    """What every file of a survey has to offer."""

    bands: tuple[str, ...]
    image_size: tuple[int, int]


def read_contents(
    paths: Sequence[Path],
    bands: Sequence[str] | None = None,
    expected: Expected | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[list[FileContents], list[BadFile]]:
    """Everything but the pixels of every file, and the files that can't be used, with reasons.

    `bands` is the user's word on the bands, or `expected` is that of a survey that grows; without
    both, the first good file says what the others have to be like. `progress(done, total)`
    counts files.
    """
    users_word = bands if expected is None else expected.bands
    good: list[FileContents] = []
    bad: list[BadFile] = []
    for number, path in enumerate(paths):
        try:
            settled = () if expected is None else expected.bands
            contents = _read_one(path, settled, users_word)
            if expected is None:
                expected = _expected_of(contents.layout, bands, path)
            _require(contents.layout, expected, path)
            good.append(contents)
        except AstroMaskError as error:
            bad.append(BadFile(path=str(path), reason=str(error)))
        if progress is not None:
            progress(number + 1, len(paths))
    return good, bad


def contents_table(
    files: Sequence[FileContents], ids: pa.ChunkedArray, given: pa.ChunkedArray | None
) -> pa.Table:
    """The catalogue's rows of some files; `ids` and `given` as from `identity.unique_ids`."""
    import pyarrow as pa

    names = list(dict.fromkeys(name for file in files for name in file.columns))
    tables = [_file_table(file) for file in files]
    columns: dict[str, pa.ChunkedArray] = {ID_COLUMN: ids}
    if given is not None:
        columns[ORIGINAL_ID] = given
    for name in ("ra", "dec", *names):
        columns[name] = stacked([table.get(name) for table in tables], [len(f) for f in files])
    units = {"ra": DEGREES, "dec": DEGREES, **_common_units(files)}
    fields = [
        arrow_field(name, columns[name].type, source="cutouts", unit=units.get(name))
        for name in columns
    ]
    return pa.Table.from_arrays(list(columns.values()), schema=pa.schema(fields))


def stacked(parts: Sequence[pa.ChunkedArray | None], lengths: Sequence[int]) -> pa.ChunkedArray:
    """Columns one below the other, null where a part is absent, in a type that holds all."""
    import pyarrow as pa

    kind = _common_type([part.type for part in parts if part is not None])
    chunks: list[pa.Array] = []
    for part, length in zip(parts, lengths, strict=True):
        whole = pa.nulls(length, kind) if part is None else part.cast(kind)
        chunks += whole.chunks if isinstance(whole, pa.ChunkedArray) else [whole]
    return pa.chunked_array(chunks, kind)


def _common_type(kinds: Sequence[pa.DataType]) -> pa.DataType:
    import pyarrow as pa

    kinds = [kind for kind in kinds if not pa.types.is_null(kind)]
    if not kinds:
        return pa.string()
    if len(set(kinds)) == 1:
        return kinds[0]
    if all(pa.types.is_integer(kind) and kind != pa.uint64() for kind in kinds):
        return pa.int64()
    if all(pa.types.is_integer(kind) or pa.types.is_floating(kind) for kind in kinds):
        return pa.float64()
    return pa.string()


def _read_one(path: Path, bands: Sequence[str], users_word: Sequence[str] | None) -> FileContents:
    try:
        str(path).encode()
    except UnicodeEncodeError as error:
        raise FormatError(
            f"The name of {str(path)!r} is not valid text; rename the file."
        ) from error
    reader = open_alike(path, bands, users_word)
    try:
        count = len(reader)
        if count == 0:
            raise FormatError(f"{path} holds no cutouts.")
        ids = np.asarray(reader.ids())
        coordinates = reader.coordinates()
        columns, units = reader.columns(), reader.units()
    finally:
        reader.close()
    assert len(ids) == count, f"{path}: {len(ids)} ids for {count} cutouts"
    return FileContents(path, reader.layout, ids, coordinates, columns, units)


def _expected_of(layout: Layout, bands: Sequence[str] | None, path: Path) -> Expected:
    wanted = tuple(bands) if bands is not None else layout.bands
    plane_order(layout.bands, wanted, path)
    return Expected(wanted, (layout.shape[1], layout.shape[2]))


def _require(layout: Layout, expected: Expected, path: Path) -> None:
    plane_order(layout.bands, expected.bands, path)
    height, width = layout.shape[1:]
    if (height, width) != expected.image_size:
        raise FormatError(
            f"{path} holds cutouts of {height}×{width} px; the survey's are"
            f" {expected.image_size[0]}×{expected.image_size[1]} px."
        )


def _common_units(files: Sequence[FileContents]) -> dict[str, str]:
    """Units in which every file that has the column agrees."""
    units: dict[str, str] = {}
    for name in dict.fromkeys(name for file in files for name in file.units):
        found = {file.units.get(name) for file in files if name in file.columns}
        if len(found) == 1 and (unit := found.pop()):
            units[name] = unit
    return units


def _file_table(file: FileContents) -> dict[str, pa.ChunkedArray]:
    columns = {
        name: arrow_column(values)
        for name, values in file.columns.items()
        if name not in _OWN_COLUMNS and values.ndim == 1 and len(values) == len(file)
    }
    ra, dec = file.coordinates or (np.full(len(file), np.nan),) * 2
    columns["ra"] = arrow_column(np.asarray(ra, np.float64))
    columns["dec"] = arrow_column(np.asarray(dec, np.float64))
    return columns
