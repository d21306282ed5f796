"""Finds the rows and cells that the table shows, and makes text and files of them."""

from __future__ import annotations

from collections import Counter
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.sentences import size_in_words
from astromask_gui.services.table.content import TableContent
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.table import TableExport, TablePart

MOST_COPIED = 2_000_000
"""Cells that the clipboard is given."""


class TableService(QObject):
    """Answers the intents of `state.table`, and `state.cells.wanted`."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        # Cells are not to wait for a sort, nor either of them for a file.
        self._orders = Background("table rows", parent=self)
        self._cells = Background("table cells", parent=self)
        self._files = Background("table files", parent=self)
        self._loaded: Loaded | None = None
        self._content: TableContent | None = None
        self._cell_content: TableContent | None = None
        self._versions: Counter[str] = Counter()
        """How often the values of a column have changed."""
        state.table.changed.connect(self._find_rows)
        state.table.copy_requested.connect(self._copy)
        state.table.export_requested.connect(self._export)
        state.filters.changed.connect(self._follow_filters)
        state.selection.changed.connect(self._follow_selection)
        state.columns.changed.connect(self._check_sort)
        state.columns.ready.connect(self._follow_values)
        state.cells.wanted.connect(self._look_up)

    def open(self, loaded: Loaded) -> None:
        """Serve a workspace, or what it has become."""
        before = self._loaded
        if before is None or before.facts.folder != loaded.facts.folder:
            self._state.table.set_sort(None)
        self._loaded = loaded
        self._content, self._cell_content = TableContent(loaded), TableContent(loaded)
        self._state.cells.clear()
        self._find_rows()

    def forget(self) -> None:
        """Nothing is open any more."""
        self._loaded = self._content = self._cell_content = None
        self._orders.drop("rows")
        self._state.cells.clear()
        self._state.table.set_rows(np.zeros(0, np.uint32))

    def close(self) -> None:
        """Finish the files that were asked for."""
        self._orders.close()
        self._cells.close()
        self._files.close(finish=True)

    # -- which rows ----------------------------------------------------------------------

    def _find_rows(self) -> None:
        table, content = self._state.table, self._content
        if content is None or not table.watched:
            return
        table.set_busy(True)
        version = 0 if table.sort is None else self._versions[table.sort.column]
        work = partial(content.rows, self._mask(), table.sort, version)
        self._orders.run(work, partial(self._take_rows, content), self._refuse, lane="rows")

    def _mask(self) -> NDArray[np.bool_] | None:
        scope = self._state.table.scope
        if scope == "selected":
            return self._state.selection.mask
        return self._state.filters.visible if scope == "visible" else None

    def _take_rows(self, content: TableContent, rows: NDArray[np.uint32]) -> None:
        if content is self._content:
            self._state.table.set_rows(rows)

    def _refuse(self, sentence: str) -> None:
        self._state.table.set_busy(False)
        self._state.messages.error(sentence)

    def _follow_filters(self) -> None:
        if self._state.table.scope == "visible":
            self._find_rows()

    def _follow_selection(self) -> None:
        if self._state.table.scope == "selected":
            self._find_rows()

    def _check_sort(self) -> None:
        """A column that is gone is no order."""
        sort = self._state.table.sort
        if sort is not None and self._state.columns.column(sort.column) is None:
            self._state.table.set_sort(None)

    def _follow_values(self, name: str) -> None:
        # The rows stay as they are: they would jump under the hand of who is grading.
        self._versions[name] += 1

    # -- what they say -------------------------------------------------------------------

    def _look_up(self, name: str, rows: list[int]) -> None:
        content = self._cell_content
        if content is None:
            return

        def take(texts: list[str]) -> None:
            # Another survey's rows have the same numbers.
            if content is self._cell_content:
                self._state.cells.put(name, rows, texts)

        work = partial(content.cells, name, rows, self._versions[name])
        self._cells.run(work, take, self._state.messages.error)

    def _copy(self, part: TablePart) -> None:
        if self._loaded is None:
            return
        count = len(part.rows) * len(part.columns)
        if count > MOST_COPIED:
            self._state.messages.warning(
                f"{count:,} cells are too many for the clipboard (at most {MOST_COPIED:,});"
                " “Export the table …” writes them to a file."
            )
            return
        rows = "1 row is" if len(part.rows) == 1 else f"{len(part.rows):,} rows are"
        done = partial(self._take_copy, f"{rows} on the clipboard.")
        work = partial(TableContent(self._loaded).tab_separated, part)
        self._files.run(work, done, self._state.messages.error)

    def _take_copy(self, sentence: str, text: str) -> None:
        self._state.table.copied.emit(text, sentence)

    def _export(self, export: TableExport) -> None:
        if self._loaded is None:
            return
        messages = self._state.messages
        messages.info(f"Writing {export.path.name} …")
        work = partial(write_export, self._loaded, export)
        self._files.run(work, messages.info, messages.error)


def write_export(loaded: Loaded, export: TableExport) -> str:
    """Write a part of the table whole, and return a sentence on it. Raises `AstroMaskError`."""
    from trainer.workspace.write_tables import write_table

    write_table(TableContent(loaded).table(export.part), export.path, export.format)
    rows, columns = len(export.part.rows), len(export.part.columns)
    size = size_in_words(export.path.stat().st_size)
    galaxies = "1 galaxy" if rows == 1 else f"{rows:,} galaxies"
    return f"Wrote {export.path} ({galaxies}, {columns} columns, {size})."
