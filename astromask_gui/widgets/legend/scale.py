"""The legend of a column of numbers: its colours, their range, and what lies in it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from PyQt6.QtCore import QPoint, QSignalBlocker, QSize, Qt, pyqtSignal
from PyQt6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.modes import MODE_TEXTS
from astromask_gui.rendering.colouring import MISSING, Colours
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.selection import CombineMode
from astromask_gui.state.view import Colouring
from astromask_gui.theme import ICON, SPACE, tokens
from astromask_gui.widgets.legend.colour_bar import ColourBar

MAPS = ("viridis", "cividis", "plasma", "magma", "inferno")


class ScaleLegend(QWidget):
    """Shows a continuous colouring, and says how it is to be changed."""

    changed = pyqtSignal(object)
    """dict: what of the `Colouring` the user wants otherwise."""

    def __init__(self, state: ApplicationState) -> None:
        super().__init__()
        self._state = state
        self._column: Column | None = None
        self._limits = (0.0, 1.0)
        self.map_choice = QComboBox()
        self.map_choice.addItems(MAPS)
        self.map_choice.setToolTip(
            "The colours: all perceptually uniform and fit for colour-blind readers"
        )
        self.reverse = _toggle("Turn the colours round", icon_name="swap-horizontal")
        self.logarithmic = _toggle("Logarithmic scale", text="log")
        self.bar = ColourBar(tokens(state.preferences.style))
        self.low, self.high = _number_box("Lower end"), _number_box("Upper end")
        self.high.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._build()
        self._connect_signals()

    def _build(self) -> None:
        options = QHBoxLayout()
        options.setSpacing(SPACE[0])
        options.addWidget(self.map_choice, 1)
        options.addWidget(self.reverse)
        options.addWidget(self.logarithmic)
        ends = QHBoxLayout()
        ends.addWidget(self.low, 3)
        ends.addStretch(1)
        ends.addWidget(self.high, 3)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE[1])
        column.addLayout(options)
        column.addWidget(self.bar)
        column.addLayout(ends)

    def _connect_signals(self) -> None:
        def say(**changes: object) -> None:
            self.changed.emit(changes)

        self.map_choice.textActivated.connect(lambda name: say(map_name=name))
        self.reverse.toggled.connect(lambda on: say(reverse=on))
        self.logarithmic.toggled.connect(lambda on: say(logarithmic=on, limits=None))
        self.bar.limits_chosen.connect(lambda low, high: say(limits=(low, high)))
        self.bar.reset_wanted.connect(lambda: say(limits=None))
        self.bar.menu_wanted.connect(self._open_menu)
        for box in (self.low, self.high):
            box.editingFinished.connect(self._take_typed)

    def show_scale(self, column: Column, colours: Colours, colouring: Colouring) -> None:
        """Show what a continuous column's colours mean."""
        assert colours.limits is not None and colours.whole is not None
        self._column = column
        # What is wished for; colours that are a moment old still come in.
        self._limits = colouring.limits or colours.limits
        with QSignalBlocker(self.map_choice):
            self.map_choice.setCurrentText(colouring.map_name)
        for button, on in (
            (self.reverse, colouring.reverse),
            (self.logarithmic, colouring.logarithmic),
        ):
            with QSignalBlocker(button):
                button.setChecked(on)
        table = colours.table[:MISSING, :3]
        self.bar.set_scale(table, self._limits, colours.whole, colouring.logarithmic)
        self._show_ends()

    def follow_style(self) -> None:
        """Take the colours of the style in force."""
        self.bar.set_tokens(tokens(self._state.preferences.style))
        self.reverse.setIcon(icon("swap-horizontal"))

    # -- range ---------------------------------------------------------------------------

    def _show_ends(self) -> None:
        for box, value in zip((self.low, self.high), self._limits, strict=True):
            if not (box.hasFocus() and box.isModified()):
                box.setText(_text(value))
                box.setToolTip(f"{value!r}. Type another value to change the range.")

    def _take_typed(self) -> None:
        low, high = (
            _value(box.text()) if box.isModified() else value
            for box, value in zip((self.low, self.high), self._limits, strict=True)
        )
        for box in (self.low, self.high):
            box.setModified(False)
        usable = low is not None and high is not None and low < high
        if usable and not (self.logarithmic.isChecked() and low <= 0):  # type: ignore[operator]
            if (low, high) != self._limits:
                self.changed.emit({"limits": (low, high)})
        else:
            self._state.messages.warning("The range needs two numbers, the lower one first.")
        self._show_ends()

    def _open_menu(self, place: QPoint) -> None:
        menu = self.make_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def make_menu(self) -> QMenu:
        """What can be done with the range."""
        menu = QMenu(self)

        # How crowded the map is, is no column that could be asked.
        known = self._column is not None and self._column.name in self._state.columns.names()

        def add(text: str, run: Callable[[], object], *, enabled: bool = True) -> None:
            action = menu.addAction(text)
            assert action is not None
            action.setEnabled(enabled)
            action.triggered.connect(lambda: run())

        add("Automatic range", self.bar.reset_wanted.emit)
        menu.addSeparator()
        for mode, text in MODE_TEXTS.items():
            words = text.replace("these", "what lies in the range")
            words = words if mode is not CombineMode.ADD else "Add the range to the selection"
            words = words if mode is not CombineMode.REMOVE else "Remove the range from it"
            add(words, partial(self.select, mode), enabled=known)
        return menu

    def select(self, mode: CombineMode) -> None:
        """Have the visible galaxies with values in the range meet the selected set."""
        selection, visible = self._state.selection, self._state.filters.visible
        values = None if self._column is None else self._state.columns.values(self._column.name)
        if self._column is None or values is None or len(values) != selection.size:
            return
        numbers, (low, high) = np.asarray(values, np.float64), self._limits
        mask = (numbers >= low) & (numbers <= high)
        if visible is not None:
            mask &= visible
        selection.combine(mask, mode, f"Select {self._column.name}")


def _toggle(tip: str, *, text: str = "", icon_name: str = "") -> QToolButton:
    button = QToolButton()
    button.setCheckable(True)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setText(text)
    if icon_name:
        button.setIcon(icon(icon_name))
        button.setIconSize(QSize(ICON, ICON))
    return button


def _number_box(name: str) -> QLineEdit:
    box = QLineEdit()
    box.setAccessibleName(name)
    box.setMinimumWidth(48)
    return box


def _text(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


def _value(text: str) -> float | None:
    try:
        value = float(text.strip().replace("−", "-"))
    except ValueError:
        return None
    return value if np.isfinite(value) else None
