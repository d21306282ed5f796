"""Making a workspace of files of cutouts, letting it grow, and finding files that moved."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from trainer.atomic import disk_errors
from trainer.cutouts.detect import open_reader
from trainer.cutouts.folders import expand_paths
from trainer.errors import FormatError, MismatchError, QueryError, WorkspaceError
from trainer.workspace.catalogue import ID_COLUMN, ORIGINAL_ID, write_catalogue
from trainer.workspace.identity import unique_ids, unique_names
from trainer.workspace.ingest import (
    Expected,
    FileContents,
    contents_table,
    read_contents,
    stacked,
)
from trainer.workspace.join import join_new
from trainer.workspace.joining import join_again, recorded
from trainer.workspace.settings import (
    OWN_FOLDERS,
    SETTINGS_FILE,
    BadFile,
    FileEntry,
    WorkspaceSettings,
    entry_for,
    resolve,
    write_settings,
)

if TYPE_CHECKING:
    import pyarrow as pa

    from trainer.workspace.workspace import Progress, Workspace

_LISTED = 3
_SAMPLED_IDS = 16


@dataclass(frozen=True)
class MakingOptions:
    """What a user may say about a new workspace; see `Workspace.create`."""

    catalogue: Path | None = None
    bands: tuple[str, ...] | None = None
    pixel_scale: float | None = None
    zero_points: tuple[float, ...] | None = None
    crop: int | None = None
    name: str | None = None


def make(
    folder: Path, cutouts: Sequence[Path], options: MakingOptions, progress: Progress | None
) -> list[str]:
    """Write a new workspace; returns warnings. Nothing is written before all has been read."""
    if (folder / SETTINGS_FILE).exists():
        raise WorkspaceError(
            f"{folder} is a workspace already. `astromask add` appends cutouts to it."
        )
    paths = _without_own(folder, expand_paths(cutouts))
    files, bad = read_contents(paths, options.bands, progress=progress)
    if not files:
        raise FormatError(_none_good(bad))
    settings, warnings = _settings(folder, files, bad, options)
    names = unique_names([file.path for file in files], ())
    ids, given = unique_ids([(name, f.ids) for name, f in zip(names, files, strict=True)])
    table = contents_table(files, ids, given)
    warnings += _id_warnings(ids, given)
    if options.catalogue is not None:
        table, made = join_new(table, options.catalogue)
        warnings.append(made.sentence())
        settings = settings.model_copy(update={"joins": (recorded(made),)})
    with disk_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    # The settings last: without them the folder is no workspace yet.
    write_catalogue(folder, table)
    write_settings(folder, settings)
    return warnings


def add(workspace: Workspace, cutouts: Sequence[Path], progress: Progress | None) -> list[str]:
    """Append files to a workspace; returns warnings."""
    settings = workspace.settings
    found = _without_own(workspace.folder, expand_paths(cutouts))
    paths, warnings = _new_paths(workspace, found)
    if not paths:
        return warnings
    expected = Expected(settings.bands, settings.image_size)
    files, bad = read_contents(paths, expected=expected, progress=progress)
    if not files:
        raise FormatError(_none_good(bad))
    old = workspace.catalogue.table()
    known = [resolve(workspace.folder, entry) for entry in settings.files]
    names = unique_names([f.path for f in files], unique_names(known, ()))
    given_ids = [(name, f.ids) for name, f in zip(names, files, strict=True)]
    ids, given = unique_ids(given_ids, old[ID_COLUMN])
    new, join_warnings = join_again(contents_table(files, ids, given), settings.joins)
    table = _below(old, new)
    # The catalogue first: rows beyond those of the settings are not seen.
    write_catalogue(workspace.folder, table)
    bad_paths = {str(path) for path in paths}
    kept_bad = [bad_file for bad_file in settings.bad_files if bad_file.path not in bad_paths]
    entries = settings.files + _entries(workspace.folder, files, settings.rows)
    changed = {"files": entries, "bad_files": tuple(kept_bad + bad)}
    write_settings(workspace.folder, settings.model_copy(update=changed))
    return warnings + join_warnings + _bad_warnings(bad) + _id_warnings(ids, given)


def relink(workspace: Workspace, old: Path, new: Path) -> int:
    """Replace `old` by `new` in the paths of a workspace's files; returns how many changed."""
    entries, count = [], 0
    for entry in workspace.settings.files:
        moved = _moved(workspace.folder, entry, old, new)
        if moved is not None:
            _require_same(workspace, entry, moved)
            entry = entry_for(workspace.folder, moved, entry.count, entry.first_row)
            count += 1
        entries.append(entry)
    if not count:
        known = [str(resolve(workspace.folder, entry)) for entry in workspace.settings.files]
        listed = ", ".join(known[:_LISTED]) + (" …" if len(known) > _LISTED else "")
        raise QueryError(f"No cutouts of {workspace.folder} are at {old}; they are at {listed}.")
    changed = workspace.settings.model_copy(update={"files": tuple(entries)})
    write_settings(workspace.folder, changed)
    return count


def _settings(
    folder: Path, files: Sequence[FileContents], bad: Sequence[BadFile], options: MakingOptions
) -> tuple[WorkspaceSettings, list[str]]:
    layout = files[0].layout
    bands = options.bands or layout.bands
    warnings = _bad_warnings(bad)
    warnings += dict.fromkeys(text for file in files for text in file.layout.warnings)
    if options.bands is None and layout.bands_guessed:
        warnings.append(
            f"The bands {', '.join(bands)} are a guess ({layout.name}); `--bands` says otherwise."
        )
    crop, height, width = options.crop, *layout.shape[1:]
    if crop is not None and crop > min(height, width):
        warnings.append(
            f"The crop of {crop} px is larger than the cutouts of {height}×{width} px;"
            f" {min(height, width)} px is used."
        )
        crop = min(height, width)
    scale = options.pixel_scale or layout.pixel_scale
    if scale is None:
        warnings.append("The pixel scale is not known; `--pixel-scale` gives it in arcsec.")
    settings = WorkspaceSettings(
        name=options.name or folder.absolute().name,
        bands=bands,
        image_size=(height, width),
        crop=crop,
        pixel_scale=scale,
        zero_points=_zero_points(files[0], bands, options.zero_points),
        files=_entries(folder, files, 0),
        bad_files=tuple(bad),
    )
    return settings, warnings


def _zero_points(
    file: FileContents, bands: Sequence[str], users_word: tuple[float, ...] | None
) -> tuple[float, ...] | None:
    from trainer.cutouts.bands import plane_order

    if users_word is not None:
        if len(users_word) not in (1, len(bands)):
            raise QueryError(
                f"{len(users_word)} zero-points were given for {len(bands)} bands"
                f" ({', '.join(bands)}); give one, or one a band."
            )
        return users_word if len(users_word) == len(bands) else users_word * len(bands)
    if file.layout.zero_points is None:
        return None
    order = plane_order(file.layout.bands, bands, file.path)
    return tuple(file.layout.zero_points[plane] for plane in order)


def _entries(folder: Path, files: Sequence[FileContents], first_row: int) -> tuple[FileEntry, ...]:
    entries = []
    for file in files:
        entries.append(entry_for(folder, file.path, len(file), first_row))
        first_row += len(file)
    return tuple(entries)


def _below(old: pa.Table, new: pa.Table) -> pa.Table:
    """The rows of both tables, with the columns of both."""
    import pyarrow as pa

    names = list(dict.fromkeys([*old.column_names, *new.column_names]))
    lengths = (len(old), len(new))
    fields, columns = [], []
    for name in names:
        parts = [table[name] if name in table.column_names else None for table in (old, new)]
        if name == ORIGINAL_ID:
            # Where nothing was replaced, what the file gave is what it is called.
            parts = [
                table[ID_COLUMN].cast(pa.string()) if part is None else part
                for part, table in zip(parts, (old, new), strict=True)
            ]
        column = stacked(parts, lengths)
        field = (old if name in old.column_names else new).schema.field(name)
        fields.append(field.with_type(column.type))
        columns.append(column)
    return pa.Table.from_arrays(columns, schema=pa.schema(fields))


def _without_own(folder: Path, paths: Sequence[Path]) -> list[Path]:
    """The paths without what a workspace itself keeps in its folder."""
    own = [Path(os.path.abspath(folder / name)) for name in OWN_FOLDERS]
    return [path for path in paths if not set(own) & {*Path(os.path.abspath(path)).parents}]


def _new_paths(workspace: Workspace, paths: Sequence[Path]) -> tuple[list[Path], list[str]]:
    known = {os.path.realpath(file.path) for file in workspace.survey_files()}
    new, warnings = [], []
    for path in paths:
        if os.path.realpath(path) in known:
            warnings.append(f"{path} is part of the workspace already and was left as it is.")
        else:
            new.append(path)
    return new, warnings


def _moved(folder: Path, entry: FileEntry, old: Path, new: Path) -> Path | None:
    """Where the file of `entry` is once `old` is `new`; None where it was not at `old`."""
    here = Path(os.path.abspath(old))
    names = {str(resolve(folder, entry)), os.path.normpath(folder.absolute() / entry.path)}
    for name in map(Path, names | {entry.path, entry.absolute or entry.path}):
        for place in (here, old):
            if name == place or place in name.parents:
                return Path(os.path.abspath(new / name.relative_to(place)))
    return None


def _require_same(workspace: Workspace, entry: FileEntry, path: Path) -> None:
    """Refuse a file that is not the one the rows were made of."""
    reader = open_reader(path, bands=workspace.settings.bands)
    try:
        count, ids = len(reader), np.asarray(reader.ids())
    finally:
        reader.close()
    if count != entry.count:
        raise MismatchError(
            f"{path} holds {count} cutouts, but {entry.path} held {entry.count}: it is another"
            " file, or was changed."
        )
    rows = np.unique(np.linspace(0, count - 1, _SAMPLED_IDS).astype(np.int64))
    catalogue = workspace.catalogue
    column = ORIGINAL_ID if ORIGINAL_ID in catalogue.column_names() else ID_COLUMN
    known = catalogue.column(column).slice(entry.first_row, entry.count).take(rows).to_pylist()
    for row, name in zip(rows, known, strict=True):
        # Null and `file:row` are names of ours; the file says nothing about them.
        ours = name is None or str(name).endswith(f":{row}")
        if not ours and str(name) != str(ids[row]):
            raise MismatchError(
                f"{path} is not the file that {entry.path} was: its cutout {row} is {ids[row]},"
                f" expected {name}."
            )


def _none_good(bad: Sequence[BadFile]) -> str:
    if len(bad) == 1:
        return bad[0].reason
    reasons = " ".join(file.reason for file in bad[:_LISTED])
    return f"None of the {len(bad)} files holds cutouts that can be used. {reasons}"


def _bad_warnings(bad: Iterable[BadFile]) -> list[str]:
    return [f"Left out: {file.reason}" for file in bad]


def _id_warnings(ids: pa.ChunkedArray, given: pa.ChunkedArray | None) -> list[str]:
    import pyarrow.compute as pc

    if given is None:
        return []
    changed = pc.sum(pc.not_equal(ids.cast(given.type), given).fill_null(True)).as_py()
    return [
        f"{changed:,} galaxies are called after their file and row, since their identifiers are"
        " absent or not unique."
    ]
