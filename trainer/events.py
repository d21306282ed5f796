"""What a job tells whoever watches: small frozen events, one JSON object a line.

A run's `events.jsonl` starts with `Started` and ends with exactly one of `Finished`,
`Cancelled` or `Failed`. A log that stops before that is a crash.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, ser_json_inf_nan="strings")

    time: float = Field(default_factory=time.time)
    """Seconds since 1970, UTC."""


class Started(_Event):
    event: Literal["started"] = "started"
    job: str
    """Kind of the job, as in its configuration: "pretrain", "embed" …"""


class Stage(_Event):
    """The job goes on to another part of its work; progress starts anew."""

    event: Literal["stage"] = "stage"
    name: str


class Progress(_Event):
    event: Literal["progress"] = "progress"
    done: int
    total: int
    unit: str = ""
    """What is counted: "galaxies", "epochs", "steps"."""
    seconds_left: float | None = None


class Metric(_Event):
    event: Literal["metric"] = "metric"
    step: int
    epoch: float
    values: dict[str, float]
    """Name to value: "loss", "validation_loss", "lr", "images_per_s" …"""


class Preview(_Event):
    """A picture or array in the run folder that is worth showing."""

    event: Literal["preview"] = "preview"
    path: str
    caption: str


class CheckpointSaved(_Event):
    event: Literal["checkpoint"] = "checkpoint"
    path: str
    step: int
    epoch: float


class Warned(_Event):
    event: Literal["warned"] = "warned"
    message: str


class Finished(_Event):
    event: Literal["finished"] = "finished"
    message: str = ""
    outputs: dict[str, str] = Field(default_factory=dict)
    """Name to path (relative to the workspace) or value of what was made."""


class Cancelled(_Event):
    event: Literal["cancelled"] = "cancelled"
    message: str = ""


class Failed(_Event):
    event: Literal["failed"] = "failed"
    message: str
    """One sentence for the user; the traceback, if any, is in `log.txt`."""


Event: TypeAlias = Annotated[
    Started
    | Stage
    | Progress
    | Metric
    | Preview
    | CheckpointSaved
    | Warned
    | Finished
    | Cancelled
    | Failed,
    Field(discriminator="event"),
]
LAST_EVENTS = (Finished, Cancelled, Failed)
_adapter: TypeAdapter[Event] = TypeAdapter(Event)

MAXIMUM_RATE = 10.0
"""Events a second that a log accepts of the kinds that may be thinned (progress)."""


def to_line(event: Event) -> str:
    """The event as one line of JSON, without the line's end."""
    return event.model_dump_json()


def from_line(line: str | bytes) -> Event:
    """The event that a line holds. Raises `pydantic.ValidationError` for a foreign line."""
    return _adapter.validate_json(line)


class EventLog:
    """Appends events to a file; thins `Progress` to `MAXIMUM_RATE`, never anything else."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._last_progress = 0.0
        self._torn = False

    def append(self, event: Event) -> bool:
        """Write the event as one line; returns False where it was thinned out."""
        if isinstance(event, Progress):
            now = time.monotonic()
            is_last = event.done >= event.total
            if not is_last and now - self._last_progress < 1.0 / MAXIMUM_RATE:
                return False
            self._last_progress = now
        # A full disk may have taken half a line; the next event must not be lost with it.
        line = ("\n" if self._torn else "") + to_line(event) + "\n"
        self._torn = True
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line)
        self._torn = False
        return True


class EventTail:
    """Reads what has been appended to a log since the last call; never blocks."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = 0

    def new_events(self) -> Iterator[Event]:
        """Yield the complete lines written since the last call; foreign lines are skipped."""
        try:
            with self.path.open("rb") as file:
                size = os.fstat(file.fileno()).st_size
                if size < self._offset:
                    self._offset = 0
                file.seek(self._offset)
                data = file.read(size - self._offset)
        except FileNotFoundError:
            return
        end = data.rfind(b"\n") + 1
        self._offset += end
        for line in data[:end].splitlines():
            try:
                yield from_line(line)
            except ValidationError:
                continue
