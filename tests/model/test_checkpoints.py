from __future__ import annotations

import argparse
import json
import os
import pathlib
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file

from tests.model.small_models import small_architecture, small_model
from tests.shared_files import shared
from trainer.errors import CheckpointError, WorkspaceError
from trainer.model.checkpoint_info import describe_checkpoint
from trainer.model.checkpoints import (
    BEST_NAME,
    LAST_NAME,
    file_sha256,
    load_checkpoint,
    save_checkpoint,
    save_half,
)
from trainer.model.header import METADATA_KEY, CheckpointHeader

HEADER = CheckpointHeader(
    architecture=small_architecture(),
    bands=("g", "r", "z"),
    scaling={"kind": "asinh", "softening": [1.0, 2.0, 3.0]},
    crop=16,
    zero_points=(22.5, 22.5, 22.5),
)


def _saved(path: Path, content: Any) -> Path:
    torch.save(content, path)
    return path


def _same_embedding(a: torch.nn.Module, b: torch.nn.Module) -> bool:
    images = torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        return torch.equal(a.encode(images), b.encode(images))  # type: ignore[operator]


def test_a_checkpoint_of_our_own_comes_back_with_all_it_says(tmp_path: Path) -> None:
    path, model = tmp_path / "a.safetensors", small_model()
    save_checkpoint(path, model, HEADER)
    loaded = load_checkpoint(path)
    assert loaded.header == HEADER
    assert loaded.bands == ("g", "r", "z")
    assert loaded.scaling is not None and loaded.scaling.kind == "asinh"
    assert loaded.sha256 == file_sha256(path)
    assert not loaded.notes and not loaded.why_no_decoder
    assert _same_embedding(model, loaded.model)
    assert [p.name for p in tmp_path.iterdir()] == ["a.safetensors"]


def test_half_precision_weights_load_as_float32(tmp_path: Path) -> None:
    model = small_model()
    save_checkpoint(tmp_path / "full.safetensors", model, HEADER)
    save_half(tmp_path / "full.safetensors", tmp_path / "half.safetensors")
    assert load_file(tmp_path / "half.safetensors")["cls_token"].dtype == torch.float16
    loaded = load_checkpoint(tmp_path / "half.safetensors")
    assert {p.dtype for p in loaded.model.state_dict().values()} == {torch.float32}
    assert torch.equal(loaded.model.pos_embed, model.pos_embed)
    torch.testing.assert_close(
        loaded.model.blocks[0].mlp.fc1.weight,  # type: ignore[union-attr, index]
        model.blocks[0].mlp.fc1.weight,  # type: ignore[union-attr, index]
        rtol=1e-3,
        atol=1e-6,
    )


@pytest.mark.parametrize(
    "wrap",
    [
        lambda state: {"model": state, "optimizer": {}, "epoch": 3, "args": argparse.Namespace()},
        lambda state: state,
        lambda state: {"state_dict": {f"module.{k}": v for k, v in state.items()}},
        lambda state: {"model": {f"_orig_mod.{k}": v for k, v in state.items()}},
        lambda state: {"model": {f"module._orig_mod.{k}": v for k, v in state.items()}},
        lambda state: {
            "model": {k.replace("blocks.0.", "blocks.0._orig_mod."): v for k, v in state.items()}
        },
    ],
)
def test_every_wrapping_of_the_tensors_is_seen_through(
    tmp_path: Path, wrap: Callable[[dict[str, torch.Tensor]], Any]
) -> None:
    model = small_model()
    path = _saved(tmp_path / "checkpoint-3.pth", wrap(dict(model.state_dict())))
    loaded = load_checkpoint(path, heads=4, decoder_heads=3)
    assert loaded.architecture == model.architecture
    assert _same_embedding(model, loaded.model)


def test_saved_arguments_may_hold_a_path_and_tell_heads(tmp_path: Path) -> None:
    arguments = argparse.Namespace(
        output_dir=pathlib.PosixPath("/out"), num_heads=4, decoder_num_heads=3, norm_pix_loss=True
    )
    path = _saved(tmp_path / "a.pth", {"model": small_model().state_dict(), "args": arguments})
    architecture = load_checkpoint(path).architecture
    assert architecture.heads == 4
    assert architecture.decoder is not None and architecture.decoder.heads == 3
    assert architecture.norm_pix_loss


def test_unknown_heads_are_asked_for_not_guessed(tmp_path: Path) -> None:
    path = _saved(tmp_path / "a.pth", small_model().state_dict())
    with pytest.raises(CheckpointError, match="--heads"):
        load_checkpoint(path)
    loaded = load_checkpoint(path, heads=4)
    assert loaded.architecture.decoder is None
    assert "decoder heads" in loaded.why_no_decoder
    with pytest.raises(CheckpointError, match="decoder heads"):
        loaded.require_decoder()


def test_published_widths_have_known_heads(tmp_path: Path) -> None:
    model = small_model(width=768, heads=12, depth=1, hidden=8, decoder=None)
    assert load_checkpoint(_saved(tmp_path / "a.pth", model.state_dict())).architecture.heads == 12


def test_heads_against_the_header_are_refused(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "a.safetensors", small_model(), HEADER)
    with pytest.raises(CheckpointError, match="4 attention heads, but 8"):
        load_checkpoint(tmp_path / "a.safetensors", heads=8)


def test_a_fine_tuned_classifier_gives_its_encoder(tmp_path: Path) -> None:
    model = small_model(decoder=None, norm_after_pooling=True)
    state = dict(model.state_dict()) | {
        "head.weight": torch.zeros(2, 32),
        "head.bias": torch.ones(2),
    }
    loaded = load_checkpoint(_saved(tmp_path / "a.pth", {"model": state}), heads=4)
    assert loaded.architecture.norm_after_pooling
    assert any("head" in note for note in loaded.notes)
    assert _same_embedding(model, loaded.model)


def test_an_incomplete_decoder_leaves_the_encoder(tmp_path: Path) -> None:
    state = dict(small_model().state_dict())
    del state["mask_token"]
    loaded = load_checkpoint(_saved(tmp_path / "a.pth", state), heads=4, decoder_heads=3)
    assert loaded.architecture.decoder is None
    assert "mask_token" in loaded.why_no_decoder


def test_a_run_folder_stands_for_its_best_checkpoint(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="holds no checkpoint"):
        load_checkpoint(tmp_path)
    save_checkpoint(tmp_path / LAST_NAME, small_model(1), HEADER)
    assert load_checkpoint(tmp_path).path.name == LAST_NAME
    save_checkpoint(tmp_path / BEST_NAME, small_model(2), HEADER)
    assert load_checkpoint(tmp_path).path.name == BEST_NAME


class _Hostile:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self._path),)


@pytest.mark.parametrize(
    "save", [torch.save, lambda obj, path: path.write_bytes(pickle.dumps(obj, 2))]
)
def test_a_hostile_pickle_is_refused_and_not_run(
    tmp_path: Path, save: Callable[[Any, Path], None]
) -> None:
    bait = tmp_path / "bait"
    path = tmp_path / "evil.pth"
    save({"model": small_model().state_dict(), "args": _Hostile(bait)}, path)
    with pytest.raises(CheckpointError, match=r"evil\.pth"):
        load_checkpoint(path, heads=4)
    assert not bait.exists()


def test_the_refusal_names_what_the_file_asked_for(tmp_path: Path) -> None:
    path = _saved(tmp_path / "evil.pth", {"model": {}, "args": _Hostile(tmp_path / "bait")})
    with pytest.raises(CheckpointError, match=r"refused.*mkdir.*foreign code"):
        load_checkpoint(path)


@pytest.mark.parametrize(
    "content", [b"", b"hello world, no checkpoint", b"PK\x03\x04rest", b"\x80\x02"]
)
def test_a_file_that_is_none_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "foreign.pth"
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match=r"foreign\.pth"):
        load_checkpoint(path)


@pytest.mark.parametrize("suffix", ["safetensors", "pth"])
def test_a_truncated_file_is_called_damaged(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"cut.{suffix}"
    if suffix == "pth":
        torch.save(small_model().state_dict(), path)
    else:
        save_checkpoint(path, small_model(), HEADER)
    path.write_bytes(path.read_bytes()[:-500])
    with pytest.raises(CheckpointError, match="damaged or incomplete"):
        load_checkpoint(path)


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="No such file"):
        load_checkpoint(tmp_path / "nowhere.pth")


def _change(**changes: Any) -> Callable[[dict[str, torch.Tensor]], dict[str, torch.Tensor]]:
    def apply(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
        changed = state | {k: v for k, v in changes.items() if v is not None}
        return {k: v for k, v in changed.items() if changes.get(k, 0) is not None}

    return apply


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cls_token": None}, "lacks the tensor cls_token"),
        ({"patch_embed.proj.weight": None}, "no tensor patch_embed"),
        ({"pos_embed": torch.zeros(1, 16, 32)}, "square number"),
        ({"blocks.1.norm1.weight": None}, "lacks the tensor blocks.1.norm1.weight"),
        ({"norm.weight": torch.zeros(7)}, r"norm.weight has shape \(7,\)"),
        ({"norm.weight": torch.full((32,), torch.nan)}, "not finite"),
        ({"norm.weight": torch.ones(32, dtype=torch.int64)}, "floating-point"),
        ({"blocks.0.ls1.gamma": torch.ones(32)}, r"blocks\.0\.ls1\.gamma"),
        ({"patch_embed.proj.weight": torch.zeros(32, 3, 4, 2)}, "must be square"),
    ],
)
def test_tensors_that_do_not_fit_are_named(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    state = _change(**change)(dict(small_model().state_dict()))
    path = _saved(tmp_path / "a.pth", state)
    with pytest.raises(CheckpointError, match=words):
        load_checkpoint(path, heads=4, decoder_heads=3)


def test_a_header_that_contradicts_its_tensors_is_refused(tmp_path: Path) -> None:
    header = HEADER.model_copy(update={"architecture": small_architecture(depth=7)})
    save_checkpoint(tmp_path / "a.safetensors", small_model(), header)
    with pytest.raises(CheckpointError, match="depth = 7"):
        load_checkpoint(tmp_path / "a.safetensors")


def test_a_header_of_a_later_version_asks_to_update(tmp_path: Path) -> None:
    path = tmp_path / "a.safetensors"
    text = json.dumps(json.loads(HEADER.model_dump_json()) | {"version": 99})
    save_file(dict(small_model().state_dict()), path, metadata={METADATA_KEY: text})
    with pytest.raises(CheckpointError, match="Update AstroMASK"):
        load_checkpoint(path)


def test_a_description_needs_no_heads() -> None:
    facts = describe_checkpoint(shared("reference", "astromask_ugriz_64px_patch8.pth"))
    assert (facts["image"], facts["patch"], facts["bands"]) == (64, 8, 5)
    assert (facts["width"], facts["depth"], facts["heads"]) == (48, 2, None)
    assert facts["decoder"] == {"width": 32, "depth": 2, "heads": None, "hidden": 128}
    assert facts["epoch"] == 7
    assert any("--heads" in note for note in facts["notes"])
    json.dumps(facts)


def test_a_description_of_our_own_checkpoint_says_all(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "a.safetensors", small_model(), HEADER)
    facts = describe_checkpoint(tmp_path / "a.safetensors")
    assert facts["bands"] == ["g", "r", "z"]
    assert facts["heads"] == 4 and facts["decoder"]["heads"] == 3
    assert facts["scaling"]["kind"] == "asinh"
    assert facts["notes"] == []


def test_a_full_disk_is_told_and_leaves_the_old_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.safetensors"
    save_checkpoint(path, small_model(), HEADER)
    before = path.read_bytes()

    def full(*_: Any, **__: Any) -> None:
        raise SafetensorError("I/O error: No space left on device (os error 28)")

    monkeypatch.setattr("trainer.model.tensors.save_file", full)
    with pytest.raises(WorkspaceError, match=r"no space left.*a\.safetensors"):
        save_checkpoint(path, small_model(1), HEADER)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.safetensors"]


def test_a_checkpoint_can_be_read_by_whoever_reads_the_folder(tmp_path: Path) -> None:
    save_checkpoint(tmp_path / "a.safetensors", small_model(), HEADER)
    (tmp_path / "plain").touch()
    assert (tmp_path / "a.safetensors").stat().st_mode == (tmp_path / "plain").stat().st_mode
