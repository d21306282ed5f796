"""Asks how a figure of the map is to be made, with a preview, and then where it is to go."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QImage, QPixmap
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.galaxy_deeds import save_dialog
from astromask_gui.parts.small import label
from astromask_gui.state.exports import Export, Exports
from astromask_gui.widgets.map.figure_files import draw_preview, make_figure
from astromask_gui.widgets.map.figure_scene import MapScene
from astromask_gui.windows.export_form import ExportForm

_PREVIEW = (400, 400)
_WAIT_MS = 120
"""A preview is drawn when nothing has been changed for so long."""


class ExportDialog(QDialog):
    """About the map as it was when the dialog opened. `name` is offered for the file."""

    def __init__(
        self, exports: Exports, scene: MapScene, name: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._exports, self._scene, self._name = exports, scene, name
        self.setWindowTitle("Export the map")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.form = ExportForm(scene, exports.options)
        self.preview = QLabel()
        self.error = label("", "error", wrap=True)
        self.export_button = QPushButton("Export …")
        self._later = QTimer(self)
        self._build()
        self._connect_signals()
        self._ask_for_preview()

    def _build(self) -> None:
        self._later.setSingleShot(True)
        self._later.setInterval(_WAIT_MS)
        self.preview.setFixedSize(*_PREVIEW)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setAccessibleName("Preview of the figure")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.export_button.setProperty("primary", True)
        self.export_button.setDefault(True)
        buttons.addButton(self.export_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        right = QVBoxLayout()
        right.addWidget(self.preview)
        right.addWidget(self.error)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addWidget(self.form, 1)
        columns.addLayout(right)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(columns)
        layout.addWidget(buttons)

    def _connect_signals(self) -> None:
        self.form.changed.connect(self._later.start)
        self._later.timeout.connect(self._ask_for_preview)
        self._exports.preview_made.connect(self._show_preview)
        self._exports.preview_failed.connect(self._show_error)
        self.export_button.clicked.connect(self._choose_file)

    # The preview.

    def _ask_for_preview(self) -> None:
        ratio = self.devicePixelRatioF()
        size = (round(_PREVIEW[0] * ratio), round(_PREVIEW[1] * ratio))
        self._exports.options = self.form.options()
        draw = partial(draw_preview, self._scene, self._exports.options, size)
        self._exports.preview(draw)

    def _show_preview(self, number: int, image: QImage) -> None:
        if number == self._exports.newest_preview:
            self.error.clear()
            self.export_button.setEnabled(True)
            pixmap = QPixmap.fromImage(image)
            pixmap.setDevicePixelRatio(self.devicePixelRatioF())
            self.preview.setPixmap(pixmap)
            width = self._exports.options.width_cm
            self.form.show_height(width * image.height() / max(image.width(), 1))

    def _show_error(self, number: int, sentence: str) -> None:
        if number == self._exports.newest_preview:
            self.preview.clear()
            self.export_button.setEnabled(False)
            self.error.setText(sentence)

    # The file.

    def _choose_file(self) -> None:
        ending = self.form.options().format
        kind = f"{ending.upper()} (*.{ending})"
        dialog = save_dialog(self, "Export the map", kind, ending, self._name)
        dialog.fileSelected.connect(lambda path: self.export_to(Path(path)))
        dialog.open()

    def export_to(self, path: Path) -> None:
        """Ask for the file, and close: it is written in the background."""
        options = self.form.options()
        self._exports.options = options
        self._exports.write(Export(path, partial(make_figure, self._scene, options)))
        self.accept()
