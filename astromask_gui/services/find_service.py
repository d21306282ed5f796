"""Finds a galaxy by its identifier or by a position on the sky."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QObject

from astromask_gui.services.background import Background
from astromask_gui.services.loading import Loaded
from astromask_gui.services.positions import nearest_row, parse_position
from astromask_gui.state.application import ApplicationState
from trainer.errors import QueryError

NEAR_ARCSEC = 5.0
"""Within this the galaxy found is taken to be the one that was meant."""


class FindService(QObject):
    """Answers `session.find` by making the galaxy active, or with a sentence."""

    def __init__(
        self, state: ApplicationState, background: Background, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._background = state, background
        self._loaded: Loaded | None = None
        state.session.find_requested.connect(self._find)

    def open(self, loaded: Loaded) -> None:
        """Find galaxies of another workspace."""
        self._loaded = loaded

    def find(self, text: str, failed: Callable[[str], None]) -> None:
        """Make the galaxy of `text` active, or call `failed` with a sentence."""
        if self._loaded is None:
            failed("Open a workspace before you look for a galaxy.")
        elif text.strip():
            work = partial(find, self._loaded, text.strip())
            self._background.run(work, self._take, failed, lane="find")

    def _find(self, text: str) -> None:
        self.find(text, self._state.messages.warning)

    def _take(self, found: tuple[int, str]) -> None:
        row, sentence = found
        if row < self._state.selection.size:
            self._state.selection.set_active(row)
            self._state.messages.info(sentence)


def find(loaded: Loaded, text: str) -> tuple[int, str]:
    """The row that `text` names (an identifier, or RA and Dec), and a sentence on it.

    Raises `QueryError` where there is none.
    """
    catalogue = loaded.workspace.catalogue
    try:
        return int(catalogue.rows_of([text])[0]), f"Showing galaxy {text}."
    except QueryError:
        position = parse_position(text)
        if position is None:
            raise
    nearest = nearest_row(*catalogue.coordinates(), position)
    if nearest is None:
        raise QueryError("This survey's galaxies have no coordinates, so no position is known.")
    row, arcsec = nearest
    name = catalogue.object_id(row)
    if arcsec <= NEAR_ARCSEC:
        return row, f"Showing galaxy {name}, {arcsec:.1f}″ from that position."
    return row, f"The nearest galaxy, {name}, is {distance_in_words(arcsec)} from that position."


def distance_in_words(arcsec: float) -> str:
    """An angle in the unit that suits it."""
    if arcsec < 60:
        return f"{arcsec:.1f}″"
    return f"{arcsec / 60:.1f}′" if arcsec < 3600 else f"{arcsec / 3600:.1f}°"
