"""Saved selections: sets of galaxies with a name, which stay with the workspace."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from astromask_gui.icons import icon
from astromask_gui.parts.galaxy_deeds import save_dialog
from astromask_gui.parts.modes import MODE_KEYS, MODE_TEXTS
from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.theme import SPACE, tokens
from astromask_gui.widgets.saved.rows import SavedRows

_EMPTY = (
    "Saved selections stay with the workspace. Select galaxies on the map or by the legend, then"
    " save them here."
)


class SavedPanel(QWidget):
    """Shows `state.saved`, and states intents on it."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._saving = False
        self._style = state.preferences.style
        self.rows = SavedRows(tokens(self._style))
        self.empty = label(_EMPTY, "muted", wrap=True)
        self.save = QPushButton("Save the selection")
        self.save.setToolTip("Keep the selected galaxies under a name (Ctrl+Shift+K)")
        self._build()
        self._connect_signals()
        self._sync()
        self._sync_button()

    def _build(self) -> None:
        self.rows.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.save.setIcon(icon("content-save-outline"))
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE[1], SPACE[0], SPACE[1], SPACE[1])
        column.setSpacing(SPACE[1])
        column.addWidget(self.empty)
        column.addWidget(self.rows, 1)
        column.addWidget(self.save)
        column.addStretch(0)

    def _connect_signals(self) -> None:
        state = self._state
        state.saved.changed.connect(self._sync)
        state.saved.added.connect(self._name_new)
        state.selection.changed.connect(self._sync_button)
        state.preferences.changed.connect(self._follow_style)
        self.rows.chosen.connect(state.saved.apply)
        self.rows.renamed.connect(state.saved.rename)
        self.rows.delete_wanted.connect(state.saved.delete)
        self.rows.customContextMenuRequested.connect(self._open_menu)
        self.save.clicked.connect(self.save_selection)

    def save_selection(self) -> None:
        """Save what is selected; the name can be typed once it is saved."""
        if not self._state.selection.count:
            self._state.messages.warning("Select some galaxies before you save them.")
            return
        self._saving = True
        self._state.saved.save(self._state.saved.free_name(), self._state.selection.mask)

    def _name_new(self, name: str) -> None:
        if self._saving:
            self._saving = False
            self.rows.begin_renaming(name)

    def _sync(self) -> None:
        items = self._state.saved.items
        self.rows.set_items(items)
        self.rows.setVisible(bool(items))
        self.empty.setVisible(not items)

    def _sync_button(self) -> None:
        self.save.setEnabled(self._state.selection.count > 0)

    def _follow_style(self) -> None:
        if self._state.preferences.style != self._style:
            self._style = self._state.preferences.style
            self.rows.set_tokens(tokens(self._style))
            self.save.setIcon(icon("content-save-outline"))

    # -- what can be done with one -------------------------------------------------------

    def _open_menu(self, place: QPoint) -> None:
        name = self.rows.name_of(self.rows.itemAt(place))
        if name is not None:
            viewport = self.rows.viewport()
            assert viewport is not None
            menu = self.make_menu(name)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(viewport.mapToGlobal(place))

    def make_menu(self, name: str) -> QMenu:
        """Everything that can be done with a saved selection."""
        saved, menu = self._state.saved, QMenu(self)
        item = saved.item(name)
        usable = item is not None and not item.problem

        def add(text: str, run: Callable[[], object], key: str = "", enabled: bool = True) -> None:
            action = menu.addAction(f"{text}\t{key}" if key else text)
            assert action is not None
            action.setEnabled(usable and enabled)
            action.triggered.connect(lambda: run())

        for mode, text in MODE_TEXTS.items():
            add(text, partial(saved.apply, name, mode), MODE_KEYS[mode])
        menu.addSeparator()
        add("Show only these", lambda: saved.filter(name, only=True))
        add("Hide these", lambda: saved.filter(name, only=False))
        menu.addSeparator()
        some = self._state.selection.count > 0
        replace = partial(self._replace, name)
        add("Replace by what is selected now", replace, enabled=some)
        add("Rename", partial(self.rows.begin_renaming, name), "F2")
        add("Export as CSV …", partial(self.choose_export, name))
        add("Delete", partial(saved.delete, name), "Del")
        return menu

    def _replace(self, name: str) -> None:
        self._state.saved.replace(name, self._state.selection.mask)

    def choose_export(self, name: str) -> None:
        """Ask for a CSV file to write identifiers and coordinates to."""
        kind = "Comma-separated values (*.csv)"
        dialog = save_dialog(self, f"Export “{name}”", kind, "csv", name)
        dialog.fileSelected.connect(lambda path: self._state.saved.export(name, Path(path)))
        dialog.open()
