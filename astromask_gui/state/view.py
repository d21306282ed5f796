"""One map's view: what places its points, how coloured, which part of the plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.plane import Axes, Layout, StoredLayout

HISTORY = 200


@dataclass(frozen=True)
class ViewRange:
    """A rectangle of the map's plane."""

    x0: float
    x1: float
    y0: float
    y1: float


@dataclass(frozen=True)
class Colouring:
    """What the points' colour shows."""

    column: str | None = None
    """Name of the column; None for one colour, which shows the density."""
    limits: tuple[float, float] | None = None
    """Values at the ends of a continuous map; None for the 1st and 99th percentile."""
    logarithmic: bool = False
    map_name: str = "viridis"
    reverse: bool = False
    """Whether the continuous map's first colour stands for the highest value."""


class MapView(QObject):
    """The state of one map; a second map is a second object."""

    layout_requested = pyqtSignal(object)
    """`Layout` that shall place the points."""
    layout_refused = pyqtSignal()
    """What was asked for last can't be shown; what is shown stays."""
    coordinates_changed = pyqtSignal()
    projections_changed = pyqtSignal()
    colouring_changed = pyqtSignal()
    range_changed = pyqtSignal()
    moved = pyqtSignal(object)
    """`ViewRange` shown now, also while the view is moving."""
    followed = pyqtSignal(object)
    """`ViewRange` to be shown at once, because a linked map shows it."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._projections: tuple[str, ...] = ()
        self._layout: Layout | None = None
        self._wanted: Layout | None = None
        self._axes: Axes | None = None
        self._coordinates: NDArray[np.float32] | None = None
        self._placed: NDArray[np.bool_] | None = None
        self._colouring = Colouring()
        self._range: ViewRange | None = None
        self._back: list[ViewRange] = []
        self._forward: list[ViewRange] = []

    @property
    def projections(self) -> tuple[str, ...]:
        """Names of the projections that the store has."""
        return self._projections

    @property
    def layout(self) -> Layout | None:
        """What places the points shown."""
        return self._layout

    @property
    def projection(self) -> str | None:
        """Name of the projection shown; None where columns or the sky are."""
        return self._layout.name if isinstance(self._layout, StoredLayout) else None

    @property
    def axes(self) -> Axes | None:
        """What the plane's coordinates mean; None where they mean nothing, as in a projection."""
        return self._axes

    @property
    def coordinates(self) -> NDArray[np.float32] | None:
        """(N, 2) float32 in row order, NaN where a row has no place; None before it is loaded."""
        return self._coordinates

    @property
    def placed(self) -> NDArray[np.bool_] | None:
        """(N,) bool in row order: which galaxies the projection was not laid out from, but which
        were placed on it later; None where none were."""
        return self._placed

    @property
    def colouring(self) -> Colouring:
        """What the points' colour shows."""
        return self._colouring

    @property
    def range(self) -> ViewRange | None:
        """The visible rectangle; None until the map has been fitted."""
        return self._range

    def set_projections(self, names: tuple[str, ...]) -> None:
        """Say which projections there are."""
        if names != self._projections:
            self._projections = names
            self.projections_changed.emit()

    def request_layout(self, layout: Layout) -> None:
        """Ask for other places of the points; they come by `set_layout`."""
        if layout != self._wanted:
            self._wanted = layout
            self.layout_requested.emit(layout)

    def request_projection(self, name: str) -> None:
        """Ask for a projection of the store."""
        self.request_layout(StoredLayout(name))

    def reload(self) -> None:
        """Ask anew for what is shown or awaited, whose points may have changed on disk."""
        if self._wanted is not None:
            self.layout_requested.emit(self._wanted)

    def refuse_layout(self) -> None:
        """Say that what was asked for last can't be shown."""
        self._wanted = self._layout
        self.layout_refused.emit()

    def set_layout(
        self,
        layout: Layout | None,
        coordinates: NDArray[np.float32] | None,
        axes: Axes | None = None,
        placed: NDArray[np.bool_] | None = None,
    ) -> None:
        """Show points at other places; the range is fitted anew where the plane is another."""
        if (layout, axes) != (self._layout, self._axes):
            self._range = None
            self._back.clear()
            self._forward.clear()
        self._layout = self._wanted = layout
        self._axes = axes
        self._coordinates, self._placed = coordinates, placed
        self.coordinates_changed.emit()

    def set_coordinates(
        self,
        projection: str | None,
        coordinates: NDArray[np.float32] | None,
        placed: NDArray[np.bool_] | None = None,
    ) -> None:
        """Show a projection's points, or nothing."""
        layout = None if projection is None else StoredLayout(projection)
        self.set_layout(layout, coordinates, placed=placed)

    def set_colouring(self, colouring: Colouring) -> None:
        """Colour the points otherwise; the range stays."""
        if colouring != self._colouring:
            self._colouring = colouring
            self.colouring_changed.emit()

    def set_range(self, view: ViewRange, *, remember: bool = True) -> None:
        """Look at another part. `remember` puts the old one on the way back."""
        if view == self._range:
            return
        if remember and self._range is not None:
            self._back.append(self._range)
            del self._back[:-HISTORY]
            self._forward.clear()
        self._range = view
        self.range_changed.emit()

    def move(self, view: ViewRange) -> None:
        """Say what the map shows now; it is remembered by `set_range` once it has come to rest."""
        self.moved.emit(view)

    def follow(self, view: ViewRange) -> None:
        """Show what a linked map shows."""
        self.followed.emit(view)

    def back(self) -> None:
        """Look at the part looked at before."""
        self._step(self._back, self._forward)

    def forward(self) -> None:
        """Undo `back`."""
        self._step(self._forward, self._back)

    def _step(self, source: list[ViewRange], target: list[ViewRange]) -> None:
        if source and self._range is not None:
            target.append(self._range)
            self._range = source.pop()
            self.range_changed.emit()
