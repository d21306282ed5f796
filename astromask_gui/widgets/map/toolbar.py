"""The map's actions, and the row of buttons above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QSize, Qt
from PyQt6.QtGui import QAction, QActionGroup, QKeySequence, QResizeEvent
from PyQt6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QToolButton, QWidget

from astromask_gui.icons import icon
from astromask_gui.parts.modes import MODES_HINT
from astromask_gui.parts.small import label
from astromask_gui.theme import ICON, SPACE


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
        "hand-back-right-outline",
        ("H",),
        "Drag to move, scroll to zoom, click to look at a galaxy. "
        "Drag with Shift or Ctrl to select a box, with Alt to draw a lasso.<br>"
        "The arrow keys go to the next galaxy, with Shift they move the map.",
        True,
    ),
    ActionSpec("box", "Select a box", "select-drag", ("M",), MODES_HINT, True),
    ActionSpec("lasso", "Lasso", "lasso", ("L",), MODES_HINT, True),
)
ACTIONS = (
    ActionSpec("zoom_in", "Zoom in", "plus", ("+", "=")),
    ActionSpec("zoom_out", "Zoom out", "minus", ("-",)),
    ActionSpec("fit", "Fit all", "fit-to-page-outline", ("F", "Home")),
    ActionSpec("fit_selection", "Fit the selection", "selection-marker", ("Shift+F",)),
    ActionSpec("back", "Back to the view before", "arrow-left", ("[", "Alt+Left")),
    ActionSpec("forward", "Forward to the view after", "arrow-right", ("]", "Alt+Right")),
    ActionSpec(
        "ghosts",
        "Show filtered-out galaxies faintly",
        "ghost-outline",
        ("Shift+G",),
        "They are drawn as traces and can't be picked.",
        True,
    ),
    ActionSpec(
        "pin",
        "Keep the card",
        "pin-outline",
        ("P",),
        "Of the galaxy under the mouse, or else of the one in the viewer; again to take it away.",
    ),
)
_TOOL_BUTTONS = ("pan", "box", "lasso")
_BUTTONS = ("fit", "fit_selection", "back", "forward", "ghosts")
"""Those that move into a menu where there is no room, the last ones first."""
_SMALLEST_CHOICE = 64


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
    """Buttons for the map's actions, the choice of projection, and what the view holds.

    A narrow map, as one of two is, keeps the tools and has the rest in a menu.
    """

    def __init__(self, actions: dict[str, QAction]) -> None:
        super().__init__()
        self.setObjectName("mapToolbar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._actions = actions
        self.projections = QComboBox()
        self.projections.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.projections.setMinimumWidth(_SMALLEST_CHOICE)
        self.summary = label("", "muted")
        self._words = ("", "", "")
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE[1], SPACE[0], SPACE[1], SPACE[0])
        row.setSpacing(SPACE[0])
        row.addWidget(self.projections)
        for name in _TOOL_BUTTONS:
            row.addWidget(self._button(actions[name]))
        row.addSpacing(SPACE[1])
        self.optional = {name: self._button(actions[name]) for name in _BUTTONS}
        for button in self.optional.values():
            row.addWidget(button)
        self.more = self._more_button()
        row.addWidget(self.more)
        row.addStretch(1)
        row.addWidget(self.summary)
        self.renew_icons()
        self._fit_buttons()

    def _button(self, action: QAction) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(action)
        button.setAutoRaise(True)
        button.setIconSize(QSize(ICON, ICON))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return button

    def _more_button(self) -> QToolButton:
        """Holds what has no room; the menu is made when it is opened."""
        button = QToolButton()
        button.setAutoRaise(True)
        button.setIconSize(QSize(ICON, ICON))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setToolTip("More of the map's actions")
        button.setAccessibleName("More of the map's actions")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(button)
        menu.aboutToShow.connect(self._fill_menu)
        button.setMenu(menu)
        return button

    def _fill_menu(self) -> None:
        menu = self.more.menu()
        assert menu is not None
        menu.clear()
        for name, button in self.optional.items():
            if button.isHidden():
                menu.addAction(self._actions[name])

    def minimumSizeHint(self) -> QSize:
        """Room for the tools and the menu: everything else gives way."""
        tools = (len(_TOOL_BUTTONS) + 1) * self._button_width()
        width = 2 * SPACE[1] + _SMALLEST_CHOICE + SPACE[1] + tools
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent | None) -> None:
        """Show as many buttons as there is room for."""
        super().resizeEvent(event)
        self._fit_buttons()

    def set_summary(self, text: str, more: str = "", reason: str = "") -> None:
        """Say what the view holds, and `more` where there is room; why that is so is a hint."""
        words = (text, more, f"{more[0].upper()}{more[1:]}. {reason}" if more else "")
        if words != self._words:
            self._words = words
            self.summary.setToolTip(words[2])
            self._fit_buttons()

    def _button_width(self) -> int:
        return self.more.sizeHint().width() + SPACE[0]

    def _fit_buttons(self) -> None:
        tools = len(_TOOL_BUTTONS) * self._button_width()
        choice = self.projections.sizeHint().width() + SPACE[0]
        room = self.width() - 2 * SPACE[1] - choice - tools - SPACE[1] - SPACE[0]
        fitting = max(room // self._button_width(), 0)
        if fitting < len(_BUTTONS):
            fitting = max(fitting - 1, 0)
        for place, button in enumerate(self.optional.values()):
            button.setVisible(place < fitting)
        self.more.setVisible(fitting < len(_BUTTONS))
        left = room - len(_BUTTONS) * self._button_width()
        self._show_summary(left)

    def _show_summary(self, room: int) -> None:
        """All that is to be said, or the first part alone, or nothing."""
        text, more, _ = self._words
        width = self.summary.fontMetrics().horizontalAdvance
        choices = (f"{text}  ·  {more}", text) if more else (text,)
        fitting = [words for words in choices if width(words) < room]
        self.summary.setText(fitting[0] if fitting else text)
        self.summary.setVisible(bool(fitting))

    def renew_icons(self) -> None:
        """Draw the icons in the colours of the style in force."""
        for spec in (*TOOLS, *ACTIONS):
            self._actions[spec.name].setIcon(icon(spec.icon))
        self.more.setIcon(icon("dots-horizontal"))

    def set_marked(self, marked: bool) -> None:
        """Tell this map from the other one, as that which the panels are about."""
        if marked != self.property("marked"):
            self.setProperty("marked", marked)
            style = self.style()
            assert style is not None
            style.unpolish(self)
            style.polish(self)
