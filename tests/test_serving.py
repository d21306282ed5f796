"""Requests on a stream: each is answered, whatever it is."""

from __future__ import annotations

import io
import struct

import numpy as np
import pytest

from trainer.errors import QueryError
from trainer.serving import Answer, Arrays, Header, Server, serve
from trainer.wire import read_message, write_message


def double(_: Header, arrays: Arrays) -> Answer:
    return {"said": "twice"}, {"numbers": 2 * arrays["numbers"]}


def refuse(header: Header, _: Arrays) -> Answer:
    raise QueryError("That is no galaxy.")


def run_out(header: Header, _: Arrays) -> Answer:
    raise RuntimeError("CUDA error: out of memory")


@pytest.fixture
def server() -> Server:
    return Server("The clerk", {"double": double, "refuse": refuse, "run out": run_out})


def test_an_answer_repeats_the_number_and_brings_arrays(server: Server) -> None:
    header, arrays = server.answer({"id": 4, "op": "double"}, {"numbers": np.arange(3)})
    assert header == {"id": 4, "ok": True, "said": "twice"}
    assert arrays["numbers"].tolist() == [0, 2, 4]


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"id": 1, "op": "refuse"}, "That is no galaxy."),
        ({"id": 1, "op": "dance"}, "double, refuse, run out; 'dance' was asked for"),
        ({"id": 1, "op": ["double"]}, "['double'] was asked for"),
        ({"id": 1}, "None was asked for"),
        ({"id": 1, "op": "double"}, "The clerk met an unexpected error (KeyError"),
        ({"id": 1, "op": "run out"}, "The clerk ran out of memory"),
    ],
)
def test_what_goes_wrong_is_a_sentence(server: Server, request_: Header, said: str) -> None:
    header, arrays = server.answer(request_)
    assert header["id"] == 1 and header["ok"] is False and said in header["error"]
    assert not arrays


def test_what_is_no_object_is_refused(server: Server) -> None:
    header, _ = server.answer([1, 2])
    assert header["id"] is None and header["ok"] is False


def test_the_trace_of_an_unexpected_error_is_printed(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer({"op": "run out"})
    assert "RuntimeError: CUDA error" in capsys.readouterr().err
    server.answer({"op": "refuse"})
    assert capsys.readouterr().err == ""


def test_an_unreadable_message_is_answered_and_the_stream_goes_on(server: Server) -> None:
    requests, answers = io.BytesIO(), io.BytesIO()
    requests.write(struct.pack("<I", 4) + b"huh?")
    write_message(requests, {"id": 2, "op": "double"}, {"numbers": np.ones(1)})
    requests.seek(0)
    assert serve(server, requests, answers) == 0
    answers.seek(0)
    first, second = read_message(answers), read_message(answers)
    assert first is not None and not first[0]["ok"]
    assert second is not None and second[0]["id"] == 2 and second[0]["ok"]
    assert read_message(answers) is None


def test_a_stream_that_is_out_of_step_is_given_up(server: Server) -> None:
    answers = io.BytesIO()
    assert serve(server, io.BytesIO(20 * (struct.pack("<I", 1) + b"?")), answers) == 1
    answers.seek(0)
    told = [read_message(answers) for _ in range(4)]
    assert [message is None for message in told] == [False, False, False, True]
