"""The maps on screen: one always, a second beside it where the user wants to compare."""

from __future__ import annotations

from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.view import MapView, ViewRange


class Maps(QObject):
    """Two maps of the same galaxies; selection, filters and marks are the galaxies' and so theirs.

    The current map is the one used last: the legend, the colouring and the export are about it.
    Where both show the same plane, one moves with the other.
    """

    current_changed = pyqtSignal()
    second_changed = pyqtSignal()
    """The second map was shown or hidden."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.first = MapView(self)
        self.second = MapView(self)
        self._current = self.first
        self._has_second = False
        self._following = False
        self.first.moved.connect(self._move_second)
        self.second.moved.connect(self._move_first)
        self.first.projections_changed.connect(self._share_projections)

    @property
    def current(self) -> MapView:
        """The map used last."""
        return self._current

    @property
    def has_second(self) -> bool:
        """Whether a second map is shown."""
        return self._has_second

    @property
    def shown(self) -> tuple[MapView, ...]:
        """The maps on screen."""
        return (self.first, self.second) if self._has_second else (self.first,)

    def set_current(self, view: MapView) -> None:
        """Make a map on screen the one that panels are about."""
        if view is not self._current and view in self.shown:
            self._current = view
            self.current_changed.emit()

    def show_second(self, shown: bool) -> None:
        """Show a second map, coloured as the first and of another projection where there is one,
        or take it away."""
        if shown == self._has_second:
            return
        self._has_second = shown
        if shown:
            self._fill_second()
        else:
            self.set_current(self.first)
            self.second.set_coordinates(None, None)
        self.second_changed.emit()

    def _fill_second(self) -> None:
        first, second = self.first, self.second
        second.set_colouring(first.colouring)
        second.set_projections(first.projections)
        others = [name for name in first.projections if name != first.projection]
        if others:
            second.request_projection(others[0])
        else:
            second.set_layout(first.layout, first.coordinates, first.axes, first.placed)

    def _share_projections(self) -> None:
        self.second.set_projections(self.first.projections)

    def _move_second(self, view: ViewRange) -> None:
        self._move_along(self.first, self.second, view)

    def _move_first(self, view: ViewRange) -> None:
        self._move_along(self.second, self.first, view)

    def _move_along(self, moved: MapView, other: MapView, view: ViewRange) -> None:
        same = (moved.layout, moved.axes) == (other.layout, other.axes)
        if not self._has_second or not same or self._following or other.coordinates is None:
            return
        self._following = True
        try:
            other.follow(view)
        finally:
            self._following = False
