"""Makes files and previews in a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.sentences import size_in_words
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.exports import CantBeMade, Export
from trainer.atomic import write_bytes
from trainer.errors import AstroMaskError

T = TypeVar("T")


class ExportService(QObject):
    """Answers the intents of `state.exports`; a file is there whole or not at all."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._files = Background("exports", parent=self)
        self._previews = Background("previews", parent=self)
        state.exports.write_requested.connect(self._write)
        state.exports.preview_requested.connect(self._draw)

    def close(self) -> None:
        """Finish what was asked for: the user counts on those files."""
        self._previews.close()
        self._files.close(finish=True)

    def _write(self, export: Export) -> None:
        messages = self._state.messages
        messages.info(f"Writing {export.path.name} …")
        self._files.run(partial(_write, export), messages.info, messages.error)

    def _draw(self, number: int, draw: Callable[[], object]) -> None:
        exports = self._state.exports
        self._previews.run(
            partial(_told, draw),
            partial(exports.preview_made.emit, number),
            partial(exports.preview_failed.emit, number),
            lane="preview",
        )


def _write(export: Export) -> str:
    made = _told(export.make)
    write_bytes(export.path, made.data)
    return f"Wrote {export.path} ({made.words}, {size_in_words(len(made.data))})."


def _told(make: Callable[[], T]) -> T:
    """The same, with an error that is told as it is."""
    try:
        return make()
    except CantBeMade as error:
        raise AstroMaskError(str(error)) from error
