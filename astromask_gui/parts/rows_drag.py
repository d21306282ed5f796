"""What is dragged between panels and in from outside: rows of the survey, or a file."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from PyQt6.QtCore import QMimeData, QPoint, Qt, QUrl
from PyQt6.QtGui import QDrag, QImage, QPixmap
from PyQt6.QtWidgets import QWidget

ROWS_MIME = "application/x-astromask-rows"
CUTOUT_SUFFIXES = frozenset(
    (".fits", ".fit", ".fz", ".h5", ".hdf5", ".npy", ".npz", ".png", ".jpg", ".jpeg")
)

_PICTURE = 64
"""Screen pixels of the picture that hangs on the mouse."""
MOST_DRAGGED = 10_000


def drag_rows(
    source: QWidget, rows: list[int], picture: QImage | None, files: Sequence[Path] = ()
) -> None:
    """Let the user drag rows out of a view, and outside the window their `files`; returns when
    they have been dropped somewhere."""
    drag = QDrag(source)
    drag.setMimeData(rows_to_mime(rows[:MOST_DRAGGED], files))
    if picture is not None:
        drag.setPixmap(QPixmap.fromImage(picture).scaledToWidth(_PICTURE))
        drag.setHotSpot(QPoint(-8, -8))
    drag.exec(Qt.DropAction.CopyAction)


def rows_to_mime(rows: list[int], files: Sequence[Path] = ()) -> QMimeData:
    """Rows as they are dragged between panels of this window, and their `files` for others."""
    data = QMimeData()
    data.setData(ROWS_MIME, json.dumps(rows).encode())
    if files:
        data.setUrls([QUrl.fromLocalFile(str(path)) for path in files])
    return data


def rows_of(data: QMimeData | None) -> list[int]:
    """The rows that are dragged; empty where it is something else."""
    if data is None or not data.hasFormat(ROWS_MIME):
        return []
    try:
        rows = json.loads(bytes(data.data(ROWS_MIME).data()))
    except ValueError:  # another program may use the name for what it likes
        return []
    is_list = isinstance(rows, list) and all(type(row) is int and row >= 0 for row in rows)
    return rows if is_list else []


def file_of(data: QMimeData | None) -> Path | None:
    """The local file that is dragged or pasted (as a file or as its path); None where none is."""
    if data is None:
        return None
    for url in data.urls():
        if url.isLocalFile():
            return Path(url.toLocalFile())
    text = data.text().strip().strip('"')
    if text and "\n" not in text and len(text) < 4096:
        # Not by `Path`, which raises where there is no such user.
        path = Path(os.path.expanduser(text.removeprefix("file://")))
        if path.suffix.lower() in CUTOUT_SUFFIXES:
            return path
    return None
