"""Asks how a contact sheet is to look and where it is to go, and shows how far it has got."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.galaxy_deeds import save_dialog
from astromask_gui.parts.small import label
from astromask_gui.rendering.sheet_layout import lay_out
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.sheets import MOST_ON_SHEETS, PageName, Sheet, SheetOptions, Sheets

Lists = Mapping[str, NDArray[np.uint32]]
"""Rows by what they are, in words."""


def lists_of(state: ApplicationState) -> dict[str, NDArray[np.uint32]]:
    """The lists that a sheet may be made of; those without a galaxy are left out."""
    results = state.neighbours.results
    lists = {
        "What the gallery shows": state.gallery.rows,
        "The selection": state.selection.rows(),
        "The neighbours": np.zeros(0, np.uint32) if results is None else results.rows,
    }
    return {name: rows for name, rows in lists.items() if len(rows)}


class SheetDialog(QDialog):
    """About the lists as they were when the dialog opened; the first is chosen."""

    def __init__(
        self,
        sheets: Sheets,
        lists: Lists,
        name: str,
        caption: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._sheets, self._lists, self._name, self._caption = sheets, lists, name, caption
        self.setWindowTitle("Contact sheet")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.source, self.page = QComboBox(), QComboBox()
        self.landscape = QCheckBox("Landscape")
        self.columns = QSpinBox()
        self.title = QLineEdit()
        self.coordinates = QCheckBox("RA and Dec")
        self.grades = QCheckBox("Grades")
        self.caption = QCheckBox(caption)
        self.summary = label("", "muted", wrap=True)
        self.bar = QProgressBar()
        self.export_button = QPushButton("Export …")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self._written = False
        self._build()
        self._connect_signals()
        self._sync()

    def _build(self) -> None:
        options = self._sheets.options
        for text, rows in self._lists.items():
            self.source.addItem(f"{text} ({len(rows):,})", text)
        self.page.addItems(get_args(PageName))
        self.page.setCurrentText(options.page)
        self.landscape.setChecked(options.landscape)
        self.columns.setRange(1, 12)
        self.columns.setValue(options.columns)
        self.title.setPlaceholderText(self._name)
        self.coordinates.setChecked(options.coordinates)
        self.grades.setChecked(options.grades)
        self.caption.setChecked(bool(self._caption))
        self.caption.setVisible(bool(self._caption))
        self.bar.setVisible(False)
        self.export_button.setProperty("primary", True)
        self.export_button.setDefault(True)
        self.buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.ActionRole)
        form = QFormLayout()
        form.setSpacing(8)
        form.addRow("Galaxies", self.source)
        form.addRow("Title", self.title)
        form.addRow("Page", self.page)
        form.addRow("", self.landscape)
        form.addRow("Columns", self.columns)
        form.addRow("Below each", self.coordinates)
        form.addRow("", self.grades)
        form.addRow("", self.caption)
        self.form = QWidget()
        self.form.setLayout(form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        for widget in (self.form, self.summary, self.bar, self.buttons):
            layout.addWidget(widget)
        self.setMinimumWidth(400)

    def _connect_signals(self) -> None:
        self.source.currentIndexChanged.connect(self._sync)
        self.page.currentIndexChanged.connect(self._sync)
        self.landscape.toggled.connect(self._sync)
        self.columns.valueChanged.connect(self._sync)
        self.coordinates.toggled.connect(self._sync)
        self.caption.toggled.connect(self._sync)
        self.export_button.clicked.connect(self._choose_file)
        self.buttons.rejected.connect(self.reject)
        self._sheets.changed.connect(self._follow)

    @property
    def rows(self) -> NDArray[np.uint32]:
        """(n,) uint32: the galaxies of the list chosen, as many as a sheet may have."""
        return self._lists[self.source.currentData()][:MOST_ON_SHEETS]

    def options(self) -> SheetOptions:
        """What has been chosen."""
        pages: tuple[PageName, ...] = get_args(PageName)
        return SheetOptions(
            page=pages[self.page.currentIndex()],
            landscape=self.landscape.isChecked(),
            columns=self.columns.value(),
            title=self.title.text().strip(),
            coordinates=self.coordinates.isChecked(),
            grades=self.grades.isChecked(),
        )

    def export_to(self, path: Path) -> None:
        """Ask for the file; the dialog then shows how far it has got."""
        self._sheets.options = options = self.options()
        self._written = True
        caption = self._caption if self.caption.isChecked() else ""
        self._sheets.request(Sheet(path, self.rows, options, caption))

    def reject(self) -> None:
        """Give up what is being made, or close."""
        if self._written:
            self._sheets.cancel()
        super().reject()

    def _sync(self) -> None:
        options, all_rows = self.options(), self._lists[self.source.currentData()]
        lines = 1 + options.coordinates + (bool(self._caption) and self.caption.isChecked())
        layout = lay_out(options, lines)
        pages = layout.pages(len(self.rows))
        words = f"{pages:,} {'page' if pages == 1 else 'pages'} of {layout.on_page} galaxies."
        if len(all_rows) > len(self.rows):
            words += f" Only the first {MOST_ON_SHEETS:,} of {len(all_rows):,} are on them."
        self.summary.setText(words)

    def _follow(self) -> None:
        if not self._written:
            return
        progress = self._sheets.progress
        self.form.setEnabled(progress is None)
        self.export_button.setEnabled(progress is None)
        self.bar.setVisible(progress is not None)
        if progress is not None:
            self.bar.setRange(0, progress[1])
            self.bar.setValue(progress[0])
            self.summary.setText(f"{progress[0]:,} of {progress[1]:,} galaxies are drawn.")
        elif self._sheets.error:
            self._written = False
            self.summary.setText(self._sheets.error)
        else:
            self._written = False
            self.accept()

    def _choose_file(self) -> None:
        name = self.title.text().strip() or self._name
        dialog = save_dialog(self, "Contact sheet", "PDF (*.pdf)", "pdf", name)
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()
