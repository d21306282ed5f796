"""Mouse and keys on the gallery: the active galaxy, the selected ones, and what is dragged."""

from __future__ import annotations

import numpy as np
from PyQt6.QtCore import QEvent, QObject, QPoint, Qt, QTimer
from PyQt6.QtGui import QCursor, QKeyEvent, QMouseEvent
from PyQt6.QtWidgets import QApplication

from astromask_gui.parts.modes import is_return, mode_of
from astromask_gui.parts.row_files import files_of_rows, rows_taken_along
from astromask_gui.parts.rows_drag import drag_rows
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.neighbours import Query
from astromask_gui.state.selection import CombineMode
from astromask_gui.widgets.gallery.view import GalleryView

_SCROLL_MS = 30
_KEY = Qt.Key
_CTRL, _SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
HINT = (
    "Click: active. Double click or Return: find its neighbours. Shift+click: add all up to here to"
    " the selection. Ctrl+click: add or remove one. Drag between the tiles, or with Shift or Ctrl:"
    " select by a box. Ctrl+wheel: larger or smaller."
)


class GalleryHand(QObject):
    """States what is done on a `GalleryView` as intents; the list stays as it is meanwhile."""

    def __init__(self, view: GalleryView, state: ApplicationState) -> None:
        super().__init__(view)
        self._view, self._state, self._gallery = view, state, state.gallery
        self._listed = self._gallery.rows
        self._anchor: int | None = None
        """Where a run of tiles begins, a place in the list."""
        self._pressed: QPoint | None = None
        self._pressed_at: int | None = None
        self._start: tuple[int, int] | None = None
        """Where a box begins, in pixels from the top of all tiles."""
        self._scroll = QTimer(self)
        self._scroll.setInterval(_SCROLL_MS)
        self._scroll.timeout.connect(self._scroll_on)
        area = view.viewport()
        assert area is not None
        self._area = area
        area.installEventFilter(self)
        view.installEventFilter(self)
        view.rested.connect(self._hover_under_mouse)
        self._gallery.changed.connect(self._on_listing)
        state.selection.active_changed.connect(self._on_active)

    @property
    def current(self) -> int | None:
        """Where the active galaxy stands in the list; None where it is not listed."""
        active, rows = self._state.selection.active, self._gallery.rows
        if active is None:
            return None
        if self._anchor is not None and self._anchor < len(rows) and rows[self._anchor] == active:
            return self._anchor
        return self._gallery.listing.position_of(active)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        kind = None if event is None else event.type()
        if isinstance(event, QKeyEvent) and watched is self._view:
            if kind == QEvent.Type.ShortcutOverride:
                return self._claim(event)
            return kind == QEvent.Type.KeyPress and self._press_key(event)
        if watched is not self._area:
            return False
        if kind == QEvent.Type.Leave:
            self._state.selection.set_hovered(None)
        elif isinstance(event, QMouseEvent):
            left = event.button() == Qt.MouseButton.LeftButton
            if kind == QEvent.Type.MouseMove:
                self._move(event)
            elif kind == QEvent.Type.MouseButtonPress and left:
                self._press(event)
            elif kind == QEvent.Type.MouseButtonRelease and left:
                self._release(event)
            elif kind == QEvent.Type.MouseButtonDblClick and left:
                self._seek(self._view.position_at(event.position().toPoint()))
        return False

    # -- intents -------------------------------------------------------------------------

    def activate(self, position: int) -> None:
        """Make the galaxy at a place of the list active, and show its tile."""
        if not 0 <= position < len(self._gallery.rows):
            return
        self._anchor = position
        row = int(self._gallery.rows[position])
        # From now on "next" is meant in this list.
        if self._state.cutout.order is not self._listed:
            self._state.cutout.set_order(self._listed)
        with self._gallery.held():
            # What was found stays found while it is looked through.
            if self._gallery.listing.kind == "neighbours":
                with self._state.neighbours.held():
                    self._state.selection.set_active(row)
            else:
                self._state.selection.set_active(row)
        self._view.reveal(position)

    def select(self, positions: np.ndarray, mode: CombineMode) -> None:
        """Have the galaxies at these places meet the selection."""
        with self._gallery.held():
            self._state.selection.select_rows(self._gallery.rows[positions], mode)

    def select_all(self) -> None:
        """Select all galaxies listed."""
        self.select(np.arange(len(self._gallery.rows)), CombineMode.REPLACE)

    def _seek(self, position: int | None) -> None:
        if position is not None and position < len(self._gallery.rows):
            row = int(self._gallery.rows[position])
            self._state.neighbours.set_query(Query("row", row=row))

    def _click(self, position: int, modifiers: Qt.KeyboardModifier) -> None:
        mode = mode_of(modifiers)
        if mode is CombineMode.REPLACE:
            self.activate(position)
            return
        if mode is CombineMode.REMOVE:
            self._toggle(position)
            return
        start = self._anchor if self._anchor is not None else self.current
        self.select(_run(position if start is None else start, position), mode)

    def _toggle(self, position: int) -> None:
        selection, row = self._state.selection, int(self._gallery.rows[position])
        is_selected = row < selection.size and selection.mask[row]
        self._anchor = position
        self.select(np.array([position]), CombineMode.REMOVE if is_selected else CombineMode.ADD)

    # -- mouse ---------------------------------------------------------------------------

    def _press(self, event: QMouseEvent) -> None:
        self._view.setFocus(Qt.FocusReason.MouseFocusReason)
        self._pressed = event.position().toPoint()
        self._pressed_at = self._view.position_at(self._pressed)

    def _move(self, event: QMouseEvent) -> None:
        place = event.position().toPoint()
        if self._start is not None:
            self._stretch_band(place)
            return
        if self._pressed is None:
            self._hover(place)
            return
        if (place - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        if self._pressed_at is None or event.modifiers() & (_CTRL | _SHIFT):
            self._start = (self._pressed.x(), self._pressed.y() + self._view.top)
            self._stretch_band(place)
        else:
            position = self._pressed_at
            self._let_go()
            self._drag(position)

    def _release(self, event: QMouseEvent) -> None:
        position, band = self._pressed_at, self._view.band
        was_pressed = self._pressed is not None
        self._let_go()
        if band is not None:
            self.select(self._view.grid.within(*band), mode_of(event.modifiers()))
        elif was_pressed and position is not None and position < len(self._gallery.rows):
            self._click(position, event.modifiers())

    def _let_go(self) -> None:
        """Forget what was begun, as also when the list has become another."""
        self._pressed = self._pressed_at = self._start = None
        self._scroll.stop()
        if self._view.band is not None:
            self._view.band = None
            self._area.update()

    def _drag(self, position: int) -> None:
        taken = rows_taken_along(self._state.selection, self._gallery.rows, position)
        files = files_of_rows(self._state, taken)
        drag_rows(self._view, taken, self._view.pictures.image(taken[0]), files)

    def _stretch_band(self, place: QPoint) -> None:
        assert self._start is not None
        (x, y), below = self._start, place.y() + self._view.top
        self._view.band = (min(x, place.x()), min(y, below), max(x, place.x()), max(y, below))
        outside = not 0 <= place.y() < self._area.height()
        if outside and not self._scroll.isActive():
            self._scroll.start()
        elif not outside:
            self._scroll.stop()
        self._area.update()

    def _scroll_on(self) -> None:
        """While a box is drawn beyond the edge, the tiles come to meet it."""
        place = self._area.mapFromGlobal(QCursor.pos())
        beyond = min(place.y(), 0) + max(place.y() - self._area.height(), 0)
        if self._start is None or not beyond:
            self._scroll.stop()
            return
        self._view.scroll_to(self._view.top + beyond)
        self._stretch_band(place)

    def _hover(self, place: QPoint) -> None:
        position = self._view.position_at(place)
        known = position is not None and position < len(self._gallery.rows)
        self._state.selection.set_hovered(int(self._gallery.rows[position]) if known else None)

    def _hover_under_mouse(self) -> None:
        if self._area.underMouse() and self._pressed is None:
            self._hover(self._area.mapFromGlobal(QCursor.pos()))

    # -- keys ----------------------------------------------------------------------------

    def _claim(self, event: QKeyEvent) -> bool:
        """Keep Ctrl+A and Return from the window's shortcuts."""
        if _is_all(event) or (is_return(event) and not event.modifiers()):
            event.accept()
            return True
        return False

    def _press_key(self, event: QKeyEvent) -> bool:
        if _is_all(event):
            self.select_all()
        elif is_return(event):
            self._seek(self.current)
        elif event.key() == _KEY.Key_Space:
            if (current := self.current) is not None:
                self._toggle(current)
        else:
            return self._walk(event)
        return True

    def _walk(self, event: QKeyEvent) -> bool:
        count, columns = len(self._gallery.rows), self._view.grid.columns
        page = max(self._area.height() // self._view.grid.line_height, 1) * columns
        steps: dict[int, int] = {
            _KEY.Key_Left: -1, _KEY.Key_Right: 1, _KEY.Key_Up: -columns, _KEY.Key_Down: columns,
            _KEY.Key_PageUp: -page, _KEY.Key_PageDown: page,
            _KEY.Key_Home: -count, _KEY.Key_End: count,
        }  # fmt: skip
        step = steps.get(event.key())
        if step is None or not count or event.modifiers() & _CTRL:
            return False
        before = self.current
        if before is None:
            seen = self._view.in_view()
            position = seen[0] if seen and abs(step) < count else max(step, 0)
        else:
            position = before + step
        position = min(max(position, 0), count - 1)
        self.activate(position)
        if event.modifiers() & _SHIFT and before is not None:
            self.select(_run(before, position), CombineMode.ADD)
        return True

    def _on_listing(self) -> None:
        """The list may be another one, in which the user then goes on."""
        self._let_go()
        before, self._listed = self._listed, self._gallery.rows
        if before is not self._listed and self._state.cutout.order is before:
            self._state.cutout.set_order(self._listed)

    def _on_active(self, row: int | None) -> None:
        """Show the tile of a galaxy that became active elsewhere, if it is listed."""
        if row is None or self._gallery.is_held or not self._view.isVisible():
            return
        self._anchor = position = self.current
        if position is not None:
            self._view.reveal(position)


def _run(one: int, other: int) -> np.ndarray:
    return np.arange(min(one, other), max(one, other) + 1)


def _is_all(event: QKeyEvent) -> bool:
    return event.key() == _KEY.Key_A and event.modifiers() == _CTRL
