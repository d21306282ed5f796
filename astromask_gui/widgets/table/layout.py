"""The table's columns as the user has them: which, in which order, how wide."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QObject, QTimer

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.theme import SPACE
from astromask_gui.widgets.table.model import PICTURE, TableModel
from astromask_gui.widgets.table.view import PICTURE_HEIGHT, ROW_HEIGHT, TableView

_SAVE_MS = 400
_LEAST, _MOST = 64, 280
_SAMPLED = 24


class TableLayout(QObject):
    """Keeps a table's columns as `preferences.table_look` says, and what is dragged there."""

    def __init__(self, state: ApplicationState, model: TableModel, view: TableView) -> None:
        super().__init__(view)
        self._state, self.model, self.view = state, model, view
        self._laying_out = False
        self._resized: dict[str, int] = {}
        self._fitted: set[str] = set()
        """Columns of text that have been fitted once: they would twitch while one scrolls."""
        self._later, self._at_once = QTimer(self), QTimer(self)
        for timer, wait in ((self._later, _SAVE_MS), (self._at_once, 0)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
        state.columns.changed.connect(self._sync_columns)
        state.columns.ready.connect(self._fit)
        state.cells.ready.connect(self._fit_text)
        state.preferences.changed.connect(self._sync_columns)
        view.header.sectionResized.connect(self._note_width)
        view.header.sectionMoved.connect(self._at_once.start)
        self._at_once.timeout.connect(self._reorder)
        self._later.timeout.connect(self._save_widths)
        self._sync_columns()

    def _sync_columns(self) -> None:
        look, known = self._state.preferences.table_look, self._state.columns
        found = [known.column(name) for name in look.shown(known.names())]
        chosen = [column for column in found if column is not None]
        if look.pictures:
            chosen.insert(0, PICTURE)
        self.view.set_row_height(PICTURE_HEIGHT if look.pictures else ROW_HEIGHT)
        if tuple(chosen) != self.model.columns:
            self.model.set_columns(chosen)
            self.view.follow_active(self._state.selection.active)
        self._lay_out()

    def _lay_out(self) -> None:
        """Give every column its width: the user's, or one that fits."""
        widths = dict(self._state.preferences.table_look.widths)
        self._laying_out = True
        for section, column in enumerate(self.model.columns):
            self.view.setColumnWidth(section, widths.get(column.name) or self._usual(section))
        self._laying_out = False

    def _usual(self, section: int) -> int:
        column, header = self.model.columns[section], self.view.header
        if column is PICTURE:
            return PICTURE_HEIGHT + SPACE[2]
        texts = [self.model.cell(int(row), column) or "" for row in self._sampled(column)]
        metrics = self.view.fontMetrics()
        longest = max((metrics.horizontalAdvance(text[:80]) for text in texts), default=0)
        return min(max(header.wanted_width(section), longest + 3 * SPACE[1], _LEAST), _MOST)

    def _sampled(self, column: Column) -> list[int]:
        """Rows whose cells say how wide a column is; none where that would read a file."""
        rows, is_text = self.model.rows, self.model.is_text(column)
        if not len(rows) or not (is_text or self._state.columns.has_values(column.name)):
            return []
        if not is_text:
            return [int(row) for row in rows[np.linspace(0, len(rows) - 1, _SAMPLED).astype(int)]]
        first = max(self.view.rowAt(0), 0)
        near = [int(row) for row in rows[first : first + _SAMPLED]]
        return [row for row in near if self._state.cells.has(column.name, row)]

    def _fit_text(self, name: str) -> None:
        if name not in self._fitted:
            self._fitted.add(name)
            self._fit(name)

    def _fit(self, name: str) -> None:
        """The values of a column are here: now it is known how wide they are."""
        widths = dict(self._state.preferences.table_look.widths)
        for section, column in enumerate(self.model.columns):
            if column.name == name and name not in widths:
                self._laying_out = True
                self.view.setColumnWidth(section, self._usual(section))
                self._laying_out = False

    def _note_width(self, section: int, _before: int, width: int) -> None:
        if not self._laying_out and self.model.columns[section] is not PICTURE:
            self._resized[self.model.columns[section].name] = width
            self._later.start()

    def _save_widths(self) -> None:
        look = self._state.preferences.table_look
        for name, width in self._resized.items():
            look = look.with_width(name, width)
        self._resized.clear()
        self._state.preferences.set_table_look(look)

    def _reorder(self) -> None:
        """Keep the order that the header was dragged into; the model takes it over."""
        header, columns = self.view.header, self.model.columns
        moved = [columns[header.logicalIndex(place)] for place in range(len(columns))]
        names = [column.name for column in moved if column is not PICTURE]
        look, known = self._state.preferences.table_look, self._state.columns.names()
        hidden = [name for name in look.arranged(known) if name not in set(names)]
        header.blockSignals(True)
        for section in range(header.count()):
            header.moveSection(header.visualIndex(section), section)
        header.blockSignals(False)
        self._state.preferences.set_table_look(look.with_order([*names, *hidden]))
        self._lay_out()
