"""The offer to find out which bands are missing, where nobody has looked yet."""

from __future__ import annotations

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from astromask_gui.parts.small import label
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import MISSING_BANDS
from astromask_gui.theme import SPACE

KIND = "measure"
_OFFER = "Which bands are missing is not known yet. Every cutout has to be read once to tell."


class MissingBandsOffer(QFrame):
    """Starts the job on demand, tells how far it is, and says when its column is there."""

    found = pyqtSignal()
    """The column that was asked for is there."""

    def __init__(self, state: ApplicationState) -> None:
        super().__init__()
        self._state = state
        self._is_wanted = False
        self.setProperty("role", "card")
        self.text = label(_OFFER, wrap=True)
        self.start = QPushButton("Find out")
        self.start.setToolTip("Read all cutouts as a job beside the window (Ctrl+Shift+B)")
        self.later = QPushButton("Not now")
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE[0])
        buttons.addWidget(self.start, 1)
        buttons.addWidget(self.later, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE[1], SPACE[1], SPACE[1], SPACE[1])
        column.setSpacing(SPACE[1])
        column.addWidget(self.text)
        column.addLayout(buttons)
        self.start.clicked.connect(lambda: state.jobs.start({"kind": KIND}))
        self.later.clicked.connect(self.withdraw)
        state.jobs.changed.connect(self._sync)
        state.columns.changed.connect(self._sync)
        state.session.changed.connect(self._follow_session)
        self._folder = None if state.session.workspace is None else state.session.workspace.folder
        self.hide()

    def make(self) -> None:
        """Make the offer."""
        self._is_wanted = True
        self._sync()

    def withdraw(self) -> None:
        """The user wants something else."""
        self._is_wanted = False
        self._sync()

    def _follow_session(self) -> None:
        workspace = self._state.session.workspace
        folder = None if workspace is None else workspace.folder
        if folder != self._folder:
            self._folder = folder
            self.withdraw()

    def _sync(self) -> None:
        if self._is_wanted and self._state.columns.column(MISSING_BANDS) is not None:
            self._is_wanted = False
            self.found.emit()
        self.setVisible(self._is_wanted)
        job = next((job for job in self._state.jobs.jobs if job.kind == KIND and job.active), None)
        for button in (self.start, self.later):
            button.setVisible(job is None)
        share = "" if job is None or job.fraction is None else f" {100 * job.fraction:.0f} %"
        self.text.setText(_OFFER if job is None else f"Looking for missing bands …{share}")
