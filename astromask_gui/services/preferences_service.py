"""Keeps the preferences between starts, in a file of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

from PyQt6.QtCore import QObject, QSettings

from astromask_gui.services.user_folders import settings_file
from astromask_gui.state.preferences import Preferences, Style

STYLES = ("dark", "light")


class PreferencesService(QObject):
    """Reads the preferences once, and writes what changes.

    `style` and `motion`, if given, hold for this start only.
    """

    def __init__(
        self,
        preferences: Preferences,
        path: Path | None = None,
        style: Style | None = None,
        motion: bool | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._settings = QSettings(str(path or settings_file()), QSettings.Format.IniFormat)
        self._read()
        if style is not None:
            preferences.set_style(style)
        if motion is not None:
            preferences.set_motion(motion)
        self._written = self._values()
        preferences.changed.connect(self._write)

    def _read(self) -> None:
        style = self._settings.value("style", "dark")
        if style in STYLES:
            self._preferences.set_style(cast(Style, style))
        # An INI file holds text.
        self._preferences.set_motion(str(self._settings.value("motion", "true")) == "true")
        recent = self._settings.value("recent", [])
        # A list of one is read back as text.
        folders = [recent] if isinstance(recent, str) else recent or []
        self._preferences.set_recent(tuple(map(str, folders)))

    def _values(self) -> dict[str, Any]:
        preferences = self._preferences
        return {
            "style": preferences.style,
            "motion": "true" if preferences.motion else "false",
            "recent": list(preferences.recent),
        }

    def _write(self) -> None:
        values = self._values()
        for name, value in values.items():
            if value != self._written[name]:
                self._settings.setValue(name, value)
        self._written = values
