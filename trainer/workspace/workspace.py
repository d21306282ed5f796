"""The folder that a user opens: cutouts, catalogue, embeddings, labels, scores, runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from trainer.atomic import remove_stale
from trainer.errors import QueryError, WorkspaceError
from trainer.workspace.catalogue import Catalogue
from trainer.workspace.changing import only_writer
from trainer.workspace.columns import ColumnStore
from trainer.workspace.labels import LabelJournal
from trainer.workspace.settings import (
    PACKED_FOLDER,
    BadFile,
    WorkspaceSettings,
    read_settings,
    resolve,
)

if TYPE_CHECKING:
    from trainer.cutouts.survey import Survey, SurveyFile

DEFAULT_CROP = 64
"""Side of the model's crop, pixels."""

Progress = Callable[[int, int], None]
"""Called with files read and files in all."""


class Workspace:
    """A workspace on disk. Opening reads `workspace.toml` and the catalogue's footer only.

    Raises `WorkspaceError` where the folder is none, or can't be read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.settings: WorkspaceSettings = read_settings(self.folder)
        self.warnings: list[str] = []
        """What a user should know of how it was made or grew; empty after `open`."""

    @classmethod
    def open(cls, folder: Path | str) -> Workspace:
        """The workspace at `folder`. Raises `WorkspaceError`."""
        workspace = cls(Path(folder))
        remove_stale(workspace.folder)
        return workspace

    @classmethod
    def create(
        cls,
        folder: Path | str,
        cutouts: Sequence[Path],
        catalogue: Path | None = None,
        bands: Sequence[str] | None = None,
        pixel_scale: float | None = None,
        zero_points: Sequence[float] | None = None,
        crop: int | None = DEFAULT_CROP,
        name: str | None = None,
        progress: Progress | None = None,
    ) -> Workspace:
        """Make a workspace of files or folders of cutouts; `.warnings` says what was assumed.

        `catalogue` is another table to join; `bands`, `pixel_scale` (arcsec per pixel) and
        `zero_points` (AB mag, one or one a band) are the user's word over the files'. Files
        that can't be read are listed in `.bad_files`. Raises `WorkspaceError` where there
        is a workspace already or the folder can't be written, `FormatError` where no file
        is good.
        """
        from trainer.workspace.making import MakingOptions, make

        options = MakingOptions(
            catalogue=catalogue,
            bands=tuple(bands) if bands is not None else None,
            pixel_scale=pixel_scale,
            zero_points=tuple(zero_points) if zero_points is not None else None,
            crop=crop,
            name=name,
        )
        warnings = make(Path(folder), cutouts, options, progress)
        workspace = cls.open(folder)
        workspace.warnings = warnings
        return workspace

    def __len__(self) -> int:
        """Number of galaxies."""
        return self.settings.rows

    @cached_property
    def catalogue(self) -> Catalogue:
        """One row a galaxy. Raises `WorkspaceError`."""
        return Catalogue(self.folder, len(self))

    @cached_property
    def columns(self) -> ColumnStore:
        """Every column known of the galaxies, read when asked for."""
        return ColumnStore(self.catalogue, self.scores_folder, self.labels_folder)

    @property
    def bad_files(self) -> tuple[BadFile, ...]:
        """Files that were to be part of the survey and could not be, with the reasons."""
        return self.settings.bad_files

    @property
    def runs_folder(self) -> Path:
        """Where jobs have their run folders."""
        return self.folder / "runs"

    @property
    def labels_folder(self) -> Path:
        """Where graders have their journals."""
        return self.folder / "labels"

    @property
    def scores_folder(self) -> Path:
        """Where scores and measures are."""
        return self.folder / "scores"

    @property
    def selections_folder(self) -> Path:
        """Where named selections are."""
        return self.folder / "selections"

    @property
    def packed_folder(self) -> Path:
        """Where packed copies of slow files are; may be deleted at any time."""
        return self.folder / PACKED_FOLDER

    def stores(self) -> list[str]:
        """Names of the stores of embeddings, the one made last at the end."""
        found = (self.folder / "embeddings").glob("*/manifest.json")
        # A store grows by shards: its manifest is renewed last.
        return [path.parent.name for path in sorted(found, key=lambda path: path.stat().st_mtime)]

    def store_folder(self, name: str) -> Path:
        """The folder of a store, which need not exist. Raises `QueryError` for a bad name."""
        if not name or name in (".", "..") or set(name) & set('/\\:*?"<>|\0'):
            raise QueryError(f"{name!r} can't be the name of a store: it has to name a folder.")
        return self.folder / "embeddings" / name

    def survey_files(self) -> list[SurveyFile]:
        """Where each file of cutouts is, or should be, and the rows it holds."""
        from trainer.cutouts.survey import SurveyFile

        return [
            SurveyFile(resolve(self.folder, entry), entry.count, entry.first_row)
            for entry in self.settings.files
        ]

    def missing_files(self) -> list[Path]:
        """Files of cutouts that are not where they were."""
        # Not by `survey_files`: the window asks too, and has no need of the readers' libraries.
        paths = [resolve(self.folder, entry) for entry in self.settings.files]
        return [path for path in paths if not path.exists()]

    def missing_sentence(self) -> str | None:
        """What to tell a user whose files have moved; None where all are in their places."""
        missing = self.missing_files()
        if not missing:
            return None
        parent = os.path.commonpath([path.parent for path in missing])
        return (
            f"{len(missing)} of {len(self.settings.files)} files of cutouts are not where they"
            f" were: {missing[0]}{' and others' if len(missing) > 1 else ''}. If they have moved,"
            f" say where to: `astromask relink {self.folder} {parent} NEW_FOLDER`."
        )

    def survey(self, *, require_all: bool = True, packed: bool = False) -> Survey:
        """The cutouts by row, cropped to the settings' crop; `packed`: from packed copies too.

        Raises `WorkspaceError` naming `relink` where files have moved; without
        `require_all`, reading their rows raises instead.
        """
        from trainer.cutouts.survey import Survey

        if require_all and (sentence := self.missing_sentence()) is not None:
            raise WorkspaceError(sentence)
        packs = None
        if packed:
            from trainer.cutouts.packs import Packs

            packs = Packs(self.packed_folder)
        bands, crop = self.settings.bands, self.settings.crop
        return Survey(self.survey_files(), bands=bands, crop=crop, packs=packs)

    def journal(self, label_set: str = "lens", grader: str | None = None) -> LabelJournal:
        """The journal of one grader's labels, by default of whoever runs the program."""
        return LabelJournal(self.labels_folder, label_set, grader, catalogue=self.catalogue)

    def add(self, cutouts: Sequence[Path], progress: Progress | None = None) -> int:
        """Append files of cutouts; returns the number of galaxies that came with them.

        Rows that were there keep their numbers and identifiers. A file that is part of the
        workspace already is left out with a warning. Raises `FormatError` where none of the
        files is good, `WorkspaceError` where the folder can't be written.
        """
        from trainer.workspace.making import add

        with only_writer(self.folder):
            self.reload()
            before = len(self)
            self.warnings = add(self, cutouts, progress)
            self.reload()
        return len(self) - before

    def relink(self, old: Path, new: Path) -> int:
        """Say that the file or folder `old` is now `new`; returns how many files that mended.

        Raises `QueryError` where no file was at `old`, `FormatError` or `MismatchError`
        where what is at `new` is something else.
        """
        from trainer.workspace.making import relink

        with only_writer(self.folder):
            self.reload()
            count = relink(self, Path(old), Path(new))
            self.reload()
        return count

    def reload(self) -> None:
        """Read the settings again, and the catalogue when it is asked for."""
        self.settings = read_settings(self.folder)
        for name in ("catalogue", "columns"):
            self.__dict__.pop(name, None)
