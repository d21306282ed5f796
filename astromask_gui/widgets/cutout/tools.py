"""The buttons beside the picture: tools for the mouse on its left, what is shown on its right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PyQt6.QtCore import QObject, QSignalBlocker
from PyQt6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from astromask_gui.icons import icon
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import CutoutWindow, Layout, Tool

_SIDE = 26


class CutoutTools(QObject):
    """Two columns of buttons that follow state and state intents on it."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state, self._view = state, state.cutout_view
        self._checks: list[tuple[QToolButton, Callable[[], bool]]] = []
        self._icons: list[tuple[QToolButton, str]] = []
        self.left, self.right = _column(), _column()
        self.crosshair = self._add(
            self.left, "crosshairs", "Crosshair", "A crosshair at the mouse, in every picture"
            " (Ctrl+Alt+X)", lambda: self._view.crosshair,
        )  # fmt: skip
        self.crop = self._add(
            self.right, "crop", "The model's crop", "Only what the model sees, or all of the cutout"
            " (Ctrl+Alt+B).\nThe wheel zooms about the mouse, a drag pans, a double click shows"
            " all.", self._shows_crop,
        )  # fmt: skip
        self.bands = self._add(
            self.right, "view-grid-outline", "All bands", "Colour and every band beside each other"
            " (Ctrl+Alt+A)", lambda: self._view.layout == "bands",
        )  # fmt: skip
        self.blink = self._add(
            self.right, "swap-horizontal", "Blink", "Blink with the galaxy shown before, or with a"
            " band (Ctrl+Alt+J);\nwhat with and how fast is under ⋯", lambda: self._view.blink.on,
        )  # fmt: skip
        self.pin = self._add(
            self.right, "pin-outline", "Pin", "Keep this galaxy to compare it with others, six at"
            " most (Ctrl+P)", self._is_pinned,
        )  # fmt: skip
        self.pinned = self._add(
            self.right, "view-column-outline", "Pinned galaxies", "The pinned galaxies beside each"
            " other; a click makes one active (Ctrl+Alt+P)",
            lambda: self._view.layout == "pinned",
        )  # fmt: skip
        self._connect_signals()
        self.sync()

    def _connect_signals(self) -> None:
        view, state = self._view, self._state
        for signal in (
            view.changed,
            view.marks_changed,
            view.tool_changed,
            view.layout_changed,
            view.blink_changed,
            state.pins.changed,
            state.display.changed,
            state.cutout.changed,
        ):
            signal.connect(self.sync)
        state.preferences.changed.connect(self._colour_icons)
        self.crosshair.toggled.connect(view.set_crosshair)
        self.crop.clicked.connect(self.toggle_crop)
        self.bands.clicked.connect(lambda: self.toggle_layout("bands"))
        self.pinned.clicked.connect(lambda: self.toggle_layout("pinned"))
        self.blink.clicked.connect(self.toggle_blink)
        self.pin.clicked.connect(self.toggle_pin)

    def add_tool(self, tool: Tool, icon_name: str, name: str, tip: str) -> QToolButton:
        """A button on the left that takes a tool, and puts it back when pressed again."""
        button = self._add(self.left, icon_name, name, tip, lambda: self._view.tool == tool)
        button.clicked.connect(lambda taken: self._view.set_tool(tool if taken else "pan"))
        self.sync()
        return button

    def sync(self) -> None:
        """Show what is in force."""
        crop = self._state.display.survey.crop
        self.crop.setEnabled(crop is not None)
        self.pin.setEnabled(self._state.cutout.cutout is not None)
        for button, is_on in self._checks:
            with QSignalBlocker(button):
                button.setChecked(is_on())

    def _colour_icons(self) -> None:
        """Icons have the colour of the style."""
        for button, name in self._icons:
            button.setIcon(icon(name))

    # -- intents -------------------------------------------------------------------------

    def toggle_crop(self) -> None:
        """Show what the model sees, or all again."""
        crop = self._state.display.survey.crop
        if crop is not None:
            self._view.show_crop(crop)

    def toggle_layout(self, layout: Layout) -> None:
        """Lay the pictures out so, or show one large again."""
        self._view.set_layout("one" if self._view.layout == layout else layout)
        self.sync()

    def toggle_blink(self) -> None:
        """Start or stop blinking; it is done with the large picture."""
        self._view.set_layout("one")
        self._view.set_blink(replace(self._view.blink, on=not self._view.blink.on))

    def toggle_pin(self) -> None:
        """Pin the active galaxy, or let it go."""
        cutout = self._state.cutout.cutout
        if cutout is not None:
            self._state.pins.toggle(cutout)

    def _shows_crop(self) -> bool:
        crop = self._state.display.survey.crop
        return crop is not None and self._view.window == CutoutWindow(span=float(crop))

    def _is_pinned(self) -> bool:
        cutout = self._state.cutout.cutout
        return cutout is not None and cutout.row in self._state.pins.rows

    def _add(
        self, column: QWidget, icon_name: str, name: str, tip: str, is_on: Callable[[], bool]
    ) -> QToolButton:
        button = QToolButton()
        button.setCheckable(True)
        button.setAccessibleName(name)
        button.setToolTip(tip)
        button.setFixedSize(_SIDE, _SIDE)
        layout = column.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(layout.count() - 1, button)
        self._checks.append((button, is_on))
        self._icons.append((button, icon_name))
        button.setIcon(icon(icon_name))
        return button


def _column() -> QWidget:
    column = QWidget()
    column.setFixedWidth(_SIDE)
    # Where the panel is very low, buttons are cut rather than that the window has to grow.
    column.setMinimumHeight(_SIDE)
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    layout.addStretch(1)
    return column
