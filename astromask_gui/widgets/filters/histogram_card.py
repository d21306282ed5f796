"""One histogram of the filter panel: its column's name, its menu, and the bars."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PyQt6.QtCore import QPoint, QSize, Qt
from PyQt6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from astromask_gui.icons import icon
from astromask_gui.parts.elided_label import ElidedLabel
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.filter_specs import Categories, Range
from astromask_gui.state.histograms import FILTER, HistogramSpec
from astromask_gui.theme import ICON, tokens
from astromask_gui.widgets.filters.histogram_bars import HistogramBars
from astromask_gui.widgets.filters.histogram_plot import HistogramPlot

_WAITING = "Reading the column …"


class HistogramCard(QWidget):
    """Follows one column's histogram and its filter; states what is brushed as intents."""

    def __init__(self, state: ApplicationState, column: str) -> None:
        super().__init__()
        self.column = column
        self._state = state
        look = tokens(state.preferences.style)
        self.name = ElidedLabel()
        self.scales = label("", "small")
        self.plot, self.bars = HistogramPlot(look), HistogramBars(look)
        self.sentence = label(_WAITING, "small", wrap=True)
        self.more = QToolButton()
        self._build()
        self._connect_signals()
        self.show_histogram()
        self.show_filter()

    def _build(self) -> None:
        self.more.setProperty("flat", True)
        self.more.setIconSize(QSize(ICON, ICON))
        self.more.setToolTip(f"How {self.column} is shown (right click)")
        self.more.setAccessibleName(f"How {self.column} is shown")
        self.more.setFixedHeight(20)
        self.more.setIcon(icon("dots-horizontal"))
        head = QHBoxLayout()
        head.setContentsMargins(4, 0, 0, 0)
        head.setSpacing(4)
        head.addWidget(self.name, 1)
        head.addWidget(self.scales)
        head.addWidget(self.more)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        for widget in (self.sentence, self.plot, self.bars):
            column.addWidget(widget)
        self.plot.setAccessibleName(f"Histogram of {self.column}")
        self.bars.setAccessibleName(f"Categories of {self.column}")

    def _connect_signals(self) -> None:
        self.plot.brushed.connect(self._brush)
        self.plot.cleared.connect(self._clear)
        self.bars.chosen.connect(self._choose)
        for widget in (self.plot, self.bars):
            widget.menu_wanted.connect(self._open_menu)
        self.more.clicked.connect(self._open_menu_below)

    def follow_style(self) -> None:
        """Take the colours of the style in force."""
        look = tokens(self._state.preferences.style)
        self.plot.set_tokens(look)
        self.bars.set_tokens(look)
        self.more.setIcon(icon("dots-horizontal"))

    def take_focus(self) -> None:
        """Let the keys act on this histogram."""
        shown = self.bars if self.bars.isVisibleTo(self) else self.plot
        shown.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- from state ----------------------------------------------------------------------

    def show_histogram(self) -> None:
        """Show the column's counts."""
        column = self._state.columns.column(self.column)
        unit = "" if column is None else column.unit
        histogram = self._state.histograms.histogram(self.column)
        self.name.setText(f"{self.column} [{unit}]" if unit else self.column)
        self.scales.setText("" if histogram is None else _scales(histogram.spec))
        self.setToolTip("" if column is None else column.description)
        problem = "" if histogram is None else histogram.problem
        self.sentence.setText(problem or _WAITING)
        has_bars = histogram is not None and bool(histogram.labels)
        has_plot = histogram is not None and bool(histogram.edges)
        self.sentence.setVisible(not (has_bars or has_plot))
        self.plot.setVisible(has_plot)
        self.bars.setVisible(has_bars)
        if has_plot:
            self.plot.set_histogram(histogram, unit)
        if has_bars:
            self.bars.set_histogram(histogram)

    def show_filter(self) -> None:
        """Show the column's own filter."""
        item = self._state.filters.items().get(FILTER + self.column)
        spec, is_on = (None, True) if item is None else (item.spec, item.is_on)
        self.plot.set_brush((spec.low, spec.high) if isinstance(spec, Range) else None, is_on)
        self.bars.set_choice(spec if isinstance(spec, Categories) else None, is_on)

    # -- intents -------------------------------------------------------------------------

    def _brush(self, low: float, high: float, done: bool) -> None:
        column = self._state.columns.column(self.column)
        unit = "" if column is None else column.unit
        spec = Range(self.column, low, high)
        self._state.filters.request(FILTER + self.column, spec, unit, done=done)

    def _choose(self, spec: Categories | None) -> None:
        if spec is None:
            self._clear()
        else:
            self._state.filters.request(FILTER + self.column, spec)

    def _clear(self) -> None:
        self._state.filters.remove(FILTER + self.column)

    # -- menu ----------------------------------------------------------------------------

    def _open_menu_below(self) -> None:
        self._open_menu(self.more.mapToGlobal(QPoint(0, self.more.height())))

    def _open_menu(self, place: QPoint) -> None:
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def make_menu(self) -> QMenu:
        """How the column can be shown, and what can be done with its filter."""
        menu, histograms = QMenu(self), self._state.histograms
        spec = histograms.spec(self.column)
        assert spec is not None
        column = self._state.columns.column(self.column)
        ways = [(spec.log_counts, "Logarithmic counts",
                 replace(spec, log_counts=not spec.log_counts))]  # fmt: skip
        if column is not None and column.kind == "number":
            ways += [
                (spec.logarithmic, "Logarithmic axis",
                 replace(spec, logarithmic=not spec.logarithmic)),
                (spec.whole, "Axis to the outermost values",
                 replace(spec, whole=not spec.whole)),
            ]  # fmt: skip
        for is_on, words, changed in ways:
            action = menu.addAction(words)
            assert action is not None
            action.setCheckable(True)
            action.setChecked(is_on)
            action.triggered.connect(partial(_call, partial(histograms.change, changed)))
        menu.addSeparator()
        filters, name = self._state.filters, FILTER + self.column
        has_filter = name in filters.items()
        for words, run, enabled in (
            ("Turn the filter round", partial(filters.invert, name), has_filter),
            ("Clear the filter", partial(filters.remove, name), has_filter),
            ("Take the histogram away", partial(histograms.remove, self.column), True),
        ):
            action = menu.addAction(words)
            assert action is not None
            action.setEnabled(enabled)
            action.triggered.connect(partial(_call, run))
        return menu


def _scales(spec: HistogramSpec) -> str:
    """Which scales are logarithmic, for these look like even ones."""
    kinds = [(spec.logarithmic, "axis"), (spec.log_counts, "counts")]
    words = " and ".join(word for is_logarithmic, word in kinds if is_logarithmic)
    return f"log {words}" if words else ""


def _call(run: partial[None], _checked: bool = False) -> None:
    run()
