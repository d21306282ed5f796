"""Keeps the user's colours of categories in the open workspace."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.own_colours import ByCategory


class ColourService(QObject):
    """Writes what the user changes; what a workspace has kept is read with it."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        # One thread: of two changes the later one is on disk at the end.
        self._background = Background("colours", parent=self)
        self._folder: Path | None = None
        state.own_colours.edited.connect(self._write)

    def open(self, loaded: Loaded) -> None:
        """Keep the colours of another workspace from now on."""
        self._folder = loaded.facts.folder

    def forget(self) -> None:
        """Nothing is open any more."""
        self._folder = None

    def close(self) -> None:
        """Finish writing."""
        self._background.close(finish=True)

    def _write(self) -> None:
        if self._folder is not None:
            work = partial(_write, self._folder, self._state.own_colours.by_column)
            self._background.run(work, lambda _: None, self._state.messages.error)


def _write(folder: Path, colours: dict[str, ByCategory]) -> None:
    from trainer.workspace.own_colours import write_colours

    write_colours(folder, colours)
