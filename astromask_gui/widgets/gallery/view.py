"""The gallery's tiles: of a list of any length, those in view are drawn."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QPoint, QRect, QSignalBlocker, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QWheelEvent
from PyQt6.QtWidgets import QAbstractScrollArea, QWidget

from astromask_gui.parts.rendered import RenderedPictures
from astromask_gui.parts.tile_grid import CAPTION_HEIGHT, TileGrid, middle_first, step_of
from astromask_gui.parts.tile_paint import Tile, TileMarks, TilePainter
from astromask_gui.state.application import ApplicationState
from astromask_gui.theme import tokens
from astromask_gui.widgets.gallery.captions import GalleryCaptions

_NOTCH = 120
"""Of a wheel, in eighths of a degree."""
_SIDE_STEP = 1.15
_REST_MS = 90
_SHARE = 1 / 16
"""Of the memory that the user grants to pictures."""


class GalleryView(QAbstractScrollArea):
    """Shows `state.gallery`; scrolls in whole pixels beyond what a scroll bar can count."""

    rested = pyqtSignal()
    """Scrolling has come to an end."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._gallery = state, state.gallery
        self.pictures = RenderedPictures(
            state.thumbnails, state.display, self, sharp=state.sharp_thumbnails
        )
        self.grid = TileGrid(0, self._gallery.side, 0)
        self.top = 0
        """What is at the view's upper edge, pixels from the top of all tiles."""
        self.band: tuple[int, int, int, int] | None = None
        """Left, top, right and bottom of the box being drawn, pixels from the top of all tiles:
        plain numbers, because Qt's are of 32 bits."""
        self._captions = GalleryCaptions(state, self)
        self._painter: tuple[str, TilePainter] | None = None
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._build()
        self._connect_signals()

    def _build(self) -> None:
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Always there: tiles that moved when it came would make it go again.
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Gallery")
        self._area.setMouseTracking(True)
        self._area.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def _connect_signals(self) -> None:
        state, bar = self._state, self.verticalScrollBar()
        assert bar is not None
        bar.valueChanged.connect(self._follow_bar)
        self._rest.timeout.connect(self.rested)
        self.rested.connect(self._redraw)
        self._gallery.changed.connect(self._arrange)
        self._gallery.look_changed.connect(self._arrange)
        for signal in (
            self.pictures.changed,
            state.labels.changed,
            state.selection.changed,
            state.selection.active_changed,
            state.selection.hovered_changed,
        ):
            signal.connect(self._redraw)
        self._captions.changed.connect(self._redraw)
        state.preferences.changed.connect(self._follow_preferences)
        self._follow_preferences()

    def _follow_preferences(self) -> None:
        self.pictures.set_bound(round(self._state.preferences.cache_megabytes * 2**20 * _SHARE))
        self._redraw()

    @property
    def _area(self) -> QWidget:
        area = self.viewport()
        assert area is not None
        return area

    # -- places --------------------------------------------------------------------------

    def position_at(self, place: QPoint) -> int | None:
        """Which tile of the list is at a place of the viewport."""
        return self.grid.at(place.x(), place.y() + self.top)

    def place_of(self, position: int) -> QRect:
        """Where a tile's picture is, in the viewport."""
        x, y = self.grid.corner(position)
        return QRect(x, y - self.top, self.grid.side, self.grid.side)

    def in_view(self) -> range:
        """Positions of the tiles that are seen, wholly or in part."""
        return self.grid.in_view(self.top, self._area.height())

    def reveal(self, position: int) -> None:
        """Scroll as little as can be to show a tile."""
        self.scroll_to(self.grid.top_for(position, self.top, self._area.height()))

    def scroll_to(self, top: int) -> None:
        """Have this many pixels above the view."""
        top = self.grid.clamped(top, self._area.height())
        if top != self.top:
            self.top = top
            self._sync_bar()
            self._rest.start()
            self._redraw()

    def _arrange(self) -> None:
        """Lay out anew; the first tile in view stays so, a list too short for it starts anew."""
        before, seen = self.grid, self.in_view()
        caption = CAPTION_HEIGHT if self._gallery.caption else 0
        self.grid = TileGrid(
            len(self._gallery.rows), self._gallery.side, self._area.width(), caption
        )
        if seen and seen[0] >= self.grid.count:
            self.top = 0
        elif seen and before != self.grid:
            first = seen[0]
            hidden = (self.top - before.corner(first)[1]) / before.line_height
            self.top = self.grid.corner(first)[1] + round(hidden * self.grid.line_height)
        self.top = self.grid.clamped(self.top, self._area.height())
        self._sync_bar()
        self._redraw()

    def _sync_bar(self) -> None:
        bar, height = self.verticalScrollBar(), self._area.height()
        assert bar is not None
        step = step_of(self.grid.height)
        with QSignalBlocker(bar):
            bar.setRange(0, -(-max(self.grid.height - height, 0) // step))
            bar.setPageStep(max(height // step, 1))
            bar.setSingleStep(max(self.grid.line_height // step, 1))
            bar.setValue(-(-self.top // step))

    def _follow_bar(self, value: int) -> None:
        self.scroll_to(value * step_of(self.grid.height))

    def _redraw(self, *_: object) -> None:
        self._area.update()

    # -- Qt ------------------------------------------------------------------------------

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """The bar only tells where to; nothing is moved by it."""

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        super().resizeEvent(event)
        self._arrange()

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self.pictures.show(())

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        if event is None:
            return
        turn, exact = event.angleDelta().y(), event.pixelDelta().y()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            factor = _SIDE_STEP ** (turn / _NOTCH)
            side = self._gallery.side
            # At least a pixel, for fine wheels.
            self._gallery.set_side(round(side * factor) if turn else side)
        elif exact:
            self.scroll_to(self.top - exact)
        else:
            self.scroll_to(self.top - turn * self._wheel_step() // _NOTCH)
        event.accept()

    def _wheel_step(self) -> int:
        height = self._area.height()
        return min(max(self.grid.line_height, height // 5), max(height * 4 // 5, 40))

    # -- drawing -------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent | None) -> None:
        if event is None:
            return
        seen = self.in_view()
        rows = self._gallery.rows[seen.start : seen.stop].tolist()
        self._ask(seen, rows)
        look = tokens(self._state.preferences.style)
        painter = QPainter(self._area)
        painter.fillRect(event.rect(), QColor(look.background))
        # Of a single tile that has changed not all are drawn.
        within = event.rect().adjusted(-self.grid.side, -self.grid.line_height, 0, 0)
        tiles = [tile for tile in self._tiles(seen, rows) if within.contains(tile.x, tile.y)]
        self._tile_painter().draw(painter, tiles, self.grid.side)
        if self.band is not None:
            accent = QColor(look.accent)
            painter.setPen(QPen(accent, 1))
            accent.setAlpha(40)
            painter.setBrush(accent)
            painter.drawRect(self._band_in_view())
        painter.end()

    def _tiles(self, seen: range, rows: list[int]) -> list[Tile]:
        grid, image, caption = self.grid, self.pictures.image, self._captions.of
        lefts = [grid.left(column) for column in range(grid.columns)]
        upper = grid.corner(seen.start)[1] - self.top if seen else 0
        marks, columns, height = self._marks(seen, rows), grid.columns, grid.line_height
        return [
            Tile(
                lefts[at % columns],
                upper + at // columns * height,
                image(row),
                caption(row),
                marks.get(at),
            )
            for at, row in enumerate(rows)
        ]

    def _band_in_view(self) -> QRect:
        """The part of the box that may be seen, in the viewport."""
        assert self.band is not None
        left, top, right, bottom = self.band
        upper = max(top - self.top, -2)
        lower = min(bottom - self.top, self._area.height() + 2)
        return QRect(left, upper, right - left, lower - upper)

    def _ask(self, seen: range, rows: list[int]) -> None:
        """Want what is in view and nothing else, from the middle outwards."""
        self.pictures.set_side(round(self.grid.side * self._area.devicePixelRatioF()))
        order = middle_first(seen, self.grid.columns)
        moves = self._rest.isActive()
        self.pictures.show([rows[position - seen.start] for position in order], sharp=not moves)

    def _tile_painter(self) -> TilePainter:
        style = self._state.preferences.style
        if self._painter is None or self._painter[0] != style:
            self._painter = (style, TilePainter(style, self.font()))
        return self._painter[1]

    def _marks(self, seen: range, rows: list[int]) -> dict[int, TileMarks]:
        """What is marked, by the place among `rows`, those in view."""
        selection, labels = self._state.selection, self._state.labels
        listed = np.array(rows, np.int64)
        selected = np.zeros(len(rows), bool)
        known = listed < selection.size
        selected[known] = selection.mask[listed[known]]
        if self.band is not None:
            touched = self.grid.within(*self.band) - seen.start
            selected[touched[(touched >= 0) & (touched < len(rows))]] = True
        graded = np.zeros(len(rows), bool)
        known = listed < len(labels.codes)
        graded[known] = labels.codes[listed[known]] > 0
        active, hovered = selection.active, selection.hovered
        special = (listed == (-1 if active is None else active)) | (
            listed == (-1 if hovered is None else hovered)
        )
        return {
            at: TileMarks(
                rows[at] == active, rows[at] == hovered, bool(selected[at]),
                labels.grade_of(rows[at]) if graded[at] else None,
            )
            for at in np.flatnonzero(selected | graded | special).tolist()
        }  # fmt: skip
