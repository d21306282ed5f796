"""Remembers what placed the galaxies of each workspace, in a file of the user's own."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PyQt6.QtCore import QObject, QSettings

from astromask_gui.services.user.folders import settings_file
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.plane import ColumnsLayout, Layout, SkyLayout, StoredLayout
from astromask_gui.state.view import MapView

_KEY = "layouts"
_MOST = 20
"""Workspaces that are remembered, those used last."""
_KINDS: dict[str, type[StoredLayout] | type[ColumnsLayout] | type[SkyLayout]] = {
    "projection": StoredLayout,
    "columns": ColumnsLayout,
    "sky": SkyLayout,
}


class LayoutMemory(QObject):
    """Writes the first map's layout as it changes; asks for it when its workspace is opened.

    The workspace itself stays untouched: others may look at it in another way.
    """

    def __init__(
        self, view: MapView, path: Path | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._view = view
        self._settings = QSettings(str(path or settings_file()), QSettings.Format.IniFormat)
        self._layouts = _read(self._settings.value(_KEY, ""))
        self._folder: str | None = None
        view.coordinates_changed.connect(self._note)

    def open(self, loaded: Loaded) -> None:
        """Another workspace, or the same with something new."""
        folder = str(loaded.facts.folder)
        if folder == self._folder:
            return
        self._folder = folder
        layout = self._layouts.get(folder)
        if layout is not None and _is_offered(layout, loaded):
            self._view.request_layout(layout)

    def forget(self) -> None:
        """Nothing is open any more."""
        self._folder = None

    def _note(self) -> None:
        layout = self._view.layout
        known = self._layouts.get(self._folder or "")
        if self._folder is None or layout is None or layout == known:
            return
        self._layouts.pop(self._folder, None)
        self._layouts[self._folder] = layout
        while len(self._layouts) > _MOST:
            self._layouts.pop(next(iter(self._layouts)))
        self._settings.setValue(_KEY, json.dumps(_in_words(self._layouts)))


def _is_offered(layout: Layout, loaded: Loaded) -> bool:
    """Whether what is asked for is still there: a file that was edited may name anything."""
    if isinstance(layout, StoredLayout):
        return layout.name in loaded.projections
    numbers = {column.name for column in loaded.columns if column.kind == "number"}
    needed = {"ra", "dec"} if isinstance(layout, SkyLayout) else {layout.x, layout.y}
    return needed <= numbers


def _in_words(layouts: dict[str, Layout]) -> dict[str, dict[str, Any]]:
    names = {kind: name for name, kind in _KINDS.items()}
    return {
        folder: {"kind": names[type(layout)], **asdict(layout)}
        for folder, layout in layouts.items()
    }


def _read(text: Any) -> dict[str, Layout]:
    """The layouts in a JSON object; what is anything else is left out."""
    try:
        found = json.loads(str(text))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    layouts = {str(folder): _layout_of(facts) for folder, facts in found.items()}
    return {folder: layout for folder, layout in layouts.items() if layout is not None}


def _layout_of(facts: Any) -> Layout | None:
    if not isinstance(facts, dict):
        return None
    given = dict(facts)
    kind = _KINDS.get(str(given.pop("kind", "")))
    if not all(isinstance(value, str | bool) for value in given.values()):
        return None
    try:
        return None if kind is None else kind(**given)
    except TypeError:
        return None
