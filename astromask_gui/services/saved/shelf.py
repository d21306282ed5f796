"""Saved selections of one workspace as files; slow, so never on the window's thread."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.packed import PackedMask
from astromask_gui.state.saved import SavedSelection
from trainer.errors import QueryError

if TYPE_CHECKING:
    from trainer.workspace.selections import SelectionFile

Mask = NDArray[np.bool_]
Items = tuple[SavedSelection, ...]


class Shelf:
    """One workspace's folder of saved selections, by their names; for the service's thread.

    All but the constructor raise `AstroMaskError`.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.folder = loaded.workspace.selections_folder
        self._workspace = loaded.workspace

    def items(self) -> Items:
        """All saved selections, the oldest first."""
        return tuple(_item(file) for file in self._files())

    def save(
        self, name: str, packed: PackedMask, created: str | None
    ) -> tuple[SavedSelection, Items]:
        """Save a set; returns what was saved, and all there are then."""
        from trainer.workspace.selections import save_selection

        rows = np.flatnonzero(packed.unpack())
        file = save_selection(self.folder, self._workspace.catalogue, name, rows, created)
        return _item(file), self.items()

    def replace(self, name: str, packed: PackedMask) -> tuple[PackedMask, Items]:
        """Save another set under a name; returns the set before, and all there are."""
        from trainer.workspace.selections import replace_selection

        before = PackedMask.of(self.mask(name))
        rows = np.flatnonzero(packed.unpack())
        replace_selection(self._file(name), self._workspace.catalogue, rows)
        return before, self.items()

    def rename(self, name: str, new: str) -> tuple[SavedSelection, Items]:
        """Rename; returns what is now called so, and all there are."""
        from trainer.workspace.selections import rename_selection

        file = rename_selection(self._file(name), self._workspace.catalogue, new)
        return _item(file), self.items()

    def delete(self, name: str) -> tuple[SavedSelection, PackedMask, Items]:
        """Delete; returns what was deleted, its set, and all there are."""
        from trainer.workspace.selections import delete_selection

        file = self._file(name)
        # What can't be read could not be brought back, and may be of use elsewhere.
        before = PackedMask.of(self.mask(name))
        delete_selection(file)
        return _item(file), before, self.items()

    def mask(self, name: str) -> Mask:
        """(N,) bool: the galaxies of a saved selection."""
        from trainer.workspace.selections import selected_rows

        mask = np.zeros(len(self._workspace), bool)
        mask[selected_rows(self._file(name).path, self._workspace.catalogue)] = True
        return mask

    def export(self, name: str, path: Path) -> int:
        """Write identifiers and coordinates to a CSV file; returns how many."""
        import pyarrow as pa

        from trainer.workspace.write_tables import write_table

        rows = pa.array(np.flatnonzero(self.mask(name)))
        catalogue = self._workspace.catalogue
        names = [column for column in ("object_id", "ra", "dec")
                 if column in catalogue.column_names()]  # fmt: skip
        table = pa.table({column: catalogue.column(column).take(rows) for column in names})
        write_table(table, path, "csv")
        return len(table)

    def _files(self) -> list[SelectionFile]:
        from trainer.workspace.selections import list_selections

        return list_selections(self.folder, self._workspace.catalogue)

    def _file(self, name: str) -> SelectionFile:
        found = next((file for file in self._files() if file.name == name), None)
        if found is None:
            raise QueryError(f"There is no saved selection “{name}” any more.")
        return found


def _item(file: SelectionFile) -> SavedSelection:
    return SavedSelection(file.name, file.count, file.created, file.problem)
