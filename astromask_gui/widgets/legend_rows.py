"""The categories of the map's colours, with counts; a click hides one, Alt-click shows only it."""

from __future__ import annotations

from collections.abc import Iterable

from PyQt6.QtCore import QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PyQt6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from astromask_gui.rendering.colouring import LegendEntry
from astromask_gui.theme import SPACE, Tokens

_HEIGHT = 24
_SWATCH = 12.0


class LegendRow(QWidget):
    """One category: swatch, name, count."""

    clicked = pyqtSignal(int, bool)
    """Code of the category, and whether it is to be shown alone."""

    def __init__(self, entry: LegendEntry, tokens: Tokens) -> None:
        super().__init__()
        self.entry = entry
        self._tokens = tokens
        self._hidden = False
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(f"{entry.label}, {entry.count}")
        self.setToolTip(
            f"<b>{entry.label}</b>: {entry.count:,}<br>Click to hide or show (Space). "
            "Alt-click to show it alone (Alt+Space)."
        )

    @property
    def is_hidden_category(self) -> bool:
        """Whether the category is filtered out."""
        return self._hidden

    def set_hidden_category(self, hidden: bool) -> None:
        """Show the category as filtered out, or not."""
        if hidden != self._hidden:
            self._hidden = hidden
            self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for most names."""
        return QSize(160, _HEIGHT)

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """A click hides or shows."""
        assert event is not None
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.pos()):
            self._say(event.modifiers())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Space and Return click."""
        assert event is not None
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return):
            self._say(event.modifiers())
        else:
            super().keyPressEvent(event)

    def _say(self, modifiers: Qt.KeyboardModifier) -> None:
        alone = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        self.clicked.emit(self.entry.code, alone)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A filled swatch while shown, an empty one while hidden."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(self.entry.colour)
        top = (self.height() - _SWATCH) / 2
        swatch = QRectF(SPACE[0], top, _SWATCH, _SWATCH)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush if self._hidden else colour)
        painter.drawRoundedRect(swatch, 3, 3)
        muted, text = QColor(self._tokens.muted), QColor(self._tokens.text)
        count = f"{self.entry.count:,}"
        metrics = painter.fontMetrics()
        count_width = metrics.horizontalAdvance(count)
        left = int(_SWATCH) + SPACE[0] + SPACE[1]
        room = self.width() - left - count_width - SPACE[2]
        label = metrics.elidedText(self.entry.label, Qt.TextElideMode.ElideRight, room)
        centre = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(muted if self._hidden else text)
        painter.drawText(QRectF(left, 0, room, self.height()), int(centre), label)
        painter.setPen(muted)
        place = QRectF(self.width() - count_width - SPACE[0], 0, count_width, self.height())
        painter.drawText(place, int(centre), count)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._tokens.accent), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)


class LegendRows(QWidget):
    """All categories, and which of them are hidden."""

    hidden_changed = pyqtSignal(object)
    """frozenset of hidden codes: the user's wish."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[LegendRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)

    @property
    def rows(self) -> list[LegendRow]:
        """The rows in the order shown."""
        return self._rows

    def hidden_codes(self) -> frozenset[int]:
        """Codes of the hidden categories."""
        return frozenset(row.entry.code for row in self._rows if row.is_hidden_category)

    def set_entries(self, entries: Iterable[LegendEntry], tokens: Tokens) -> None:
        """Show these categories, none hidden."""
        for row in self._rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self._rows = [LegendRow(entry, tokens) for entry in entries]
        for row in self._rows:
            row.clicked.connect(self._on_clicked)
            self._column.addWidget(row)

    def set_hidden_codes(self, codes: frozenset[int]) -> None:
        """Show which categories are hidden, without saying so."""
        for row in self._rows:
            row.set_hidden_category(row.entry.code in codes)

    def _on_clicked(self, code: int, alone: bool) -> None:
        every = {row.entry.code for row in self._rows}
        hidden = set(self.hidden_codes())
        if alone:
            # The same click twice brings everything back.
            hidden = set() if hidden == every - {code} else every - {code}
        else:
            hidden ^= {code}
        self.set_hidden_codes(frozenset(hidden))
        self.hidden_changed.emit(frozenset(hidden))
