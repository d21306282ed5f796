"""The card of one galaxy on the map: its thumbnail, its identifier and chosen columns."""

from __future__ import annotations

from PyQt6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QDrag, QEnterEvent, QHelpEvent, QMouseEvent, QPixmap
from PyQt6.QtWidgets import (
    QApplication,
    QFrame,
    QHBoxLayout,
    QToolButton,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.elided_label import ElidedLabel
from astromask_gui.parts.map_colours import MapColours
from astromask_gui.parts.named_pictures import named_pictures
from astromask_gui.parts.row_files import mime_of_rows
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.view import MapView
from astromask_gui.theme import ICON, SPACE
from astromask_gui.widgets.map.card_facts import card_columns, card_lines
from astromask_gui.widgets.map.card_parts import CardLines, CardPicture
from astromask_gui.widgets.map.place import moved_inside

_WIDTH = 268
_PLACED = "Placed on this map later, among the galaxies that it was made from."
_PIN_TIP = "Keep this card (P, or a click with the middle button)"
_UNPIN_TIP = "Take this card away (P, or a click with the middle button)"


class MapCard(QFrame):
    """Follows what is known of one row. Clicking makes the galaxy active; the picture can be
    dragged to other panels, the rest of the card moves it."""

    pin_wanted = pyqtSignal()
    """Keep the card, or take a kept one away."""
    columns_wanted = pyqtSignal(object)
    """The `QWidget` beside which columns are to be chosen."""
    entered = pyqtSignal()
    left = pyqtSignal()
    moved = pyqtSignal()
    """The user has moved it."""

    def __init__(
        self, state: ApplicationState, view: MapView, colours: MapColours, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._state, self._view, self._colours = state, view, colours
        self._row: int | None = None
        self._pinned = False
        self._press: QPoint | None = None
        self._grip = QPoint()
        self._moving = False
        self.name = ElidedLabel("strong")
        self.picture = CardPicture()
        self.lines = CardLines()
        self.note = label(_PLACED, "small", wrap=True)
        self.columns_button = _button("Choose the columns on the cards")
        self.pin_button = _button(_PIN_TIP)
        self.setObjectName("mapCard")
        self.setFixedWidth(_WIDTH)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._build()
        self._connect_signals()
        self._renew_icons()
        self.hide()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(2)
        head.addWidget(self.name, 1)
        head.addWidget(self.columns_button)
        head.addWidget(self.pin_button)
        body = QHBoxLayout()
        body.setSpacing(SPACE[2])
        top = Qt.AlignmentFlag.AlignTop
        body.addWidget(self.picture, 0, top)
        body.addWidget(self.lines, 1, top)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE[1], 5, SPACE[1], SPACE[1])
        column.setSpacing(5)
        column.addLayout(head)
        column.addLayout(body)
        column.addWidget(self.note)

    def _connect_signals(self) -> None:
        state = self._state
        self.pin_button.clicked.connect(self.pin_wanted)
        self.columns_button.clicked.connect(lambda: self.columns_wanted.emit(self))
        state.thumbnails.ready.connect(self._on_thumbnails)
        state.identifiers.ready.connect(self._on_identifiers)
        state.display.changed.connect(self._show_picture)
        state.labels.changed.connect(self._show_grade)
        for signal in (
            state.columns.ready,
            state.columns.changed,
            self._view.colouring_changed,
            self._view.coordinates_changed,
            self._colours.changed,
        ):
            signal.connect(self._show_lines)
        state.preferences.changed.connect(self._on_preferences)

    @property
    def row(self) -> int | None:
        """The galaxy that the card is about."""
        return self._row

    @property
    def pinned(self) -> bool:
        """Whether it stays."""
        return self._pinned

    def set_row(self, row: int) -> None:
        """Be about another galaxy; what isn't known at once follows."""
        if row != self._row:
            self._row = row
            self._show_name()
            self._show_picture()
            self._show_grade()
            self._show_lines()

    def set_pinned(self, pinned: bool) -> None:
        """Stay, or go with the mouse."""
        self._pinned = pinned
        self.setProperty("pinned", pinned)
        style = self.style()
        assert style is not None
        style.unpolish(self)
        style.polish(self)
        self.pin_button.setToolTip(_UNPIN_TIP if pinned else _PIN_TIP)
        self._renew_icons()

    def place(self) -> QRectF:
        """Where it stands on the map, in pixels."""
        return QRectF(self.geometry())

    # What is shown.

    def _show_name(self) -> None:
        if self._row is not None:
            self.name.setText(self._state.identifiers.get(self._row) or "…")

    def _show_picture(self) -> None:
        if self._row is None:
            return
        thumbnail, display = self._state.thumbnails.get(self._row), self._state.display
        if thumbnail is None:
            self.picture.set_image(None)
        else:
            (picture,) = named_pictures(thumbnail[None], display.settings, display.survey)
            self.picture.set_image(picture)

    def _show_grade(self) -> None:
        if self._row is not None:
            self.picture.set_grade(self._state.labels.grade_of(self._row))

    def _show_lines(self) -> None:
        if self._row is None:
            return
        columns, coloured = self._state.columns, self._view.colouring.column
        names = card_columns(columns, self._state.preferences.card_columns, coloured)
        self.lines.set_lines(card_lines(self._row, columns, names, coloured, self._colours.colours))
        placed = self._view.placed
        was_placed = placed is not None and self._row < len(placed) and bool(placed[self._row])
        self.note.setVisible(was_placed)
        self.fit()

    def fit(self) -> None:
        """Be as high as the lines ask for, and stay on the map."""
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.resize(_WIDTH, layout.sizeHint().height())
        self._stay_inside(self.place())

    def _on_thumbnails(self, rows: list[int]) -> None:
        if self._row in rows:
            self._show_picture()

    def _on_identifiers(self, rows: list[int]) -> None:
        if self._row in rows:
            self._show_name()

    def _on_preferences(self) -> None:
        self._renew_icons()
        self._show_lines()

    def _renew_icons(self) -> None:
        self.columns_button.setIcon(icon("view-list-outline"))
        self.pin_button.setIcon(icon("close" if self._pinned else "pin-outline"))

    # The mouse.

    def enterEvent(self, event: QEnterEvent | None) -> None:
        self.entered.emit()

    def leaveEvent(self, event: QEvent | None) -> None:
        self.left.emit()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if event.button() == Qt.MouseButton.MiddleButton:
            self.pin_wanted.emit()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._press, self._moving = event.position().toPoint(), False
            self._grip = event.globalPosition().toPoint() - self.pos()
            self.raise_()

    def mouseMoveEvent(self, event: QMouseEvent | None) -> None:
        assert event is not None
        if self._press is None:
            return
        moved = (event.position().toPoint() - self._press).manhattanLength()
        if self._moving:
            self._move_to(event.globalPosition())
        elif moved >= QApplication.startDragDistance():
            if self.picture.geometry().contains(self._press):
                self._press = None
                self._drag_out()
            else:
                self._begin_move()
                self._move_to(event.globalPosition())

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        if self._press is not None and not self._moving and self._row is not None:
            self._state.selection.set_active(self._row)
        self._press, self._moving = None, False

    def mouseDoubleClickEvent(self, event: QMouseEvent | None) -> None:
        """Two clicks are no more than one here, and never the map's."""

    def _begin_move(self) -> None:
        self._moving = True
        if not self._pinned:
            # Who puts a card somewhere wants to keep it.
            self.pin_wanted.emit()

    def _move_to(self, mouse: QPointF) -> None:
        corner = QPointF(mouse.toPoint() - self._grip)
        self._stay_inside(QRectF(corner, self.place().size()))
        self.moved.emit()

    def _stay_inside(self, place: QRectF) -> None:
        area = self.parentWidget()
        assert area is not None
        self.move(moved_inside(place, QRectF(area.rect())).topLeft().toPoint())

    def _drag_out(self) -> None:
        """Let the galaxy be dropped on other panels, and its file outside."""
        if self._row is None:
            return
        drag = QDrag(self)
        drag.setMimeData(mime_of_rows(self._state, [self._row]))
        if self.picture.image is not None:
            drag.setPixmap(QPixmap.fromImage(self.picture.image))
        drag.exec(Qt.DropAction.CopyAction)

    def event(self, event: QEvent | None) -> bool:
        """A line that is shortened is told whole."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self._hint_at(event.pos()), self)
            return True
        return bool(super().event(event))

    def _hint_at(self, position: QPoint) -> str:
        if self.picture.geometry().contains(position):
            return "Click to look at this galaxy; drag it to other panels, or out as a FITS file"
        here = self.lines.mapFrom(self, position)
        return self.lines.hint_at(here.y()) if self.lines.rect().contains(here) else ""


def _button(tip: str) -> QToolButton:
    button = QToolButton()
    button.setAutoRaise(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setIconSize(QSize(ICON - 2, ICON - 2))
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setProperty("flat", True)
    return button
