"""Asks which galaxies and columns are to be sent to other programs."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.interop import SendTable


class SendDialog(QDialog):
    """Follows the selection and the filters as they are when it opens."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.setWindowTitle("Send a table")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.visible = QRadioButton(f"The {state.filters.visible_count:,} visible galaxies")
        self.selected = QRadioButton(f"The {state.selection.count:,} selected galaxies")
        self.columns = QListWidget()
        self.all_columns, self.no_columns = QPushButton("All"), QPushButton("None")
        self.send = QPushButton("Send")
        self.who = label("", "muted", wrap=True)
        self._build()
        self._connect_signals()
        self._follow()

    def _build(self) -> None:
        self.selected.setEnabled(self._state.selection.count > 0)
        (self.selected if self.selected.isEnabled() else self.visible).setChecked(True)
        self.columns.setAccessibleName("Columns to send")
        for name in self._state.columns.names():
            item = QListWidgetItem(name, self.columns)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled)
            item.setCheckState(Qt.CheckState.Checked)
        head = QHBoxLayout()
        head.addWidget(label("Columns", "strong"), 1)
        head.addWidget(self.all_columns)
        head.addWidget(self.no_columns)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.send.setProperty("primary", True)
        self.send.setDefault(True)
        buttons.addButton(self.send, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 16)
        layout.setSpacing(10)
        layout.addWidget(self.visible)
        layout.addWidget(self.selected)
        layout.addSpacing(6)
        layout.addLayout(head)
        layout.addWidget(self.columns, 1)
        layout.addWidget(self.who)
        layout.addWidget(buttons)
        self.resize(360, 460)

    def _connect_signals(self) -> None:
        self._state.interop.changed.connect(self._follow)
        self.columns.itemChanged.connect(self._follow)
        self.all_columns.clicked.connect(lambda: self._check(Qt.CheckState.Checked))
        self.no_columns.clicked.connect(lambda: self._check(Qt.CheckState.Unchecked))
        self.send.clicked.connect(self._send)

    def chosen(self) -> tuple[str, ...]:
        """The columns that are ticked."""
        items = (self.columns.item(place) for place in range(self.columns.count()))
        return tuple(
            item.text()
            for item in items
            if item is not None and item.checkState() == Qt.CheckState.Checked
        )

    def _check(self, wanted: Qt.CheckState) -> None:
        for place in range(self.columns.count()):
            item = self.columns.item(place)
            assert item is not None
            item.setCheckState(wanted)

    def _follow(self) -> None:
        interop = self._state.interop
        names = {program.identity: program.name for program in interop.programs}
        others = ", ".join(names.values()) or "nobody yet"
        to = names.get(interop.recipient or "", f"all programs ({others})")
        is_on = interop.status == "on"
        self.who.setText(f"To {to}." if is_on else "No SAMP hub is connected (F6).")
        self.send.setEnabled(is_on and bool(self.chosen()))

    def _send(self) -> None:
        state, visible = self._state, self._state.filters.visible
        if self.selected.isChecked():
            rows = state.selection.rows()
        else:
            shown = np.ones(state.selection.size, bool) if visible is None else visible
            rows = np.flatnonzero(shown).astype(np.uint32)
        state.interop.send(SendTable(rows, self.chosen()))
        self.accept()
