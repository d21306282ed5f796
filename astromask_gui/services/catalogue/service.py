"""Looks up what galaxies are called and where they are, off the window's thread."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.sky_places import Answer, SkyPlace


class CatalogueService(QObject):
    """Answers `identifiers.wanted` and `sky_places.asked` from the catalogue."""

    def __init__(
        self, state: ApplicationState, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._background = state, background
        self._loaded: Loaded | None = None
        state.identifiers.wanted.connect(self._find_names)
        state.sky_places.asked.connect(self._find_places)

    def start_over(self) -> None:
        """Forget everything, because another survey is about to be shown."""
        self._loaded = None
        self._state.identifiers.clear()

    def open(self, loaded: Loaded) -> None:
        """Serve a workspace, or what it has become: a row's identifier never changes."""
        self._loaded = loaded

    def _find_names(self, rows: list[int]) -> None:
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

    def _find_places(self, rows: list[int], answer: Answer) -> None:
        if self._loaded is not None:
            work = partial(sky_places, self._loaded, rows)
            self._background.run(work, answer, self._state.messages.error)


def sky_places(loaded: Loaded, rows: list[int]) -> list[SkyPlace]:
    """Names and positions of rows. Reads files the first time. Raises `QueryError`."""
    catalogue = loaded.workspace.catalogue
    ids = catalogue.object_ids(np.array(rows, np.int64))
    ra, dec = (values[rows].tolist() for values in catalogue.coordinates())
    return [
        SkyPlace(row, object_id, *((x, y) if math.isfinite(x + y) else ()))
        for row, object_id, x, y in zip(rows, ids, ra, dec, strict=True)
    ]
