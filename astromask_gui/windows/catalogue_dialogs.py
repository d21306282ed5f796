"""The dialogs of the File menu about tables: joining a catalogue, exporting the table."""

from __future__ import annotations

from pathlib import Path

from PyQt6.QtCore import QObject, Qt
from PyQt6.QtWidgets import QFileDialog, QWidget

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.joins import JoinOffer
from astromask_gui.widgets.table.panel import TablePanel

_FILES = "Catalogues (*.csv *.fits *.fit *.fits.gz *.xml *.vot *.votable *.ecsv *.parquet)"


class CatalogueDialogs(QObject):
    """Opens them over a window; none of them stops it. Their code is loaded when first needed."""

    def __init__(self, state: ApplicationState, table: TablePanel, window: QWidget) -> None:
        super().__init__(window)
        self._state, self._table, self._window = state, table, window
        state.joins.offered.connect(self.offer_join)
        table.export_wanted.connect(self.export_table)

    def choose_catalogue(self) -> None:
        """Let the user point at a catalogue to join."""
        dialog = QFileDialog(self._window, "Join a catalogue")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([_FILES, "All files (*)"])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._state.joins.request_open(Path(name)))
        dialog.open()

    def offer_join(self, offer: JoinOffer) -> None:
        """Ask how a catalogue that was read is to be joined."""
        from astromask_gui.windows.join_dialog import JoinDialog

        JoinDialog(self._state.joins, offer, self._window).open()

    def export_table(self) -> None:
        """Ask which rows and columns are to be written, and where."""
        from astromask_gui.windows.table_export_dialog import TableExportDialog

        workspace = self._state.session.workspace
        if workspace is None:
            self._state.messages.info("There is no table to export yet.")
            return
        name = workspace.name.replace("/", "-")
        TableExportDialog(self._state, self._table.part(), name, self._window).open()
