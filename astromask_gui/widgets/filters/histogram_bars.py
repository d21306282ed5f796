"""The histogram of a column of categories: a bar each, to be kept or hidden by a click."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPoint, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PyQt6.QtWidgets import QSizePolicy, QWidget

from astromask_gui.rendering.category_choice import MISSING, Choice
from astromask_gui.rendering.histogram_axis import heights
from astromask_gui.state.filter_specs import Categories
from astromask_gui.state.histograms import Histogram
from astromask_gui.style import tabular
from astromask_gui.theme import FONT_SIZES, Tokens

_ROW = 18
_MARGIN = 4
_NAME_SHARE, _WIDEST_NAME = 0.4, 150
_NO_VALUE = "no value"


class HistogramBars(QWidget):
    """All rows faint, those that pass the other filters bright; what is hidden is struck out."""

    chosen = pyqtSignal(object)
    """`Categories`, or None for all."""
    menu_wanted = pyqtSignal(QPoint)

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self._tokens = tokens
        self._histogram: Histogram | None = None
        self._choice = Choice("", (), None, False)
        self._spec: Categories | None = None
        self._is_on = True
        self._current = 0
        """The row that the keys act on."""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        """A row for each bar."""
        return QSize(200, _ROW * max(1, len(self._choice.places())))

    def minimumSizeHint(self) -> QSize:
        """Narrow panels squeeze it."""
        return QSize(80, self.sizeHint().height())

    def set_tokens(self, tokens: Tokens) -> None:
        """Take another style's colours."""
        self._tokens = tokens
        self.update()

    def set_histogram(self, histogram: Histogram | None) -> None:
        """Show other counts."""
        self._histogram = histogram
        if histogram is not None:
            self._choice = Choice.of(histogram)
            self._current = min(self._current, max(0, len(self._choice.places()) - 1))
        self.updateGeometry()
        self.update()

    def set_choice(self, spec: Categories | None, is_on: bool = True) -> None:
        """Show what is filtered."""
        self._spec, self._is_on = spec, is_on
        self.update()

    # -- mouse and keys ------------------------------------------------------------------

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """A click hides or shows; with Alt it shows alone."""
        assert event is not None
        row = self._row_at(event.pos())
        if event.button() == Qt.MouseButton.LeftButton and row is not None:
            self._current = row
            self._act(bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """Tell what lies under the mouse."""
        assert event is not None
        row = self._row_at(event.pos())
        self.setToolTip("" if row is None else self._tip(row))

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        self.menu_wanted.emit(event.globalPos())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Up and Down go along the bars, Space hides or shows, with Alt alone."""
        assert event is not None
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        rows = len(self._choice.places())
        if step is not None and rows:
            self._current = int(np.clip(self._current + step, 0, rows - 1))
            self.update()
        elif event.key() == Qt.Key.Key_Space and rows:
            self._act(bool(event.modifiers() & Qt.KeyboardModifier.AltModifier))
        else:
            super().keyPressEvent(event)

    def _act(self, alone: bool) -> None:
        place = self._choice.places()[self._current]
        # What is switched off counts for nothing; a click begins anew.
        spec = self._spec if self._is_on else None
        choose = self._choice.alone if alone else self._choice.toggled
        self.chosen.emit(choose(spec, place))

    def _row_at(self, point: QPoint) -> int | None:
        row = point.y() // _ROW
        inside = self.rect().contains(point) and row < len(self._choice.places())
        return row if inside else None

    def _tip(self, row: int) -> str:
        name, total, passing = self._facts(self._choice.places()[row])
        return (
            f"{name}: {total:,} galaxies, {passing:,} of them pass the other filters.<br>"
            "Click to hide or show; Alt-click to show it alone. Keys: arrows, Space."
        )

    def _facts(self, place: int) -> tuple[str, int, int]:
        histogram = self._histogram
        assert histogram is not None and histogram.total is not None
        if place == MISSING:
            return _NO_VALUE, histogram.missing, histogram.passing_missing
        passing = 0 if histogram.passing is None else int(histogram.passing[place])
        return histogram.labels[place], int(histogram.total[place]), passing

    # -- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """Name, bar and number of each category."""
        if self._histogram is None or self._histogram.total is None:
            return
        painter = QPainter(self)
        font = tabular(self.font())
        font.setPixelSize(FONT_SIZES[0])
        painter.setFont(font)
        kept = self._choice.kept(self._spec if self._is_on else None)
        places = self._choice.places()
        facts = [self._facts(place) for place in places]
        total, passing = (np.array([fact[i] for fact in facts], np.int64) for i in (1, 2))
        everyone, some = heights(total, passing, self._histogram.spec.log_counts)
        numbers = max(
            (painter.fontMetrics().horizontalAdvance(f"{n:,}") for n in passing), default=0
        )
        for row, place in enumerate(places):
            shares = (everyone[row], some[row])
            self._paint_row(painter, row, facts[row], shares, place in kept, numbers)

    def _paint_row(
        self,
        painter: QPainter,
        row: int,
        facts: tuple[str, int, int],
        shares: tuple[float, float],
        is_kept: bool,
        numbers: int,
    ) -> None:
        look, top = self._tokens, row * _ROW
        name_width = round(min(self.width() * _NAME_SHARE, _WIDEST_NAME))
        name_area = QRectF(_MARGIN, top, name_width, _ROW)
        colour = look.text if is_kept and facts[0] != _NO_VALUE else look.muted
        painter.setPen(QColor(colour))
        font = painter.font()
        font.setStrikeOut(not is_kept)
        painter.setFont(font)
        centre = Qt.AlignmentFlag.AlignVCenter
        words = painter.fontMetrics().elidedText(
            facts[0], Qt.TextElideMode.ElideRight, name_width - 4
        )
        painter.drawText(name_area, Qt.AlignmentFlag.AlignLeft | centre, words)
        font.setStrikeOut(False)
        painter.setFont(font)
        left = name_area.right() + 4
        room = self.width() - left - numbers - 6 - _MARGIN
        for share, count, fill in (
            (shares[0], facts[1], look.line),
            (shares[1], facts[2], look.accent if is_kept else look.muted),
        ):
            if count:
                width = max(share * room, 1.0)
                painter.fillRect(QRectF(left, top + 4, width, _ROW - 8), QColor(fill))
        painter.setPen(QColor(look.muted))
        area = QRectF(0, top, self.width() - _MARGIN, _ROW)
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | centre, f"{facts[2]:,}")
        if self.hasFocus() and row == self._current:
            painter.setPen(QColor(look.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(0.5, top + 0.5, self.width() - 1, _ROW - 1), 3, 3)
