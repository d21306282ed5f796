"""The jobs: what runs and what ran, and a small form for the next one."""

from __future__ import annotations

from typing import Any

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from astromask_gui.parts.small import EmptyState, label
from astromask_gui.state.application import ApplicationState
from astromask_gui.widgets.jobs.card import TITLES, JobCard
from astromask_gui.widgets.jobs.form import JobFormView

_SHOWN = 30
_STARTABLE = ("embed", "project", "place", "reconstruct", "pretrain", "pack")


class JobsPanel(QWidget):
    """Shows `state.jobs`; a job goes on when the window is closed and is found again."""

    def __init__(self, state: ApplicationState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state, self._jobs = state, state.jobs
        self.cards: dict[str, JobCard] = {}
        self.buttons: dict[str, QPushButton] = {}
        self.form: JobFormView | None = None
        self.empty = EmptyState(
            "No jobs yet. Embed encodes the galaxies with a checkpoint, Project lays them out on"
            " the map, Place adds what came later, Surprise finds the galaxies that the model does"
            " not expect, Pretrain makes a checkpoint from your own cutouts, Pack copies what is"
            " slow to read."
        )
        self._tools = QWidget()
        self._pages = QStackedWidget()
        self._list = QVBoxLayout()
        self._form_page = QVBoxLayout()
        self._build()
        self._connect_signals()
        self._sync_forms()
        self._sync()

    def _build(self) -> None:
        tools = QHBoxLayout(self._tools)
        tools.setContentsMargins(0, 0, 0, 0)
        tools.setSpacing(6)
        tools.addWidget(label("Start", "muted"))
        for kind in _STARTABLE:
            button = QPushButton(f"{TITLES[kind]} …")
            button.clicked.connect(lambda _checked, k=kind: self.show_form(k))
            self.buttons[kind] = button
            tools.addWidget(button)
        tools.addStretch(1)
        cards = QWidget()
        self._list.setContentsMargins(0, 0, 6, 0)
        self._list.setSpacing(8)
        self._list.addStretch(1)
        cards.setLayout(self._list)
        form = QWidget()
        self._form_page.setContentsMargins(0, 0, 0, 0)
        form.setLayout(self._form_page)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(_scrolled(cards))
        self._pages.addWidget(form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(8)
        layout.addWidget(self._tools)
        layout.addWidget(self._pages, 1)

    def _connect_signals(self) -> None:
        self._jobs.changed.connect(self._sync)
        self._jobs.forms_changed.connect(self._sync_forms)
        self._state.session.changed.connect(self._sync_forms)
        self._state.preferences.changed.connect(self._restyle)

    # -- from state ----------------------------------------------------------------------

    def _sync_forms(self) -> None:
        forms = {form.kind: form for form in self._jobs.forms}
        is_open = self._state.session.workspace is not None
        for kind, button in self.buttons.items():
            button.setEnabled(is_open and kind in forms)
            if kind in forms:
                button.setToolTip(forms[kind].help)

    def _sync(self) -> None:
        jobs = self._jobs.jobs[:_SHOWN]
        for gone in set(self.cards) - {job.name for job in jobs}:
            self.cards.pop(gone).deleteLater()
        for place, job in enumerate(jobs):
            card = self.cards.get(job.name)
            if card is None:
                card = JobCard(job, self._state.preferences.style)
                card.cancel_asked.connect(self._jobs.cancel)
                self.cards[job.name] = card
                self._list.insertWidget(place, card)
            elif card.job != job:
                card.show_job(job)
        if self.form is None:
            self._pages.setCurrentIndex(1 if jobs else 0)

    def _restyle(self) -> None:
        for card in self.cards.values():
            card.deleteLater()
        self.cards.clear()
        self._sync()

    # -- intents -------------------------------------------------------------------------

    def show_form(self, kind: str) -> None:
        """Ask what a job of this kind needs to know."""
        form = next((form for form in self._jobs.forms if form.kind == kind), None)
        if form is None:
            return
        self._close_form()
        workspace = self._state.session.workspace
        checkpoints = () if workspace is None else workspace.checkpoints
        if workspace is not None and workspace.checkpoint is not None:
            others = (path for path in checkpoints if path != workspace.checkpoint)
            checkpoints = (workspace.checkpoint, *others)
        self.form = JobFormView(form, checkpoints)
        self.form.submitted.connect(self._start)
        self.form.cancelled.connect(self._close_form)
        self._form_page.addWidget(self.form)
        self._tools.hide()
        self._pages.setCurrentIndex(2)

    def _start(self, config: dict[str, Any]) -> None:
        self._close_form()
        self._jobs.start(config)

    def _close_form(self) -> None:
        if self.form is not None:
            self.form.hide()
            self.form.deleteLater()
            self.form = None
            self._tools.show()
        self._pages.setCurrentIndex(1 if self._jobs.jobs else 0)


def _scrolled(content: QWidget) -> QScrollArea:
    area = QScrollArea()
    area.setWidget(content)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area
