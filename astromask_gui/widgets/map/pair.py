"""One map, or two side by side."""

from __future__ import annotations

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QSplitter

from astromask_gui.parts.map_colours import MapColours
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.view import MapView
from astromask_gui.widgets.map.view import MapWidget


class MapPair(QSplitter):
    """Follows `state.maps`: the second map is made when it is first wanted, and then kept."""

    open_wanted = pyqtSignal()
    embed_wanted = pyqtSignal()
    pretrain_wanted = pyqtSignal()
    project_wanted = pyqtSignal()

    def __init__(self, state: ApplicationState) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._state = state
        self.colours: dict[MapView, MapColours] = {
            view: MapColours(view, state.columns, state.preferences, state.own_colours, self)
            for view in (state.maps.first, state.maps.second)
        }
        self.setChildrenCollapsible(False)
        self.setHandleWidth(4)
        self.first = self._make(state.maps.first)
        self.second: MapWidget | None = None
        state.maps.second_changed.connect(self._show_second)

    @property
    def current(self) -> MapWidget:
        """The map used last."""
        is_second = self._state.maps.current is self._state.maps.second
        return self.second if self.second is not None and is_second else self.first

    def close_frames(self) -> None:
        """Stop drawing for good; to be called before the program ends."""
        for made in (self.first, self.second):
            if made is not None:
                made.close_frames()

    def _make(self, view: MapView) -> MapWidget:
        made = MapWidget(self._state, view, self.colours[view])
        for theirs, ours in (
            (made.open_wanted, self.open_wanted),
            (made.embed_wanted, self.embed_wanted),
            (made.pretrain_wanted, self.pretrain_wanted),
            (made.project_wanted, self.project_wanted),
        ):
            theirs.connect(ours)
        self.addWidget(made)
        return made

    def _show_second(self) -> None:
        shown = self._state.maps.has_second
        if shown and self.second is None:
            self.second = self._make(self._state.maps.second)
        if self.second is not None:
            self.second.setVisible(shown)
        if shown:
            half = self.width() // 2
            self.setSizes([half, half])
