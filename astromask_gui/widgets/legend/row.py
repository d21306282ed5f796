"""One category of the legend: swatch, name, count; under the mouse, what can be done with it."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PyQt6.QtWidgets import QSizePolicy, QWidget

from astromask_gui.icons import icon
from astromask_gui.parts.modes import MODES_HINT, is_return, mode_of
from astromask_gui.rendering.colouring import MISSING, LegendEntry
from astromask_gui.theme import ICON, RADIUS, SPACE, Tokens

_HEIGHT = 24
_SWATCH = 12.0
_BUTTON = 22
_CENTRE = Qt.AlignmentFlag.AlignVCenter
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class LegendRow(QWidget):
    """A click hides or shows; the two icons on its right select and colour."""

    clicked = pyqtSignal(int, bool)
    """Code of the category, and whether it is to be shown alone."""
    select_wanted = pyqtSignal(int, object)
    """Code, and the `CombineMode` of the keys held."""
    colour_wanted = pyqtSignal(int)
    menu_wanted = pyqtSignal(int, QPoint)
    """Code, and the place on the screen."""
    step_wanted = pyqtSignal(int)
    """The keyboard is to go so many rows down."""

    def __init__(self, entry: LegendEntry, tokens: Tokens) -> None:
        super().__init__()
        self.entry = entry
        self._tokens = tokens
        self._hidden = False
        self._under_mouse: str | None = None
        self.setFixedHeight(_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setMouseTracking(True)
        self.set_entry(entry, tokens)

    @property
    def is_hidden_category(self) -> bool:
        """Whether the category is filtered out."""
        return self._hidden

    @property
    def is_colourable(self) -> bool:
        """Whether the category can have a colour of its own; what has no value can't."""
        return self.entry.code != MISSING

    def set_entry(self, entry: LegendEntry, tokens: Tokens) -> None:
        """Show another category, or the same one with another colour or count."""
        self.entry, self._tokens = entry, tokens
        self.setAccessibleName(f"{entry.label}, {entry.count}")
        self.setToolTip(self._tip())
        self.update()

    def set_hidden_category(self, hidden: bool) -> None:
        """Show the category as filtered out, or not."""
        if hidden != self._hidden:
            self._hidden = hidden
            self.update()

    def place_of(self, button: str) -> QRect:
        """Where the icon that will "select" or "colour" is."""
        place = ("select", "colour").index(button) + (0 if self.is_colourable else 1)
        left = self.width() - SPACE[0] - (2 - place) * _BUTTON
        return QRect(left, (self.height() - _BUTTON) // 2, _BUTTON, _BUTTON)

    def sizeHint(self) -> QSize:
        """Wide enough for most names."""
        return QSize(160, _HEIGHT)

    # -- mouse and keys ------------------------------------------------------------------

    def enterEvent(self, event: QEnterEvent | None) -> None:
        self.update()

    def leaveEvent(self, event: QEvent | None) -> None:
        self._under_mouse = None
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        """The icon under the mouse lights up, and says what it does."""
        assert event is not None
        button = self._button_at(event.pos())
        if button != self._under_mouse:
            self._under_mouse = button
            self.setToolTip(self._tip())
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """A click on an icon does what it says, elsewhere it hides or shows."""
        assert event is not None
        if event.button() != Qt.MouseButton.LeftButton or not self.rect().contains(event.pos()):
            return
        button = self._button_at(event.pos())
        if button == "select":
            self.select_wanted.emit(self.entry.code, mode_of(event.modifiers()))
        elif button == "colour":
            self.colour_wanted.emit(self.entry.code)
        else:
            self._say_click(event.modifiers())

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        self.menu_wanted.emit(self.entry.code, event.globalPos())

    def event(self, event: QEvent | None) -> bool:
        """Keep Ctrl+Return from the window's shortcuts."""
        is_override = event is not None and event.type() == QEvent.Type.ShortcutOverride
        if event is not None and is_override and is_return(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Space hides or shows, Return selects, Up and Down go to other rows."""
        assert event is not None
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Space:
            self._say_click(event.modifiers())
        elif is_return(event):
            self.select_wanted.emit(self.entry.code, mode_of(event.modifiers()))
        elif key in _STEPS:
            self.step_wanted.emit(_STEPS[key])
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent | None) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        super().focusOutEvent(event)
        self.update()

    def _button_at(self, place: QPoint) -> str | None:
        if self.place_of("select").contains(place):
            return "select"
        return "colour" if self.is_colourable and self.place_of("colour").contains(place) else None

    def _say_click(self, modifiers: Qt.KeyboardModifier) -> None:
        alone = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        self.clicked.emit(self.entry.code, alone)

    def _tip(self) -> str:
        if self._under_mouse == "select":
            return f"Select these (Return). {MODES_HINT}"
        if self._under_mouse == "colour":
            return "Give these a colour that stays with the workspace"
        name = self.entry.label.replace("&", "&amp;").replace("<", "&lt;")
        return (
            f"<b>{name}</b>: {self.entry.count:,}<br>Click to hide or show (Space). "
            "Alt-click to show it alone (Alt+Space)."
        )

    # -- painting ------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:
        """A filled swatch while shown, an empty one while hidden."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        is_active = self.underMouse() or self.hasFocus()
        if is_active:
            edge = QColor(self._tokens.accent) if self.hasFocus() else Qt.PenStyle.NoPen
            painter.setPen(edge)
            painter.setBrush(QColor(self._tokens.raised))
            whole = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(whole, RADIUS - 2, RADIUS - 2)
        colour = QColor(self.entry.colour)
        swatch = QRectF(SPACE[0], (self.height() - _SWATCH) / 2, _SWATCH, _SWATCH)
        painter.setPen(QPen(colour, 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush if self._hidden else colour)
        painter.drawRoundedRect(swatch, 3, 3)
        right = self._paint_buttons(painter) if is_active else self._paint_count(painter)
        left = int(_SWATCH) + SPACE[0] + SPACE[1]
        room = right - left - SPACE[1]
        label = painter.fontMetrics().elidedText(
            self.entry.label, Qt.TextElideMode.ElideRight, room
        )
        painter.setPen(QColor(self._tokens.muted if self._hidden else self._tokens.text))
        painter.drawText(QRectF(left, 0, room, self.height()), int(_CENTRE), label)

    def _paint_count(self, painter: QPainter) -> int:
        """Paint the count; returns where it begins."""
        text = f"{self.entry.count:,}"
        width = painter.fontMetrics().horizontalAdvance(text)
        left = self.width() - width - SPACE[0]
        painter.setPen(QColor(self._tokens.muted))
        painter.drawText(QRectF(left, 0, width, self.height()), int(_CENTRE), text)
        return left

    def _paint_buttons(self, painter: QPainter) -> int:
        """Paint the icons in the count's place; returns where they begin."""
        icons = {"select": "selection"}
        if self.is_colourable:
            icons["colour"] = "palette-outline"
        for name, picture in icons.items():
            place = self.place_of(name)
            if name == self._under_mouse:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._tokens.line))
                painter.drawRoundedRect(place, RADIUS - 2, RADIUS - 2)
            margin = (_BUTTON - ICON) // 2
            icon(picture).paint(painter, place.adjusted(margin, margin, -margin, -margin))
        return self.place_of("select").left()
