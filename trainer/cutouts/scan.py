"""Which files make up a survey, and which can't, each with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from trainer.cutouts.bands import plane_order, short_name, unnamed
from trainer.cutouts.detect import open_reader
from trainer.cutouts.folders import expand_paths
from trainer.cutouts.protocol import CutoutReader, Layout
from trainer.errors import AstroMaskError, BandError, FormatError


@dataclass(frozen=True)
class SurveyFile:
    """One file of a survey and the rows it holds: first_row … first_row + count − 1."""

    path: Path
    count: int
    first_row: int


@dataclass(frozen=True)
class BadFile:
    """A file that can't be part of a survey, and the sentence that says why."""

    path: Path
    reason: str


@dataclass(frozen=True)
class ScanResult:
    """What `scan` found."""

    files: tuple[SurveyFile, ...]
    bad: tuple[BadFile, ...]
    layout: Layout | None
    """Of the first good file; None where there is none."""
    bands: tuple[str, ...]
    """The survey's bands: those asked for, else the first file's."""
    warnings: tuple[str, ...]
    """What the readers say of good files, with the file's name."""


class _Scan:
    """The state of one scan: what the survey is, as far as its files have settled it."""

    def __init__(
        self, bands: Sequence[str] | None, first_row: int, like: tuple[int, int] | None
    ) -> None:
        self.users_word = tuple(bands) if bands is not None else None
        self.bands = self.users_word or ()
        self.size = like
        self.next_row = first_row
        self.layout: Layout | None = None
        self.good: list[SurveyFile] = []
        self.bad: list[BadFile] = []
        self.warnings: list[str] = []

    def take(self, path: Path) -> None:
        """Add one file to the good or to the bad ones."""
        try:
            with closing(open_alike(path, self.bands, self.users_word)) as reader:
                self._check(reader)
                self.good.append(SurveyFile(path, len(reader), self.next_row))
                self.next_row += len(reader)
                self.layout = self.layout or reader.layout
                said = reader.layout.warnings
                self.warnings += [f"{path.name}: {warning}" for warning in said]
        except AstroMaskError as error:
            self.bad.append(BadFile(path, str(error)))

    def _check(self, reader: CutoutReader) -> None:
        layout = reader.layout
        size = self.size or layout.shape[1:]
        if layout.shape[1:] != size:
            raise FormatError(wrong_size(reader, size))
        bands = self.bands or layout.bands
        plane_order(layout.bands, bands, reader.path)
        self.size, self.bands = size, bands


def scan(
    paths: Iterable[Path],
    bands: Sequence[str] | None = None,
    *,
    first_row: int = 0,
    like: tuple[int, int] | None = None,
) -> ScanResult:
    """Open every file and folder once to see which make up a survey.

    A file that can't be read, or whose size or bands differ from the first good one's (from
    `bands` and `like`, a (height, width), when a survey grows), is listed as bad; the others
    go on. `bands` are the user's word, as in `Survey`. `first_row` is the first row to give.
    """
    state = _Scan(bands, first_row, like)
    for path in _each_path(paths, state.bad):
        state.take(path)
    return ScanResult(
        tuple(state.good), tuple(state.bad), state.layout, state.bands, tuple(state.warnings)
    )


def _each_path(paths: Iterable[Path], bad: list[BadFile]) -> Iterator[Path]:
    seen: set[Path] = set()
    for given in map(Path, paths):
        try:
            expanded = expand_paths([given])
        except FormatError as error:
            bad.append(BadFile(given, str(error)))
            continue
        for path in expanded:
            if path.resolve() not in seen:
                seen.add(path.resolve())
                yield path


def open_alike(path: Path, bands: Sequence[str], users_word: Sequence[str] | None) -> CutoutReader:
    """The reader of a file that may be part of a survey of `bands`, none before its first file.

    Planes that nobody has named take the survey's names, and a band that a file lacks is missing
    where its layout allows that. Raises `BandError` where the bands are others, or can only be
    guessed and the guess is another, unless they are the user's word; `FormatError`.
    """
    reader = open_reader(path, bands=users_word)
    found = reader.layout
    if users_word is not None or not bands:
        return reader
    wanted, named = (tuple(map(short_name, names)) for names in (bands, found.bands))
    if named == wanted or (set(wanted) <= set(named) and not found.bands_guessed):
        return reader
    reader.close()
    # A guess must not decide which plane is which against another file's order.
    if found.bands_guessed and len(named) == len(wanted) and named != unnamed(len(named)):
        raise BandError(
            f"The bands of {path} can only be guessed, as {', '.join(found.bands)},"
            f" and the survey's are {', '.join(bands)}; say with `--bands` which they are."
        )
    try:
        return open_reader(path, bands=bands)
    except BandError:
        plane_order(found.bands, bands, path)
        raise


def wrong_size(reader: CutoutReader, expected: Sequence[int]) -> str:
    """The sentence on cutouts of another size than the survey's (height, width)."""
    height, width = reader.layout.shape[1:]
    return (
        f"{reader.path} has cutouts of {height} × {width} px; the survey's have"
        f" {expected[0]} × {expected[1]} px."
    )
