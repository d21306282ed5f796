"""Writes cutouts as FITS files: where the user wants them, or where other programs find them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.worker import Worker
from astromask_gui.services.cutouts.orders import CutoutOrders, Order
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState

_TOLD_EVERY = 50
"""Cutouts after which is told how far it is."""
_FOLDER_NAME = "cutouts"


class CutoutFileService(QObject):
    """Answers the intents of `state.cutout_files`. What is handed out goes at the program's end."""

    def __init__(
        self, state: ApplicationState, reader: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state = state
        self._orders = CutoutOrders(reader, self)
        self._folders = Background("folders", parent=self)
        self._loaded: Loaded | None = None
        self._reader, self._opened = reader, 0
        self._temporary = _TemporaryFolders()
        files = state.cutout_files
        files.save_requested.connect(self._save)
        files.save_all_requested.connect(self._save_all)
        files.hand_out_requested.connect(self._hand_out)

    def open(self, loaded: Loaded) -> None:
        """Serve another workspace, or the same one with something new."""
        is_other = self._loaded is None or self._loaded.facts.folder != loaded.facts.folder
        self._loaded, self._opened = loaded, self._reader.introductions
        if is_other:
            files = self._state.cutout_files
            files.set_folder(None)
            failed = self._state.messages.warning
            self._folders.run(self._temporary.new, files.set_folder, failed, lane="folder")

    def close(self) -> None:
        """Finish the file that is being written, and take away what was handed out."""
        self._state.cutout_files.set_folder(None)
        self._orders.close()
        self._folders.close(finish=True)
        self._temporary.remove()

    def order(self, files: dict[int, Path], finished: Callable[[Order], None]) -> Order | None:
        """An order of cutouts of the open workspace; None where none is open."""
        if self._loaded is None:
            return None
        return Order(self._loaded, self._opened, files, finished)

    # -- what the user saves -------------------------------------------------------------

    def _save(self, row: int, path: Path) -> None:
        order = self.order({row: path}, self._tell_one)
        if order is not None:
            self._state.messages.info(f"Writing {path.name} …")
            self._orders.add(order, first=True)

    def _tell_one(self, order: Order) -> None:
        for path in order.written.values():
            self._state.messages.info(f"Wrote {path}: all bands, with its header.")
        for sentence in order.failed.values():
            self._state.messages.error(sentence)

    def _save_all(self, rows: list[int], parent: Path) -> None:
        order = self.order({}, _nothing)
        if order is None or not rows:
            return
        self._state.messages.info(f"Writing {len(rows):,} cutouts …")

        def begin(files: dict[int, Path]) -> None:
            order.files = files
            order.finished = partial(self._tell_all, next(iter(files.values())).parent)
            order.progressed = self._tell_progress
            self._orders.add(order)

        work = partial(_named_files, order.loaded, rows, parent)
        self._folders.run(work, begin, self._state.messages.error)

    def _tell_progress(self, order: Order) -> None:
        done = len(order.written) + len(order.failed)
        if done % _TOLD_EVERY == 0:
            self._state.messages.info(f"Writing cutouts: {done:,} of {len(order.files):,} …")

    def _tell_all(self, folder: Path, order: Order) -> None:
        messages, sentence = (
            self._state.messages,
            f"Wrote {len(order.written):,} cutouts to {folder}",
        )
        if order.failed:
            first = next(iter(order.failed.values()))
            messages.warning(f"{sentence}; {len(order.failed):,} could not be: {first}")
        else:
            messages.info(f"{sentence}.")

    # -- what is handed out --------------------------------------------------------------

    def _hand_out(self, files: dict[int, Path]) -> None:
        self.write(files, self._take_back)

    def write(self, files: dict[int, Path], finished: Callable[[Order], None]) -> None:
        """Write files before all else, and call `finished` when all were tried."""
        order = self.order(files, finished)
        if order is not None:
            self._orders.add(order, first=True)

    def _take_back(self, order: Order) -> None:
        for row, sentence in order.failed.items():
            self._state.cutout_files.take_back(row)
            self._state.messages.error(sentence)


def _nothing(_: Order) -> None:
    pass


class _TemporaryFolders:
    """A folder for each survey in one that is the program's own; used in one thread."""

    def __init__(self) -> None:
        self._root: Path | None = None
        self._count = 0

    def new(self) -> Path:
        """Make another one."""
        if self._root is None:
            self._root = Path(tempfile.mkdtemp(prefix="astromask-"))
        self._count += 1
        folder = self._root / str(self._count)
        folder.mkdir()
        return folder

    def remove(self) -> None:
        """Delete all of them."""
        if self._root is not None:
            shutil.rmtree(self._root, ignore_errors=True)


def _named_files(loaded: Loaded, rows: list[int], parent: Path) -> dict[int, Path]:
    """A file for each row in a folder that is made now, so that nothing is ever overwritten."""
    from trainer.atomic import disk_errors
    from trainer.workspace.export import file_names

    numbers = np.array(rows, np.int64)
    names = file_names(loaded.workspace.catalogue.object_ids(numbers), numbers)
    with disk_errors(parent):
        folder = _make_free(parent)
    return {row: folder / name for row, name in zip(rows, names, strict=True)}


def _make_free(parent: Path) -> Path:
    number = 1
    while True:
        folder = parent / (_FOLDER_NAME if number == 1 else f"{_FOLDER_NAME} {number}")
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            number += 1
        else:
            return folder
