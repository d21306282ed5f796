"""The search box: an object's id, a position, or a command."""

from __future__ import annotations

from functools import partial

from PyQt6.QtCore import Qt, QTimer
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QCompleter, QLineEdit, QWidget

from astromask_gui.state.session import Session


class SearchBox(QLineEdit):
    """Completes commands as one types; anything else is looked for in the catalogue."""

    def __init__(
        self, session: Session, actions: list[QAction], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._commands = {action.text().replace("&", ""): action for action in actions}
        self.setPlaceholderText("Find an id, a position or a command  (Ctrl+K)")
        self.setToolTip(
            "An object's id, RA and Dec in degrees or sexagesimal, or a command (Ctrl+K)"
        )
        self.setAccessibleName("Search")
        self.setClearButtonEnabled(True)
        completer = QCompleter(sorted(self._commands), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        popup = completer.popup()
        assert popup is not None
        popup.setObjectName("completions")
        completer.activated.connect(self._run_soon)
        self.setCompleter(completer)
        self.returnPressed.connect(self._search)

    def _run_soon(self, name: str) -> None:
        # The completer writes the command's name into the box after it has told.
        QTimer.singleShot(0, partial(self._run_command, name))

    def _run_command(self, name: str) -> None:
        self.clear()
        action = self._commands.get(name)
        if action is not None and action.isEnabled():
            action.trigger()

    def _search(self) -> None:
        completer = self.completer()
        popup = completer.popup() if completer is not None else None
        if popup is not None and popup.isVisible() and popup.currentIndex().isValid():
            return  # the completion that is highlighted is run by its own signal
        text = self.text().strip()
        commands = [name for name in self._commands if text.lower() in name.lower()]
        if text in self._commands:
            self._run_command(text)
        elif text and len(commands) == 1:
            self._run_command(commands[0])
        elif text:
            self._session.request_find(text)
