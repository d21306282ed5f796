from __future__ import annotations

import io
from pathlib import Path

import pytest

from trainer.errors import JobCancelled
from trainer.events import Event, EventLog, EventTail, Metric, Progress, Stage, Warned
from trainer.launch import context as context_module
from trainer.launch.context import JobContext


def test_events_are_logged_and_heard_alike(tmp_path: Path) -> None:
    heard: list[Event] = []
    context = JobContext(tmp_path, heard.append)
    context.emit(Stage(name="first"))
    for done in range(50):
        context.emit(Progress(done=done, total=100))
    context.emit(Metric(step=1, epoch=1, values={"loss": float("nan")}))
    context.warn("mind the gap")
    logged = list(EventTail(tmp_path / "events.jsonl").new_events())
    assert [type(event) for event in logged] == [type(event) for event in heard]
    assert len([event for event in logged if isinstance(event, Progress)]) < 50
    assert isinstance(logged[-1], Warned)


def test_a_cancel_is_seen_and_acknowledged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(context_module.time, "monotonic", lambda: now[0])
    context = JobContext(tmp_path)
    context.raise_if_cancelled()
    (tmp_path / "cancel").touch()
    context.raise_if_cancelled()  # It looked a moment ago.
    now[0] += context_module.CHECK_INTERVAL
    with pytest.raises(JobCancelled):
        context.raise_if_cancelled()
    assert (tmp_path / "cancel").read_text() == context_module.CANCEL_NOTICED


def test_an_event_after_a_torn_line_is_not_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = EventLog(tmp_path / "events.jsonl")
    log.append(Stage(name="first"))

    def take_half(path: Path, *_: object, **__: object) -> io.StringIO:
        with path.open_as_before("a") as file:  # type: ignore[attr-defined]
            file.write('{"event": "sta')
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open_as_before", Path.open, raising=False)
        patch.setattr(Path, "open", take_half)
        with pytest.raises(OSError, match="No space"):
            log.append(Stage(name="torn"))
    log.append(Stage(name="last"))
    names = [event.name for event in EventTail(log.path).new_events() if isinstance(event, Stage)]
    assert names == ["first", "last"]
