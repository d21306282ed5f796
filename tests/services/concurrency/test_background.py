from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.concurrency.background import Background
from trainer.errors import FormatError


@pytest.fixture
def background(qtbot: QtBot) -> Iterator[Background]:
    made = Background("test")
    yield made
    made.close()


class Heard:
    def __init__(self) -> None:
        self.answers: list[object] = []
        self.sentences: list[str] = []
        self.threads: set[int] = set()

    def done(self, answer: object) -> None:
        self.answers.append(answer)
        self.threads.add(threading.get_ident())

    def failed(self, sentence: str) -> None:
        self.sentences.append(sentence)


def test_work_is_done_elsewhere_and_answered_here(background: Background, qtbot: QtBot) -> None:
    heard = Heard()
    background.run(threading.get_ident, heard.done, heard.failed)
    qtbot.waitUntil(lambda: bool(heard.answers))
    assert heard.answers != [threading.get_ident()]
    assert heard.threads == {threading.get_ident()}


def test_answers_arrive_in_the_order_asked(background: Background, qtbot: QtBot) -> None:
    heard = Heard()
    for number in range(20):
        background.run(lambda number=number: number, heard.done, heard.failed)
    qtbot.waitUntil(lambda: len(heard.answers) == 20)
    assert heard.answers == list(range(20))


def test_a_stale_answer_is_dropped(background: Background, qtbot: QtBot) -> None:
    heard, hold, begun = Heard(), threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        hold.wait(10)
        return "stale"

    background.run(slow, heard.done, heard.failed, lane="query")
    assert begun.wait(10)
    background.run(lambda: "skipped", heard.done, heard.failed, lane="query")
    background.run(lambda: "newest", heard.done, heard.failed, lane="query")
    hold.set()
    qtbot.waitUntil(lambda: bool(heard.answers))
    background.run(lambda: "end", heard.done, heard.failed)
    qtbot.waitUntil(lambda: "end" in heard.answers)
    assert heard.answers == ["newest", "end"]


def test_work_learns_that_nobody_waits_for_it(background: Background, qtbot: QtBot) -> None:
    heard, given_up = Heard(), [threading.Event() for _ in range(3)]
    for event in given_up[:2]:
        background.run(lambda: 1, heard.done, heard.failed, lane="query", given_up=event)
    assert [event.is_set() for event in given_up] == [True, False, False]
    background.drop("query")
    assert given_up[1].is_set()
    background.run(lambda: 1, heard.done, heard.failed, lane="query", given_up=given_up[2])
    background.close()
    assert given_up[2].is_set()


def test_an_error_for_users_arrives_as_its_sentence(background: Background, qtbot: QtBot) -> None:
    heard = Heard()

    def refuse() -> None:
        raise FormatError("This is no cutout.")

    background.run(refuse, heard.done, heard.failed)
    qtbot.waitUntil(lambda: bool(heard.sentences))
    assert heard.sentences == ["This is no cutout."]


def test_an_unforeseen_error_is_told_and_logged(
    background: Background, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    heard = Heard()
    background.run(lambda: 1 / 0, heard.done, heard.failed)
    qtbot.waitUntil(lambda: bool(heard.sentences))
    assert "ZeroDivisionError" in heard.sentences[0]
    assert "1 / 0" in caplog.text


def test_closing_with_finish_does_all_work(qtbot: QtBot) -> None:
    done: list[int] = []
    background = Background("test")
    for number in range(5):
        background.run(lambda n=number: done.append(n), lambda _: None, lambda _: None)
    background.close(finish=True)
    assert done == [0, 1, 2, 3, 4]
