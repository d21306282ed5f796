"""Keeps the preferences between starts, in a file of the user's own."""

from __future__ import annotations

from pathlib import Path
from typing import cast

from PyQt6.QtCore import QObject, QSettings

from astromask_gui.services.user_folders import settings_file
from astromask_gui.state.preferences import Preferences, Style

STYLES = ("dark", "light")


class PreferencesService(QObject):
    """Reads the preferences once, and writes each change."""

    def __init__(
        self, preferences: Preferences, path: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._preferences = preferences
        self._settings = QSettings(str(path or settings_file()), QSettings.Format.IniFormat)
        self._read()
        preferences.changed.connect(self._write)

    def _read(self) -> None:
        style = self._settings.value("style", "dark")
        if style in STYLES:
            self._preferences.set_style(cast(Style, style))
        # An INI file holds text.
        self._preferences.set_motion(str(self._settings.value("motion", "true")) == "true")
        count = self._settings.beginReadArray("recent")
        recent = []
        for index in range(count):
            self._settings.setArrayIndex(index)
            recent.append(str(self._settings.value("folder")))
        self._settings.endArray()
        self._preferences.set_recent(tuple(recent))

    def _write(self) -> None:
        preferences = self._preferences
        self._settings.setValue("style", preferences.style)
        self._settings.setValue("motion", "true" if preferences.motion else "false")
        self._settings.beginWriteArray("recent", len(preferences.recent))
        for index, folder in enumerate(preferences.recent):
            self._settings.setArrayIndex(index)
            self._settings.setValue("folder", folder)
        self._settings.endArray()
