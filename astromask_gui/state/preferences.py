"""What the user prefers, in every workspace; kept between starts by a service."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.table_look import TableLook

Style = Literal["dark", "light"]
RECENT = 8
CACHE_MEGABYTES = 512
"""What pictures that are kept in memory may take, if nobody says otherwise."""


class Preferences(QObject):
    """Style, motion, what the map shows beside its points, and the workspaces opened lately."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._style: Style = "dark"
        self._motion = True
        self._recent: tuple[str, ...] = ()
        self._card_columns: tuple[str, ...] | None = None
        self._mini_map = True
        self._mark_placed = True
        self._cache_megabytes = CACHE_MEGABYTES
        self._sexagesimal = False
        self._table_look = TableLook()
        self._sky_layer = "ls-dr10"

    @property
    def style(self) -> Style:
        """Dark (astronomers sit in the dark) or light."""
        return self._style

    @property
    def motion(self) -> bool:
        """Whether changes of view are animated."""
        return self._motion

    @property
    def recent(self) -> tuple[str, ...]:
        """Folders of workspaces opened lately, newest first."""
        return self._recent

    @property
    def card_columns(self) -> tuple[str, ...] | None:
        """Columns on the card of a galaxy under the mouse; None for the usual ones."""
        return self._card_columns

    @property
    def mini_map(self) -> bool:
        """Whether a small map of the whole is shown when the view is deep in."""
        return self._mini_map

    @property
    def mark_placed(self) -> bool:
        """Whether galaxies that were placed on a finished projection are told from the others."""
        return self._mark_placed

    @property
    def sexagesimal(self) -> bool:
        """Whether maps of the sky tell hours and arcminutes instead of decimal degrees."""
        return self._sexagesimal

    @property
    def cache_megabytes(self) -> int:
        """What cutouts and thumbnails that are kept may take of the memory, together."""
        return self._cache_megabytes

    @property
    def table_look(self) -> TableLook:
        """The columns of the table, their order and widths."""
        return self._table_look

    @property
    def sky_layer(self) -> str:
        """Layer that the Legacy Survey's sky viewer opens with, by its name there."""
        return self._sky_layer

    def set_style(self, style: Style) -> None:
        """Choose the style."""
        if style != self._style:
            self._style = style
            self.changed.emit()

    def set_motion(self, motion: bool) -> None:
        """Choose whether changes of view are animated."""
        if motion != self._motion:
            self._motion = motion
            self.changed.emit()

    def set_card_columns(self, names: tuple[str, ...] | None) -> None:
        """Choose the columns on the card."""
        if names != self._card_columns:
            self._card_columns = names
            self.changed.emit()

    def set_mini_map(self, shown: bool) -> None:
        """Choose whether the small map is shown."""
        if shown != self._mini_map:
            self._mini_map = shown
            self.changed.emit()

    def set_mark_placed(self, marked: bool) -> None:
        """Choose whether galaxies that were placed later are told from the others."""
        if marked != self._mark_placed:
            self._mark_placed = marked
            self.changed.emit()

    def set_sexagesimal(self, on: bool) -> None:
        """Choose how maps of the sky tell positions."""
        if on != self._sexagesimal:
            self._sexagesimal = on
            self.changed.emit()

    def set_cache_megabytes(self, megabytes: int) -> None:
        """Choose what pictures may take of the memory."""
        if megabytes != self._cache_megabytes:
            self._cache_megabytes = megabytes
            self.changed.emit()

    def set_sky_layer(self, layer: str) -> None:
        """Choose the layer that the Legacy Survey's sky viewer opens with."""
        if layer != self._sky_layer:
            self._sky_layer = layer
            self.changed.emit()

    def set_table_look(self, look: TableLook) -> None:
        """Choose how the table looks."""
        if look != self._table_look:
            self._table_look = look
            self.changed.emit()

    def set_recent(self, folders: tuple[str, ...]) -> None:
        """Replace the list of workspaces opened lately."""
        if folders != self._recent:
            self._recent = folders[:RECENT]
            self.changed.emit()

    def remember(self, folder: str) -> None:
        """Put a workspace first in the list."""
        self.set_recent((folder, *(other for other in self._recent if other != folder)))
