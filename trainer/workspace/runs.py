"""Run folders: the only channel between a job and whoever watches it.

runs/<UTC time>-<kind>/
  config.json    what was asked for
  process.json   who does it: process number, when it began, on which machine
  heartbeat      touched every few seconds while it lives
  events.jsonl   appended by the job
  log.txt        what the job printed
  cancel         made by whoever wants it to stop
  exit.json      written by its supervisor: exit code or signal
"""

from __future__ import annotations

import contextlib
import signal as signals
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import BaseModel, ValidationError

from trainer.atomic import disk_errors, write_text
from trainer.config import JobConfig, config_from_json, config_to_json
from trainer.errors import WorkspaceError
from trainer.events import (
    LAST_EVENTS,
    Cancelled,
    Event,
    EventTail,
    Failed,
    Finished,
    Metric,
    Progress,
    Stage,
    Started,
    Warned,
)
from trainer.workspace.process import ProcessMark, is_alive

CONFIG_FILE = "config.json"
PROCESS_FILE = "process.json"
HEARTBEAT_FILE = "heartbeat"
EVENTS_FILE = "events.jsonl"
LOG_FILE = "log.txt"
CANCEL_FILE = "cancel"
EXIT_FILE = "exit.json"

HEARTBEAT_PATIENCE = 120.0
"""Seconds of silence after which a job on another machine is taken for dead."""

START_PATIENCE = 120.0
"""Seconds after which a run that nobody has begun is taken for lost."""

EXIT_CANT_WRITE = 74
"""Exit code of a job that could not even write its last event (EX_IOERR of sysexits.h)."""

LAST_LINES = 5
_LOG_BYTES = 64 * 1024

Status: TypeAlias = Literal["queued", "running", "finished", "cancelled", "failed", "crashed"]


class Exit(BaseModel):
    """How the job's process ended, as its supervisor saw it."""

    code: int | None = None
    signal: str | None = None
    """Name of the signal that killed it: "SIGKILL" …"""
    ended: float
    """Seconds since 1970, UTC."""


@dataclass
class RunState:
    """Where a run stands, for a list of jobs."""

    status: Status = "queued"
    sentence: str = ""
    stage: str | None = None
    progress: Progress | None = None
    last_metrics: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    started: float | None = None
    """Seconds since 1970, UTC."""
    ended: float | None = None

    @property
    def is_over(self) -> bool:
        """True once nothing more will happen."""
        return self.status not in ("queued", "running")


class RunFolder:
    """One run on disk. Reading it never blocks and needs no word with the job itself."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._tail = EventTail(path / EVENTS_FILE)
        self._state = RunState()
        self._last: Event | None = None

    @property
    def name(self) -> str:
        """Name of the folder: `<UTC time>-<kind>`."""
        return self.path.name

    def config(self) -> JobConfig:
        """What the run was asked to do, its workspace being the one the folder lies in.

        Raises `WorkspaceError` where `config.json` is missing or not one of ours.
        """
        path = self.path / CONFIG_FILE
        try:
            config = config_from_json(path.read_bytes())
        except OSError as error:
            raise WorkspaceError(f"{self.path} is no run: {CONFIG_FILE} can't be read.") from error
        except ValidationError as error:
            raise WorkspaceError(f"{path} does not describe a job: {error}") from error
        config.workspace = self.path.absolute().parent.parent
        return config

    def events(self, tail: EventTail | None = None) -> Iterator[Event]:
        """Every event so far, or those that are new to `tail` (see `new_tail`)."""
        return (tail or self.new_tail()).new_events()

    def new_tail(self) -> EventTail:
        """A reader of this run's events that remembers how far it has come."""
        return EventTail(self.path / EVENTS_FILE)

    @property
    def is_cancel_requested(self) -> bool:
        """Whether the job has been asked to stop."""
        return (self.path / CANCEL_FILE).exists()

    def request_cancel(self) -> None:
        """Ask the job to stop. Raises `WorkspaceError` where the folder can't be written."""
        path = self.path / CANCEL_FILE
        with disk_errors(path):
            path.touch()

    def last_lines(self, count: int = LAST_LINES) -> list[str]:
        """The last lines that the job printed, without the empty ones."""
        try:
            with (self.path / LOG_FILE).open("rb") as file:
                size = file.seek(0, 2)
                file.seek(max(0, size - _LOG_BYTES))
                text = file.read().decode(errors="replace")
        except OSError:
            return []
        return [line for line in text.splitlines() if line.strip()][-count:]

    def state(self) -> RunState:
        """Where the run stands now; reads only what was appended since the last call."""
        # In this order: what a process wrote before it was found dead is then seen.
        alive = self._is_alive()
        for event in self._tail.new_events():
            self._take(event)
        exit_ = self._exit()
        state = self._state
        if isinstance(self._last, LAST_EVENTS):
            state.status = _STATUS_OF_EVENT[type(self._last)]
            state.sentence = self._last.message or _SENTENCE_OF_STATUS[state.status]
            state.ended = self._last.time
        elif exit_ is not None:
            state.status = "crashed"
            state.sentence = self._with_last_lines(_exit_sentence(exit_))
            state.ended = exit_.ended
        elif not alive:
            state.status = "crashed"
            state.sentence = self._with_last_lines(self._lost_sentence())
        else:
            state.status = "running" if state.started is not None else "queued"
            state.sentence = _SENTENCE_OF_STATUS[state.status]
        return replace(state, warnings=list(state.warnings))

    def _take(self, event: Event) -> None:
        state = self._state
        self._last = event
        if isinstance(event, Started):
            self._state = RunState(started=event.time)
        elif isinstance(event, Stage):
            state.stage, state.progress = event.name, None
        elif isinstance(event, Progress):
            state.progress = event
        elif isinstance(event, Metric):
            state.last_metrics = {**state.last_metrics, **event.values}
        elif isinstance(event, Warned):
            state.warnings.append(event.message)
        elif isinstance(event, Finished):
            state.outputs = event.outputs

    def _is_alive(self) -> bool:
        try:
            mark = ProcessMark.model_validate_json((self.path / PROCESS_FILE).read_bytes())
        except (OSError, ValidationError):
            return self._age(CONFIG_FILE) < START_PATIENCE
        answer = is_alive(mark)
        return self._age(HEARTBEAT_FILE) < HEARTBEAT_PATIENCE if answer is None else answer

    def _age(self, name: str) -> float:
        try:
            return time.time() - (self.path / name).stat().st_mtime
        except OSError:
            return float("inf")

    def _exit(self) -> Exit | None:
        try:
            return Exit.model_validate_json((self.path / EXIT_FILE).read_bytes())
        except (OSError, ValidationError):
            return None

    def _lost_sentence(self) -> str:
        if not (self.path / PROCESS_FILE).exists():
            return "The job was never started: the program ended before it could."
        return (
            "The job has gone without a word: it was killed, its disk is full, or the machine"
            " stopped."
        )

    def _with_last_lines(self, sentence: str) -> str:
        lines = self.last_lines()
        return f"{sentence} Its last lines: {' / '.join(lines)}" if lines else sentence


def create_run(workspace: Path, config: JobConfig) -> RunFolder:
    """Make `runs/<UTC time>-<kind>` in the workspace's folder and write `config.json`.

    Raises `WorkspaceError` where the folder is no workspace or can't be written.
    """
    if not (workspace / "workspace.toml").is_file():
        raise WorkspaceError(
            f"{workspace} is no workspace: it has no workspace.toml. `astromask new` makes one."
        )
    runs = workspace / "runs"
    with disk_errors(runs):
        runs.mkdir(exist_ok=True)
    folder = _new_folder(runs, f"{datetime.now(UTC):%Y-%m-%dT%H-%M-%SZ}-{config.kind}")
    try:
        write_text(folder / CONFIG_FILE, config_to_json(config))
    except WorkspaceError:
        folder.rmdir()
        raise
    return RunFolder(folder)


def list_runs(workspace: Path) -> list[RunFolder]:
    """The workspace's runs, oldest first."""
    found = sorted((workspace / "runs").glob(f"*/{CONFIG_FILE}"))
    return [RunFolder(path.parent) for path in found]


def _new_folder(runs: Path, name: str) -> Path:
    number = 1
    while True:
        folder = runs / (name if number == 1 else f"{name}-{number}")
        with disk_errors(folder), contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder
        number += 1


_STATUS_OF_EVENT: dict[type, Status] = {
    Finished: "finished",
    Cancelled: "cancelled",
    Failed: "failed",
}
_SENTENCE_OF_STATUS: dict[Status, str] = {
    "queued": "Waiting to start.",
    "running": "Running.",
    "finished": "Finished.",
    "cancelled": "Cancelled.",
}


def _exit_sentence(exit_: Exit) -> str:
    if exit_.signal == "SIGKILL":
        return (
            "The job was killed (SIGKILL); the system does so when memory runs out. Smaller"
            " batches need less."
        )
    if exit_.signal is not None:
        meaning = _signal_meaning(exit_.signal)
        return f"The job was ended by the signal {exit_.signal}{meaning}."
    if exit_.code == EXIT_CANT_WRITE:
        return "The job could no longer write to its run folder; the disk may be full."
    return f"The job ended with exit code {exit_.code} and without a word."


def _signal_meaning(name: str) -> str:
    try:
        text = signals.strsignal(signals.Signals[name])
    except (KeyError, ValueError):
        return ""
    return f" ({text.lower()})" if text else ""
