from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.concurrency.worker import DEATHS_WITHOUT_ANSWER, Request, Worker

CHILD = ("-c", f"import runpy; runpy.run_path({str(Path(__file__).parent / 'echo_child.py')!r},"
         " run_name='__main__')")  # fmt: skip


class Heard:
    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.arrays: list[dict[str, np.ndarray]] = []
        self.sentences: list[str] = []
        self.dropped = 0

    def request(self, op: str, **more: Any) -> Request:
        def done(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
            self.answers.append(header.get("value"))
            self.arrays.append(arrays)

        def dropped() -> None:
            self.dropped += 1

        return Request({"op": op, **more}, {}, done, self.sentences.append, dropped)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def worker(qtbot: QtBot) -> Iterator[Worker]:
    made = Worker("The helper", CHILD, ("first", "second"))
    yield made
    made.close()


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    return path


def test_arrays_cross_in_both_directions(worker: Worker, qtbot: QtBot, heard: Heard) -> None:
    images = np.arange(24, dtype=np.float32).reshape(2, 3, 4)
    request = heard.request("echo")
    worker.ask("first", Request(request.header, {"images": images}, request.done))
    qtbot.waitUntil(lambda: bool(heard.arrays))
    np.testing.assert_array_equal(heard.arrays[0]["images"], images)


def test_a_waiting_request_is_replaced_and_told_so(
    worker: Worker, qtbot: QtBot, heard: Heard, pipe: Path
) -> None:
    worker.ask("first", heard.request("wait_for", pipe=str(pipe), value="held"))
    with pipe.open("wb"):  # Opens once the child has the request.
        worker.ask("first", heard.request("echo", value="replaced"))
        worker.ask("first", heard.request("echo", value="newest"))
    qtbot.waitUntil(lambda: len(heard.answers) == 2)
    assert heard.answers == ["held", "newest"]
    assert heard.dropped == 1


def test_an_earlier_lane_is_served_first_and_tiles_are_all_served(
    worker: Worker, qtbot: QtBot, heard: Heard, pipe: Path
) -> None:
    worker.ask("second", heard.request("wait_for", pipe=str(pipe), value="held"))
    with pipe.open("wb"):
        for value in ("tile 1", "tile 2"):
            worker.ask("second", heard.request("echo", value=value), replace=False)
        worker.ask("first", heard.request("echo", value="viewer"))
    qtbot.waitUntil(lambda: len(heard.answers) == 4)
    assert heard.answers == ["held", "viewer", "tile 1", "tile 2"]


def test_a_refusal_arrives_as_its_sentence(worker: Worker, qtbot: QtBot, heard: Heard) -> None:
    worker.ask("first", heard.request("refuse"))
    qtbot.waitUntil(lambda: bool(heard.sentences))
    assert heard.sentences == ["No, because."]


def test_a_request_survives_one_death(
    worker: Worker, qtbot: QtBot, heard: Heard, tmp_path: Path
) -> None:
    deaths: list[str] = []
    worker.died.connect(lambda sentence, _: deaths.append(sentence))
    worker.ask("first", heard.request("die_once", mark=str(tmp_path / "mark"), value="answered"))
    qtbot.waitUntil(lambda: bool(heard.answers))
    assert heard.answers == ["answered"]
    assert deaths == ["The helper ended with code 3. It is started again."]


def test_a_request_that_kills_is_given_up_and_the_next_is_served(
    worker: Worker, qtbot: QtBot, heard: Heard
) -> None:
    worker.ask("first", heard.request("die"))
    worker.ask("second", heard.request("echo", value="next"))
    qtbot.waitUntil(lambda: bool(heard.answers))
    assert heard.answers == ["next"]
    assert "was killed (SIGKILL" in heard.sentences[0]


def test_an_answer_that_is_no_frame_is_a_death(worker: Worker, qtbot: QtBot, heard: Heard) -> None:
    worker.ask("first", heard.request("garbage"))
    qtbot.waitUntil(lambda: bool(heard.sentences), timeout=15000)
    assert "sent what is no answer" in heard.sentences[0]


def test_a_child_killed_while_idle_is_replaced_and_introduced_again(
    worker: Worker, qtbot: QtBot, heard: Heard
) -> None:
    worker.introduce([heard.request("echo", value="opened")])
    qtbot.waitUntil(lambda: heard.answers == ["opened"])
    first = worker.pid
    assert first is not None
    with qtbot.waitSignal(worker.died) as signalled:
        os.kill(first, signal.SIGKILL)
    assert "was killed (SIGKILL" in signalled.args[0]
    qtbot.waitUntil(lambda: heard.answers == ["opened", "opened"])
    assert worker.pid not in (None, first)


def test_a_child_that_can_not_live_is_not_started_for_ever(qtbot: QtBot, heard: Heard) -> None:
    worker = Worker("The helper", ("-c", "import sys; sys.exit('No such library.')"), ("first",))
    deaths: list[str] = []
    worker.died.connect(lambda sentence, _: deaths.append(sentence))
    worker.start()
    qtbot.waitUntil(lambda: len(deaths) == DEATHS_WITHOUT_ANSWER, timeout=15000)
    assert "No such library." in deaths[0]
    assert "started again" not in deaths[-1]
    worker.ask("first", heard.request("echo"))
    qtbot.waitUntil(lambda: bool(heard.sentences), timeout=15000)
    worker.close()


def test_closing_ends_a_busy_child(qtbot: QtBot, heard: Heard, pipe: Path) -> None:
    worker = Worker("The helper", CHILD, ("first",))
    worker.ask("first", heard.request("wait_for", pipe=str(pipe)))
    with pipe.open("wb"):
        pid = worker.pid
        assert pid is not None
        worker.close()
    assert worker.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert not heard.sentences


def test_asking_a_closed_worker_is_forgotten(worker: Worker, qtbot: QtBot, heard: Heard) -> None:
    worker.ask("first", heard.request("echo"))
    qtbot.waitUntil(lambda: len(heard.answers) == 1)
    worker.close()
    worker.ask("first", heard.request("echo"))
    worker.introduce([heard.request("echo")])
    assert worker.pid is None
    assert len(heard.answers) == 1
    assert not heard.sentences
