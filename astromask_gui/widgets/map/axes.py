"""The frame around a map: margins with ticks where its plane has values, the sky's graticule."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPointF
from PyQt6.QtWidgets import QFrame, QGridLayout, QWidget

from astromask_gui.rendering.angles import AngleStyle, angle_step, position_text
from astromask_gui.rendering.graticule import Graticule, graticule
from astromask_gui.rendering.scales import axis_title
from astromask_gui.rendering.sky import unproject
from astromask_gui.rendering.ticks import Ticks, axis_ticks, value_text
from astromask_gui.state.plane import Axes, ColumnAxes, Scale, SkyAxes
from astromask_gui.state.preferences import Preferences
from astromask_gui.state.view import MapView
from astromask_gui.theme import tokens
from astromask_gui.widgets.map.axis_strip import AxisStrip
from astromask_gui.widgets.map.canvas import MapCanvas
from astromask_gui.widgets.map.geometry import PixelMapping
from astromask_gui.widgets.map.graticule import GraticuleItem

_WHOLE_SKY = "RA and Dec, Mollweide's projection"
_ROOM_X, _ROOM_Y = 90.0, 60.0
"""Least distance of two ticks, pixels."""


class MapAxes(QWidget):
    """Holds a canvas; follows its view and the axes of a `MapView`."""

    def __init__(self, canvas: MapCanvas, view: MapView, preferences: Preferences) -> None:
        super().__init__()
        self._canvas, self._view, self._preferences = canvas, view, preferences
        look = tokens(preferences.style)
        self.bottom = AxisStrip("bottom", look)
        self.left = AxisStrip("left", look)
        self.graticule = GraticuleItem(look)
        self._corner = QFrame()
        self._build()
        view.coordinates_changed.connect(self._follow_plane)
        canvas.view_changed.connect(self._follow_view)
        canvas.hovered.connect(self._read_out)
        preferences.changed.connect(self._follow_preferences)
        self._follow_preferences()
        self._follow_plane()

    def _build(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self.left, 0, 0)
        grid.addWidget(self._canvas, 0, 1)
        grid.addWidget(self._corner, 1, 0)
        grid.addWidget(self.bottom, 1, 1)
        grid.setColumnStretch(1, 1)
        grid.setRowStretch(0, 1)

    @property
    def angles(self) -> AngleStyle:
        """How the sky's coordinates are told."""
        return "sexagesimal" if self._preferences.sexagesimal else "degrees"

    def _follow_preferences(self) -> None:
        look = tokens(self._preferences.style)
        for part in (self.bottom, self.left, self.graticule):
            part.set_tokens(look)
        self._corner.setStyleSheet(f"background: {look.map_background};")
        self._follow_view()

    def _follow_plane(self) -> None:
        axes = self._view.axes
        for part in (self.left, self._corner):
            part.setVisible(axes is not None and not _is_whole_sky(axes))
        self.bottom.setVisible(axes is not None)
        self.bottom.set_slim(_is_whole_sky(axes))
        self.left.start_over()
        self.bottom.set_note("")
        self._follow_view()

    def _follow_view(self) -> None:
        axes, mapping = self._view.axes, self._canvas.mapping()
        if isinstance(axes, SkyAxes):
            self._show_sky(axes, mapping)
            return
        self.graticule.set_graticule(None)
        if isinstance(axes, ColumnAxes):
            self._show_columns(axes, mapping)

    def _show_columns(self, axes: ColumnAxes, mapping: PixelMapping) -> None:
        view = mapping.view
        x = axis_ticks(axes.x, view.x0, view.x1, max(2, int(mapping.width / _ROOM_X)))
        y = axis_ticks(axes.y, view.y0, view.y1, max(2, int(mapping.height / _ROOM_Y)))
        per_x, per_y = mapping.units(1.0)
        self._set(self.bottom, axes.x, x, lambda place: (place - view.x0) / per_x)
        self._set(self.left, axes.y, y, lambda place: (view.y1 - place) / per_y)

    def _set(self, strip: AxisStrip, scale: Scale, ticks: Ticks, to_pixel: object) -> None:
        assert callable(to_pixel)
        marks = tuple(
            (to_pixel(place), text) for place, text in zip(ticks.places, ticks.texts, strict=True)
        )
        minor = tuple(to_pixel(place) for place in ticks.minor)
        strip.set_axis(axis_title(scale, ticks.offset), marks, minor, line=True)

    def _show_sky(self, axes: SkyAxes, mapping: PixelMapping) -> None:
        view, (per_x, per_y) = mapping.view, mapping.units(1.0)
        drawn: Graticule = graticule(axes, view, per_x, self.angles)
        self.graticule.set_graticule(drawn, with_edges=_is_whole_sky(axes))
        if _is_whole_sky(axes):
            self.bottom.set_axis(_WHOLE_SKY, (), (), line=drawn.outline is None)
            return
        below = [label for label in drawn.labels if label.side == "bottom"]
        left = [label for label in drawn.labels if label.side == "left"]
        marks = tuple(((label.x - view.x0) / per_x, label.text) for label in below)
        self.bottom.set_axis("RA" if below else "", marks, (), line=True)
        marks = tuple(((view.y1 - label.y) / per_y, label.text) for label in left)
        self.left.set_axis("Dec" if left else "", marks, (), line=True)

    def _read_out(self, position: QPointF | None) -> None:
        """Tell the values under the mouse."""
        self.bottom.set_note("" if position is None else self._values_at(position))

    def _values_at(self, position: QPointF) -> str:
        axes, mapping = self._view.axes, self._canvas.mapping()
        x, y = mapping.to_map(position)
        per_x, per_y = mapping.units(1.0)
        if isinstance(axes, SkyAxes):
            ra, dec = unproject(axes, np.array([x]), np.array([y]))
            if np.isnan(ra[0]):
                return ""
            step = angle_step(per_x, is_ra=False, style=self.angles).degrees
            return position_text(float(ra[0]), float(dec[0]), step, self.angles)
        if isinstance(axes, ColumnAxes):
            right, up = value_text(axes.x, x, per_x), value_text(axes.y, y, per_y)
            return f"{axes.x.name} {right}   {axes.y.name} {up}"
        return ""


def _is_whole_sky(axes: Axes | None) -> bool:
    """Whether the plane's labels stand within it: few reach its edges unless one is close up, and
    margins that came and went would move the map."""
    return isinstance(axes, SkyAxes) and axes.projection == "MOL"
