"""Keeps the preferences between starts, in a file of the user's own."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

from PyQt6.QtCore import QObject, QSettings

from astromask_gui.services.user.folders import settings_file
from astromask_gui.state.preferences import CACHE_MEGABYTES, Preferences, Style
from astromask_gui.state.table_look import TableLook

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
        self._preferences.set_motion(self._is_on("motion"))
        self._preferences.set_mini_map(self._is_on("mini_map"))
        self._preferences.set_mark_placed(self._is_on("mark_placed"))
        self._preferences.set_sexagesimal(self._is_on("sexagesimal", "false"))
        megabytes = str(self._settings.value("cache_megabytes", CACHE_MEGABYTES))
        if megabytes.isdigit() and int(megabytes) > 0:
            self._preferences.set_cache_megabytes(int(megabytes))
        layer = str(self._settings.value("sky_layer", self._preferences.sky_layer))
        # It becomes part of an address.
        if re.fullmatch(r"[\w.-]+", layer):
            self._preferences.set_sky_layer(layer)
        self._preferences.set_card_columns(_names(self._settings.value("card_columns", "")))
        self._preferences.set_table_look(_table_look(self._settings.value("table", "")))
        recent = self._settings.value("recent", [])
        # A list of one is read back as text.
        folders = [recent] if isinstance(recent, str) else recent or []
        self._preferences.set_recent(tuple(map(str, folders)))

    def _is_on(self, name: str, otherwise: str = "true") -> bool:
        # An INI file holds text.
        return str(self._settings.value(name, otherwise)) == "true"

    def _values(self) -> dict[str, Any]:
        preferences = self._preferences
        return {
            "style": preferences.style,
            "motion": "true" if preferences.motion else "false",
            "mini_map": "true" if preferences.mini_map else "false",
            "mark_placed": "true" if preferences.mark_placed else "false",
            "sexagesimal": "true" if preferences.sexagesimal else "false",
            "sky_layer": preferences.sky_layer,
            # None is no list, and an empty one not the same.
            "card_columns": json.dumps(preferences.card_columns),
            "cache_megabytes": preferences.cache_megabytes,
            "table": json.dumps(asdict(preferences.table_look)),
            "recent": list(preferences.recent),
        }

    def _write(self) -> None:
        values = self._values()
        for name, value in values.items():
            if value != self._written[name]:
                self._settings.setValue(name, value)
        self._written = values


def _names(text: Any) -> tuple[str, ...] | None:
    """The names in a JSON list; None where it is anything else."""
    try:
        found = json.loads(str(text))
    except ValueError:
        return None
    is_list = isinstance(found, list) and all(isinstance(name, str) for name in found)
    return tuple(found) if is_list else None


def _table_look(text: Any) -> TableLook:
    """The look in a JSON object; the usual one where it is anything else."""
    try:
        found = json.loads(str(text))
        return TableLook(
            tuple(map(str, found["order"])),
            tuple(map(str, found["hidden"])),
            tuple((str(name), int(width)) for name, width in found["widths"]),
            bool(found["pictures"]),
        )
    except (ValueError, TypeError, KeyError):
        return TableLook()
