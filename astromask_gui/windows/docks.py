"""The panels around the map: where they stand by default, and in the three presets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PyQt6.QtCore import QByteArray, QSettings, Qt
from PyQt6.QtWidgets import QDockWidget, QMainWindow, QWidget

Preset = Literal["Explore", "Search", "Label"]
LAYOUT_VERSION = 5
_AREA = Qt.DockWidgetArea
_SMALL_HEIGHT = 1060
"""Below this height of the window, panels of the right side share their place as tabs."""
_LABEL_HEIGHT = 240


@dataclass(frozen=True)
class Panel:
    """One dock: its name (also its key in the settings), title and place."""

    name: str
    title: str
    area: Qt.DockWidgetArea


PANELS = (
    Panel("legend", "Colour && legend", _AREA.LeftDockWidgetArea),
    Panel("filters", "Filters", _AREA.LeftDockWidgetArea),
    Panel("saved", "Saved", _AREA.LeftDockWidgetArea),
    Panel("cutout", "Cutout", _AREA.RightDockWidgetArea),
    Panel("reconstruction", "Masked reconstruction", _AREA.RightDockWidgetArea),
    Panel("labels", "Label", _AREA.RightDockWidgetArea),
    Panel("measure", "Measure", _AREA.RightDockWidgetArea),
    Panel("neighbours", "Neighbours", _AREA.BottomDockWidgetArea),
    Panel("gallery", "Gallery", _AREA.BottomDockWidgetArea),
    Panel("table", "Table", _AREA.BottomDockWidgetArea),
    Panel("jobs", "Jobs", _AREA.BottomDockWidgetArea),
)
_HIDDEN: dict[Preset, tuple[str, ...]] = {
    "Explore": (),
    "Search": ("filters", "saved", "labels"),
    "Label": ("filters", "saved", "reconstruction"),
}


class Docks:
    """Makes the docks of a window, and lays them out."""

    def __init__(self, window: QMainWindow, contents: dict[str, QWidget]) -> None:
        self._window = window
        self.docks: dict[str, QDockWidget] = {}
        window.setDockNestingEnabled(True)
        corners = (Qt.Corner.BottomLeftCorner, Qt.Corner.BottomRightCorner)
        areas = (_AREA.LeftDockWidgetArea, _AREA.RightDockWidgetArea)
        for corner, area in zip(corners, areas, strict=True):
            window.setCorner(corner, area)
        for panel in PANELS:
            dock = QDockWidget(panel.title, window)
            dock.setObjectName(panel.name)
            dock.setWidget(contents[panel.name])
            self.docks[panel.name] = dock

    def apply(self, preset: Preset) -> None:
        """Lay the panels out anew; those that a preset can do without are hidden."""
        window, docks = self._window, self.docks
        size = window.size()
        is_small = size.height() < _SMALL_HEIGHT
        for panel in PANELS:
            docks[panel.name].setFloating(False)
            window.removeDockWidget(docks[panel.name])
        for panel in PANELS:
            window.addDockWidget(panel.area, docks[panel.name])
        for name in ("gallery", "table", "jobs"):
            window.tabifyDockWidget(docks["neighbours"], docks[name])
        if is_small:
            window.tabifyDockWidget(docks["filters"], docks["saved"])
            window.tabifyDockWidget(docks["reconstruction"], docks["labels"])
            window.tabifyDockWidget(docks["labels"], docks["measure"])
        else:
            window.tabifyDockWidget(docks["labels"], docks["measure"])
        # Only now: all beside each other they would make the window grow.
        for panel in PANELS:
            docks[panel.name].setVisible(panel.name not in _HIDDEN[preset])
        docks["neighbours"].raise_()
        if is_small:
            docks["filters"].raise_()
            docks["reconstruction" if preset != "Label" else "labels"].raise_()
        else:
            docks["labels"].raise_()
        window.resize(size)
        self._resize(preset, size.width(), size.height())

    def _resize(self, preset: Preset, width: int, height: int) -> None:
        window, docks = self._window, self.docks
        side = min(max(round(width * 0.27), 320), 560)
        window.resizeDocks(
            [docks["legend"], docks["cutout"]],
            [min(max(round(width * 0.14), 190), 280), side],
            Qt.Orientation.Horizontal,
        )
        is_small = height < _SMALL_HEIGHT
        window.resizeDocks(
            [docks["legend"], docks["filters"], docks["saved"]],
            [360, 440, 440] if is_small else [440, 560, 220],
            Qt.Orientation.Vertical,
        )
        window.resizeDocks(
            [docks["cutout"], docks["reconstruction"], docks["labels"]],
            [round(height * 0.57), round(height * 0.28), round(height * 0.28)]
            if is_small
            else [round(height * 0.52), round(height * 0.22), _LABEL_HEIGHT],
            Qt.Orientation.Vertical,
        )
        bottom = max(260, height * 0.32) if preset == "Search" else max(190, height * 0.15)
        window.resizeDocks([docks["neighbours"]], [round(bottom)], Qt.Orientation.Vertical)

    def set_visible(self, visible: bool) -> None:
        """Hide all panels while there is nothing to show in them, or bring them back."""
        for dock in self.docks.values():
            dock.setVisible(visible)

    def save(self, settings: QSettings) -> None:
        """Remember where the panels are."""
        settings.setValue("window/geometry", self._window.saveGeometry())
        settings.setValue("window/layout", self._window.saveState(LAYOUT_VERSION))

    def restore(self, settings: QSettings) -> bool:
        """Put the panels where they were; False where nothing usable is remembered."""
        layout = settings.value("window/layout")
        if not isinstance(layout, QByteArray):
            return False
        return self._window.restoreState(layout, LAYOUT_VERSION)

    def restore_window(self, settings: QSettings) -> None:
        """Give the window the place and size it had; before it is shown, so that none jumps."""
        geometry = settings.value("window/geometry")
        if isinstance(geometry, QByteArray):
            self._window.restoreGeometry(geometry)
