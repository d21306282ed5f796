"""What a folder of cutouts is: a set of files, one FITS a band, or a set of pictures."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from pathlib import Path

from trainer.cutouts.bands import short_name
from trainer.errors import FormatError

HDF5_ENDINGS = (".h5", ".hdf5", ".hdf", ".he5")
NUMPY_ENDINGS = (".npy", ".npz")
FITS_ENDINGS = (".fits", ".fit", ".fts", ".fits.gz", ".fit.gz", ".fits.fz")
PICTURE_ENDINGS = (".png", ".jpg", ".jpeg")
WORKSPACE_FILE = "workspace.toml"

_BAND = re.compile(r"[ugrizyjhkbv]|ks|vis|nuv|fuv|w[1-4]|f\d{3,4}(w2?|m|n|lp|x|l|p)", re.IGNORECASE)
_BLUE_TO_RED = ("fuv", "nuv", *"ubgv", "vis", *"rizyjhk", "ks", "w1", "w2", "w3", "w4")
_TOKENS = re.compile(r"([._ ]|-)")


def natural_key(path: Path) -> list[tuple[int, int, str]]:
    """Sorts file2 before file10."""
    parts = re.split(r"(\d+)", str(path).lower())
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


def files_in(folder: Path, endings: Sequence[str]) -> list[Path]:
    """The folder's own files with one of the endings, in natural order. Raises `FormatError`."""
    try:
        names = [entry.name for entry in os.scandir(folder) if entry.is_file()]
    except OSError as error:
        raise FormatError(f"The folder {folder} can't be read: {error.strerror}.") from error
    wanted = [
        folder / name
        for name in names
        if name.lower().endswith(tuple(endings)) and not name.startswith(".")
    ]
    return sorted(wanted, key=natural_key)


def pictures_in(folder: Path) -> list[Path]:
    """The folder's PNG and JPEG files in natural order."""
    return files_in(folder, PICTURE_ENDINGS)


def expand_paths(paths: Iterable[Path]) -> list[Path]:
    """Every path that is one reader: files as they are, folders as what they hold.

    A folder of one FITS a band, or of pictures, stays one path. Other folders become their
    HDF5, else NumPy, else FITS files in natural order, and the same of their subfolders.
    A path twice is taken once. Raises `FormatError` for a folder without any, or no path.
    """
    expanded: dict[Path, None] = {}
    for path in map(Path, paths):
        if not path.exists():
            raise FormatError(f"There is no file or folder {path}.")
        found = _expand_folder(path, set()) if path.is_dir() else [path]
        if not found:
            raise FormatError(
                f"The folder {path} holds no cutouts: expected HDF5, NumPy, FITS, PNG or JPEG"
                " files in it."
            )
        expanded.update(dict.fromkeys(found))
    return list(expanded)


def _expand_folder(folder: Path, seen: set[Path]) -> list[Path]:
    """What a folder and those below hold; a folder once, for a link may lead back up."""
    real = folder.resolve()
    if real in seen:
        return []
    seen.add(real)
    found = _own_cutouts(folder)
    inner = [Path(entry.path) for entry in os.scandir(folder) if entry.is_dir()]
    for subfolder in sorted(inner, key=natural_key):
        if not subfolder.name.startswith(".") and not (subfolder / WORKSPACE_FILE).exists():
            found += _expand_folder(subfolder, seen)
    return found


def _own_cutouts(folder: Path) -> list[Path]:
    for endings in (HDF5_ENDINGS, NUMPY_ENDINGS):
        if files := files_in(folder, endings):
            return files
    if files := files_in(folder, FITS_ENDINGS):
        return [folder] if band_groups(folder) is not None else files
    return [folder] if pictures_in(folder) else []


def band_groups(
    folder: Path, bands: Sequence[str] | None = None
) -> tuple[tuple[str, ...], dict[str, dict[str, Path]]] | None:
    """Bands and, by object, the file of each band, where file names differ only in the band.

    The band is the one part of the name, between dots, dashes or underscores, that varies
    and is a known filter or one of `bands`. None where the folder is no such set.
    """
    files = files_in(folder, FITS_ENDINGS)
    if len(files) < 2:
        return None
    groups = _group_by_band(files, {short_name(band) for band in bands or ()})
    names = {band for group in groups.values() for band in group}
    if len(names) < 2 or sum(map(len, groups.values())) < len(files):
        return None
    order = tuple(sorted(names, key=wavelength_order))
    return order, groups


def _group_by_band(files: list[Path], known: set[str]) -> dict[str, dict[str, Path]]:
    """Object's name → band → file; the part of the names that gives the fewest objects wins."""
    best: dict[str, dict[str, Path]] = {}
    split = {file: _TOKENS.split(stem(file)) for file in files}
    longest = max(map(len, split.values()))
    for place in (*range(longest), *range(-1, -longest - 1, -1)):
        groups: dict[str, dict[str, Path]] = defaultdict(dict)
        for file, parts in split.items():
            if -len(parts) <= place < len(parts) and is_band(parts[place], known):
                name = _without(parts, place % len(parts)) or folder_name(file)
                groups[name][short_name(parts[place])] = file
        complete = sum(map(len, groups.values())) == len(files)
        if complete and (not best or len(groups) < len(best)):
            best = dict(groups)
    return best


def _without(parts: list[str], place: int) -> str:
    """The name without one of its parts and the separator before it (after it, at the start)."""
    kept = parts[: max(0, place - 1)] + parts[place + 1 :]
    return "".join(kept).strip("._- ")


def folder_name(file: Path) -> str:
    """Name of the folder that a file lies in."""
    return file.resolve().parent.name


def stem(file: Path) -> str:
    """The file's name without its FITS ending."""
    name = file.name
    for ending in sorted(FITS_ENDINGS, key=len, reverse=True):
        if name.lower().endswith(ending):
            return name[: -len(ending)]
    return name


def is_band(token: str, known: Container[str] = ()) -> bool:
    """Whether a part of a name is a filter that is known, or one of `known`."""
    return token in known or _BAND.fullmatch(token) is not None


def wavelength_order(band: str) -> tuple[int, str]:
    """Sorts bands from the ultraviolet to the infrared, unknown ones last."""
    name = band.lower()
    return (_BLUE_TO_RED.index(name) if name in _BLUE_TO_RED else len(_BLUE_TO_RED), name)
