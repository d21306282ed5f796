"""Shows the active galaxy's pixels, and reads ahead those that will be asked for next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.worker import Request, Worker
from astromask_gui.services.cutouts.cache import PixelCache, Pixels
from astromask_gui.services.cutouts.read_ahead import ReadAhead, grid_of_terms
from astromask_gui.services.workspace.describing import RowFacts
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.services.workspace.reader import (
    GRIDS,
    PREFETCH,
    QUERY,
    VIEWER,
    grids_message,
    read_message,
)
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout

CUTOUTS_SHARE, THUMBNAILS_SHARE, SHARP_SHARE = 8 / 16, 3 / 16, 3 / 16
"""Of the memory that the user grants to pictures; the rest is for those of tiles."""
FACTS_KEPT = 4096
_TOO_LATE = "The cutouts were opened anew before the file was read; ask for it again."


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
        self._opened = 0
        """`introductions` of the reader that has the workspace open."""
        self._cache = PixelCache(0)
        self._facts: OrderedDict[int, RowFacts] = OrderedDict()
        self._ahead = ReadAhead()
        self._reading_ahead: int | None = None
        self._awaited: _Awaited | None = None
        state.selection.active_changed.connect(self._follow)
        state.neighbours.changed.connect(self._read_ahead)
        state.cutout.order_changed.connect(self._read_ahead)
        state.preferences.changed.connect(self._follow_preferences)
        self._follow_preferences()

    def open(self, loaded: Loaded) -> None:
        """Serve a workspace whose cutouts the reader has open."""
        is_other = self._loaded is None or self._loaded.facts.folder != loaded.facts.folder
        if is_other:
            self._cache.clear()
            self._state.pins.clear()
            self._state.cutout.set_order(None)
        # A catalogue that was joined tells more of the same galaxies.
        self._facts.clear()
        self._loaded, self._opened = loaded, self._reader.introductions
        self._reading_ahead = None
        if self._awaited is not None and not is_other:
            # What was on its way may have been dropped.
            self._ask(self._awaited)
            self._ask_grid(self._awaited)

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
        self._reader.ask(QUERY, Request(message, {}, answered, failed, partial(failed, _TOO_LATE)))

    def _is_current(self) -> bool:
        """Whether the reader has not been told to open another survey, of which the same rows
        are other galaxies."""
        return self._opened == self._reader.introductions

    def _follow_preferences(self) -> None:
        granted = self._state.preferences.cache_megabytes * 2**20
        self._cache.set_bound(int(granted * CUTOUTS_SHARE))
        self._state.thumbnails.set_bound(int(granted * THUMBNAILS_SHARE))
        self._state.sharp_thumbnails.set_bound(int(granted * SHARP_SHARE))

    def _follow(self, row: int | None) -> None:
        if row is None or self._loaded is None:
            self._awaited = None
            self._state.cutout.clear()
            return
        self._awaited = awaited = _Awaited(row, self._cache.get(row), self._facts.get(row))
        if awaited.pixels is None or awaited.facts is None:
            self._state.cutout.set_loading(row)
            self._ask(awaited)
        self._show_if_complete(awaited)
        self._read_ahead()

    def _ask(self, awaited: _Awaited) -> None:
        assert self._loaded is not None, "only rows of an open survey are followed"
        row, failed = awaited.row, partial(self._fail, awaited)
        if awaited.facts is None:
            describe = partial(self._loaded.describer.describe, row)
            take_facts = partial(self._take_facts, self._loaded, awaited)
            self._background.run(describe, take_facts, failed, lane="facts")
        if not self._is_current():
            return
        if row == self._reading_ahead:
            # It comes without being asked for again, unless it has not been sent yet.
            self._reader.drop(PREFETCH)
        elif awaited.pixels is None:
            take = partial(self._take_pixels, awaited)
            self._reader.ask(VIEWER, Request(read_message([row]), {}, take, failed))

    def _take_facts(self, loaded: Loaded, awaited: _Awaited, facts: RowFacts) -> None:
        awaited.facts = facts
        self._keep_facts(loaded, awaited.row, facts)
        self._show_if_complete(awaited)

    def _take_pixels(
        self, awaited: _Awaited, _: dict[str, Any], arrays: dict[str, np.ndarray]
    ) -> None:
        if awaited is self._awaited and awaited.pixels is None:
            self._keep(awaited.row, arrays)
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
        self._ask_grid(awaited)

    def _ask_grid(self, awaited: _Awaited) -> None:
        if awaited.pixels is not None and awaited.facts is not None and self._is_current():
            take = partial(self._take_grid, awaited)
            self._reader.ask(GRIDS, Request(grids_message([awaited.row]), {}, take))

    def _take_grid(
        self, awaited: _Awaited, _: dict[str, Any], arrays: dict[str, np.ndarray]
    ) -> None:
        terms = arrays["grids"][0]
        if awaited is self._awaited and np.isfinite(terms).all():
            self._state.cutout.set_grid(awaited.row, grid_of_terms(terms))

    def _fail(self, awaited: _Awaited, sentence: str) -> None:
        if awaited is self._awaited:
            self._state.cutout.set_error(sentence)

    # -- reading ahead -------------------------------------------------------------------

    def _read_ahead(self) -> None:
        """Read what follows the active galaxy in the list in use, one after the other: a click
        then waits for one cutout at most."""
        if self._loaded is None or self._reading_ahead is not None or not self._is_current():
            return
        rows = self._ahead.rows(self._state.list_in_use(), self._state.selection.active)
        row = next((row for row in rows if row not in self._cache or row not in self._facts), None)
        if row is None:
            return
        self._reading_ahead = row
        loaded = self._loaded
        if row not in self._facts:
            keep_facts = partial(self._keep_facts, loaded, row)
            self._background.run(partial(loaded.describer.describe, row), keep_facts, _say_nothing)
        self._reader.ask(
            PREFETCH,
            Request(
                read_message([row]),
                {},
                partial(self._take_ahead, loaded, row),
                partial(self._give_up_ahead, loaded, row),
                partial(self._give_up_ahead, loaded, row, ""),
            ),
        )

    def _take_ahead(
        self, loaded: Loaded, row: int, _: dict[str, Any], arrays: dict[str, np.ndarray]
    ) -> None:
        if loaded is not self._loaded:
            return
        self._reading_ahead = None
        self._keep(row, arrays)
        awaited = self._awaited
        if awaited is not None and awaited.row == row and awaited.pixels is None:
            awaited.pixels = self._cache.get(row)
            self._show_if_complete(awaited)
        self._read_ahead()

    def _give_up_ahead(self, loaded: Loaded, row: int, sentence: str) -> None:
        """Go no further; the sentence is for whoever makes that galaxy active."""
        if loaded is not self._loaded or self._reading_ahead != row:
            return
        self._reading_ahead = None
        awaited = self._awaited
        if awaited is not None and awaited.row == row and awaited.pixels is None:
            self._ask(awaited)

    def _keep(self, row: int, arrays: dict[str, np.ndarray]) -> None:
        self._cache.put(row, arrays["pixels"][0], arrays["missing"][0].astype(bool))

    def _keep_facts(self, loaded: Loaded, row: int, facts: RowFacts) -> None:
        # Another survey's rows have the same numbers.
        if loaded is not self._loaded:
            return
        self._facts[row] = facts
        while len(self._facts) > FACTS_KEPT:
            self._facts.popitem(last=False)


def _say_nothing(_: str) -> None:
    pass
