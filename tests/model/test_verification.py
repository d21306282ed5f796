from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from benchmarks.plain_mae import PlainMAE
from tests.model.small_models import DECODER, small_architecture
from tests.shared_files import shared
from trainer.cli import main
from trainer.errors import CheckpointError, FormatError, MismatchError
from trainer.model.verification import verify

Made = tuple[Path, Path]
Make = Callable[..., Made]


def _reference(
    model: PlainMAE, n: int, mask_ratio: float, scaling: str, seed: int
) -> dict[str, Any]:
    """What the plain implementation computes, in the layout of the reference files."""
    a = model.architecture
    generator = torch.Generator().manual_seed(seed)
    images = 10 * torch.randn(n, a.bands, a.image, a.image, generator=generator) + 3
    noise = torch.rand(n, a.patches, generator=generator)
    low, span = images.min(), images.max() - images.min()
    scaled = (images - low) / span if scaling == "batch_min_max" else images
    with torch.no_grad():
        latent = model.encode(images)
        loss, predicted, mask = model(scaled, noise, mask_ratio)
    assert a.decoder is not None
    return {
        "images": images.numpy(),
        "noise": noise.numpy(),
        "mask_ratio": mask_ratio,
        "heads": a.heads,
        "decoder_heads": a.decoder.heads,
        "scaling": scaling,
        "norm_pix_loss": a.norm_pix_loss,
        "latent": latent.numpy(),
        "pred": predicted.numpy(),
        "mask": mask.numpy(),
        "loss": loss.item(),
    }


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def write(
        n: int = 3,
        mask_ratio: float = 0.6,
        scaling: str = "none",
        changes: dict[str, Any] | None = None,
        reference: dict[str, Any] | None = None,
    ) -> Made:
        torch.manual_seed(0)
        model = PlainMAE(small_architecture(**(changes or {})))
        torch.save({"model": model.state_dict(), "epoch": 1}, tmp_path / "a.pth")
        given = _reference(model, n, mask_ratio, scaling, seed=1) | (reference or {})
        np.savez(tmp_path / "a.npz", **{k: v for k, v in given.items() if v is not None})
        return tmp_path / "a.pth", tmp_path / "a.npz"

    return write


@pytest.mark.parametrize(
    ("changes", "options"),
    [
        ({}, {}),
        ({"bands": 1}, {"n": 1}),
        ({"bands": 7, "image": 28, "patch": 7}, {"mask_ratio": 0.9}),
        ({"image": 36, "patch": 4, "heads": 2}, {"mask_ratio": 0.33}),
        ({"heads": 8, "depth": 4}, {"scaling": "batch_min_max", "n": 5}),
        ({"heads": 1, "norm_pix_loss": True}, {"mask_ratio": 0.75}),
        ({"decoder": DECODER.model_copy(update={"depth": 3, "heads": 6})}, {"mask_ratio": 0.99}),
        ({"width": 768, "heads": 6, "hidden": 96, "depth": 1}, {}),
    ],
)
def test_any_shape_agrees_with_the_plain_implementation(
    make: Make, changes: dict[str, Any], options: dict[str, Any]
) -> None:
    differences = {d.name: d for d in verify(*make(changes=changes, **options))}
    assert set(differences) == {"latent", "pred", "mask", "loss"}
    assert all(difference.holds for difference in differences.values()), differences


@pytest.mark.parametrize("name", ["mae_rgb_32px_patch8", "astromask_ugriz_64px_patch8"])
def test_the_command_prints_differences_and_exits_0(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [str(shared("reference", f"{name}.{kind}")) for kind in ("pth", "npz")]
    assert main(["verify", *files]) == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("latent", "pred", "loss", "agrees"))
    assert main(["verify", *files, "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert all(fact["holds"] and fact["value"] <= fact["tolerance"] for fact in facts)


@pytest.mark.parametrize(
    "wrong",
    [
        {"heads": 2},
        {"decoder_heads": 1},
        {"norm_pix_loss": True},
        {"scaling": "batch_min_max"},
        {"loss": 0.5},
        {"latent": np.full((3, 17, 32), np.nan, np.float32)},
    ],
)
def test_a_difference_exits_1(make: Make, wrong: dict[str, Any]) -> None:
    checkpoint, reference = make(reference=wrong)
    assert main(["verify", str(checkpoint), str(reference)]) == 1


def test_heads_can_be_given_on_the_command_line(make: Make) -> None:
    files = [str(path) for path in make(reference={"heads": None, "decoder_heads": None})]
    assert main(["verify", *files]) == 2
    assert main(["verify", *files, "--heads", "4,3"]) == 0
    assert main(["verify", *files, "--heads", "2,3"]) == 1
    assert main(["verify", *files, "--heads", "four"]) == 2


def test_only_the_latent_is_compared_where_there_is_no_more(make: Make) -> None:
    nothing = dict.fromkeys(("pred", "mask", "loss", "noise", "decoder_heads"))
    assert [d.name for d in verify(*make(reference=nothing))] == ["latent"]


@pytest.mark.parametrize(
    ("wrong", "error", "words"),
    [
        ({"images": None}, FormatError, "holds no images"),
        ({"images": np.zeros((3, 16, 16))}, FormatError, "images \\(n, bands, side, side\\)"),
        ({"images": np.zeros((3, 4, 16, 16))}, MismatchError, r"\(3, 16, 16\).*\(4, 16, 16\)"),
        ({"noise": None}, FormatError, "lacks noise"),
        ({"noise": np.zeros((3, 9))}, MismatchError, r"\(3, 16\)"),
        ({"mask_ratio": np.zeros(2)}, FormatError, "one number as mask_ratio"),
        ({"heads": "four"}, FormatError, "one number as heads"),
        ({"heads": 5}, CheckpointError, "divided by 5"),
        ({"scaling": "log"}, FormatError, "'log'"),
        ({"latent": np.zeros((3, 5, 5))}, MismatchError, "latent of shape"),
        ({"images": np.array([None])}, FormatError, "can't be read"),
    ],
)
def test_an_unusable_reference_is_a_sentence(
    make: Make, wrong: dict[str, Any], error: type[Exception], words: str
) -> None:
    checkpoint, reference = make(reference=wrong)
    with pytest.raises(error, match=words):
        verify(checkpoint, reference)
    assert main(["verify", str(checkpoint), str(reference)]) == 2


def test_a_file_that_is_no_reference_exits_2(make: Make, tmp_path: Path) -> None:
    checkpoint, _ = make()
    (tmp_path / "no.npz").write_text("hello")
    for path in (tmp_path / "no.npz", tmp_path / "missing.npz", checkpoint):
        assert main(["verify", str(checkpoint), str(path)]) == 2
