"""A small form for a job, made from the fields of its configuration."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.columns import FieldColumns
from astromask_gui.parts.elided_label import ElidedLabel
from astromask_gui.parts.small import label
from astromask_gui.state.jobs import FormField, JobForm

_NOT_AS_CONTENTS = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
_LEAST_LETTERS = 10
_AUTOMATIC = "automatic"
"""Shown where a field may stay empty."""
_NEEDED = "a file or a run"
"""Shown where one must be named."""


class FieldError(ValueError):
    """What the user typed does not fit; the message says what would."""


class _Editor(QWidget):
    """One field: its control, and its value as the configuration wants it."""

    def __init__(self, field: FormField, suggestions: tuple[str, ...]) -> None:
        super().__init__()
        self.field = field
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.control = self._make(suggestions)
        self.control.setToolTip(field.help)
        self.control.setAccessibleName(field.title)
        layout.addWidget(self.control, 1)
        if field.kind == "path":
            browse = QToolButton()
            browse.setText("…")
            browse.setToolTip("Point at a file")
            browse.clicked.connect(self._browse)
            layout.addWidget(browse)

    def _make(self, suggestions: tuple[str, ...]) -> QWidget:
        field = self.field
        if field.kind == "boolean":
            box = QCheckBox()
            box.setChecked(bool(field.default))
            return box
        if field.kind == "choice" or suggestions:
            combo = QComboBox()
            combo.setEditable(field.kind != "choice")
            # A long path would push the other fields out of the panel.
            combo.setSizeAdjustPolicy(_NOT_AS_CONTENTS)
            combo.setMinimumContentsLength(_LEAST_LETTERS)
            if field.default is None and not suggestions:
                # Nothing is chosen on the user's behalf: it is left to the job.
                combo.addItem(_AUTOMATIC)
            combo.addItems(suggestions or field.choices)
            if field.default is not None:
                combo.setCurrentText(str(field.default))
            return combo
        line = QLineEdit("" if field.default is None else f"{field.default}")
        empty = _NEEDED if field.name == "checkpoint" else _AUTOMATIC
        line.setPlaceholderText(empty if field.default is None else "")
        return line

    def value(self) -> Any:
        """The value; None where left empty. Raises `FieldError`."""
        if isinstance(self.control, QCheckBox):
            return self.control.isChecked()
        if isinstance(self.control, QComboBox):
            text = self.control.currentText().strip()
        else:
            assert isinstance(self.control, QLineEdit)
            text = self.control.text().strip()
        if text in ("", _AUTOMATIC):
            return None
        if self.field.kind in ("integer", "number"):
            return self._number(text)
        return text

    def _number(self, text: str) -> float:
        field = self.field
        try:
            value = int(text) if field.kind == "integer" else float(text)
            if not math.isfinite(value):
                raise ValueError(text)
        except ValueError:
            kind = "a whole number" if field.kind == "integer" else "a number"
            raise FieldError(f"{field.title} must be {kind}; “{text}” is not.") from None
        low, high = field.minimum, field.maximum
        if (low is not None and value < low) or (high is not None and value > high):
            limits = f"at least {low:g}" if high is None else f"between {low or 0:g} and {high:g}"
            raise FieldError(f"{field.title} must be {limits}; {text} is not.")
        return value

    def _browse(self) -> None:
        dialog = QFileDialog(self, self.field.title)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._take_path)
        dialog.open()

    def _take_path(self, name: str) -> None:
        if isinstance(self.control, QComboBox):
            self.control.setCurrentText(name)
        elif isinstance(self.control, QLineEdit):
            self.control.setText(name)


class JobFormView(QWidget):
    """Asks what a job needs to know; rare choices are folded away."""

    submitted = pyqtSignal(object)
    """dict: the job's configuration without the workspace."""
    cancelled = pyqtSignal()

    def __init__(
        self, form: JobForm, checkpoints: tuple[Path, ...], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._form = form
        self._editors = [
            _Editor(
                field,
                tuple(str(path) for path in checkpoints) if field.name == "checkpoint" else (),
            )
            for field in form.fields
        ]
        self.error = label("", "error", wrap=True)
        self.start = QPushButton("Start")
        self.start.setProperty("primary", True)
        self.more = QPushButton("More choices")
        self.more.setCheckable(True)
        self.cancel = QPushButton("Cancel")
        self._fields = FieldColumns()
        self._build()
        self.start.clicked.connect(self._submit)
        self.cancel.clicked.connect(self.cancelled)
        self.more.toggled.connect(self._fold)
        self._fold(False)

    def _build(self) -> None:
        for editor in self._editors:
            title = label(editor.field.title, "small")
            title.setToolTip(editor.field.help)
            self._fields.add(title, editor, 2 if editor.field.kind == "path" else 1)
        words = ElidedLabel("muted")
        words.setText(self._form.help)
        # The buttons stay in sight however low the panel is.
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(self._form.title, "strong"))
        head.addWidget(words, 1)
        for button in (self.more, self.cancel, self.start):
            head.addWidget(button)
        fields = QScrollArea()
        fields.setWidget(self._fields)
        fields.setWidgetResizable(True)
        fields.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.error)
        layout.addWidget(fields, 1)
        self.error.hide()

    def _fold(self, unfolded: bool) -> None:
        for place, editor in enumerate(self._editors):
            self._fields.show_field(place, unfolded or not editor.field.advanced)

    def values(self) -> dict[str, Any]:
        """The configuration, without what was left empty. Raises `FieldError`."""
        config: dict[str, Any] = {"kind": self._form.kind}
        for editor in self._editors:
            value = editor.value()
            if value is not None:
                config[editor.field.name] = value
            elif editor.field.name == "checkpoint":
                raise FieldError("Choose a checkpoint, or pretrain a model first.")
        return config

    def _submit(self) -> None:
        try:
            config = self.values()
        except FieldError as error:
            self.error.setText(str(error))
            self.error.show()
            return
        self.submitted.emit(config)
