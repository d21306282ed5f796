"""Asks how the picture of a cutout is to be saved, with a preview, and then where."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QImage, QPixmap
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.galaxy_deeds import save_dialog
from astromask_gui.parts.small import label
from astromask_gui.state.exports import Export, Exports
from astromask_gui.widgets.cutout.figure import (
    MAGNIFICATIONS,
    CutoutScene,
    PictureOptions,
    draw_picture,
    make_picture,
    size_of,
)

_PREVIEW = 320


class PictureDialog(QDialog):
    """About the picture as it was when the dialog opened."""

    def __init__(self, exports: Exports, scene: CutoutScene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exports, self._scene = exports, scene
        self.setWindowTitle("Save the picture")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.magnification = QComboBox()
        self.only_part = QCheckBox("Only the part in view")
        self.scale_bar = QCheckBox("Scale bar")
        self.compass = QCheckBox("North and east")
        self.name = QCheckBox("Name of the galaxy")
        self.size_text = label("", "muted")
        self.preview = QLabel()
        self.error = label("", "error", wrap=True)
        self.save = QPushButton("Save …")
        self._build()
        self._connect_signals()
        self._renew()

    def _build(self) -> None:
        scene, usual = self._scene, PictureOptions()
        self.magnification.addItems([f"{times}×" for times in MAGNIFICATIONS])
        self.magnification.setCurrentText(f"{usual.magnification}×")
        self.magnification.setAccessibleName("Magnification")
        self.only_part.setEnabled(scene.part != scene.image.rect())
        self.only_part.setChecked(self.only_part.isEnabled())
        _offer(self.scale_bar, scene.pixel_scale is not None, "The pixel scale is not known.")
        _offer(self.compass, bool(scene.compass), "The cutout has no WCS.")
        self.preview.setFixedSize(_PREVIEW, _PREVIEW)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setAccessibleName("Preview of the picture")
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.addRow("Magnification", self.magnification)
        form.addRow("", self.size_text)
        for box in (self.only_part, self.scale_bar, self.compass, self.name):
            form.addRow("", box)
        right = QVBoxLayout()
        right.addWidget(self.preview)
        right.addWidget(self.error)
        columns = QHBoxLayout()
        columns.setSpacing(24)
        columns.addLayout(form, 1)
        columns.addLayout(right)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.save.setProperty("primary", True)
        self.save.setDefault(True)
        buttons.addButton(self.save, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(16)
        layout.addLayout(columns)
        layout.addWidget(buttons)

    def _connect_signals(self) -> None:
        self.magnification.currentIndexChanged.connect(self._renew)
        for box in (self.only_part, self.scale_bar, self.compass, self.name):
            box.toggled.connect(self._renew)
        self._exports.preview_made.connect(self._show_preview)
        self._exports.preview_failed.connect(self._show_error)
        self.save.clicked.connect(self._choose_file)

    def options(self) -> PictureOptions:
        """What is chosen."""
        return PictureOptions(
            MAGNIFICATIONS[self.magnification.currentIndex()],
            self.only_part.isChecked(),
            self.scale_bar.isChecked(),
            self.compass.isChecked(),
            self.name.isChecked(),
        )

    def _renew(self) -> None:
        width, height = size_of(self._scene, self.options())
        self.size_text.setText(f"{width:,} × {height:,} pixels")
        self._exports.preview(partial(_small_picture, self._scene, self.options()))

    def _show_preview(self, number: int, image: QImage) -> None:
        if number == self._exports.newest_preview:
            self.error.clear()
            self.save.setEnabled(True)
            self.preview.setPixmap(QPixmap.fromImage(image))

    def _show_error(self, number: int, sentence: str) -> None:
        if number == self._exports.newest_preview:
            self.preview.clear()
            self.save.setEnabled(False)
            self.error.setText(sentence)

    def _choose_file(self) -> None:
        dialog = save_dialog(self, "Save the picture", "PNG (*.png)", "png", self._scene.name)
        dialog.fileSelected.connect(lambda path: self.save_to(Path(path)))
        dialog.open()

    def save_to(self, path: Path) -> None:
        """Ask for the file, and close: it is written in the background."""
        self._exports.write(Export(path, partial(make_picture, self._scene, self.options())))
        self.accept()


def _offer(box: QCheckBox, possible: bool, why_not: str) -> None:
    box.setEnabled(possible)
    box.setChecked(possible)
    if not possible:
        box.setToolTip(why_not)


def _small_picture(scene: CutoutScene, options: PictureOptions) -> QImage:
    return draw_picture(scene, options).scaled(
        _PREVIEW,
        _PREVIEW,
        Qt.AspectRatioMode.KeepAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )
