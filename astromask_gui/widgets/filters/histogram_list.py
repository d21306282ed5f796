"""The linked histograms below each other, and the button that adds one."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from astromask_gui.icons import icon
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.histograms import MOST
from astromask_gui.theme import ICON
from astromask_gui.widgets.filters.histogram_card import HistogramCard
from astromask_gui.widgets.filters.histogram_chooser import HistogramChooser


class HistogramList(QWidget):
    """Follows `state.histograms`; a card is kept while its column is shown."""

    card_wanted = pyqtSignal(object)
    """A `HistogramCard` that should be brought into view."""

    def __init__(self, state: ApplicationState) -> None:
        super().__init__()
        self._state = state
        self.cards: dict[str, HistogramCard] = {}
        self.add = QToolButton()
        self.add.setText("Add a histogram")
        self.add.setIcon(icon("plus"))
        self.add.setIconSize(QSize(ICON, ICON))
        self.add.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.add.setProperty("flat", True)
        self.add.setToolTip("Show another column as a histogram")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(self.add)
        self._connect_signals()
        self._sync()

    def _connect_signals(self) -> None:
        histograms = self._state.histograms
        histograms.shown_changed.connect(self._sync)
        histograms.counted.connect(self._show_counts)
        histograms.focus_wanted.connect(self._bring_into_view)
        self._state.filters.listed.connect(self._show_filters)
        self._state.session.changed.connect(self._sync)
        self.add.clicked.connect(self.choose)

    def follow_style(self) -> None:
        """Take the colours of the style in force."""
        self.add.setIcon(icon("plus"))
        for card in self.cards.values():
            card.follow_style()

    def choose(self) -> HistogramChooser:
        """Let the user choose a column to add."""
        chooser = HistogramChooser(self._state.columns, self._state.histograms, self)
        chooser.chosen.connect(self._add)
        chooser.show_at(self.add.mapToGlobal(QPoint(0, self.add.height())))
        return chooser

    def _add(self, column: str) -> None:
        if not self._state.histograms.add(column):
            self._state.messages.warning(f"{MOST} histograms at most are shown at a time.")

    def _sync(self) -> None:
        shown = [spec.column for spec in self._state.histograms.shown]
        for column in [column for column in self.cards if column not in shown]:
            card = self.cards.pop(column)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, column in enumerate(shown):
            if column not in self.cards:
                self.cards[column] = HistogramCard(self._state, column)
            card = self.cards[column]
            if self._column.indexOf(card) != place:
                self._column.insertWidget(place, card)
        self.add.setVisible(self._state.session.workspace is not None)

    def _show_counts(self) -> None:
        for card in self.cards.values():
            card.show_histogram()

    def _show_filters(self) -> None:
        for card in self.cards.values():
            card.show_filter()

    def _bring_into_view(self, column: str) -> None:
        card = self.cards.get(column)
        if card is not None:
            self.card_wanted.emit(card)
            card.take_focus()
