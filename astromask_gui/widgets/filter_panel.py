"""The filters in force as chips, and the two filters that the selection gives."""

from __future__ import annotations

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QPaintEvent
from PyQt6.QtWidgets import (
    QGridLayout,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState

_SELECTION = "selection"
_SHORTEST_CHIP = 60


class FilterPanel(QWidget):
    """Shows `state.filters`; hides what is selected, or what is not."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filters, self._selection = state.filters, state.selection
        self.only = QPushButton("Only selected")
        self.only.setToolTip("Hide everything that is not selected (Ctrl+H)")
        self.hide_selected = QPushButton("Hide selected")
        self.hide_selected.setToolTip("Hide what is selected (Ctrl+Shift+H)")
        self.all = QPushButton("Show all")
        self.all.setToolTip("Take all filters away (Ctrl+Shift+F)")
        self.summary = label("", "muted", wrap=True)
        self._chips = QVBoxLayout()
        self._chips.setSpacing(4)
        self._build()
        self._connect_signals()
        self._sync()

    def _build(self) -> None:
        buttons = QGridLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.only, 0, 0)
        buttons.addWidget(self.hide_selected, 0, 1)
        buttons.addWidget(self.all, 1, 0, 1, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self.summary)
        layout.addLayout(self._chips)
        layout.addLayout(buttons)
        layout.addStretch(1)

    def _connect_signals(self) -> None:
        self._filters.changed.connect(self._sync)
        self._selection.changed.connect(self._sync)
        self.only.clicked.connect(self.show_only_selected)
        self.hide_selected.clicked.connect(self.hide_what_is_selected)
        self.all.clicked.connect(self._filters.clear)

    def _sync(self) -> None:
        some = self._selection.count > 0
        self.only.setEnabled(some)
        self.hide_selected.setEnabled(some)
        items = self._filters.items()
        self.all.setEnabled(bool(items))
        self.summary.setText(
            f"{self._filters.visible_count:,} of {self._selection.size:,} galaxies are visible."
            if items
            else "All galaxies are visible. Select some on the map to show only them, or hide them."
        )
        while (old := self._chips.takeAt(0)) is not None:
            widget = old.widget()
            if widget is not None:
                widget.deleteLater()
        for name, item in items.items():
            self._chips.addWidget(self._chip(name, item.caption))

    def _chip(self, name: str, caption: str) -> QWidget:
        chip = _Chip()
        chip.setText(caption)
        chip.setIcon(icon("close"))
        chip.setToolButtonStyle(chip.toolButtonStyle().ToolButtonTextBesideIcon)
        chip.setToolTip(f"{caption}. Click to take this filter away.")
        chip.clicked.connect(lambda: self._filters.remove(name))
        return chip

    def show_only_selected(self) -> None:
        """Hide everything that is not selected; nothing happens where nothing is."""
        count = self._selection.count
        if count:
            self._filters.set(_SELECTION, f"only {count:,} selected", self._selection.mask.copy())

    def hide_what_is_selected(self) -> None:
        """Hide what is selected."""
        count = self._selection.count
        if count:
            self._filters.set(_SELECTION, f"without {count:,} selected", ~self._selection.mask)


class _Chip(QToolButton):
    """A button that shortens its text rather than make the panel wider."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(_SHORTEST_CHIP, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent | None) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        metrics = self.fontMetrics()
        beside = self.sizeHint().width() - metrics.horizontalAdvance(self.text())
        room = self.width() - beside
        option.text = metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        QStylePainter(self).drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
