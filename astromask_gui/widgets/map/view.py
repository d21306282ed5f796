"""The map: galaxies at their places, coloured, picked, selected; the hero of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QColor
from PyQt6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from astromask_gui.parts.map_colours import MapColours
from astromask_gui.parts.rendered import RenderedPictures
from astromask_gui.raster.frame import Frame, ViewRect
from astromask_gui.raster.motion import Motion
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.plane import Layout
from astromask_gui.state.view import MapView
from astromask_gui.theme import tokens
from astromask_gui.widgets.map.axes import MapAxes
from astromask_gui.widgets.map.canvas import TOOL_NAMES, MapCanvas
from astromask_gui.widgets.map.clicks import MapClicks
from astromask_gui.widgets.map.drop import MapDrop
from astromask_gui.widgets.map.empty import EmptyMap
from astromask_gui.widgets.map.frames import MapFrames, MapStyle
from astromask_gui.widgets.map.hold import PaintHold
from astromask_gui.widgets.map.hover import MapHover
from astromask_gui.widgets.map.item import RasterItem
from astromask_gui.widgets.map.keys import MapKeys
from astromask_gui.widgets.map.layouts import MapLayouts
from astromask_gui.widgets.map.marks import MapMarks
from astromask_gui.widgets.map.mini import MiniMap
from astromask_gui.widgets.map.overlay import OverlayItem
from astromask_gui.widgets.map.picker import MapPicker
from astromask_gui.widgets.map.portrait import MapPortrait
from astromask_gui.widgets.map.summary import in_view, why_without_place, without_place
from astromask_gui.widgets.map.thumbnails import ThumbnailItem
from astromask_gui.widgets.map.toolbar import MapToolbar, make_actions
from astromask_gui.widgets.map.views import MapViews

if TYPE_CHECKING:
    from astromask_gui.widgets.map.figure_scene import MapScene

NO_ROWS = np.empty(0, np.uint32)


class MapWidget(QWidget):
    """Follows one `MapView` and the selection, filters and neighbours; states intents on them."""

    open_wanted = pyqtSignal()
    """The user wants to choose cutouts or a workspace: a dialog's business."""
    embed_wanted = pyqtSignal()
    pretrain_wanted = pyqtSignal()
    project_wanted = pyqtSignal()

    def __init__(self, state: ApplicationState, view: MapView, colours: MapColours) -> None:
        super().__init__()
        self._state = state
        self._view = view
        self._colours = colours
        self._style = state.preferences.style
        self._ghosts = False
        self._shown: tuple[Layout | None, np.ndarray | None] = (None, None)
        self._marks_placed = state.preferences.mark_placed
        look = tokens(self._style)
        self.canvas = MapCanvas()
        self.frames = MapFrames(self)
        self._hold = PaintHold(self.canvas.viewport(), self)
        self.raster = RasterItem()
        self.thumbnails = ThumbnailItem(RenderedPictures(state.thumbnails, state.display, self))
        self.overlay = OverlayItem(look)
        self._marks = MapMarks(state, view, self.overlay, self)
        self.views = MapViews(self.canvas, view, state.preferences)
        self.picker = MapPicker(
            self.canvas, self.frames, self.thumbnails, self.views, view, state.filters
        )
        self.hover = MapHover(state, view, colours, self.canvas, self.picker)
        self._keys = MapKeys(self.canvas, self.picker, state.selection)
        self._drop = MapDrop(self.canvas, self.views, state.selection)
        self._clicks = MapClicks(self.canvas, self.frames, self.picker, state)
        self.mini = MiniMap(self.canvas, self.views, self.frames, state.preferences)
        self.hover.obstacles = self.mini.places
        if view is state.maps.first:
            MapPortrait(self.frames, self.views, state.session, state.portraits, self)
        self.axes = MapAxes(self.canvas, view, state.preferences)
        lines, leaders = self.axes.graticule, self.hover.pins.leaders
        for layer, item in enumerate((self.raster, lines, self.thumbnails, self.overlay, leaders)):
            item.setZValue(layer)
            self.canvas.box.addItem(item, ignoreBounds=True)
        self.map_actions = make_actions(self, self._run_action)
        self.toolbar = MapToolbar(self.map_actions)
        self.layouts = MapLayouts(self.toolbar.projections, view, state.columns)
        self.empty = EmptyMap(state.session, view, state.columns)
        self._build()
        self._connect_signals()
        self._show_style()
        self._on_coordinates()

    def _build(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self.layouts.row)
        column.addWidget(self.axes, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)

    def _connect_signals(self) -> None:
        state, canvas = self._state, self.canvas
        canvas.view_changed.connect(self._ask_for_frame)
        canvas.outline_changed.connect(self.overlay.set_outline)
        canvas.used.connect(self._become_current)
        self.frames.arrived.connect(self._on_frame)
        self._view.coordinates_changed.connect(self._on_coordinates)
        self._colours.changed.connect(self._restyle)
        state.filters.changed.connect(self._restyle)
        state.selection.changed.connect(self._restyle)
        state.selection.active_changed.connect(self._on_active)
        state.session.found.connect(self._on_found)
        state.preferences.changed.connect(self._on_preferences)
        state.maps.current_changed.connect(self._show_current)
        state.maps.second_changed.connect(self._show_current)
        self.toolbar.projections.activated.connect(self._become_current)
        self.empty.demo_wanted.connect(state.session.request_demo)
        self.empty.open_wanted.connect(self.open_wanted)
        self.empty.embed_wanted.connect(self.embed_wanted)
        self.empty.pretrain_wanted.connect(self.pretrain_wanted)
        self.empty.project_wanted.connect(self.project_wanted)
        self.destroyed.connect(self.frames.close)

    def _become_current(self) -> None:
        self._state.maps.set_current(self._view)

    def _show_current(self) -> None:
        """Of two maps the current one is marked; a single one needs no mark."""
        maps = self._state.maps
        self.toolbar.set_marked(maps.has_second and maps.current is self._view)

    def close_frames(self) -> None:
        """Stop drawing for good; to be called before the program ends."""
        self.frames.close()

    # What is shown.

    def _on_coordinates(self) -> None:
        coordinates = self._view.coordinates
        self._pages.setCurrentIndex(0 if coordinates is None else 1)
        self.empty.update_text()
        self.overlay.set_coordinates(coordinates)
        self.thumbnails.set_points(coordinates, NO_ROWS, 0, self.canvas.mapping(), NO_ROWS)
        self.thumbnails.set_placed(self._placed())
        self.frames.clear()
        before, self._shown = self._shown, (self._view.layout, coordinates)
        if coordinates is None:
            self.raster.set_frame(None)
            return
        view = self.canvas.view
        self.views.set_coordinates(coordinates)
        motion = self._motion_from(*before, view)
        self.overlay.setVisible(motion is None)
        self._ask_for_frame()
        self.frames.set_points(coordinates, self._map_style(), motion)
        self.mini.renew()

    def _motion_from(
        self, layout: Layout | None, places: np.ndarray | None, view: ViewRect
    ) -> Motion | None:
        """How the points get here from another layout seen in `view`; None where they jump."""
        coordinates = self._view.coordinates
        if places is None or coordinates is None or layout == self._view.layout:
            return None
        if len(places) != len(coordinates) or not self._state.preferences.motion:
            return None
        self.raster.keep_in_place(view, self.canvas.view)
        return Motion(places, coordinates, (view, self.canvas.view))

    def _map_style(self) -> MapStyle:
        selection = self._state.selection
        return MapStyle(
            self._colours.colours,
            self._background(),
            self._state.filters.visible,
            selection.mask if selection.count else None,
            ghosts=self._ghosts,
            hollow=self._placed(),
        )

    def _placed(self) -> np.ndarray | None:
        """(N,) bool: the galaxies that are drawn as placed later; None where none are."""
        return self._view.placed if self._state.preferences.mark_placed else None

    def _restyle(self) -> None:
        coordinates = self._view.coordinates
        if coordinates is None:
            return
        colours = self._colours.colours
        if colours is not None:
            self.thumbnails.set_colours(colours.index, colours.table)
        self._marks_placed = self._state.preferences.mark_placed
        self.thumbnails.set_placed(self._placed())
        self.frames.set_style(len(coordinates), self._map_style())

    def _background(self) -> tuple[int, int, int]:
        colour = QColor(tokens(self._style).map_background)
        return colour.red(), colour.green(), colour.blue()

    def _on_preferences(self) -> None:
        preferences = self._state.preferences
        if preferences.style != self._style:
            self._style = preferences.style
            self._show_style()
            self._restyle()
            self._ask_for_frame()
        elif preferences.mark_placed != self._marks_placed:
            self._restyle()

    def _show_style(self) -> None:
        look = tokens(self._style)
        self.raster.set_background(QColor(look.map_background))
        self.overlay.set_tokens(look)
        self.hover.pins.leaders.set_tokens(look)
        self.toolbar.renew_icons()

    def _on_frame(self, frame: Frame) -> None:
        if self._view.coordinates is None:
            return
        self._hold.end()
        self.raster.set_frame(frame)
        # Marks and pictures are where the points go: they wait for them there.
        self.overlay.setVisible(not frame.is_moving)
        if frame.is_moving:
            return
        self.thumbnails.set_points(
            self._view.coordinates,
            frame.rows,
            frame.stats.visible,
            self.canvas.mapping(),
            self.overlay.marks.in_order_of_importance(),
        )
        scale = frame.request.pixel_ratio / frame.request.reduction
        self.overlay.set_sizes(max(frame.stats.radius / scale, 1.5), self.thumbnails.shown())
        stats, reason = frame.stats, why_without_place(self._view.axes)
        self.toolbar.set_summary(in_view(stats), without_place(stats), reason)

    def _ask_for_frame(self) -> None:
        if self._view.coordinates is None:
            return
        ratio = self.canvas.devicePixelRatioF()
        size = (round(self.canvas.width() * ratio), round(self.canvas.height() * ratio))
        self.frames.ask(self.canvas.view, size, ratio, self._background())
        if self.frames.quick:
            self._hold.begin()

    def scene(self) -> MapScene | None:
        """All that a figure of this map needs; None while there is nothing to be seen."""
        # Not needed to start.
        from astromask_gui.widgets.map.figure_scene import gather_scene

        view, state = self._view, self._state
        if view.coordinates is None:
            return None
        selection = state.selection
        return gather_scene(
            view,
            state.columns,
            self._colours,
            screen=(self.canvas.destination, (self.canvas.width(), self.canvas.height())),
            style=self._style,
            angles=self.axes.angles,
            points=self.frames.points,
            visible=state.filters.visible,
            selected=selection.mask if selection.count else None,
            ghosts=self._ghosts,
            marks=self.overlay.marks,
            placed=self._placed(),
            pictures=self.thumbnails.pictures(),
        )

    def _on_active(self, row: int | None) -> None:
        """Show a galaxy that became active elsewhere."""
        if row is not None:
            self.views.bring_into_view(row)

    def _on_found(self, text: str, row: int) -> None:
        """Show what was looked for, which may have been the active one before."""
        self.views.bring_into_view(row)

    # Actions.

    def _run_action(self, name: str, checked: bool) -> None:
        if name in TOOL_NAMES:
            self.canvas.set_tool(TOOL_NAMES[name])
        elif name == "ghosts":
            self._ghosts = checked
            self._restyle()
        else:
            {
                "zoom_in": self.views.zoom_in,
                "zoom_out": self.views.zoom_out,
                "fit": self.views.fit,
                "fit_selection": self._fit_selection,
                "back": self.views.back,
                "forward": self.views.forward,
                "pin": self.hover.toggle_pin,
            }[name]()

    def _fit_selection(self) -> None:
        selection = self._state.selection
        if selection.count:
            self.views.fit_rows(selection.rows())
        elif selection.active is not None:
            self.views.fit_rows(np.array([selection.active]))
