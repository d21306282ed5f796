from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from tests.inference.conftest import write_checkpoint
from tests.model.small_models import small_model
from trainer.errors import AstroMaskError
from trainer.inference.serve import ModelServer
from trainer.launch.worker_client import WorkerClient

IMAGES = np.random.default_rng(0).normal(0, 5, (3, 5, 16, 16)).astype(np.float32)


@pytest.fixture
def server(checkpoint: Path) -> ModelServer:
    """A server with the checkpoint loaded."""
    server = ModelServer()
    _ok(server, {"op": "load", "checkpoint": str(checkpoint)})
    return server


def _ok(server: ModelServer, header: dict[str, Any], **arrays: np.ndarray) -> Any:
    answer, blocks = server.answer({"id": 1, **header}, arrays)
    assert answer["ok"], answer["error"]
    assert answer["id"] == 1
    return {**answer, **blocks}


def _refused(server: ModelServer, header: Any, **arrays: np.ndarray) -> str:
    answer, blocks = server.answer(header, arrays)
    assert not answer["ok"] and not blocks
    return str(answer["error"])


def test_loading_tells_what_the_model_is(checkpoint: Path) -> None:
    model = _ok(ModelServer(), {"op": "load", "checkpoint": str(checkpoint), "heads": None})[
        "model"
    ]
    assert model["bands"] == ["u", "g", "r", "i", "z"]
    assert (model["image"], model["patch"], model["grid"]) == (16, 4, [4, 4])
    assert (model["width"], model["depth"], model["heads"]) == (32, 2, 4)
    assert model["has_decoder"] and not model["norm_pix_loss"]
    assert model["scaling"]["kind"] == "asinh"
    assert len(model["sha256"]) == 64
    json.dumps(model)


def test_embeddings_are_those_of_the_embed_job(server: ModelServer) -> None:
    rich = _ok(server, {"op": "encode", "pool": "rich", "orientations": 8}, images=IMAGES)
    assert rich["embeddings"].shape == (3, 128) and rich["embeddings"].dtype == np.float32
    one = _ok(server, {"op": "encode", "pool": "rich", "orientations": 8}, images=IMAGES[1:2])
    np.testing.assert_allclose(one["embeddings"][0], rich["embeddings"][1], atol=1e-5)


def test_a_request_may_bring_its_scaling(server: ModelServer) -> None:
    plain = {"op": "encode", "pool": "cls", "orientations": 1}
    asinh = _ok(server, plain, images=IMAGES)["embeddings"]
    none = _ok(server, plain | {"scaling": {"kind": "none"}}, images=IMAGES)["embeddings"]
    assert np.abs(asinh - none).max() > 1e-3
    again = _ok(server, plain, images=IMAGES)["embeddings"]
    assert np.array_equal(asinh, again)


def test_a_reconstruction_is_in_flux_and_repeats_by_seed(server: ModelServer) -> None:
    request = {"op": "reconstruct", "mask_ratio": 0.75, "seed": 5}
    first = _ok(server, request, images=IMAGES[:1])
    assert first["mask"].shape == (16,) and first["mask"].dtype == np.uint8
    assert first["mask"].sum() == 12
    assert first["reconstruction"].shape == (1, 5, 16, 16)
    assert first["loss_by_band"].shape == (5,)
    assert first["loss"] == pytest.approx(first["loss_by_band"].mean(), rel=1e-5)
    assert first["level_recovered"]
    again = _ok(server, request, images=IMAGES[:1])
    assert np.array_equal(first["reconstruction"], again["reconstruction"])
    other = _ok(server, request | {"seed": 6}, images=IMAGES[:1])
    assert not np.array_equal(first["mask"], other["mask"])


def test_a_painted_mask_is_used_as_it_is(server: ModelServer) -> None:
    mask = np.zeros(16, np.uint8)
    mask[[2, 3, 9]] = 1
    answer = _ok(server, {"op": "reconstruct"}, images=IMAGES[:1], mask=mask)
    assert np.array_equal(answer["mask"], mask)


def test_errors_by_patch_add_up_over_requests(server: ModelServer) -> None:
    request = {"op": "errors", "mask_ratio": 0.75, "seed": 2}
    whole = _ok(server, request | {"count": 8}, images=IMAGES[:1])
    assert whole["error"].shape == (16, 5) and whole["times"].tolist() == [6] * 16
    first = _ok(server, request | {"count": 3}, images=IMAGES[:1])
    rest = _ok(server, request | {"first": 3, "count": 5}, images=IMAGES[:1])
    np.testing.assert_allclose(first["error"] + rest["error"], whole["error"], rtol=1e-4)
    np.testing.assert_array_equal(first["times"] + rest["times"], whole["times"])


def test_errors_by_patch_are_the_loss_taken_apart(server: ModelServer) -> None:
    request = {"op": "errors", "mask_ratio": 0.75, "seed": 2, "first": 1, "count": 1}
    parts = _ok(server, request, images=IMAGES[:1])
    mask = parts["times"].astype(np.uint8)
    answer = _ok(server, {"op": "reconstruct"}, images=IMAGES[:1], mask=mask)
    by_band = parts["error"].sum(axis=0) / mask.sum()
    np.testing.assert_allclose(by_band, answer["loss_by_band"], rtol=1e-5)


def test_attention_is_a_row_a_layer_and_one_for_all(server: ModelServer) -> None:
    answer = _ok(server, {"op": "attention", "patch": 5}, images=IMAGES[:1])["attention"]
    assert answer.shape == (3, 17) and answer.dtype == np.float32
    np.testing.assert_allclose(answer.sum(axis=1), 1, rtol=1e-5)
    token = _ok(server, {"op": "attention"}, images=IMAGES[:1])["attention"]
    assert not np.array_equal(answer, token)
    assert "0 to 15; 16 is none" in _refused(
        server, {"op": "attention", "patch": 16}, images=IMAGES[:1]
    )


def test_another_galaxy_or_scaling_is_not_mistaken_for_the_one_before(server: ModelServer) -> None:
    request = {"op": "attention", "patch": 5}
    one = _ok(server, request, images=IMAGES[:1])["attention"]
    other = _ok(server, request, images=IMAGES[1:2])["attention"]
    unscaled = _ok(server, request | {"scaling": {"kind": "none"}}, images=IMAGES[:1])["attention"]
    assert np.abs(one - other).max() > 0 and np.abs(one - unscaled).max() > 0
    again = _ok(server, request, images=IMAGES[:1])["attention"]
    assert np.array_equal(one, again)


def test_flux_is_recovered_through_the_inverse_scaling(server: ModelServer, tmp_path: Path) -> None:
    request = {"op": "reconstruct", "seed": 1}
    in_flux = _ok(server, request, images=IMAGES[:1])["reconstruction"]
    scaled = np.arcsinh(IMAGES[:1] / 3)
    in_asinh = _ok(server, request | {"scaling": {"kind": "none"}}, images=scaled)["reconstruction"]
    np.testing.assert_allclose(in_flux, 3 * np.sinh(in_asinh), rtol=1e-4, atol=1e-4)


def test_normalised_patches_get_their_level_from_their_neighbours(tmp_path: Path) -> None:
    server = ModelServer()
    path = write_checkpoint(tmp_path / "norm.safetensors", norm_pix_loss=True)
    _ok(server, {"op": "load", "checkpoint": str(path)})
    level = 1000 + IMAGES[:1]
    answer = _ok(server, {"op": "reconstruct", "scaling": {"kind": "none"}}, images=level)
    assert not answer["level_recovered"]
    assert abs(answer["reconstruction"].mean() - 1000) < 10


def test_an_encoder_alone_encodes_and_says_why_it_does_not_reconstruct(tmp_path: Path) -> None:
    server = ModelServer()
    path = write_checkpoint(tmp_path / "encoder.safetensors", decoder=None)
    assert not _ok(server, {"op": "load", "checkpoint": str(path)})["model"]["has_decoder"]
    _ok(server, {"op": "encode"}, images=IMAGES)
    assert "encoder only" in _refused(server, {"op": "reconstruct"}, images=IMAGES[:1])
    assert "encoder only" in _refused(server, {"op": "errors"}, images=IMAGES[:1])
    _ok(server, {"op": "attention", "patch": 0}, images=IMAGES[:1])


def test_heads_of_encoder_and_decoder_can_be_given(tmp_path: Path) -> None:
    path = tmp_path / "a.pth"
    torch.save(small_model(bands=5).state_dict(), path)
    server = ModelServer()
    load = {"op": "load", "checkpoint": str(path)}
    assert "--heads" in _refused(server, load)
    assert not _ok(server, load | {"heads": 4})["model"]["has_decoder"]
    assert _ok(server, load | {"heads": [4, 3]})["model"]["has_decoder"]
    assert "scaled" in _refused(server, {"op": "encode"}, images=IMAGES)


@pytest.mark.parametrize(
    ("header", "arrays", "words"),
    [
        (None, {}, "ping, load, encode"),
        ([], {}, "ping, load, encode"),
        ({}, {}, "None was asked for"),
        ({"op": ["load"]}, {}, "was asked for"),
        ({"op": "dance"}, {}, "'dance' was asked for"),
        ({"op": "load"}, {}, "wrong 'checkpoint'"),
        ({"op": "load", "checkpoint": "/nowhere.pth"}, {}, "No such file"),
        ({"op": "load", "checkpoint": 3}, {}, "wrong 'checkpoint'"),
        ({"op": "encode"}, {}, "no array named images"),
        ({"op": "encode", "pool": "max"}, {"images": IMAGES}, "wrong 'pool'"),
        ({"op": "encode", "orientations": 3}, {"images": IMAGES}, "8 or 1"),
        ({"op": "encode"}, {"images": IMAGES[:, :3]}, "5 bands, but the cutouts have 3"),
        ({"op": "encode"}, {"images": IMAGES[0]}, "four dimensions"),
        ({"op": "encode"}, {"images": IMAGES[..., :12]}, "16×16 px"),
        ({"op": "encode", "scaling": {"kind": "magic"}}, {"images": IMAGES}, "scaling"),
        ({"op": "reconstruct"}, {"images": IMAGES}, "One galaxy"),
        ({"op": "reconstruct", "mask_ratio": 2}, {"images": IMAGES[:1]}, "between 0 and 1"),
        ({"op": "reconstruct", "mask_ratio": 0}, {"images": IMAGES[:1]}, "Nothing is hidden"),
        ({"op": "errors", "count": 1000}, {"images": IMAGES[:1]}, "wrong 'count'"),
        ({"op": "errors", "mask_ratio": 0}, {"images": IMAGES[:1]}, "Nothing is hidden"),
        (
            {"op": "reconstruct"},
            {"images": IMAGES[:1], "mask": np.ones(7, np.uint8)},
            "16 numbers, one a patch; 7",
        ),
    ],
)
def test_a_bad_request_gets_a_sentence_and_the_next_is_answered(
    server: ModelServer, header: Any, arrays: dict[str, np.ndarray], words: str
) -> None:
    assert words in _refused(server, header, **arrays)
    _ok(server, {"op": "encode"}, images=IMAGES)


def test_a_failed_load_keeps_the_model_before_it(server: ModelServer) -> None:
    _refused(server, {"op": "load", "checkpoint": "/nowhere.pth"})
    _ok(server, {"op": "encode"}, images=IMAGES)


def test_an_unexpected_error_is_told_and_survived(
    server: ModelServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("CUDA error: out of memory")

    with monkeypatch.context() as patch:
        patch.setattr("trainer.inference.serve.Encoder", broken)
        assert "ran out of memory" in _refused(server, {"op": "encode"}, images=IMAGES)
    assert "RuntimeError" in capsys.readouterr().err
    _ok(server, {"op": "encode"}, images=IMAGES)


def test_pixels_that_are_no_numbers_count_as_nothing(server: ModelServer) -> None:
    holed, filled = IMAGES.copy(), IMAGES.copy()
    holed[0, 0, 0, 0], filled[0, 0, 0, 0] = np.nan, 0
    a, b = (_ok(server, {"op": "encode"}, images=x)["embeddings"] for x in (holed, filled))
    assert np.array_equal(a, b)


@pytest.fixture
def client() -> Iterator[WorkerClient]:
    with WorkerClient() as client:
        yield client


def test_the_command_serves_until_its_input_closes(client: WorkerClient, checkpoint: Path) -> None:
    client.request("ping")
    with pytest.raises(AstroMaskError, match="No checkpoint is loaded"):
        client.request("encode", {}, {"images": IMAGES})
    client.request("load", {"checkpoint": str(checkpoint)})
    pid = client.pid
    _, arrays = client.request("encode", {"pool": "mean"}, {"images": IMAGES})
    assert arrays["embeddings"].shape == (3, 32)
    assert client.pid == pid


def test_a_closed_input_ends_the_command_quietly() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "trainer.cli", "serve"], input=b"", capture_output=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
