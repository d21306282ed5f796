"""Every action of the window: its words, its shortcut, and what it does; menus and palette
are made from the same list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction, QKeySequence
from PyQt6.QtWidgets import QMenu, QMenuBar, QWidget


@dataclass(frozen=True)
class ActionSpec:
    """One action. `menu` is where it stands; a `shortcut` may be empty."""

    menu: str
    text: str
    tip: str
    run: Callable[[], object]
    shortcut: str = ""
    starts_group: bool = False
    """A line stands above it in the menu."""
    is_on: Callable[[], bool] | None = None
    """Whether a tick stands before it; None for what is no switch."""
    needs_survey: bool = True
    """Whether there is nothing to do without an open workspace."""


def make_actions(parent: QWidget, specs: Iterable[ActionSpec]) -> list[tuple[ActionSpec, QAction]]:
    """QActions of `specs`, active in the whole window, each with its shortcut in its tooltip."""
    made = []
    for spec in specs:
        action = QAction(spec.text, parent)
        keys = QKeySequence(spec.shortcut)
        if spec.shortcut:
            action.setShortcut(keys)
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        readable = keys.toString(QKeySequence.SequenceFormat.NativeText)
        action.setToolTip(f"{spec.tip} ({readable})" if readable else spec.tip)
        action.setStatusTip("")
        action.setCheckable(spec.is_on is not None)
        action.triggered.connect(lambda _checked=False, run=spec.run: run())
        parent.addAction(action)
        made.append((spec, action))
    return made


def fill_menus(bar: QMenuBar, actions: Iterable[tuple[ActionSpec, QAction]]) -> dict[str, QMenu]:
    """Menus in the order in which their names first appear."""
    menus: dict[str, QMenu] = {}
    for spec, action in actions:
        menu = menus.get(spec.menu)
        if menu is None:
            made = bar.addMenu(spec.menu)
            assert made is not None
            made.setToolTipsVisible(True)
            menu = menus[spec.menu] = made
        if spec.starts_group:
            menu.addSeparator()
        menu.addAction(action)
        if spec.is_on is not None:
            menu.aboutToShow.connect(partial(_tick, action, spec.is_on))
    return menus


def _tick(action: QAction, is_on: Callable[[], bool]) -> None:
    """Once the menu opens: what is switched on may have been switched elsewhere."""
    action.setChecked(is_on())
