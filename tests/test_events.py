"""Events survive a round trip, and a log is read while it is written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from trainer import events

FLOATS = st.floats(allow_nan=False)
TEXT = st.text(max_size=20)
EVENTS = st.one_of(
    st.builds(events.Started, job=TEXT),
    st.builds(events.Stage, name=TEXT),
    st.builds(events.Progress, done=st.integers(), total=st.integers(), unit=TEXT),
    st.builds(
        events.Metric, step=st.integers(), epoch=FLOATS, values=st.dictionaries(TEXT, FLOATS)
    ),
    st.builds(events.Warned, message=TEXT),
    st.builds(events.Finished, message=TEXT, outputs=st.dictionaries(TEXT, TEXT)),
    st.builds(events.Failed, message=TEXT),
)


@given(EVENTS)
def test_an_event_survives_its_line(event: events.Event) -> None:
    line = events.to_line(event)
    assert "\n" not in line
    assert events.from_line(line) == event


def test_a_foreign_line_is_refused() -> None:
    with pytest.raises(ValidationError):
        events.from_line('{"event": "exploded"}')


def test_a_tail_sees_each_complete_line_once(tmp_path: Path) -> None:
    log, tail = (
        events.EventLog(tmp_path / "events.jsonl"),
        events.EventTail(tmp_path / "events.jsonl"),
    )
    assert list(tail.new_events()) == []
    log.append(events.Started(job="embed"))
    with log.path.open("a") as file:
        file.write("not JSON\n")
        file.write('{"event": "stage", "na')
    assert [event.event for event in tail.new_events()] == ["started"]
    with log.path.open("a") as file:
        file.write('me": "reading"}\n')
    (stage,) = tail.new_events()
    assert isinstance(stage, events.Stage)
    assert stage.name == "reading"
    assert list(tail.new_events()) == []


def test_progress_is_thinned_but_its_end_and_other_events_are_not(tmp_path: Path) -> None:
    log = events.EventLog(tmp_path / "events.jsonl")
    written = [log.append(events.Progress(done=i, total=1000)) for i in range(1001)]
    assert written[0]
    assert written[1000]
    assert sum(written) < 500
    assert all(log.append(events.Warned(message=str(i))) for i in range(50))
