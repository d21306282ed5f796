"""Offers to make a workspace of cutouts that were opened: what was found, what is guessed."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.small import label
from astromask_gui.state.session import Session

DEFAULT_CROP = 64


class CreateDialog(QDialog):
    """A form filled with `facts`; accepting asks the session for the workspace."""

    def __init__(
        self, session: Session, facts: dict[str, Any], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._facts = session, facts
        self.setWindowTitle("New workspace")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.name = QLineEdit(str(facts["name"]))
        self.folder = QLineEdit(str(facts["folder"]))
        self.bands = QLineEdit(", ".join(facts["bands"]))
        self.pixel_scale = QLineEdit(_text(facts["pixel_scale"]))
        self.zero_points = QLineEdit(", ".join(f"{z:g}" for z in facts["zero_points"] or ()))
        self.crop = QLineEdit(str(min(DEFAULT_CROP, *facts["size"])))
        self.catalogue = QLineEdit()
        self.error = label("", "error", wrap=True)
        self._build()

    def _build(self) -> None:
        facts = self._facts
        height, width = facts["size"]
        count, files = facts["count"], facts["files"]
        cutouts = "One cutout" if count == 1 else f"{count:,} cutouts"
        title = label(f"{cutouts} of {height}×{width} pixels", "title")
        source = f"in {files} files" if files != 1 else "in one file"
        sentence = label(f"{facts['layout']} Found {source}.", "muted", wrap=True)
        form = QFormLayout()
        form.setSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        rows = (
            ("Name", self.name, "Shown in the window's title"),
            ("Folder", self.folder, "Made for the workspace"),
            ("Bands", self.bands, "In the order of the planes, separated by commas"),
            ("Pixel scale, arcsec", self.pixel_scale, "Empty where unknown"),
            ("Zero-points, AB mag", self.zero_points, "Of one count: one, or one for each band"),
            ("Crop, pixels", self.crop, "Side of the middle that the model sees"),
            ("Catalogue", self.catalogue, "Its columns are joined; may stay empty"),
        )
        for words, editor, tip in rows:
            editor.setToolTip(tip)
            editor.setPlaceholderText(tip)
            editor.setAccessibleName(words)
            has_path = editor in (self.folder, self.catalogue)
            field = self._with_browse(editor, editor is self.catalogue) if has_path else editor
            form.addRow(label(words, "muted"), field)
            if editor is self.bands and facts["bands_guessed"]:
                guess = "The files do not name their bands; these are a guess. Please check them."
                form.addRow("", label(guess, "warn", wrap=True))
        buttons = QDialogButtonBox()
        create = QPushButton("Make the workspace")
        create.setProperty("primary", True)
        buttons.addButton(create, QDialogButtonBox.ButtonRole.AcceptRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(sentence)
        for words in [*facts["warnings"], *facts["bad"]][:6]:
            layout.addWidget(label(words, "small", wrap=True))
        layout.addLayout(form)
        layout.addWidget(self.error)
        layout.addWidget(buttons)
        self.error.hide()
        self.resize(560, self.sizeHint().height())

    def _with_browse(self, line: QLineEdit, is_file: bool = False) -> QWidget:
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        browse = QToolButton()
        browse.setText("…")
        browse.setToolTip("Point at a file" if is_file else "Point at a folder")
        browse.clicked.connect(lambda: self._browse(line, is_file))
        row.addWidget(line, 1)
        row.addWidget(browse)
        return holder

    def _browse(self, line: QLineEdit, is_file: bool) -> None:
        dialog = QFileDialog(self)
        mode = QFileDialog.FileMode.ExistingFile if is_file else QFileDialog.FileMode.Directory
        dialog.setFileMode(mode)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(line.setText)
        dialog.open()

    def arguments(self) -> dict[str, Any]:
        """The new workspace's arguments. Raises `ValueError` with a sentence."""
        folder, catalogue = self.folder.text().strip(), self.catalogue.text().strip()
        if not folder:
            raise ValueError("Choose a folder for the workspace; it is made if it is not there.")
        return {
            "folder": _path(folder),
            "cutouts": self._facts["cutouts"],
            "catalogue": _path(catalogue) if catalogue else None,
            "bands": self._bands(),
            "pixel_scale": self._pixel_scale(),
            "zero_points": self._zero_points() or None,
            "crop": self._crop(),
            "name": self.name.text().strip() or None,
        }

    def _bands(self) -> list[str]:
        bands = _parts(self.bands.text())
        expected = len(self._facts["bands"])
        if len(bands) != expected:
            raise ValueError(f"The cutouts have {expected} bands; {len(bands)} are named.")
        if len(set(bands)) != expected:
            twice = next(band for band in bands if bands.count(band) > 1)
            raise ValueError(f"Each band needs its own name; “{twice}” is there twice.")
        return bands

    def _zero_points(self) -> list[float]:
        zero_points = [_number(text, "A zero-point") for text in _parts(self.zero_points.text())]
        expected = len(self._facts["bands"])
        if len(zero_points) not in (0, 1, expected):
            raise ValueError(
                f"Give one zero-point, or one for each of the {expected} bands;"
                f" {len(zero_points)} are given."
            )
        return zero_points

    def _crop(self) -> int:
        crop = _number(self.crop.text(), "The crop")
        if crop < 1 or crop != int(crop):
            raise ValueError("The crop is a whole number of pixels, 1 or more.")
        return int(crop)

    def _pixel_scale(self) -> float | None:
        text = self.pixel_scale.text().strip()
        scale = _number(text, "The pixel scale") if text else None
        if scale is not None and scale <= 0:
            raise ValueError(f"The pixel scale is above 0 arcsec; {scale:g} is not.")
        return scale

    def _accept(self) -> None:
        try:
            arguments = self.arguments()
        except ValueError as error:
            self.error.setText(str(error))
            self.error.show()
            return
        self._session.request_create(arguments)
        self.accept()


def _text(value: float | None) -> str:
    return "" if value is None else f"{value:g}"


def _path(text: str) -> Path:
    # Not by `Path`, which raises another error where there is no such user.
    path = os.path.expanduser(text)
    if path.startswith("~"):
        raise ValueError(f"There is no user whose home {Path(path).parts[0]} would be.")
    return Path(path)


def _parts(text: str) -> list[str]:
    """What stands between the commas."""
    return [part.strip() for part in text.split(",") if part.strip()]


def _number(text: str, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"{what} is a number; “{text.strip()}” is not.")
    return value
