"""What the mouse does on the map without a button: the ring at once, the card in a moment."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QEvent, QObject, QPointF, QPropertyAnimation, QRectF, QSizeF, Qt, QTimer
from PyQt6.QtGui import QMouseEvent
from PyQt6.QtWidgets import QGraphicsOpacityEffect, QWidget

from astromask_gui.parts.map_colours import MapColours
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.view import MapView
from astromask_gui.widgets.map.canvas import MapCanvas
from astromask_gui.widgets.map.card import MapCard
from astromask_gui.widgets.map.card_chooser import ColumnChooser
from astromask_gui.widgets.map.picker import MapPicker
from astromask_gui.widgets.map.pins import PinnedCards
from astromask_gui.widgets.map.place import is_on_way, place_beside

DWELL_MS = 20
"""The mouse is so long on a point before its card shows, so that a sweep shows none."""
GRACE_MS = 160
"""A card stays so long after the mouse has left its point, to be reached."""
SETTLE_MS = 150
"""After the view has moved, what is under the mouse is looked for once it rests so long."""
REST_MS = 120
"""Galaxies around are read ahead once the mouse rests so long: a batch that is being read keeps the
next galaxy waiting."""
_GAP = 18.0
_FADE_MS = 120
_CLICK = 4.0


class MapHover(QObject):
    """Follows the mouse on one map; keeps `selection.hovered`, the card, and the pinned cards."""

    def __init__(
        self,
        state: ApplicationState,
        view: MapView,
        colours: MapColours,
        canvas: MapCanvas,
        picker: MapPicker,
    ) -> None:
        super().__init__(canvas)
        self._state, self._view, self._colours = state, view, colours
        self._canvas, self._picker = canvas, picker
        self._position: QPointF | None = None
        self._middle: QPointF | None = None
        self._chooser: ColumnChooser | None = None
        self._workspace = self._folder()
        self.obstacles: Callable[[], list[QRectF]] = list
        """What else lies over the map."""
        self._dwell = self._timer(DWELL_MS, self._show_card)
        self._grace = self._timer(GRACE_MS, self._leave)
        self._waver = self._timer(GRACE_MS, self._look_again)
        self._settle = self._timer(SETTLE_MS, self._look_again)
        self._ahead = self._timer(REST_MS, self._read_ahead)
        self.pins = PinnedCards(view, picker.side_of, self)
        self.card = self._make_card()
        self._connect_signals()

    def _connect_signals(self) -> None:
        canvas, state = self._canvas, self._state
        canvas.hovered.connect(self._on_hover)
        canvas.view_changed.connect(self._on_view)
        state.filters.changed.connect(self._on_view)
        self._view.coordinates_changed.connect(self._on_coordinates)
        state.session.changed.connect(self._on_session)
        viewport = canvas.viewport()
        assert viewport is not None
        viewport.installEventFilter(self)

    def _timer(self, milliseconds: int, run: Callable[[], None]) -> QTimer:
        made = QTimer(self)
        made.setSingleShot(True)
        made.setTimerType(Qt.TimerType.PreciseTimer)
        made.setInterval(milliseconds)
        made.timeout.connect(run)
        return made

    def _make_card(self) -> MapCard:
        card = MapCard(self._state, self._view, self._colours, self._canvas)
        card.entered.connect(partial(self._on_card, card))
        card.left.connect(self._grace.start)
        card.pin_wanted.connect(partial(self._toggle, card))
        card.columns_wanted.connect(self.choose_columns)
        return card

    # Under the mouse.

    def _on_hover(self, position: QPointF | None) -> None:
        before, self._position = self._position, position
        if position is None:
            self._on_left()
        elif before is not None and self._is_on_way(before, position):
            # It may stop there; then it means the point that it is on.
            self._grace.stop()
            self._waver.start()
        else:
            self._point_at(position)

    def _is_on_way(self, before: QPointF, now: QPointF) -> bool:
        row = self.card.row
        place = None if row is None or self.card.isHidden() else self._picker.place_of(row)
        return place is not None and is_on_way(place, self.card.place(), before, now)

    def _point_at(self, position: QPointF) -> None:
        row = self._picker.row_at(position)
        if row is None and not self.card.isHidden():
            self._dwell.stop()
            if not self._grace.isActive():
                self._grace.start()
            return
        self._grace.stop()
        self._waver.stop()
        self._state.selection.set_hovered(row)
        self._ahead.start()
        if row is None or self.pins.card_of(row) is not None:
            self._dwell.stop()
            self._hide_card()
        elif not self.card.isHidden():
            if row != self.card.row:
                self._show_card()
        else:
            self._ask_for(row)
            self._dwell.start()

    def _ask_for(self, row: int) -> None:
        """Have everything on its way before the card shows."""
        self._state.thumbnails.get(row)
        self._state.identifiers.get(row)

    def _on_left(self) -> None:
        """The mouse has left the map, for a card perhaps, or has begun to drag."""
        self._dwell.stop()
        self._ahead.stop()
        if self.card.isHidden():
            self._leave()
        else:
            self._grace.start()

    def _on_card(self, card: MapCard) -> None:
        for timer in (self._grace, self._waver, self._settle, self._dwell):
            timer.stop()
        self._position = None
        self._state.selection.set_hovered(card.row)
        if card is not self.card:
            self._hide_card()

    def _leave(self) -> None:
        if self._chooser is not None:
            return
        self._hide_card()
        self._look_again()

    def _look_again(self) -> None:
        if self._position is not None:
            self._point_at(self._position)
        else:
            self._state.selection.set_hovered(None)

    def _read_ahead(self) -> None:
        """Ask for the thumbnails of galaxies around, which are likely to be pointed at next."""
        if self._position is None:
            return
        for row in self._picker.rows_around(self._position):
            self._ask_for(row)

    # The card.

    def _show_card(self) -> None:
        row = self._state.selection.hovered
        if row is None:
            return
        was_hidden = self.card.isHidden()
        self.card.set_row(row)
        self.card.fit()
        place = self._place_for(self.card)
        if place is None:
            self._hide_card()
            return
        self.card.move(place.topLeft().toPoint())
        self.card.show()
        self.card.raise_()
        if was_hidden and self._state.preferences.motion:
            _fade_in(self.card)

    def _place_for(self, card: MapCard) -> QRectF | None:
        point = None if card.row is None else self._picker.place_of(card.row)
        if point is None:
            return None
        gap = max(_GAP, self._picker.reach + 8)
        others = [*self.pins.places(), *self.obstacles()]
        area = QRectF(self._canvas.rect())
        return place_beside(point, QSizeF(card.size()), area, gap, others)

    def _hide_card(self) -> None:
        self._grace.stop()
        self._waver.stop()
        self.card.hide()

    # What changes beneath it.

    def _on_view(self) -> None:
        self._dwell.stop()
        self._hide_card()
        self._settle.start()

    def _on_coordinates(self) -> None:
        self._hide_card()
        self.pins.leaders.update()

    def _on_session(self) -> None:
        """Rows of another survey are other galaxies."""
        folder = self._folder()
        if folder != self._workspace:
            self._workspace = folder
            self.pins.clear()
            self._hide_card()
            self.card.deleteLater()
            self.card = self._make_card()

    def _folder(self) -> object:
        workspace = self._state.session.workspace
        return None if workspace is None else workspace.folder

    # Pinning, and choosing columns.

    def toggle_pin(self) -> None:
        """Keep the card under the mouse, or else one of the active galaxy; or take it away."""
        row = self._state.selection.hovered
        if row is None:
            row = self._state.selection.active
        if row is not None:
            self.toggle_row(row)

    def toggle_row(self, row: int) -> None:
        """Keep a card of a row, or take it away."""
        card = self.pins.card_of(row) or self.card
        if card is self.card and (card.isHidden() or card.row != row):
            card.set_row(row)
            card.fit()
            place = self._place_for(card)
            if place is None:
                return
            card.move(place.topLeft().toPoint())
        self._toggle(card)

    def _toggle(self, card: MapCard) -> None:
        if card is not self.card:
            self.pins.remove(card)
            return
        card.show()
        card.raise_()
        self.card = self._make_card()
        self._hide_card()
        self.pins.add(card)

    def choose_columns(self, beside: QWidget | None = None) -> None:
        """Let the user choose the columns on the cards."""
        if beside is None and not self.card.isHidden():
            beside = self.card
        self._chooser = ColumnChooser(
            self._state.columns, self._state.preferences, self._view, self._canvas
        )
        self._chooser.destroyed.connect(self._on_chosen)
        self._chooser.show_beside(beside)

    def _on_chosen(self) -> None:
        """The card, which stayed to show what was chosen, goes with the mouse again."""
        self._chooser = None
        self._grace.start()

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """The middle button drags the map; a click with it pins."""
        if not isinstance(event, QMouseEvent) or event.button() != Qt.MouseButton.MiddleButton:
            return False
        if event.type() == QEvent.Type.MouseButtonPress:
            self._middle = event.position()
        elif event.type() == QEvent.Type.MouseButtonRelease and self._middle is not None:
            moved, self._middle = event.position() - self._middle, None
            row = self._picker.row_at(event.position())
            if row is not None and abs(moved.x()) + abs(moved.y()) < _CLICK:
                self.toggle_row(row)
        return False


def _fade_in(card: MapCard) -> None:
    effect = QGraphicsOpacityEffect(card)
    card.setGraphicsEffect(effect)
    fading = QPropertyAnimation(effect, b"opacity", effect)
    fading.setDuration(_FADE_MS)
    fading.setStartValue(0.2)
    fading.setEndValue(1.0)
    # The effect costs a picture of the card at each painting.
    fading.finished.connect(lambda: card.setGraphicsEffect(None))
    fading.start()
