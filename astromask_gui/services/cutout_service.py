"""Shows the active galaxy's pixels, and reads ahead those that will be asked for next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from astromask_gui.services.background import Background
from astromask_gui.services.describing import RowFacts
from astromask_gui.services.loading import Loaded
from astromask_gui.services.pixel_cache import PixelCache, Pixels
from astromask_gui.services.reader import PREFETCH, QUERY, VIEWER, read_message
from astromask_gui.services.worker import Request, Worker
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout

CACHE_BYTES = 32 * 2**20
PREFETCHED = 3
"""Cutouts read ahead of the active one in the list of neighbours."""


@dataclass
class _Awaited:
    """The galaxy to show next; shown once both halves are there."""

    row: int
    pixels: Pixels | None = None
    facts: RowFacts | None = None


class CutoutService(QObject):
    """Answers `selection.active` with `cutout`, through the reader process."""

    def __init__(
        self,
        state: ApplicationState,
        reader: Worker,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._reader, self._background = state, reader, background
        self._loaded: Loaded | None = None
        self._cache = PixelCache(CACHE_BYTES)
        self._awaited: _Awaited | None = None
        state.selection.active_changed.connect(self._follow)
        state.neighbours.changed.connect(self._read_ahead)

    def open(self, loaded: Loaded) -> None:
        """Serve a workspace whose cutouts the reader has open."""
        if self._loaded is None or self._loaded.facts.folder != loaded.facts.folder:
            self._cache.clear()
        self._loaded = loaded

    def load_file(
        self,
        path: str,
        row: int,
        done: Callable[[dict[str, Any], NDArray[np.float32]], None],
        failed: Callable[[str], None],
    ) -> None:
        """Read a cutout of a file from outside, in the survey's bands: facts, (1, B, H, W)."""

        def answered(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
            done(header, arrays["pixels"])

        assert self._loaded is not None, "a file is compared with an open survey"
        bands = list(self._loaded.facts.bands)
        message = {"op": "load_file", "path": path, "row": row, "bands": bands}
        self._reader.ask(QUERY, Request(message, {}, answered, failed))

    def _follow(self, row: int | None) -> None:
        if row is None or self._loaded is None:
            self._awaited = None
            self._state.cutout.clear()
            return
        self._awaited = awaited = _Awaited(row, self._cache.get(row))
        self._state.cutout.set_loading(row)
        self._background.run(
            partial(self._loaded.describer.describe, row),
            partial(self._take_facts, awaited),
            partial(self._fail, awaited),
            lane="facts",
        )
        if awaited.pixels is None:
            request = Request(
                read_message([row]),
                {},
                partial(self._take_pixels, awaited),
                partial(self._fail, awaited),
            )
            self._reader.ask(VIEWER, request)
        self._read_ahead()

    def _take_facts(self, awaited: _Awaited, facts: RowFacts) -> None:
        awaited.facts = facts
        self._show_if_complete(awaited)

    def _take_pixels(
        self, awaited: _Awaited, _: dict[str, Any], arrays: dict[str, np.ndarray]
    ) -> None:
        if awaited is self._awaited:
            self._keep([awaited.row], arrays)
            awaited.pixels = self._cache.get(awaited.row)
            self._show_if_complete(awaited)

    def _show_if_complete(self, awaited: _Awaited) -> None:
        if awaited is not self._awaited or awaited.pixels is None or awaited.facts is None:
            return
        (pixels, missing), known = awaited.pixels, awaited.facts
        self._state.cutout.set_cutout(
            Cutout(
                awaited.row,
                known.object_id,
                pixels,
                missing,
                known.ra,
                known.dec,
                known.facts,
            )
        )

    def _fail(self, awaited: _Awaited, sentence: str) -> None:
        if awaited is self._awaited:
            self._state.cutout.set_error(sentence)

    def _read_ahead(self) -> None:
        """Read what follows the active galaxy in the list of neighbours."""
        results, active = self._state.neighbours.results, self._state.selection.active
        if results is None or self._loaded is None:
            return
        rows = [int(row) for row in results.rows]
        place = rows.index(active) + 1 if active in rows else 0
        wanted = [row for row in rows[place : place + PREFETCHED] if row not in self._cache]
        if wanted:
            keep = partial(self._take_ahead, self._loaded, wanted)
            self._reader.ask(PREFETCH, Request(read_message(wanted), {}, keep))

    def _take_ahead(
        self, loaded: Loaded, rows: list[int], _: dict[str, Any], arrays: dict[str, np.ndarray]
    ) -> None:
        if loaded is self._loaded:
            self._keep(rows, arrays)

    def _keep(self, rows: list[int], arrays: dict[str, np.ndarray]) -> None:
        missing = arrays["missing"].astype(bool)
        for row, pixels, absent in zip(rows, arrays["pixels"], missing, strict=True):
            self._cache.put(row, pixels, absent)
