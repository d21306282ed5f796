"""Starts jobs, follows their run folders, and takes in what they have made."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PyQt6.QtCore import QObject, QTimer

from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.jobs.names import kind_of
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.jobs import Job, JobForm
from astromask_gui.state.neighbours import Query
from astromask_gui.state.view import Colouring

# The models of jobs bring pydantic along: they are imported after the window is painted,
# in the background.
if TYPE_CHECKING:
    from astromask_gui.services.jobs.watch import JobWatch

ACTIVE_INTERVAL, IDLE_INTERVAL = 300, 2000
"""Milliseconds between two looks at the run folders; jobs started elsewhere are found too."""

_VERBS = {
    "pretrain": "Pretraining",
    "embed": "Embedding",
    "project": "Projecting",
    "place": "Placing",
    "pack": "Packing",
    "measure": "Looking for missing bands",
    "reconstruct": "Measuring the surprise",
    "finetune": "Learning from grades",
    "score": "Scoring",
}


class JobService(QObject):
    """Answers `jobs.start`, `cancel` and `learn` with processes that outlive the window."""

    def __init__(
        self,
        state: ApplicationState,
        background: Background,
        refresh: Callable[[Callable[[], None]], None],
        parent: QObject | None = None,
    ) -> None:
        """`refresh` has the workspace read again and then calls what it is given."""
        super().__init__(parent)
        self._state, self._background, self._refresh = state, background, refresh
        self._folder: Path | None = None
        self._watch: JobWatch | None = None
        self._looking = False
        self._learning: str | None = None
        """Name of the fine-tuning or scoring run that `learn` waits for."""
        self._timer = QTimer(self)
        self._timer.setInterval(IDLE_INTERVAL)
        self._timer.timeout.connect(self._look)
        state.jobs.start_requested.connect(self._start)
        state.jobs.cancel_requested.connect(self._cancel)
        state.jobs.learn_requested.connect(self._learn)

    def open(self, loaded: Loaded) -> None:
        """Follow the jobs of another workspace, and offer its checkpoint and store in forms."""
        folder, facts = loaded.workspace.folder, loaded.facts
        # What was trained last is what one will want to embed with.
        checkpoint = next(iter(facts.checkpoints), facts.checkpoint)
        make = partial(_make_forms, checkpoint, facts.store)
        self._background.run(make, self._state.jobs.set_forms, self._state.messages.error)
        if self._folder == folder:
            return
        self._folder, self._watch = folder, None
        self._learning = None
        self._looking = True
        self._state.jobs.set_jobs(())
        self._background.run(
            partial(_watch, folder), self._take_watch, self._state.messages.error, lane="watch"
        )

    def close(self) -> None:
        """Stop watching; the jobs go on."""
        self._timer.stop()
        self._background.drop("watch")
        self._folder = self._watch = self._learning = None
        self._state.jobs.set_jobs(())

    def _take_watch(self, watch: JobWatch) -> None:
        self._watch, self._looking = watch, False
        self._timer.start()
        self._look()

    def _look(self) -> None:
        if self._watch is None or self._looking:
            return
        self._looking = True
        watch = self._watch
        self._background.run(watch.look, partial(self._take, watch), self._tell_unreadable)

    def _take(self, watch: JobWatch, jobs: tuple[Job, ...]) -> None:
        if watch is not self._watch:
            return
        self._looking = False
        before = {job.name: job for job in self._state.jobs.jobs}
        self._state.jobs.set_jobs(jobs)
        for job in reversed(jobs):
            old = before.get(job.name)
            if not job.active and old is not None and old.active:
                self._tell_end(job)
        active = self._state.jobs.active_count > 0
        self._timer.setInterval(ACTIVE_INTERVAL if active else IDLE_INTERVAL)

    def _tell_unreadable(self, sentence: str) -> None:
        self._looking = False
        self._state.messages.error(sentence)

    def _tell_end(self, job: Job) -> None:
        verb = _VERBS.get(job.kind, job.kind)
        if job.status == "finished":
            self._state.messages.info(f"{verb} is done. {job.sentence}".strip())
            self._refresh(partial(self._take_new, job))
        elif job.status == "cancelled":
            self._state.messages.info(f"{verb} was cancelled.")
        else:
            self._state.messages.error(f"{verb} failed. {job.sentence}")
        if job.name == self._learning and job.status != "finished":
            self._learning = None

    def _take_new(self, job: Job) -> None:
        """The workspace has taken in what a job made; go on with learning where it did."""
        if job.name != self._learning:
            return
        self._learning = None
        labels = self._state.labels.label_set
        if job.kind == "finetune":
            self._start_run({"kind": "score", "labels": labels, "run": job.name}, self._await)
        else:
            self._show_score(f"score_{labels}")

    def _start(self, config: dict[str, Any]) -> None:
        self._start_run(config, self._take_started)

    def _start_run(self, config: dict[str, Any], done: Callable[[str], None]) -> None:
        if self._folder is None:
            self._state.messages.warning("Open a workspace before you start a job.")
            return
        work = partial(_start, self._folder, config)
        self._background.run(work, done, self._state.messages.error)

    def _take_started(self, name: str) -> None:
        self._timer.setInterval(ACTIVE_INTERVAL)
        # So that its end is noticed even where it has ended before the first look.
        self._state.jobs.set_jobs(
            (Job(name, kind_of(name), "queued", "Waiting to start."), *self._state.jobs.jobs)
        )
        self._look()

    def _cancel(self, name: str) -> None:
        if self._folder is not None:
            work = partial(_cancel, self._folder, name)
            self._background.run(work, self._tell_cancelling, self._state.messages.error)

    def _tell_cancelling(self, name: str) -> None:
        verb = _VERBS.get(kind_of(name), "The job")
        self._state.messages.info(f"{verb} is asked to stop.")

    def _learn(self) -> None:
        if not self._state.labels.codes.any():
            self._state.messages.warning(
                "Grade some galaxies first: a few A or B, and some X, are enough to learn from."
            )
            return
        store = self._state.session.workspace.store if self._state.session.workspace else None
        labels = self._state.labels.label_set
        self._start_run({"kind": "finetune", "labels": labels, "store": store}, self._await)

    def _await(self, name: str) -> None:
        self._learning = name
        self._take_started(name)

    def _show_score(self, column: str) -> None:
        self._state.view.set_colouring(Colouring(column))
        self._state.neighbours.set_query(Query("column", column=column, caption="Best candidates"))


def _make_forms(checkpoint: Path | None, store: str | None) -> tuple[JobForm, ...]:
    from astromask_gui.services.jobs.forms import job_forms

    return job_forms(checkpoint, store)


def _watch(workspace: Path) -> JobWatch:
    from astromask_gui.services.jobs.watch import JobWatch

    return JobWatch(workspace)


def _start(workspace: Path, config: dict[str, Any]) -> str:
    from astromask_gui.services.jobs.actions import start_job

    return start_job(workspace, config)


def _cancel(workspace: Path, name: str) -> str:
    from astromask_gui.services.jobs.actions import cancel_job

    return cancel_job(workspace, name)
