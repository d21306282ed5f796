"""Every column of the galaxies as a table: the visible, the selected or all of them, sorted."""

from __future__ import annotations

from PyQt6.QtCore import QPoint, Qt, pyqtSignal
from PyQt6.QtGui import QHideEvent, QShowEvent
from PyQt6.QtWidgets import (
    QApplication,
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.elided_label import ElidedLabel
from astromask_gui.parts.small import BusyBar, EmptyState
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.table import Scope, Sort, TablePart
from astromask_gui.theme import SPACE
from astromask_gui.widgets.table.columns import TableColumns
from astromask_gui.widgets.table.drag import HINT, TableDrag
from astromask_gui.widgets.table.layout import TableLayout
from astromask_gui.widgets.table.menus import TableMenus, pop_up
from astromask_gui.widgets.table.model import PICTURE, TableModel
from astromask_gui.widgets.table.view import TableView

SCOPES: tuple[Scope, ...] = ("visible", "selected", "all")
_CAPTIONS = ("Visible", "Selected", "All")
_EMPTY = {
    "all": "A table of the galaxies appears here once a workspace is open.",
    "visible": "The filters hide every galaxy. Take some of them away, or list all galaxies.",
    "selected": "No galaxy is selected. Draw a box or a lasso on the map, or drag over rows.",
}


class TablePanel(QWidget):
    """Shows `state.table`, and states what is clicked, sorted and chosen as intents."""

    export_wanted = pyqtSignal()

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self.model = TableModel(state)
        self.view = TableView(state, self.model)
        self.layout_of_columns = TableLayout(state, self.model, self.view)
        self.menus = TableMenus(state, self.view, self.choose_columns)
        self.drag = TableDrag(state, self.model, self.view)
        self.scope = QComboBox()
        self.go_to = QLineEdit()
        self.count = ElidedLabel("muted")
        self.busy = BusyBar()
        self.pictures = QToolButton()
        self.columns = QPushButton("Columns …")
        self.export = QPushButton("Export …")
        self.hint = QToolButton()
        self.empty = EmptyState(_EMPTY["all"])
        self.pages = QStackedWidget()
        self._build()
        self._connect_signals()
        self._follow_preferences()
        self._sync_rows()

    def _build(self) -> None:
        self.scope.addItems(_CAPTIONS)
        self.scope.setToolTip(
            "Which galaxies are listed: those that the filters leave, those selected, or all"
        )
        self.scope.setAccessibleName("Galaxies listed")
        self.go_to.setPlaceholderText("Go to id, RA Dec")
        self.go_to.setToolTip(
            "An identifier or its beginning, or a position in degrees or sexagesimal, such as"
            " 150.12 2.2, with a radius if wanted: 10:00:28.8 +02:12:21 30″"
        )
        self.go_to.setClearButtonEnabled(True)
        self.go_to.setMinimumWidth(136)
        self.go_to.setMaximumWidth(260)
        self.pictures.setCheckable(True)
        self.pictures.setToolTip("A small picture at the beginning of each row")
        self.pictures.setAccessibleName("Pictures")
        self.columns.setToolTip("Which columns, in which order")
        self.export.setToolTip("Write these rows and columns to a file (Ctrl+Alt+T)")
        self.hint.setText("?")
        self.hint.setToolTip(HINT)
        self.hint.setAccessibleName("What mouse and keys do")
        self.hint.setProperty("flat", True)
        self._set_icons()
        bar = QHBoxLayout()
        bar.setSpacing(SPACE[1])
        for widget in (self.scope, self.go_to):
            bar.addWidget(widget)
        bar.addWidget(self.count, 1)
        for button in (self.pictures, self.columns, self.export, self.hint):
            bar.addWidget(button)
        self.pages.addWidget(self.view)
        self.pages.addWidget(self.empty)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE[1], SPACE[0], SPACE[1], SPACE[0])
        column.setSpacing(SPACE[0])
        column.addLayout(bar)
        column.addWidget(self.busy)
        column.addWidget(self.pages, 1)
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.view.header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

    def _set_icons(self) -> None:
        self.pictures.setIcon(icon("image-outline"))

    def _connect_signals(self) -> None:
        state, table, header = self._state, self._state.table, self.view.header
        state.preferences.changed.connect(self._follow_preferences)
        table.rows_changed.connect(self._sync_rows)
        table.changed.connect(self._sync_choice)
        table.busy_changed.connect(self._sync_busy)
        table.copied.connect(self._take_copy)
        self.scope.activated.connect(self._choose_scope)
        self.go_to.returnPressed.connect(self._go)
        self.pictures.toggled.connect(self._show_pictures)
        self.columns.clicked.connect(self.choose_columns)
        self.export.clicked.connect(self.export_wanted)
        self.view.copy_wanted.connect(self.copy)
        self.view.customContextMenuRequested.connect(self._open_menu)
        header.customContextMenuRequested.connect(self._open_header_menu)
        header.sectionClicked.connect(self._sort_by)

    # -- from state ----------------------------------------------------------------------

    def showEvent(self, event: QShowEvent | None) -> None:
        super().showEvent(event)
        self._state.table.set_watched(True)

    def hideEvent(self, event: QHideEvent | None) -> None:
        super().hideEvent(event)
        self._state.table.set_watched(False)

    def _follow_preferences(self) -> None:
        self._set_icons()
        self.pictures.setChecked(self._state.preferences.table_look.pictures)

    def _sync_rows(self) -> None:
        count, total = len(self._state.table.rows), self._state.selection.size
        all_of_them = "1 galaxy" if count == 1 else f"{count:,} galaxies"
        words = f"{count:,} of {total:,}" if count < total else all_of_them
        self.count.setText(words if count else "")
        self.empty.sentence.setText(_EMPTY[self._state.table.scope if total else "all"])
        self.pages.setCurrentIndex(0 if count else 1)
        self.export.setEnabled(count > 0)

    def _sync_choice(self) -> None:
        self.scope.setCurrentIndex(SCOPES.index(self._state.table.scope))
        viewport = self.view.header.viewport()
        assert viewport is not None
        viewport.update()

    def _sync_busy(self) -> None:
        self.busy.set_busy(self._state.table.busy)

    # -- to state ------------------------------------------------------------------------

    def _choose_scope(self, place: int) -> None:
        self._state.table.set_scope(SCOPES[place])

    def _go(self) -> None:
        if self.go_to.text().strip():
            self._state.session.request_find(self.go_to.text())

    def _show_pictures(self, shown: bool) -> None:
        preferences = self._state.preferences
        preferences.set_table_look(preferences.table_look.with_pictures(shown))

    def _sort_by(self, section: int) -> None:
        """Upwards at the first click, downwards at the second, not at all at the third."""
        column, sort = self.model.columns[section], self._state.table.sort
        if column is PICTURE:
            return
        if sort is None or sort.column != column.name:
            self._state.table.set_sort(Sort(column.name))
        else:
            again = None if sort.descending else Sort(column.name, descending=True)
            self._state.table.set_sort(again)

    # -- what can be asked for -----------------------------------------------------------

    def part(self) -> TablePart:
        """The rows and columns as shown."""
        names = [column.name for column in self.model.columns if column is not PICTURE]
        return TablePart(self.model.rows, tuple(names))

    def choose_columns(self) -> None:
        """Open the list of columns."""
        TableColumns(self._state.columns, self._state.preferences, self).show_above(self.columns)

    def copy(self) -> None:
        """Copy the selected rows that are listed; where there are none, the active one."""
        part, place = self.part(), self.view.currentIndex().row()
        rows = part.rows[self._state.selection.mask[part.rows]]
        if not len(rows) and place >= 0:
            rows = part.rows[place : place + 1]
        if len(rows):
            self._state.table.copy(TablePart(rows, part.columns))

    def _take_copy(self, text: str, sentence: str) -> None:
        clipboard = QApplication.clipboard()
        if clipboard is not None:
            clipboard.setText(text)
            self._state.messages.info(sentence)

    def _open_menu(self, place: QPoint) -> None:
        index, viewport = self.view.indexAt(place), self.view.viewport()
        if index.isValid() and viewport is not None:
            menu = self.menus.of_cell(self.part(), index.row(), self.model.columns[index.column()])
            pop_up(menu, viewport, place)

    def _open_header_menu(self, place: QPoint) -> None:
        section = self.view.header.logicalIndexAt(place)
        if 0 <= section < len(self.model.columns):
            menu = self.menus.of_column(self.model.columns[section])
            pop_up(menu, self.view.header, place)
