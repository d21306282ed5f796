"""What the user prefers, in every workspace; kept between starts by a service."""

from __future__ import annotations

from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

Style = Literal["dark", "light"]
RECENT = 8


class Preferences(QObject):
    """Style, motion and the workspaces opened lately."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._style: Style = "dark"
        self._motion = True
        self._recent: tuple[str, ...] = ()

    @property
    def style(self) -> Style:
        """Dark (astronomers sit in the dark) or light."""
        return self._style

    @property
    def motion(self) -> bool:
        """Whether changes of view are animated."""
        return self._motion

    @property
    def recent(self) -> tuple[str, ...]:
        """Folders of workspaces opened lately, newest first."""
        return self._recent

    def set_style(self, style: Style) -> None:
        """Choose the style."""
        if style != self._style:
            self._style = style
            self.changed.emit()

    def set_motion(self, motion: bool) -> None:
        """Choose whether changes of view are animated."""
        if motion != self._motion:
            self._motion = motion
            self.changed.emit()

    def set_recent(self, folders: tuple[str, ...]) -> None:
        """Replace the list of workspaces opened lately."""
        if folders != self._recent:
            self._recent = folders[:RECENT]
            self.changed.emit()

    def remember(self, folder: str) -> None:
        """Put a workspace first in the list."""
        self.set_recent((folder, *(other for other in self._recent if other != folder)))
