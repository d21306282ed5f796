"""Looks up the identifiers that are shown on cards, off the window's thread."""

from __future__ import annotations

from functools import partial

import numpy as np
from PyQt6.QtCore import QObject

from astromask_gui.services.background import Background
from astromask_gui.services.loading import Loaded
from astromask_gui.state.application import ApplicationState


class IdentifierService(QObject):
    """Answers `identifiers.wanted` from the catalogue's table of identifiers."""

    def __init__(
        self, state: ApplicationState, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._background = state, background
        self._loaded: Loaded | None = None
        state.identifiers.wanted.connect(self._look_up)

    def start_over(self) -> None:
        """Forget everything, because another survey is about to be shown."""
        self._loaded = None
        self._state.identifiers.clear()

    def open(self, loaded: Loaded) -> None:
        """Serve a workspace, or what it has become: a row's identifier never changes."""
        self._loaded = loaded

    def _look_up(self, rows: list[int]) -> None:
        loaded = self._loaded
        if loaded is None:
            return

        def take(names: list[str]) -> None:
            # Another survey's rows have the same numbers.
            now = self._loaded
            if now is not None and now.facts.folder == loaded.facts.folder:
                self._state.identifiers.put(rows, names)

        work = partial(loaded.workspace.catalogue.object_ids, np.array(rows))
        self._background.run(work, take, self._state.messages.error)
