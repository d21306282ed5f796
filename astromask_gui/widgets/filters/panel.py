"""The filters: a condition, the chips of what is in force, linked histograms, the selection."""

from __future__ import annotations

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.style import tabular
from astromask_gui.widgets.filters.chips import FilterChips
from astromask_gui.widgets.filters.histogram_list import HistogramList
from astromask_gui.widgets.filters.sql_field import SqlField

_SELECTION = "selection"


class FilterPanel(QWidget):
    """Shows `state.filters` and `state.histograms`; hides what is selected, or what is not."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._filters, self._selection = state.filters, state.selection
        self._style = state.preferences.style
        self.only = QPushButton("Only selected")
        self.only.setToolTip("Hide everything that is not selected (Ctrl+H)")
        self.hide_selected = QPushButton("Hide selected")
        self.hide_selected.setToolTip("Hide what is selected (Ctrl+Shift+H)")
        self.all = QPushButton("Show all")
        self.all.setToolTip("Take all filters away (Ctrl+Shift+F)")
        self.all.setProperty("flat", True)
        self.summary = label("", "muted", wrap=True)
        self.summary.setFont(tabular(self.summary.font()))
        self.field = SqlField(state)
        self.chips = FilterChips(state)
        self.histograms = HistogramList(state)
        self.area = QScrollArea()
        self._build()
        self._connect_signals()
        self._sync()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.summary, 1)
        head.addWidget(self.all)
        inside = QWidget()
        below = QVBoxLayout(inside)
        below.setContentsMargins(0, 0, 4, 0)
        below.setSpacing(8)
        below.addWidget(self.chips)
        below.addWidget(self.histograms)
        below.addStretch(1)
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        buttons.addWidget(self.only)
        buttons.addWidget(self.hide_selected)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(head)
        layout.addWidget(self.field)
        layout.addWidget(self.area, 1)
        layout.addLayout(buttons)

    def _connect_signals(self) -> None:
        self._filters.listed.connect(self._sync)
        self._selection.changed.connect(self._sync)
        self._state.preferences.changed.connect(self._follow_style)
        self.histograms.card_wanted.connect(self._show_card)
        self.only.clicked.connect(self.show_only_selected)
        self.hide_selected.clicked.connect(self.hide_what_is_selected)
        self.all.clicked.connect(self._filters.clear)

    def _sync(self) -> None:
        some = self._selection.count > 0
        self.only.setEnabled(some)
        self.hide_selected.setEnabled(some)
        has_filters = bool(self._filters.items())
        self.all.setVisible(has_filters)
        self.summary.setText(
            f"{self._filters.visible_count:,} of {self._selection.size:,} visible"
            if has_filters
            else "All galaxies are visible."
        )
        self.chips.sync()

    def _follow_style(self) -> None:
        if self._state.preferences.style != self._style:
            self._style = self._state.preferences.style
            for part in (self.field, self.chips, self.histograms):
                part.follow_style()

    def _show_card(self, card: QWidget) -> None:
        # A new card has its place only once the layout has been worked out.
        inside = self.area.widget()
        assert inside is not None
        for widget in (self.histograms, inside):
            layout = widget.layout()
            assert layout is not None
            layout.activate()
        self.area.ensureWidgetVisible(card, 0, 0)

    def show_only_selected(self) -> None:
        """Hide everything that is not selected, where something is."""
        count = self._selection.count
        if self._needs(count):
            mask = self._selection.mask.copy()
            self._filters.set(_SELECTION, f"only {count:,} selected", mask, new_rows=False)

    def hide_what_is_selected(self) -> None:
        """Hide what is selected."""
        count = self._selection.count
        if self._needs(count):
            self._filters.set(_SELECTION, f"without {count:,} selected", ~self._selection.mask)

    def _needs(self, count: int) -> bool:
        """Whether anything is selected; says so where nothing is."""
        if not count:
            self._state.messages.warning("Select some galaxies before you filter by them.")
        return count > 0
