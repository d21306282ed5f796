"""The search box: an object's id, a position, or a command."""

from __future__ import annotations

from functools import partial

from PyQt6 import sip
from PyQt6.QtCore import QEvent, QStringListModel, Qt, QTimer
from PyQt6.QtGui import QAction, QKeyEvent
from PyQt6.QtWidgets import QApplication, QCompleter, QLineEdit, QWidget

from astromask_gui.state.session import Session

_SHOWN = 14
"""Lines of the list of completions, beyond which it scrolls."""


class SearchBox(QLineEdit):
    """Completes identifiers and commands as one types; anything else is looked for in the
    catalogue."""

    def __init__(
        self,
        session: Session,
        actions: list[QAction],
        home: QWidget,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._home = home
        """What takes the focus when the galaxy is there, so that keys act on it."""
        self._commands = {action.text().replace("&", ""): action for action in actions}
        self._offered = QStringListModel(sorted(self._commands), self)
        self._ids: tuple[str, ...] = ()
        """That begin with what is typed."""
        self._before: QWidget | None = None
        """What had the focus, and gets it back."""
        self.setPlaceholderText("Find an id, a position or a command  (Ctrl+K)")
        self.setToolTip(
            "An object's id, RA and Dec in degrees or sexagesimal, or a command (Ctrl+K);"
            " Esc leaves"
        )
        self.setAccessibleName("Search")
        self.setClearButtonEnabled(True)
        completer = QCompleter(self._offered, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(_SHOWN)
        popup = completer.popup()
        assert popup is not None
        popup.setObjectName("completions")
        self._popup = popup
        completer.activated.connect(self._run_soon)
        self.setCompleter(completer)
        self.returnPressed.connect(self._search)
        self.textEdited.connect(session.request_completions)
        session.completed.connect(self._offer)
        session.found.connect(self._end)

    def begin(self) -> None:
        """Take the focus, until what is sought is found or Esc is pressed."""
        before = QApplication.focusWidget()
        if before is not self:
            self._before = before
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def event(self, event: QEvent | None) -> bool:
        """Keep Esc from the window's shortcuts."""
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        assert event is not None
        if event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            super().keyPressEvent(event)

    def _leave(self) -> None:
        """Forget what was typed, and give the focus back."""
        self._popup.hide()
        self.clear()
        before = self._before
        if before is not None and not sip.isdeleted(before) and before.isVisible():
            before.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.clearFocus()

    def _end(self, text: str, row: int, is_sure: bool) -> None:
        """Let the keys go to the galaxy that was sought; the text stays to be asked again."""
        if is_sure and self.hasFocus() and text == self.text().strip():
            self._popup.hide()
            self._home.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offer(self, text: str, names: tuple[str, ...]) -> None:
        """Offer identifiers that begin with what is typed, before the commands."""
        if text != self.text().strip() or names == self._ids:
            return
        self._ids = names
        self._offered.setStringList([*names, *sorted(self._commands)])
        completer = self.completer()
        if names and self.hasFocus() and completer is not None:
            completer.complete()

    def _run_soon(self, name: str) -> None:
        # The completer writes the words into the box after it has told.
        QTimer.singleShot(0, partial(self._run, name))

    def _run(self, name: str) -> None:
        action = self._commands.get(name)
        if action is None:
            self._session.request_find(name.strip())
            return
        self._leave()
        if action.isEnabled():
            action.trigger()

    def _search(self) -> None:
        if self._popup.isVisible() and self._popup.currentIndex().isValid():
            return  # the completion that is highlighted is run by its own signal
        text = self.text().strip()
        commands = [name for name in self._commands if text.lower() in name.lower()]
        if text and len(commands) == 1 and not self._ids:
            self._run(commands[0])
        elif text:
            self._run(text)
