"""What just happened, in sentences: shown on the status bar and kept to read again."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

Level = Literal["info", "warning", "error"]
KEPT = 500


@dataclass(frozen=True)
class Message:
    """One sentence."""

    text: str
    level: Level = "info"
    time: float = field(default_factory=time.time)


class Messages(QObject):
    """The latest sentences, newest last."""

    posted = pyqtSignal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.history: list[Message] = []

    def info(self, text: str) -> None:
        """Say something good to know."""
        self._post(Message(text))

    def warning(self, text: str) -> None:
        """Say something that may need attention."""
        self._post(Message(text, "warning"))

    def error(self, text: str) -> None:
        """Say what went wrong and what to do."""
        self._post(Message(text, "error"))

    def _post(self, message: Message) -> None:
        self.history.append(message)
        del self.history[:-KEPT]
        self.posted.emit(message)
