"""The job `pack`: copies the crops of files that are slow to read to where single rows are fast."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from trainer.atomic import disk_errors, remove_stale
from trainer.config import PackConfig
from trainer.cutouts.crop import crop_origin
from trainer.cutouts.detect import open_reader
from trainer.cutouts.inspection_text import size_text
from trainer.cutouts.packs import PackedFile, Packs, reaches, write_manifest
from trainer.cutouts.scan import SurveyFile
from trainer.errors import AstroMaskError, QueryError, WorkspaceError
from trainer.events import Finished, Progress, Stage
from trainer.launch.context import JobContext
from trainer.lock import FileLock
from trainer.packing.write import FilePlan, pack_file, plan_file
from trainer.workspace.workspace import Workspace

_SPARE = 1.05
"""Free space that has to be there, by what will be written."""
_LOCK_NAME = "writer.lock"


def run(config: PackConfig, context: JobContext) -> Finished:
    """Pack what is slow and not packed yet; each file counts as soon as it is whole.

    Raises `WorkspaceError` where the disk has not enough room or another packs here,
    `QueryError` where the side does not fit, and `JobCancelled`.
    """
    workspace = Workspace.open(config.workspace)
    height, width = workspace.settings.image_size
    side = config.side or workspace.settings.crop or min(height, width)
    if side > min(height, width):
        raise QueryError(f"--side {side} does not fit: the cutouts have {height}×{width} px.")
    crop_origin(height, width, side)
    folder = workspace.packed_folder
    with disk_errors(folder):
        folder.mkdir(exist_ok=True)
    with _only_writer(folder):
        remove_stale(folder)
        return _Packing(config, context, workspace, folder, side).run()


@contextlib.contextmanager
def _only_writer(folder: Path) -> Iterator[None]:
    try:
        lock = FileLock(folder / _LOCK_NAME)
    except BlockingIOError as error:
        raise WorkspaceError(f"Another job is packing into {folder}; wait for its end.") from error
    try:
        yield
    finally:
        lock.release()


class _Packing:
    """One run of the job."""

    def __init__(
        self,
        config: PackConfig,
        context: JobContext,
        workspace: Workspace,
        folder: Path,
        side: int,
    ) -> None:
        self._config, self._context, self._folder, self._side = config, context, folder, side
        self._bands = workspace.settings.bands
        self._files = workspace.survey_files()
        self._there = self._usable()
        """Packed copies that readers can use, by first row."""
        self._made: list[PackedFile] = []
        self._failed = 0

    def run(self) -> Finished:
        """Look at the files, then pack those that need it."""
        self._context.emit(Stage(name="Looking at the files"))
        plans = self._plans()
        self._require_space(plans)
        self._renew_manifest()
        if plans:
            self._context.emit(Stage(name="Packing"))
            self._pack(plans)
        if self._failed and not self._made:
            raise QueryError(f"None of the {self._failed} files could be packed.")
        return self._finished()

    def _usable(self) -> dict[int, PackedFile]:
        packs = Packs(self._folder)
        found = ((file.first_row, packs.usable(file, self._bands)) for file in self._files)
        return {first_row: packed for first_row, packed in found if packed is not None}

    def _is_done(self, file: SurveyFile) -> bool:
        """Whether a file's packed copy is as it was asked for."""
        packed = self._there.get(file.first_row)
        if packed is None or not reaches(packed, self._side):
            return False
        return self._config.precision in ("auto", packed.dtype)

    def _plans(self) -> list[FilePlan]:
        plans: list[FilePlan] = []
        for number, file in enumerate(self._files):
            self._context.raise_if_cancelled()
            total = len(self._files)
            self._context.emit(Progress(done=number, total=total, unit="files"))
            if self._is_done(file):
                continue
            try:
                if self._config.files == "all" or _is_slow(file, self._bands):
                    precision = self._config.precision
                    plans.append(plan_file(file, self._bands, self._side, precision))
            except AstroMaskError as error:
                self._leave_out(file, error)
        return plans

    def _require_space(self, plans: Sequence[FilePlan]) -> None:
        needed = _SPARE * sum(plan.size_bytes for plan in plans)
        free = shutil.disk_usage(self._folder).free
        if needed > free:
            raise WorkspaceError(
                f"Packing needs {size_text(needed)} in {self._folder}, and {size_text(free)} are"
                " free. Free some space, or pack a smaller --side."
            )

    def _pack(self, plans: Sequence[FilePlan]) -> None:
        total = sum(plan.file.count for plan in plans)
        before, began = 0, time.monotonic()
        for plan in plans:

            def told(done: int, before: int = before) -> None:
                self._context.raise_if_cancelled()
                all_done = before + done
                spent = time.monotonic() - began
                left = spent / all_done * (total - all_done) if all_done else None
                self._context.emit(
                    Progress(done=all_done, total=total, unit="galaxies", seconds_left=left)
                )

            try:
                packed = pack_file(self._folder, plan, told)
                self._made.append(packed)
                self._there[packed.first_row] = packed
            except WorkspaceError:
                raise
            except AstroMaskError as error:
                self._leave_out(plan.file, error)
            before += plan.file.count
            self._renew_manifest()

    def _leave_out(self, file: SurveyFile, error: AstroMaskError) -> None:
        self._failed += 1
        self._context.warn(f"{error} Its {file.count:,} galaxies are not packed.")

    def _renew_manifest(self) -> None:
        """Say what is packed now, and remove arrays that nothing speaks of any more."""
        files = list(self._there.values())
        write_manifest(self._folder, files)
        spoken_of = {name for file in files for name in (file.pixels, file.missing)}
        for path in self._folder.glob("*.npy"):
            if path.name not in spoken_of:
                # Another program may have it mapped; on Windows it then stays a while.
                with contextlib.suppress(OSError):
                    path.unlink()

    def _finished(self) -> Finished:
        rows = sum(file.count for file in self._made)
        if not self._made and not self._there:
            message = "No file is slow to read, so nothing was packed; --files all packs them all."
        elif not self._made:
            message = "Every file that is slow to read is packed already."
        else:
            halves = [file for file in self._made if file.dtype == "float16"]
            size = sum((self._folder / file.pixels).stat().st_size for file in self._made)
            message = (
                f"Packed the central {self._side} px of {rows:,} galaxies into"
                f" {size_text(size)}{_what_is_lost(halves, len(self._made))}."
            )
        return Finished(message=message, outputs={"packed": self._folder.name})


def _is_slow(file: SurveyFile, bands: Sequence[str]) -> bool:
    with closing(open_reader(file.path, bands=bands)) as reader:
        return bool(reader.metadata().get("slow_rows"))


def _what_is_lost(halves: Sequence[PackedFile], files: int) -> str:
    """What float16 costs, in words."""
    if not halves:
        return ", as exact as they were"
    error = 100 * max(file.error for file in halves)
    some = "" if len(halves) == files else f" ({len(halves)} of {files} files; the others exact)"
    return (
        f" as float16{some}: rounding adds {error:.2g} % of the sky's noise, and bright pixels"
        " keep 0.05 %"
    )
