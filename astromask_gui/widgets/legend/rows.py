"""The categories of the map's colours, and which of them are hidden."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from astromask_gui.rendering.colouring import LegendEntry
from astromask_gui.theme import Tokens
from astromask_gui.widgets.legend.row import LegendRow


class LegendRows(QWidget):
    """A row a category. A click hides one, Alt-click shows only it."""

    hidden_changed = pyqtSignal(object)
    """frozenset of hidden codes: the user's wish."""
    select_wanted = pyqtSignal(int, object)
    colour_wanted = pyqtSignal(int)
    menu_wanted = pyqtSignal(int, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[LegendRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    @property
    def rows(self) -> list[LegendRow]:
        """The rows in the order shown."""
        return self._rows

    def row_of(self, code: int) -> LegendRow | None:
        """The row of a category."""
        return next((row for row in self._rows if row.entry.code == code), None)

    def hidden_codes(self) -> frozenset[int]:
        """Codes of the hidden categories."""
        return frozenset(row.entry.code for row in self._rows if row.is_hidden_category)

    def set_entries(self, entries: Iterable[LegendEntry], tokens: Tokens) -> None:
        """Show these categories, none hidden. Rows are kept, and with them the keyboard's place."""
        entries = list(entries)
        for row in self._rows[len(entries) :]:
            self._column.removeWidget(row)
            row.deleteLater()
        del self._rows[len(entries) :]
        for row, entry in zip(self._rows, entries, strict=False):
            row.set_entry(entry, tokens)
            row.set_hidden_category(False)
        for entry in entries[len(self._rows) :]:
            self._add(LegendRow(entry, tokens))

    def set_hidden_codes(self, codes: frozenset[int]) -> None:
        """Show which categories are hidden, without saying so."""
        for row in self._rows:
            row.set_hidden_category(row.entry.code in codes)

    def toggle(self, code: int, alone: bool) -> None:
        """Hide or show a category; or show it alone, and then all again."""
        every = {row.entry.code for row in self._rows}
        hidden = set(self.hidden_codes())
        if alone:
            # The same click twice brings everything back.
            hidden = set() if hidden == every - {code} else every - {code}
        else:
            hidden ^= {code}
        self.hide_only(frozenset(hidden))

    def hide_only(self, codes: frozenset[int]) -> None:
        """Hide these categories and show all others."""
        self.set_hidden_codes(codes)
        self.hidden_changed.emit(codes)

    def _add(self, row: LegendRow) -> None:
        row.clicked.connect(self.toggle)
        row.select_wanted.connect(self.select_wanted)
        row.colour_wanted.connect(self.colour_wanted)
        row.menu_wanted.connect(self.menu_wanted)
        row.step_wanted.connect(partial(self._step, row))
        self._rows.append(row)
        self._column.addWidget(row)

    def _step(self, row: LegendRow, rows: int) -> None:
        place = self._rows.index(row) + rows
        if 0 <= place < len(self._rows):
            self._rows[place].setFocus(Qt.FocusReason.TabFocusReason)
