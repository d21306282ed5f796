"""Finds a galaxy by its identifier or by a position on the sky."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.search.positions import nearest_row, parse_place
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from trainer.errors import QueryError

NEAR_ARCSEC = 5.0
"""Within this the galaxy found is taken to be the one that was meant."""
_IS_HIDDEN = " It is among those that the filters hide."
MOST_COMPLETIONS = 12
"""Identifiers offered for a beginning."""


@dataclass(frozen=True)
class Found:
    """A galaxy that was looked for."""

    row: int
    sentence: str
    is_sure: bool = True
    """Whether no other galaxy may have been meant."""


class FindService(QObject):
    """Answers `session.find` by making the galaxy active, or with a sentence."""

    def __init__(
        self, state: ApplicationState, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._background = state, background
        self._loaded: Loaded | None = None
        state.session.find_requested.connect(self._find)
        state.session.completions_requested.connect(self._complete)

    def open(self, loaded: Loaded) -> None:
        """Find galaxies of another workspace, or of the same one with something new."""
        before, self._loaded = self._loaded, loaded
        if before is not None and before.facts.folder != loaded.facts.folder:
            # The row that is being looked for is another galaxy here.
            self._background.drop("find")
            self._background.drop("complete")

    def find(self, text: str, failed: Callable[[str], None]) -> None:
        """Make the galaxy of `text` active, or call `failed` with a sentence."""
        if self._loaded is None:
            failed("Open a workspace before you look for a galaxy.")
        elif text.strip():
            active = self._state.selection.active
            work = partial(find, self._loaded, text.strip(), active)
            self._background.run(work, partial(self._take, text), failed, lane="find")

    def _find(self, text: str) -> None:
        self.find(text, self._state.messages.warning)

    def _complete(self, text: str) -> None:
        if self._loaded is None or not text:
            self._state.session.completed.emit(text, ())
            return
        take = partial(self._state.session.completed.emit, text)
        work = partial(_beginnings, self._loaded, text)
        self._background.run(work, take, self._state.messages.error, lane="complete")

    def _take(self, text: str, found: Found) -> None:
        if found.row < self._state.selection.size:
            self._state.selection.set_active(found.row)
            self._state.session.found.emit(text, found.row, found.is_sure)
            visible = self._state.filters.visible
            is_hidden = visible is not None and not visible[found.row]
            self._state.messages.info(found.sentence + (_IS_HIDDEN if is_hidden else ""))


def find(loaded: Loaded, text: str, active: int | None = None) -> Found:
    """The galaxy that `text` names: by an identifier, RA and Dec with a radius
    or without, or the beginning of an identifier, of which the one after `active` is shown.

    Raises `QueryError` where there is none.
    """
    catalogue = loaded.workspace.catalogue
    try:
        return Found(int(catalogue.rows_of([text])[0]), f"Showing galaxy {text}.")
    except QueryError:
        place = parse_place(text)
        if place is None:
            if (found := _beginning_with(loaded, text, active)) is not None:
                return found
            raise
    position, radius = place
    nearest = nearest_row(*catalogue.coordinates(), position)
    if nearest is None:
        raise QueryError("This survey's galaxies have no coordinates, so no position is known.")
    row, arcsec = nearest
    name = catalogue.object_id(row)
    if radius is not None and arcsec > radius:
        raise QueryError(
            f"No galaxy lies within {distance_in_words(radius)} of that position; the nearest,"
            f" {name}, is {distance_in_words(arcsec)} away."
        )
    if arcsec <= NEAR_ARCSEC:
        return Found(row, f"Showing galaxy {name}, {arcsec:.1f}″ from that position.")
    away = distance_in_words(arcsec)
    return Found(row, f"The nearest galaxy, {name}, is {away} from that position.")


def _beginning_with(loaded: Loaded, text: str, active: int | None) -> Found | None:
    rows = loaded.workspace.catalogue.rows_beginning_with(text)
    if not len(rows):
        return None
    place = int(np.searchsorted(rows, -1 if active is None else active, side="right"))
    # After the last one the first again.
    row = int(rows[place % len(rows)])
    name = loaded.workspace.catalogue.object_id(row)
    if len(rows) == 1:
        return Found(row, f"Showing galaxy {name}, the only one whose identifier begins so.")
    number = place % len(rows) + 1
    sentence = (
        f"Showing galaxy {name}, {number:,} of {len(rows):,} whose identifiers begin so;"
        " ask again for the next."
    )
    return Found(row, sentence, is_sure=False)


def _beginnings(loaded: Loaded, text: str) -> tuple[str, ...]:
    catalogue = loaded.workspace.catalogue
    return tuple(catalogue.object_ids(catalogue.rows_beginning_with(text)[:MOST_COMPLETIONS]))


def distance_in_words(arcsec: float) -> str:
    """An angle in the unit that suits it."""
    if arcsec < 60:
        return f"{arcsec:.1f}″"
    return f"{arcsec / 60:.1f}′" if arcsec < 3600 else f"{arcsec / 3600:.1f}°"
