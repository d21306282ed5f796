"""Asks which rows and columns of the table are to be written, in which format, and where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.galaxy_deeds import save_dialog
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.table import TableExport, TableFormat, TablePart

FORMATS: dict[TableFormat, tuple[str, str, str]] = {
    "csv": ("CSV", "csv", "Read by everything; units and descriptions are lost."),
    "ecsv": ("ECSV", "ecsv", "Astropy's CSV, with units and descriptions."),
    "fits": ("FITS table", "fits", "With units; text is ASCII, long text costs space."),
    "votable": ("VOTable", "vot", "For TOPCAT and Aladin, with units and descriptions."),
    "parquet": ("Parquet", "parquet", "Small and quick, with units, for large tables."),
}


class TableExportDialog(QDialog):
    """About the table as `part` shows it: rows in its order, columns as they stand."""

    def __init__(
        self, state: ApplicationState, part: TablePart, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._part, self._name = state, part, name
        self.setWindowTitle("Export the table")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.rows, self.columns, self.format = QComboBox(), QComboBox(), QComboBox()
        self.note = label("", "muted", wrap=True)
        self.export_button = QPushButton("Export …")
        self._row_choices = self._find_rows()
        self._column_choices = self._find_columns()
        self._build()
        self.format.currentIndexChanged.connect(self._sync)
        self.rows.currentIndexChanged.connect(self._sync)
        self.export_button.clicked.connect(self._choose_file)
        self._sync()

    def _find_rows(self) -> list[tuple[str, NDArray[np.uint32]]]:
        state, listed = self._state, self._part.rows
        every = np.arange(state.selection.size, dtype=np.uint32)
        found = [("As listed in the table", listed)]
        if state.filters.visible is not None:
            found.append(("Visible galaxies", every[state.filters.visible]))
        if state.selection.count:
            found.append(("Selected galaxies", state.selection.rows()))
        return [*found, ("All galaxies", every)]

    def _find_columns(self) -> list[tuple[str, tuple[str, ...]]]:
        every = tuple(self._state.columns.names())
        return [("As shown in the table", self._part.columns), ("All columns", every)]

    def _build(self) -> None:
        for words, rows in self._row_choices:
            self.rows.addItem(f"{words} ({len(rows):,})")
        for words, names in self._column_choices:
            self.columns.addItem(f"{words} ({len(names):,})")
        self.format.addItems([words for words, _, _ in FORMATS.values()])
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("Rows", self.rows)
        form.addRow("Columns", self.columns)
        form.addRow("Format", self.format)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button.setProperty("primary", True)
        self.export_button.setDefault(True)
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(form)
        layout.addWidget(self.note)
        layout.addWidget(buttons)
        self.setMinimumWidth(420)

    def chosen_format(self) -> TableFormat:
        """The format as chosen."""
        return list(FORMATS)[self.format.currentIndex()]

    def part(self) -> TablePart:
        """The rows and columns as chosen."""
        rows = self._row_choices[self.rows.currentIndex()][1]
        return TablePart(rows, self._column_choices[self.columns.currentIndex()][1])

    def _sync(self) -> None:
        self.note.setText(FORMATS[self.chosen_format()][2])
        self.export_button.setEnabled(len(self.part().rows) > 0)

    def _choose_file(self) -> None:
        words, ending, _ = FORMATS[self.chosen_format()]
        kind = f"{words} (*.{ending})"
        dialog = save_dialog(self, "Export the table", kind, ending, self._name)
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Ask for the file, and close: it is written in the background."""
        self._state.table.export(TableExport(path, self.chosen_format(), self.part()))
        self.accept()
