"""A small palette that pops up: colours that most people can tell apart, any other, or none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PyQt6.QtCore import QPoint, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PyQt6.QtWidgets import (
    QColorDialog,
    QFrame,
    QGridLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.small import kept_on_screen
from astromask_gui.theme import SPACE

_COLUMNS = 8
_SIDE = 18
_ARROWS = {
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Up: -_COLUMNS,
    Qt.Key.Key_Down: _COLUMNS,
}


class SwatchPopup(QFrame):
    """Says which colour is picked and closes; a click outside closes it too."""

    picked = pyqtSignal(object)
    """"#rrggbb", or None for the default colour."""

    def __init__(
        self, colours: Sequence[str], current: str, *, resettable: bool, parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName("swatchPopup")
        self._current = current
        self.swatches = [self._swatch(colour) for colour in colours]
        self.other = QPushButton("Another colour …")
        self.reset = QPushButton("Default colour")
        self.reset.setEnabled(resettable)
        self.other.clicked.connect(self._ask)
        self.reset.clicked.connect(lambda: self._pick(None))
        self._build()

    def _build(self) -> None:
        grid = QGridLayout()
        grid.setSpacing(2)
        for place, swatch in enumerate(self.swatches):
            grid.addWidget(swatch, place // _COLUMNS, place % _COLUMNS)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE[1], SPACE[1], SPACE[1], SPACE[1])
        column.setSpacing(SPACE[0])
        column.addLayout(grid)
        column.addSpacing(SPACE[0])
        column.addWidget(self.other)
        column.addWidget(self.reset)

    def _swatch(self, colour: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(_square(colour))
        button.setIconSize(QSize(_SIDE, _SIDE))
        button.setCheckable(True)
        button.setChecked(colour == self._current)
        button.setToolTip(colour)
        button.setAccessibleName(colour)
        button.clicked.connect(partial(self._pick, colour))
        return button

    def show_at(self, place: QPoint) -> None:
        """Open at a place on the screen, the keyboard on the colour that is in use."""
        self.adjustSize()
        self.move(kept_on_screen(place, self))
        self.show()
        used = (swatch for swatch in self.swatches if swatch.isChecked())
        next(used, self.swatches[0]).setFocus(Qt.FocusReason.PopupFocusReason)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """Arrows walk over the colours; Return picks, Escape closes."""
        assert event is not None
        focused = self.focusWidget()
        key = Qt.Key(event.key())
        if isinstance(focused, QToolButton) and key in _ARROWS:
            place = self.swatches.index(focused) + _ARROWS[key]
            if 0 <= place < len(self.swatches):
                self.swatches[place].setFocus(Qt.FocusReason.TabFocusReason)
            elif place >= len(self.swatches):
                self.other.setFocus(Qt.FocusReason.TabFocusReason)
        elif isinstance(focused, QPushButton | QToolButton) and key in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
        ):
            focused.click()
        else:
            super().keyPressEvent(event)

    def _pick(self, colour: str | None) -> None:
        self.close()
        self.picked.emit(colour)

    def _ask(self) -> None:
        dialog = QColorDialog(QColor(self._current), self.parentWidget())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        # The system's own dialog would not follow the style, and can't be tested.
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)
        dialog.colorSelected.connect(lambda colour: self.picked.emit(colour.name()))
        # The dialog outlives the popup, whose signal it uses.
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
        dialog.destroyed.connect(self.deleteLater)
        self.close()
        dialog.open()


def _square(colour: str) -> QIcon:
    pixmap = QPixmap(2 * _SIDE, 2 * _SIDE)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawRoundedRect(pixmap.rect(), 8, 8)
    painter.end()
    return QIcon(pixmap)
