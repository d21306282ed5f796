"""The jobs of the open workspace, as read from their run folders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from PyQt6.QtCore import QObject, pyqtSignal

JobStatus = Literal["queued", "running", "finished", "cancelled", "failed", "crashed"]


@dataclass(frozen=True)
class Job:
    """One run. Curves are (step, value) pairs by metric's name."""

    name: str
    """The run folder's name: its time and kind."""
    kind: str
    status: JobStatus
    sentence: str
    """What it does now, or how it ended."""
    fraction: float | None = None
    """Progress between 0 and 1; None where unknown."""
    seconds_left: float | None = None
    curves: Mapping[str, tuple[tuple[float, float], ...]] | None = None
    started: float | None = None
    """Seconds since 1970, UTC."""
    warnings: tuple[str, ...] = ()
    stopping: bool = False
    """Whether it has been asked to stop and has not done so yet."""

    @property
    def active(self) -> bool:
        """True while it may still do something."""
        return self.status in ("queued", "running")


@dataclass(frozen=True)
class FormField:
    """One choice of a job's form."""

    name: str
    """Key in the job's configuration."""
    title: str
    help: str
    kind: Literal["integer", "number", "choice", "boolean", "text", "path"]
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    advanced: bool = False
    """Shown only when asked for."""


@dataclass(frozen=True)
class JobForm:
    """What a kind of job may be told before it starts."""

    kind: str
    title: str
    help: str
    fields: tuple[FormField, ...]


class Jobs(QObject):
    """All jobs, newest first. Starting and cancelling are intents."""

    changed = pyqtSignal()
    forms_changed = pyqtSignal()
    start_requested = pyqtSignal(object)
    """dict: the job's configuration without the workspace."""
    cancel_requested = pyqtSignal(str)
    learn_requested = pyqtSignal()
    """Learn from the grades: fine-tune, then score."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: tuple[Job, ...] = ()
        self._forms: tuple[JobForm, ...] = ()

    @property
    def forms(self) -> tuple[JobForm, ...]:
        """The kinds of job that can be started, with their choices."""
        return self._forms

    def set_forms(self, forms: tuple[JobForm, ...]) -> None:
        """Say what can be started."""
        if forms != self._forms:
            self._forms = forms
            self.forms_changed.emit()

    @property
    def jobs(self) -> tuple[Job, ...]:
        """All jobs, newest first."""
        return self._jobs

    @property
    def active_count(self) -> int:
        """How many are queued or running."""
        return sum(job.active for job in self._jobs)

    def set_jobs(self, jobs: Iterable[Job]) -> None:
        """Take in what the run folders say."""
        jobs = tuple(jobs)
        if jobs != self._jobs:
            self._jobs = jobs
            self.changed.emit()

    def start(self, config: dict[str, Any]) -> None:
        """Ask for a job, e.g. {"kind": "embed", "checkpoint": …}."""
        self.start_requested.emit(config)

    def cancel(self, name: str) -> None:
        """Ask a job to stop."""
        self.cancel_requested.emit(name)

    def learn(self) -> None:
        """Ask for a score learned from the grades."""
        self.learn_requested.emit()
