"""One filter as a chip: switched on and off, changed, turned round, taken away."""

from __future__ import annotations

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QContextMenuEvent, QPaintEvent
from PyQt6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyleOptionToolButton,
    QStylePainter,
    QToolButton,
)

from astromask_gui.icons import icon
from astromask_gui.state.filter_item import Filter
from astromask_gui.state.filter_specs import Condition
from astromask_gui.theme import ICON

_SHORTEST = 24


class FilterChip(QFrame):
    """Shows one filter and says what is wished of it."""

    switched = pyqtSignal(bool)
    edit_wanted = pyqtSignal()
    invert_wanted = pyqtSignal()
    remove_wanted = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "chip")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.on, self.words, self.close_button = QToolButton(), ElidedButton(), QToolButton()
        self._item: Filter | None = None
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 1, 2, 1)
        row.setSpacing(0)
        for button in (self.on, self.words, self.close_button):
            button.setProperty("flat", True)
            button.setIconSize(QSize(ICON - 2, ICON - 2))
            row.addWidget(button)
        self.on.setCheckable(True)
        self.close_button.setToolTip("Take this filter away")
        self.close_button.setAccessibleName("Take this filter away")
        self.on.clicked.connect(self.switched)
        self.words.clicked.connect(self.edit_wanted)
        self.close_button.clicked.connect(self.remove_wanted)
        self.renew_icons()

    def show_filter(self, item: Filter) -> None:
        """Show a filter as it is now."""
        if self._item is not None and _looks_of(self._item) == _looks_of(item):
            self._item = item
            return
        before, self._item = self._item, item
        self.words.setText(f"not {item.caption}" if item.is_inverted else item.caption)
        self.words.setEnabled(item.is_on and not item.problem)
        self.setToolTip(item.problem or self._tip(item))
        self.on.setChecked(item.is_on)
        words = "Switch this filter off" if item.is_on else "Switch this filter on"
        self.on.setToolTip(words)
        self.on.setAccessibleName(words)
        if before is None or (before.is_on, before.problem) != (item.is_on, item.problem):
            self.renew_icons()

    def renew_icons(self) -> None:
        """Take the colours of the style in force."""
        item = self._item
        if item is not None and item.problem:
            self.on.setIcon(icon("alert-outline"))
        else:
            shown = item is None or item.is_on
            self.on.setIcon(icon("eye-outline" if shown else "eye-off-outline"))
        self.close_button.setIcon(icon("close"))

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        assert event is not None
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(event.globalPos())

    def make_menu(self) -> QMenu:
        """Everything that can be done with the filter."""
        menu, item = QMenu(self), self._item
        assert item is not None

        def add(text: str, run: Callable[[], None]) -> None:
            action = menu.addAction(text)
            assert action is not None
            action.triggered.connect(lambda: run())

        if item.spec is not None:
            add("Change …", self.edit_wanted.emit)
        add("Switch off" if item.is_on else "Switch on", lambda: self.switched.emit(not item.is_on))
        add("Turn round: show exactly the others", self.invert_wanted.emit)
        menu.addSeparator()
        add("Take away", self.remove_wanted.emit)
        return menu

    def _tip(self, item: Filter) -> str:
        words = f"{self.words.text()}."
        if isinstance(item.spec, Condition):
            return f"{words} Click to change it; right-click for more."
        return f"{words} Click to see where it comes from; right-click for more."


def _looks_of(item: Filter) -> tuple[object, ...]:
    return item.caption, item.spec, item.is_on, item.is_inverted, item.problem


class ElidedButton(QToolButton):
    """A button that shortens its text rather than make the panel wider."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        return QSize(_SHORTEST, self.sizeHint().height())

    def shown_text(self) -> str:
        """The text, as far as there is room for it."""
        metrics = self.fontMetrics()
        beside = self.sizeHint().width() - metrics.horizontalAdvance(self.text())
        # Widths are rounded to whole pixels, but not where it is decided if a text fits.
        room = self.width() - beside + 1
        return metrics.elidedText(self.text(), Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent | None) -> None:
        option = QStyleOptionToolButton()
        self.initStyleOption(option)
        option.text = self.shown_text()
        QStylePainter(self).drawComplexControl(QStyle.ComplexControl.CC_ToolButton, option)
