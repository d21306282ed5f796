"""The client of a worker process, against a small process that speaks its frames."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.launch import fake_encoder
from trainer.errors import AstroMaskError
from trainer.launch.worker_client import EncoderClient, WorkerClient, WorkerError

FAKE = (str(Path(fake_encoder.__file__)),)


@pytest.fixture
def client() -> Iterator[WorkerClient]:
    with WorkerClient(FAKE) as client:
        yield client


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"weights")
    return path


def test_the_child_is_started_by_the_first_request_and_stays(client: WorkerClient) -> None:
    assert client.pid is None
    first, _ = client.request("pid")
    second, _ = client.request("pid")
    assert first["pid"] == second["pid"] == client.pid != os.getpid()


def test_a_child_that_was_killed_is_said_and_the_next_request_starts_another(
    client: WorkerClient,
) -> None:
    first = client.request("pid")[0]["pid"]
    with pytest.raises(WorkerError, match=r"killed \(SIGKILL; memory"):
        client.request("die")
    assert client.request("pid")[0]["pid"] != first


@pytest.mark.parametrize(
    ("op", "words"),
    [("exit", "code 3"), ("wrong id", "answered request -1")],
)
def test_a_child_that_fails_otherwise_is_said(client: WorkerClient, op: str, words: str) -> None:
    with pytest.raises(WorkerError, match=words):
        client.request(op)
    assert client.request("pid")[0]["ok"]


def test_what_is_no_answer_ends_the_child(
    client: WorkerClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.launch.worker_client._HANGUP_PATIENCE", 0.05)
    with pytest.raises(WorkerError, match="no answer"):
        client.request("nonsense")
    assert client.pid is None


def test_closing_ends_the_child(client: WorkerClient) -> None:
    pid = client.request("pid")[0]["pid"]
    client.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_embeddings_come_back_with_the_frozen_scaling_sent_along(checkpoint: Path) -> None:
    images = np.arange(2 * 3 * 4 * 4, dtype=np.float32).reshape(2, 3, 4, 4)
    scaling = {"kind": "asinh", "softening": [1, 2, 3]}
    with EncoderClient(checkpoint, heads=3, scaling=scaling, arguments=FAKE) as encoder:
        assert encoder.model()["request"]["heads"] == 3
        assert encoder.model()["request"]["scaling"] == scaling
        embeddings = encoder.encode(images, pool="rich", orientations=8)
    assert embeddings.dtype == np.float32
    np.testing.assert_allclose(embeddings[:, :3], images.mean(axis=(2, 3)))


def test_a_checkpoint_is_loaded_again_after_a_restart(checkpoint: Path) -> None:
    images = np.ones((1, 2, 4, 4), np.float32)
    with EncoderClient(checkpoint, arguments=FAKE) as encoder:
        encoder.encode(images, pool="mean", orientations=1)
        with pytest.raises(WorkerError):
            encoder.request("die")
        assert encoder.encode(images, pool="mean", orientations=1).shape == (1, 4)


def test_the_childs_own_sentence_is_passed_on(tmp_path: Path) -> None:
    with (
        EncoderClient(tmp_path / "gone", arguments=FAKE) as encoder,
        pytest.raises(AstroMaskError, match=r"No checkpoint at .*gone"),
    ):
        encoder.model()
