"""Keeps a small picture of the map of each workspace opened lately."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QBuffer, QIODevice, QObject, Qt
from PyQt6.QtGui import QImage

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.user.folders import data_folder
from astromask_gui.state.portraits import Picture, Portraits
from astromask_gui.state.preferences import Preferences
from trainer.atomic import write_bytes

SIZE = (144, 96)
"""Pixels, width and height: 48 × 32 of a screen with three to each of its layout's."""


class PortraitService(QObject):
    """Reads the pictures once; makes the offered ones small, and writes them."""

    def __init__(
        self,
        portraits: Portraits,
        preferences: Preferences,
        folder: Path | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._portraits, self._preferences = portraits, preferences
        self._folder = folder or data_folder() / "maps"
        self._background = Background("portraits", parent=self)
        recent = preferences.recent
        self._background.run(partial(_read, self._folder, recent), portraits.add, _say_nothing)
        portraits.offered.connect(self._keep)

    def close(self) -> None:
        """Finish writing."""
        self._background.close(finish=True)

    def _keep(self, workspace: str, picture: Picture) -> None:
        work = partial(_write, self._folder, workspace, picture, self._preferences.recent)
        # Nobody asked for it, so nobody is told where it can't be kept.
        self._background.run(work, self._portraits.add, _say_nothing)


def _path(folder: Path, workspace: str) -> Path:
    return folder / f"{hashlib.sha256(workspace.encode()).hexdigest()[:16]}.png"


def _read(folder: Path, recent: tuple[str, ...]) -> dict[str, Picture]:
    found = {}
    for workspace in recent:
        image = QImage(str(_path(folder, workspace)))
        if (image.width(), image.height()) == SIZE:
            found[workspace] = _pixels(image)
    return found


def _write(
    folder: Path, workspace: str, picture: Picture, recent: tuple[str, ...]
) -> dict[str, Picture]:
    """Write the small picture, and remove those of workspaces that are not listed any more."""
    small = _shrunk(picture)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    small.save(buffer, "PNG")
    folder.mkdir(parents=True, exist_ok=True)
    write_bytes(_path(folder, workspace), bytes(buffer.data().data()))
    kept = {_path(folder, name) for name in (*recent, workspace)}
    for path in folder.glob("*.png"):
        if path not in kept:
            path.unlink(missing_ok=True)
    return {workspace: _pixels(small)}


def _shrunk(picture: Picture) -> QImage:
    """The picture's middle, as much as fits the shape."""
    height, width = picture.shape
    whole = QImage(picture.tobytes(), width, height, 4 * width, QImage.Format.Format_RGB32)
    filling = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    image = whole.scaled(*SIZE, filling, Qt.TransformationMode.SmoothTransformation)
    small: QImage = image.copy(
        (image.width() - SIZE[0]) // 2, (image.height() - SIZE[1]) // 2, *SIZE
    )
    return small


def _pixels(image: QImage) -> Picture:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    bits = image.constBits()
    assert bits is not None
    width, height = SIZE
    return np.frombuffer(bits.asstring(4 * width * height), np.uint32).reshape(height, width)


def _say_nothing(_: str) -> None:
    pass
