"""The map's actions, and the row of buttons above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import qtawesome
from PyQt6.QtCore import QSignalBlocker, QSize, Qt
from PyQt6.QtGui import QAction, QActionGroup, QKeySequence
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from astromask_gui.theme import ICON, SPACE, Tokens

_MODES = "Shift adds to the selection, Ctrl removes, both keep only what is in both."


@dataclass(frozen=True)
class ActionSpec:
    """One thing the map can do."""

    name: str
    text: str
    icon: str
    keys: tuple[str, ...]
    hint: str = ""
    checkable: bool = False


TOOLS = (
    ActionSpec(
        "pan",
        "Hand",
        "mdi6.hand-back-right-outline",
        ("H",),
        "Drag to move, scroll to zoom, click to look at a galaxy. "
        "Drag with Shift or Ctrl to select a box, with Alt to draw a lasso.",
        True,
    ),
    ActionSpec("box", "Select a box", "mdi6.select-drag", ("M",), _MODES, True),
    ActionSpec("lasso", "Lasso", "mdi6.lasso", ("L",), _MODES, True),
)
ACTIONS = (
    ActionSpec("zoom_in", "Zoom in", "mdi6.plus", ("+", "=")),
    ActionSpec("zoom_out", "Zoom out", "mdi6.minus", ("-",)),
    ActionSpec("fit", "Fit all", "mdi6.fit-to-page-outline", ("F",)),
    ActionSpec("fit_selection", "Fit the selection", "mdi6.selection-marker", ("Shift+F",)),
    ActionSpec("back", "Back to the view before", "mdi6.arrow-left", ("[", "Alt+Left")),
    ActionSpec("forward", "Forward to the view after", "mdi6.arrow-right", ("]", "Alt+Right")),
    ActionSpec(
        "ghosts",
        "Show filtered-out galaxies faintly",
        "mdi6.ghost-outline",
        ("Shift+G",),
        "They are drawn as traces and can't be picked.",
        True,
    ),
    ActionSpec("select_all", "Select all visible", "mdi6.select-all", ("Ctrl+A",)),
    ActionSpec("invert", "Invert the selection", "mdi6.select-inverse", ("Ctrl+Shift+I",)),
    ActionSpec("clear", "Clear the selection", "mdi6.select-remove", ("Esc",)),
)
_BUTTONS = ("pan", "box", "lasso", "|", "fit", "fit_selection", "back", "forward", "ghosts")


def make_actions(owner: QWidget, run: Callable[[str, bool], None]) -> dict[str, QAction]:
    """Actions by name, live while the map or something in it has the focus."""
    actions = {}
    tools = QActionGroup(owner)
    for spec in (*TOOLS, *ACTIONS):
        action = QAction(spec.text, owner)
        action.setShortcuts([QKeySequence(keys) for keys in spec.keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.setCheckable(spec.checkable)
        action.setToolTip(_tooltip(spec))
        action.triggered.connect(lambda checked, name=spec.name: run(name, checked))
        if spec in TOOLS:
            tools.addAction(action)
        owner.addAction(action)
        actions[spec.name] = action
    actions["pan"].setChecked(True)
    return actions


def _tooltip(spec: ActionSpec) -> str:
    keys = " or ".join(
        QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in spec.keys
    )
    hint = f"<br>{spec.hint}" if spec.hint else ""
    return f"<b>{spec.text}</b> ({keys}){hint}"


class MapToolbar(QWidget):
    """Buttons for the map's actions, the choice of projection, and what the view holds."""

    def __init__(self, actions: dict[str, QAction], tokens: Tokens) -> None:
        super().__init__()
        self.setObjectName("mapToolbar")
        self._actions = actions
        self.projections = QComboBox()
        self.projections.setToolTip("The projection that places the galaxies on the map")
        self.projections.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.summary = QLabel()
        self.summary.setObjectName("muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE[1], SPACE[0], SPACE[1], SPACE[0])
        row.setSpacing(SPACE[0])
        row.addWidget(self.projections)
        for name in _BUTTONS:
            if name == "|":
                row.addSpacing(SPACE[1])
            else:
                row.addWidget(self._button(actions[name]))
        row.addStretch(1)
        row.addWidget(self.summary)
        self.set_tokens(tokens)

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setIconSize(QSize(ICON, ICON))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def set_tokens(self, tokens: Tokens) -> None:
        """Draw the icons in another style's colours."""
        for spec in (*TOOLS, *ACTIONS):
            icon = qtawesome.icon(spec.icon, color=tokens.text, color_disabled=tokens.muted)
            self._actions[spec.name].setIcon(icon)

    def set_projections(self, names: tuple[str, ...], current: str | None) -> None:
        """Offer these projections."""
        with QSignalBlocker(self.projections):
            self.projections.clear()
            self.projections.addItems(list(names))
            self.projections.setCurrentText(current or "")
        self.projections.setVisible(bool(names))
