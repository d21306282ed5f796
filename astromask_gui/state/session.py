"""What is open: the workspace, its store and checkpoint, and how far opening has got."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

WorkerStatus = Literal["none", "starting", "ready", "busy", "failed"]


@dataclass(frozen=True)
class OpenWorkspace:
    """The facts of an open workspace that widgets show."""

    folder: Path
    name: str
    count: int
    bands: tuple[str, ...]
    stores: tuple[str, ...] = ()
    store: str | None = None
    checkpoint: Path | None = None
    checkpoints: tuple[Path, ...] = ()
    """Checkpoints found in the workspace's runs, newest first."""
    bad_files: tuple[str, ...] = ()
    """Sentences on files that could not be read."""
    is_demo: bool = False


class Session(QObject):
    """The open workspace and the model worker's state. Opening is an intent."""

    open_requested = pyqtSignal(object)
    """Path: a workspace's folder, or a file or folder of cutouts."""
    demo_requested = pyqtSignal()
    store_requested = pyqtSignal(str)
    create_requested = pyqtSignal(object)
    """dict: the arguments of a new workspace (folder, cutouts, bands …)."""
    find_requested = pyqtSignal(str)
    """Text: an object's id, or RA and Dec; the galaxy found becomes active."""
    found = pyqtSignal(str, int, bool)
    """The text, the row, and whether it is meant for sure: else asking again finds the next."""
    completions_requested = pyqtSignal(str)
    completed = pyqtSignal(str, object)
    """Text, and a tuple of some identifiers that begin with it."""
    changed = pyqtSignal()
    opening_changed = pyqtSignal()
    worker_changed = pyqtSignal()
    cutouts_offered = pyqtSignal(object)
    """dict: facts of a folder of cutouts that is no workspace; a dialog offers to make one."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace: OpenWorkspace | None = None
        self._opening: str | None = None
        self._error: str | None = None
        self._worker: WorkerStatus = "none"
        self._worker_text = ""

    @property
    def workspace(self) -> OpenWorkspace | None:
        """The open workspace; None at the first start."""
        return self._workspace

    @property
    def opening(self) -> str | None:
        """What is being opened, as a sentence; None when nothing is."""
        return self._opening

    @property
    def error(self) -> str | None:
        """Why the last thing could not be opened, as a sentence."""
        return self._error

    @property
    def worker(self) -> WorkerStatus:
        """State of the process that runs the model."""
        return self._worker

    @property
    def worker_text(self) -> str:
        """The worker's state in words."""
        return self._worker_text

    def request_open(self, path: Path) -> None:
        """Ask for a workspace (or cutouts) to be opened."""
        self.open_requested.emit(path)

    def request_demo(self) -> None:
        """Ask for the demo survey."""
        self.demo_requested.emit()

    def request_store(self, name: str) -> None:
        """Ask for another store of embeddings."""
        self.store_requested.emit(name)

    def request_find(self, text: str) -> None:
        """Ask for the galaxy of an id, or nearest to a position."""
        self.find_requested.emit(text)

    def request_completions(self, text: str) -> None:
        """Ask for identifiers that begin with a text; `completed` has some later."""
        self.completions_requested.emit(text.strip())

    def request_create(self, arguments: dict[str, object]) -> None:
        """Ask for a new workspace to be made and opened."""
        self.create_requested.emit(arguments)

    def offer_cutouts(self, facts: dict[str, object]) -> None:
        """Say that cutouts without a workspace were opened."""
        self._set_opening(None)
        self.cutouts_offered.emit(facts)

    def set_opening(self, sentence: str) -> None:
        """Say what is being opened."""
        self._error = None
        self._set_opening(sentence)

    def set_workspace(self, workspace: OpenWorkspace | None) -> None:
        """Say what is open."""
        self._error = None
        self._set_opening(None)
        if workspace != self._workspace:
            self._workspace = workspace
            self.changed.emit()

    def set_error(self, sentence: str) -> None:
        """Say why something could not be opened; what was open stays."""
        self._error = sentence
        self._opening = None
        self.opening_changed.emit()

    def set_worker(self, status: WorkerStatus, text: str = "") -> None:
        """Say how the model's process does."""
        if (status, text) != (self._worker, self._worker_text):
            self._worker, self._worker_text = status, text
            self.worker_changed.emit()

    def _set_opening(self, sentence: str | None) -> None:
        if sentence != self._opening:
            self._opening = sentence
            self.opening_changed.emit()
