"""The main window: the map in the middle, panels around it, one list of actions."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, cast

from PyQt6.QtCore import QSettings, QSize, Qt
from PyQt6.QtGui import QAction, QCloseEvent, QGuiApplication
from PyQt6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QWidget,
)

from astromask_gui.icons import icon
from astromask_gui.parts.small import label, show_page
from astromask_gui.state.application import ApplicationState
from astromask_gui.theme import ICON
from astromask_gui.widgets.cutout.panel import CutoutPanel
from astromask_gui.widgets.filters.panel import FilterPanel
from astromask_gui.widgets.gallery.panel import GalleryPanel
from astromask_gui.widgets.jobs.panel import JobsPanel
from astromask_gui.widgets.label_panel import LabelPanel
from astromask_gui.widgets.legend.panel import LegendPanel
from astromask_gui.widgets.map.pair import MapPair
from astromask_gui.widgets.measure.panel import MeasurePanel
from astromask_gui.widgets.neighbours.panel import NeighboursPanel
from astromask_gui.widgets.reconstruction.panel import ReconstructionPanel
from astromask_gui.widgets.samp_label import SampLabel
from astromask_gui.widgets.saved.panel import SavedPanel
from astromask_gui.widgets.start_page import StartPage
from astromask_gui.widgets.status_strip import StatusStrip
from astromask_gui.widgets.table.panel import TablePanel
from astromask_gui.windows.actions import fill_menus, make_actions
from astromask_gui.windows.catalogue_dialogs import CatalogueDialogs
from astromask_gui.windows.commands import command_specs
from astromask_gui.windows.create_dialog import CreateDialog
from astromask_gui.windows.docks import Docks, Preset
from astromask_gui.windows.exchange import Exchange
from astromask_gui.windows.exchange_commands import layer_menu
from astromask_gui.windows.file_drop import FileDrop
from astromask_gui.windows.interop_commands import MENU as INTEROP
from astromask_gui.windows.interop_commands import recipient_menu
from astromask_gui.windows.open_questions import OpenQuestions
from astromask_gui.windows.search_box import SearchBox

_SIZE = QSize(1440, 900)
_FRAME = QSize(8, 40)
"""What a window's frame and title may take of the screen."""


class MainWindow(QMainWindow):
    """Layout and wiring. `settings` remembers the layout between starts; None forgets it."""

    def __init__(self, state: ApplicationState, settings: QSettings | None = None) -> None:
        super().__init__()
        self._state, self._settings = state, settings
        self._laid_out = False
        self.maps = MapPair(state)
        self.map = self.maps.first
        self.start = StartPage(state)
        self.cutout = CutoutPanel(state)
        self.measure = MeasurePanel(state)
        self.reconstruction = ReconstructionPanel(state)
        self.neighbours = NeighboursPanel(state)
        self.gallery = GalleryPanel(state)
        self.table = TablePanel(state)
        self.labels = LabelPanel(state)
        self.jobs = JobsPanel(state)
        self.filters = FilterPanel(state)
        self.saved = SavedPanel(state)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.start)
        self.pages.addWidget(self.maps)
        self.setCentralWidget(self.pages)
        self.docks = Docks(
            self,
            {
                "legend": LegendPanel(state, self.maps.colours),
                "filters": self.filters,
                "saved": self.saved,
                "cutout": self.cutout,
                "reconstruction": self.reconstruction,
                "labels": self.labels,
                "measure": self.measure,
                "neighbours": self.neighbours,
                "gallery": self.gallery,
                "table": self.table,
                "jobs": self.jobs,
            },
        )
        self.catalogues = CatalogueDialogs(state, self.table, self)
        self.actions_made = make_actions(self, command_specs(self, state))
        self.store = QComboBox()
        self.jobs_button = QToolButton()
        self.title = label("", "strong")
        actions = [action for _, action in self.actions_made]
        self.search = SearchBox(state.session, actions, self.map.canvas)
        self.exchange = Exchange(self, state)
        FileDrop(self, state.session, self._search_with)
        OpenQuestions(self, state.session)
        self._build()
        self._connect_signals()
        self.resize(_size_that_fits())
        if settings is not None:
            self.docks.restore_window(settings)
        self._sync_session()
        self._sync_jobs()

    def _build(self) -> None:
        bar = self.menuBar()
        assert bar is not None
        menus = fill_menus(bar, self.actions_made)
        self._fill_panels_menu(menus["&View"])
        self.recent = QMenu("Open &recent", self)
        self.recent.aboutToShow.connect(self._fill_recent)
        menus["&File"].insertMenu(self.action("&Close the workspace"), self.recent)
        menus[INTEROP].addMenu(recipient_menu(self._state, self))
        layers = layer_menu(self._state, self)
        menus["Ga&laxy"].insertMenu(self.action("Open in &Aladin Lite"), layers)
        tools = QToolBar("Workspace")
        tools.setObjectName("tools")
        tools.setMovable(False)
        self.store.setToolTip("Store of embeddings: which checkpoint's view of the galaxies")
        self.store.setAccessibleName("Store of embeddings")
        self.store.setMinimumWidth(140)
        self.search.setMaximumWidth(460)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.jobs_button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.jobs_button.setToolTip("Show the jobs (Ctrl+J)")
        self.title.setContentsMargins(4, 0, 8, 0)
        self.jobs_button.setIconSize(QSize(ICON, ICON))
        tools.addWidget(self.title)
        # A tool bar shows and hides its widgets through their actions.
        self.store_action = tools.addWidget(self.store)
        for widget in (spacer, self.search, self.jobs_button):
            tools.addWidget(widget)
        self.tools = tools
        self.addToolBar(tools)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        strip = StatusStrip(self._state)
        strip.add_before_worker(SampLabel(self._state.interop))
        self.setStatusBar(strip)

    def _fill_panels_menu(self, view: QMenu) -> None:
        panels = view.addMenu("&Panels")
        assert panels is not None
        for dock in self.docks.docks.values():
            panels.addAction(dock.toggleViewAction())

    def _connect_signals(self) -> None:
        state = self._state
        state.session.changed.connect(self._sync_session)
        state.session.opening_changed.connect(self._tell_opening)
        state.session.cutouts_offered.connect(self.offer_workspace)
        state.jobs.changed.connect(self._sync_jobs)
        state.preferences.changed.connect(self._sync_jobs)
        state.undo.changed.connect(self._sync_undo)
        self.store.textActivated.connect(state.session.request_store)
        self.jobs_button.clicked.connect(partial(self.show_panel, "jobs"))
        self.start.open_cutouts.connect(self.choose_cutouts)
        self.start.open_workspace.connect(self.choose_workspace)
        self.maps.open_wanted.connect(self.choose_workspace)
        self.maps.embed_wanted.connect(partial(self.show_job_form, "embed"))
        self.maps.pretrain_wanted.connect(partial(self.show_job_form, "pretrain"))
        self.maps.project_wanted.connect(partial(self.show_job_form, "project"))

    # -- from state ----------------------------------------------------------------------

    def _sync_session(self) -> None:
        workspace = self._state.session.workspace
        is_open = workspace is not None
        show_page(self.pages, 1 if is_open else 0)
        self.tools.setVisible(is_open)
        if not is_open:
            self._remember()
            self.docks.set_visible(False)
            self._laid_out = False
        elif not self._laid_out:
            self._laid_out = True
            if self._settings is None or not self.docks.restore(self._settings):
                self.apply_preset("Explore")
            # So that the map's keys work at once.
            self.map.canvas.setFocus()
        for spec, action in self.actions_made:
            action.setEnabled(is_open or not spec.needs_survey)
        self.title.setText("" if workspace is None else workspace.name)
        self.title.setToolTip("" if workspace is None else str(workspace.folder))
        self.setWindowTitle("AstroMASK" if workspace is None else f"{workspace.name} — AstroMASK")
        self.store.clear()
        if workspace is not None:
            self.store.addItems(workspace.stores)
            self.store.setCurrentText(workspace.store or "")
        assert self.store_action is not None
        self.store_action.setVisible(self.store.count() > 1)

    def _tell_opening(self) -> None:
        """The start page says it itself; over an open workspace there is only the status bar."""
        session, messages = self._state.session, self._state.messages
        if session.workspace is not None and session.error is not None:
            messages.error(session.error)
        elif session.workspace is not None and session.opening is not None:
            messages.info(session.opening)

    def _sync_jobs(self) -> None:
        count = self._state.jobs.active_count
        self.jobs_button.setText("Jobs" if not count else f"Jobs · {count} running")
        self.jobs_button.setIcon(icon("progress-clock" if count else "clock-outline"))

    def _sync_undo(self) -> None:
        undo, redo = self._state.undo.undo_caption, self._state.undo.redo_caption
        self.action("&Undo").setToolTip(f"Take back: {undo}" if undo else "Take back (Ctrl+Z)")
        self.action("&Redo").setToolTip(f"Do again: {redo}" if redo else "Do again")

    def action(self, text: str) -> QAction:
        """The action of a menu's text."""
        return next(action for spec, action in self.actions_made if spec.text == text)

    def _fill_recent(self) -> None:
        self.recent.clear()
        for folder in self._state.preferences.recent:
            action = self.recent.addAction(folder)
            assert action is not None
            action.triggered.connect(
                lambda _checked, path=folder: self._state.session.request_open(Path(path))
            )
        if self.recent.isEmpty():
            nothing = self.recent.addAction("Nothing yet")
            assert nothing is not None
            nothing.setEnabled(False)

    # -- what the actions do -------------------------------------------------------------

    def choose_workspace(self) -> None:
        """Let the user point at a workspace's folder (or at a folder of cutouts)."""
        self._choose_folder("Open a workspace or a folder of cutouts")

    def choose_cutouts(self) -> None:
        """Let the user point at a file of cutouts."""
        dialog = QFileDialog(self, "Open cutouts")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(
            ["Cutouts (*.h5 *.hdf5 *.fits *.fit *.npy *.npz *.png *.jpg *.jpeg)", "All files (*)"]
        )
        self._open_dialog(dialog)

    def _choose_folder(self, title: str) -> None:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        self._open_dialog(dialog)

    def _open_dialog(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: self._state.session.request_open(Path(name)))
        dialog.open()

    def offer_workspace(self, facts: dict[str, Any]) -> None:
        """Offer to make a workspace of cutouts that were opened."""
        CreateDialog(self._state.session, facts, self).open()

    def export_map(self) -> None:
        """Ask how a figure of the map used last is to be made."""
        # Not needed to start.
        from astromask_gui.windows.export_dialog import ExportDialog

        scene, workspace = self.maps.current.scene(), self._state.session.workspace
        if scene is None or workspace is None:
            self._state.messages.info("There is no map to export yet.")
            return
        name = f"{workspace.name} {scene.projection}".replace("/", "-")
        ExportDialog(self._state.exports, scene, name, self).open()

    def export_sheet(self) -> None:
        """Ask how a contact sheet of the gallery, the selection or the neighbours is to look."""
        # Not needed to start.
        from astromask_gui.windows.sheet_dialog import SheetDialog, lists_of

        state, workspace = self._state, self._state.session.workspace
        lists = lists_of(state)
        if workspace is None or not lists:
            state.messages.info("There are no galaxies for a contact sheet yet.")
            return
        caption = state.gallery.caption
        column = caption if state.columns.column(caption) is not None else ""
        SheetDialog(state.sheets, lists, workspace.name, column, self).open()

    def show_panel(self, name: str) -> None:
        """Bring a panel to the front, wherever it is."""
        dock = self.docks.docks[name]
        dock.show()
        dock.raise_()

    def _search_with(self, path: Path) -> None:
        self.show_panel("neighbours")
        self.neighbours.seek_file(path)

    def save_selection(self) -> None:
        """Save the selection where its name can be typed."""
        self.show_panel("saved")
        self.saved.save_selection()

    def show_job_form(self, kind: str) -> None:
        """Ask what a new job needs to know."""
        self.show_panel("jobs")
        self.jobs.show_form(kind)

    def apply_preset(self, preset: str) -> None:
        """Lay the panels out for Explore, Search or Label."""
        self.docks.apply(cast(Preset, preset))

    def focus_search(self) -> None:
        """Put the cursor into the search box."""
        self.search.begin()

    def _remember(self) -> None:
        if self._settings is not None and self._laid_out:
            self.docks.save(self._settings)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        self._remember()
        self.maps.close_frames()
        super().closeEvent(event)


def _size_that_fits() -> QSize:
    screen = QGuiApplication.primaryScreen()
    return _SIZE if screen is None else _SIZE.boundedTo(screen.availableSize() - _FRAME)
