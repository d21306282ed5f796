"""Small things that several panels are made of: labels with a role, lines, empty states."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import (
    QFrame,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)


def label(
    text: str = "", role: str = "", *, wrap: bool = False, selectable: bool = False
) -> QLabel:
    """A label; `role` is one of the style sheet's: muted, title, strong, small, warn, error."""
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    if selectable:
        made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made


def line() -> QFrame:
    """A thin horizontal line."""
    made = QFrame()
    made.setProperty("role", "line")
    made.setFixedHeight(1)
    return made


class BusyBar(QProgressBar):
    """A thin bar that moves while something is awaited; it keeps its place when idle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextVisible(False)
        self.setFixedHeight(3)
        self.setRange(0, 1)
        self.setAccessibleName("Busy")

    def set_busy(self, busy: bool) -> None:
        """Move, or stand still."""
        # Qt's bar would paint itself at once, and with it all of the window that is to be painted.
        self.setUpdatesEnabled(False)
        self.setRange(0, 0 if busy else 1)
        self.setValue(0)
        self.setUpdatesEnabled(True)


class EmptyState(QWidget):
    """Says what would fill a panel, and offers the button that does."""

    def __init__(self, sentence: str, button: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 16, 16, 16)
        layout.setSpacing(12)
        self.sentence = label(sentence, "muted", wrap=True)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.button = QPushButton(button)
        self.button.setVisible(bool(button))
        layout.addStretch(1)
        layout.addWidget(self.sentence)
        layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)


def kept_on_screen(place: QPoint, window: QWidget, beside: QWidget | None = None) -> QPoint:
    """Where a window's upper left corner goes for all of it to be on the screen: as close to
    `place` as can be. It is the screen of `beside`, else the window's own."""
    screen = (beside or window).screen()
    if screen is None:
        return place
    room = screen.availableGeometry().adjusted(0, 0, -window.width(), -window.height())
    return QPoint(
        max(room.left(), min(place.x(), room.right())),
        max(room.top(), min(place.y(), room.bottom())),
    )


def show_page(pages: QStackedWidget, place: int) -> None:
    """Show one of several pages; only this one has a say in how small the window can be."""
    for number in range(pages.count()):
        page = pages.widget(number)
        assert page is not None
        policy = QSizePolicy.Policy.Preferred if number == place else QSizePolicy.Policy.Ignored
        page.setSizePolicy(policy, policy)
    pages.setCurrentIndex(place)
