"""Galaxies that are kept to be compared beside each other."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.cutout import Cutout

MOST_PINNED = 6


class Pins(QObject):
    """Up to six cutouts in the order in which they were pinned."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cutouts: tuple[Cutout, ...] = ()

    @property
    def cutouts(self) -> tuple[Cutout, ...]:
        """The cutouts, that pinned first in front."""
        return self._cutouts

    @property
    def rows(self) -> tuple[int, ...]:
        """Their rows."""
        return tuple(cutout.row for cutout in self._cutouts)

    def toggle(self, cutout: Cutout) -> None:
        """Pin a galaxy, or let it go; where all places are taken the oldest gives way."""
        if cutout.row in self.rows:
            self.unpin(cutout.row)
        else:
            self._set((*self._cutouts, cutout)[-MOST_PINNED:])

    def unpin(self, row: int) -> None:
        """Let a galaxy go."""
        self._set(tuple(cutout for cutout in self._cutouts if cutout.row != row))

    def clear(self) -> None:
        """Let all go."""
        self._set(())

    def _set(self, cutouts: tuple[Cutout, ...]) -> None:
        if tuple(one.row for one in cutouts) != self.rows:
            self._cutouts = cutouts
            self.changed.emit()
