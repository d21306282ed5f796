"""The list of saved selections: name above, count and date below; a click applies one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from PyQt6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QKeyEvent, QPainter
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QFrame,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from astromask_gui.parts.modes import is_return, mode_of
from astromask_gui.state.saved import SavedSelection
from astromask_gui.theme import RADIUS, SPACE, Tokens

_HEIGHT = 44
_NAME_HEIGHT = 22
_ITEM = Qt.ItemDataRole.UserRole
_Index = QModelIndex | QPersistentModelIndex


class SavedRows(QListWidget):
    """Shows saved selections; keys and clicks say what is wanted of one."""

    chosen = pyqtSignal(str, object)
    """Name, and the `CombineMode` of the keys held."""
    renamed = pyqtSignal(str, str)
    """Name, and the new one that was typed."""
    delete_wanted = pyqtSignal(str)

    def __init__(self, tokens: Tokens) -> None:
        super().__init__()
        self.setObjectName("savedRows")
        self.delegate = _SavedDelegate(tokens, self)
        self.setItemDelegate(self.delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setAccessibleName("Saved selections")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.itemClicked.connect(self._choose)
        self.itemChanged.connect(self._on_changed)

    def set_tokens(self, tokens: Tokens) -> None:
        """Take another style's colours."""
        self.delegate.tokens = tokens
        self.viewport().update()  # type: ignore[union-attr]

    def set_items(self, items: Iterable[SavedSelection]) -> None:
        """Show these; the one that has the keyboard keeps it."""
        current = self.name_of(self.currentItem())
        self.blockSignals(True)
        self.clear()
        for item in items:
            row = QListWidgetItem(item.name)
            row.setData(_ITEM, item)
            row.setToolTip(_tooltip(item))
            row.setFlags(row.flags() | Qt.ItemFlag.ItemIsEditable)
            self.addItem(row)
            if item.name == current:
                self.setCurrentItem(row)
        self.blockSignals(False)

    def name_of(self, row: QListWidgetItem | None) -> str | None:
        """The saved name of a row."""
        item = None if row is None else row.data(_ITEM)
        return item.name if isinstance(item, SavedSelection) else None

    def row_of(self, name: str) -> QListWidgetItem | None:
        """The row of a saved name."""
        rows = (self.item(place) for place in range(self.count()))
        return next((row for row in rows if self.name_of(row) == name), None)

    def begin_renaming(self, name: str) -> None:
        """Let the user type another name."""
        row = self.row_of(name)
        if row is not None:
            self.setCurrentItem(row)
            self.scrollToItem(row)
            self.editItem(row)

    def event(self, event: QEvent | None) -> bool:
        """Keep Ctrl+Return and Delete from the window's shortcuts."""
        if event is not None and event.type() == QEvent.Type.ShortcutOverride:
            own = is_return(event) or (
                isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Delete
            )
            if own:
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Return applies, Delete deletes, F2 renames."""
        assert event is not None
        name = self.name_of(self.currentItem())
        is_editing = self.state() == QAbstractItemView.State.EditingState
        if name is not None and is_return(event) and not is_editing:
            self.chosen.emit(name, mode_of(event.modifiers()))
        elif name is not None and event.key() == Qt.Key.Key_Delete:
            self.delete_wanted.emit(name)
        else:
            super().keyPressEvent(event)

    def _choose(self, row: QListWidgetItem) -> None:
        name = self.name_of(row)
        if name is not None:
            self.chosen.emit(name, mode_of(QApplication.keyboardModifiers()))

    def _on_changed(self, row: QListWidgetItem) -> None:
        name = self.name_of(row)
        if name is not None and row.text() != name:
            self.renamed.emit(name, row.text())


class _SavedDelegate(QStyledItemDelegate):
    """Paints a row, and puts the editor where the name is."""

    def __init__(self, tokens: Tokens, parent: QWidget) -> None:
        super().__init__(parent)
        self.tokens = tokens

    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        return QSize(120, _HEIGHT)

    def updateEditorGeometry(
        self, editor: QWidget | None, option: QStyleOptionViewItem, index: _Index
    ) -> None:
        assert editor is not None
        editor.setGeometry(option.rect.adjusted(0, 0, 0, _NAME_HEIGHT + 2 - _HEIGHT))

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: _Index) -> None:
        assert painter is not None
        item = index.data(_ITEM)
        assert isinstance(item, SavedSelection)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        state, flags = option.state, QStyle.StateFlag
        is_current = bool(state & flags.State_HasFocus)
        if state & flags.State_MouseOver or is_current:
            painter.setPen(QColor(self.tokens.accent) if is_current else Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self.tokens.raised))
            painter.drawRoundedRect(option.rect.adjusted(1, 1, -2, -2), RADIUS, RADIUS)
        text = option.rect.adjusted(SPACE[1], SPACE[0], -SPACE[1], 0)
        usable = not item.problem
        self._line(painter, text, item.name, self.tokens.text if usable else self.tokens.muted)
        below = f"{item.count:,} galaxies" if item.count != 1 else "1 galaxy"
        if (when := short_date(item.created)) and usable:
            below += f"  ·  {when}"
        place = text.translated(0, _NAME_HEIGHT - 2)
        if usable:
            self._line(painter, place, below, self.tokens.muted)
        else:
            self._line(painter, place, "can't be used here", self.tokens.warn)
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, place: QRect, text: str, colour: str) -> None:
        painter.setPen(QColor(colour))
        elided = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        top = int(Qt.AlignmentFlag.AlignTop)
        painter.drawText(place, top, elided)


def short_date(created: str, now: datetime | None = None) -> str:
    """A date in the user's own time, without what goes without saying; "" where there is none."""
    try:
        moment = datetime.fromisoformat(created).astimezone()
    except ValueError:
        return ""
    today = (now or datetime.now(UTC)).astimezone()
    if moment.date() == today.date():
        return f"today {moment:%H:%M}"
    month = f"{moment.day} {moment:%b}"
    return month if moment.year == today.year else f"{month} {moment.year}"


def _tooltip(item: SavedSelection) -> str:
    if item.problem:
        return item.problem
    return (
        f"<b>{_escaped(item.name)}</b>: {item.count:,} galaxies<br>"
        "Click to select them (Return); Shift adds to the selection, Ctrl removes, both keep"
        " only what is in both. F2 renames, Delete deletes."
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
