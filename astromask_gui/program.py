"""One run of the program: what is built at its start, and tidied away at its end."""

from __future__ import annotations

import sys
from collections.abc import Callable

from PyQt6.QtCore import (
    QMessageLogContext,
    QSettings,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PyQt6.QtWidgets import QApplication

from astromask_gui.arguments import DEFAULT_SIZE, Arguments
from astromask_gui.interrupts import Interrupts
from astromask_gui.memory import collect_little, trim
from astromask_gui.services.all_services import Services
from astromask_gui.services.concurrency.worker import Worker
from astromask_gui.services.user.faults import FaultLog
from astromask_gui.services.user.folders import settings_file
from astromask_gui.services.user.portraits import PortraitService
from astromask_gui.services.user.preferences import PreferencesService
from astromask_gui.services.workspace.demo import SHOWN_GALAXY
from astromask_gui.services.workspace.layout_memory import LayoutMemory
from astromask_gui.state.application import ApplicationState
from astromask_gui.style import apply_style
from astromask_gui.windows.dialogs_ahead import import_dialogs
from astromask_gui.windows.first_paint import FirstPaint
from astromask_gui.windows.main_window import MainWindow
from astromask_gui.windows.screenshot import Screenshot

TIDY_AFTER_MS = 3000


class Program:
    """Everything that lives as long as the program does."""

    def __init__(self, arguments: Arguments, reader: Worker) -> None:
        self._arguments = arguments
        self._wanted = arguments.select
        self._sentence = ""
        qInstallMessageHandler(_pass_on)
        self.application = QApplication([sys.argv[0]])
        self.application.setApplicationName("AstroMASK")
        self.application.setDesktopFileName("astromask")
        # A picture shows the standard layout, at rest, whatever the user's own is.
        plain = arguments.screenshot is not None
        self.state = ApplicationState()
        self._faults = FaultLog()
        self._faults.start(self.state.messages.error)
        self._preferences = PreferencesService(
            self.state.preferences, style=arguments.style, motion=False if plain else None
        )
        self._style = ""
        self._apply_style()
        # Before the window, so that services hear of changes before widgets do.
        self.services = Services(self.state, reader)
        self._portraits: PortraitService | None = None
        if not plain:
            self._remember_layouts()
            self._portraits = PortraitService(self.state.portraits, self.state.preferences)
        self._settings = (
            None if plain else QSettings(str(settings_file()), QSettings.Format.IniFormat)
        )
        self.window = MainWindow(self.state, self._settings)
        self._interrupts = Interrupts(self.application.quit)
        self._screenshot = (
            Screenshot(self.state, self.window, arguments.screenshot, self._finish)
            if arguments.screenshot is not None
            else None
        )
        self._connect_signals()

    def run(self, on_first_paint: Callable[[], None] | None = None) -> int:
        """Show the window and stay until it closes; returns the exit code."""
        if self._arguments.size or self._screenshot is not None:
            self.window.resize(*(self._arguments.size or DEFAULT_SIZE))
        FirstPaint(self.window, on_first_paint or _nothing, self._begin)
        self.window.show()
        code = int(self.application.exec())
        self._interrupts.end()
        collect_little()
        self.window.close()
        if self._settings is not None:
            self._settings.sync()
        self.services.close()
        if self._portraits is not None:
            self._portraits.close()
        self._faults.close()
        if self._sentence:
            print(self._sentence, file=sys.stderr if code else sys.stdout)
        return code

    def _remember_layouts(self) -> None:
        """Show each workspace as it was looked at last."""
        memory = LayoutMemory(self.state.view, parent=self.services)
        workspace = self.services.workspace
        # While another one fills the state, what is shown belongs to neither.
        workspace.changing.connect(memory.forget)
        workspace.closed.connect(memory.forget)
        workspace.loaded_changed.connect(memory.open)

    def _connect_signals(self) -> None:
        self.state.preferences.changed.connect(self._apply_style)
        self.services.workspace.loaded_changed.connect(self._choose_galaxy)
        # Opening leaves much behind that is soon not needed any more.
        self._tidy = QTimer(self.application)
        self._tidy.setSingleShot(True)
        self._tidy.setInterval(TIDY_AFTER_MS)
        self._tidy.timeout.connect(trim)
        self._tidy.timeout.connect(collect_little)
        self._tidy.timeout.connect(import_dialogs)
        self.services.workspace.loaded_changed.connect(lambda _: self._tidy.start())

    def _begin(self) -> None:
        """What waits until the window has been painted."""
        if (crash := self._faults.crash_sentence()) is not None:
            self.state.messages.warning(crash)
        self._tidy.start()
        self.services.inference.allow()
        if self._arguments.demo:
            self.state.session.request_demo()
        elif self._arguments.path is not None:
            self.state.session.request_open(self._arguments.path)
        elif self._screenshot is not None:
            self._screenshot.take()

    def _choose_galaxy(self) -> None:
        """Make the galaxy active that was asked for; the demo and a picture always show one."""
        failed = self._screenshot.fail if self._screenshot else self.state.messages.error
        wanted, self._wanted = self._wanted, None
        workspace, nothing_shown = self.state.session.workspace, self.state.selection.active is None
        if wanted is not None:
            self.services.finding.find(wanted, failed)
        elif workspace is not None and workspace.is_demo and nothing_shown:
            self.services.finding.find(SHOWN_GALAXY, failed)
        elif self._screenshot is not None and nothing_shown and self.state.selection.size:
            self.state.selection.set_active(0)

    def _apply_style(self) -> None:
        if self.state.preferences.style != self._style:
            self._style = self.state.preferences.style
            apply_style(self.application, self._style)

    def _finish(self, code: int, sentence: str) -> None:
        self._sentence = sentence
        self.application.exit(code)


def _nothing() -> None:
    pass


def _pass_on(kind: QtMsgType, context: QMessageLogContext, text: str | None) -> None:
    """Qt's own remarks go to standard error, but for one of every window without a screen."""
    if text and "propagateSizeHints" not in text:
        print(text, file=sys.stderr)
