"""Jobs as their run folders tell of them; reads files, so never on the window's thread."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from astromask_gui.services.jobs.names import kind_of
from astromask_gui.state.jobs import Job
from trainer.events import Event, EventTail, Metric, Progress
from trainer.workspace.runs import RunFolder, RunState, list_runs

MOST_POINTS = 1000
"""Points of a curve; beyond, every second one is dropped."""

Curve = list[tuple[float, float]]


class JobWatch:
    """Reads what the runs of a workspace have written since the last look."""

    def __init__(self, workspace: Path) -> None:
        self.workspace = workspace
        self._runs: dict[str, _Run] = {}

    def look(self) -> tuple[Job, ...]:
        """All jobs, newest first. A run that is over is not read again."""
        found = list_runs(self.workspace)
        self._runs = {run.name: self._runs.get(run.name) or _Run(run) for run in found}
        return tuple(run.look() for run in reversed(self._runs.values()))


class _Run:
    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._tail: EventTail = folder.new_tail()
        self._curves: dict[str, Curve] = {}
        self._over: Job | None = None

    def look(self) -> Job:
        if self._over is not None:
            return self._over
        state = self._folder.state()
        self._take(self._tail.new_events())
        job = Job(
            name=self._folder.name,
            kind=kind_of(self._folder.name),
            status=state.status,
            sentence=_sentence(state),
            fraction=_fraction(state.progress),
            seconds_left=state.progress.seconds_left if state.progress else None,
            curves={name: tuple(curve) for name, curve in self._curves.items()} or None,
            started=state.started,
            warnings=tuple(state.warnings),
            stopping=not state.is_over and self._folder.is_cancel_requested,
        )
        self._over = job if state.is_over else None
        return job

    def _take(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, Metric):
                for name, value in event.values.items():
                    curve = self._curves.setdefault(name, [])
                    curve.append((float(event.step), value))
                    if len(curve) > MOST_POINTS:
                        # The newest point stays.
                        del curve[-2::-2]


def _sentence(state: RunState) -> str:
    if state.status != "running" or state.stage is None:
        return state.sentence
    if state.progress is None:
        return f"{state.stage} …"
    progress = state.progress
    return f"{state.stage}: {progress.done:,} of {progress.total:,} {progress.unit}".rstrip()


def _fraction(progress: Progress | None) -> float | None:
    if progress is None or progress.total <= 0:
        return None
    return min(progress.done / progress.total, 1.0)
