"""The workspace's saved selections: sets of galaxies with a name, kept on disk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.selection import CombineMode

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class SavedSelection:
    """One of them, without its rows. No two have the same name."""

    name: str
    count: int
    created: str
    """ISO 8601, UTC."""
    problem: str = ""
    """Why it can't be used, as a sentence."""


class SavedSelections(QObject):
    """All saved selections, the oldest first. Changes are intents; they count once on disk."""

    changed = pyqtSignal()
    added = pyqtSignal(str)
    """Name of one that has just been saved."""
    save_requested = pyqtSignal(str, object)
    """Name, and (N,) bool; where the name is taken, a number is added."""
    replace_requested = pyqtSignal(str, object)
    rename_requested = pyqtSignal(str, str)
    delete_requested = pyqtSignal(str)
    apply_requested = pyqtSignal(str, object)
    """Name and `CombineMode`: how it is to meet the selected set."""
    filter_requested = pyqtSignal(str, bool)
    """Name, and True to show only its galaxies, False to hide them."""
    export_requested = pyqtSignal(str, object)
    """Name, and the Path of a CSV file of identifiers and coordinates."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._items: tuple[SavedSelection, ...] = ()

    @property
    def items(self) -> tuple[SavedSelection, ...]:
        """All saved selections."""
        return self._items

    def item(self, name: str) -> SavedSelection | None:
        """The saved selection of a name; None where there is none."""
        return next((item for item in self._items if item.name == name), None)

    def free_name(self) -> str:
        """A name that is not taken, for who has not thought of one yet."""
        taken = {item.name.casefold() for item in self._items}
        number = 1
        while f"selection {number}" in taken:
            number += 1
        return f"Selection {number}"

    def set_items(self, items: Iterable[SavedSelection]) -> None:
        """Take in what is on disk."""
        items = tuple(items)
        if items != self._items:
            self._items = items
            self.changed.emit()

    def save(self, name: str, mask: Mask) -> None:
        """Ask for a set (N,) bool to be saved."""
        self.save_requested.emit(name, mask.copy())

    def replace(self, name: str, mask: Mask) -> None:
        """Ask for a saved selection to hold another set (N,) bool from now on."""
        self.replace_requested.emit(name, mask.copy())

    def rename(self, name: str, new: str) -> None:
        """Ask for another name."""
        if new != name:
            self.rename_requested.emit(name, new)

    def delete(self, name: str) -> None:
        """Ask for a saved selection to be deleted."""
        self.delete_requested.emit(name)

    def apply(self, name: str, mode: CombineMode) -> None:
        """Ask for a saved selection to meet the selected set."""
        self.apply_requested.emit(name, mode)

    def filter(self, name: str, *, only: bool) -> None:
        """Ask for only its galaxies to be shown, or for them to be hidden."""
        self.filter_requested.emit(name, only)

    def export(self, name: str, path: Path) -> None:
        """Ask for its galaxies' identifiers and coordinates to be written to a CSV file."""
        self.export_requested.emit(name, path)
