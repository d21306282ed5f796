from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.training.small_survey import small_workspace, write_cutouts
from trainer.config import PretrainConfig
from trainer.errors import AstroMaskError, BandError, JobCancelled, MismatchError, QueryError
from trainer.events import CheckpointSaved, Event, Finished, Metric, Preview, Progress, Warned
from trainer.launch.context import JobContext
from trainer.model.architecture import SIZES, Size
from trainer.model.checkpoints import BEST_NAME, LAST_NAME, load_checkpoint
from trainer.model.mae import MaskedAutoencoder
from trainer.training.pretrain import run
from trainer.training.state import STATE_NAME
from trainer.workspace.workspace import Workspace

Train = Callable[..., tuple[Path, list[Event], Finished]]


class _Stopping(JobContext):
    """Asks to stop after so many steps."""

    def __init__(self, folder: Path, listener: Callable[[Event], None], steps: int | None) -> None:
        super().__init__(folder, listener)
        self._steps = steps

    def emit(self, event: Event) -> None:
        super().emit(event)
        if isinstance(event, Progress) and event.unit == "steps" and event.done == self._steps:
            (self.folder / "cancel").touch()
            self._last_check = float("-inf")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return small_workspace(tmp_path)


@pytest.fixture
def train(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Train:
    # Writing and reading a real ViT-Ti takes longer than training it here.
    monkeypatch.setitem(SIZES, "tiny", Size(32, 2, 2, (16, 1, 2)))

    def start(name: str, stop_after: int | None = None, **changes: Any) -> Any:
        folder = workspace.folder / "runs" / name
        folder.mkdir(parents=True)
        events: list[Event] = []
        fields = {
            "workspace": workspace.folder,
            "model": "tiny",
            "patch": 8,
            "epochs": 2,
            "batch_size": 4,
            "validation_share": 0.2,
            "device": "cpu",
            "warmup_epochs": 0.5,
        }
        config = PretrainConfig.model_validate(fields | changes)
        finished = run(config, _Stopping(folder, events.append, stop_after))
        return folder, events, finished

    return start


def _metrics(events: list[Event]) -> list[Metric]:
    return [event for event in events if isinstance(event, Metric)]


def test_a_training_leaves_checkpoints_losses_and_pictures(train: Train) -> None:
    folder, events, finished = train("a")
    loaded = load_checkpoint(folder)
    assert loaded.bands == ("u", "g", "r", "i", "z")
    assert loaded.architecture.image == 16 and loaded.architecture.patch == 8
    assert loaded.scaling is not None and loaded.scaling.kind == "asinh"
    assert loaded.header is not None and loaded.header.training.epoch == 2
    assert loaded.header.crop == 16
    saved = {event.path for event in events if isinstance(event, CheckpointSaved)}
    assert saved == {BEST_NAME, LAST_NAME}
    assert all((folder / event.path).is_file() for event in events if isinstance(event, Preview))
    assert finished.outputs["checkpoint"] == f"runs/a/{BEST_NAME}"
    last = _metrics(events)[-1]
    assert last.epoch == 2 and last.values["validation_loss"] > 0
    rows = list(csv.DictReader((folder / "losses.csv").open()))
    assert float(rows[-1]["validation_loss"]) == pytest.approx(last.values["validation_loss"])
    assert float(rows[-1]["loss"]) == pytest.approx(last.values["loss"])


def test_the_loss_falls(train: Train) -> None:
    _, events, _ = train("a", epochs=12, lr=2e-3)
    losses = [
        m.values["validation_loss"] for m in _metrics(events) if "validation_loss" in m.values
    ]
    assert losses[-1] < 0.8 * losses[0]


def _same_weights(a: Path, b: Path) -> bool:
    first, second = load_file(a / LAST_NAME), load_file(b / LAST_NAME)
    return all(torch.equal(first[name], second[name]) for name in first)


@pytest.mark.parametrize("stop_after", [2, 5, 7])
def test_a_stopped_training_goes_on_as_if_it_had_not_been(train: Train, stop_after: int) -> None:
    whole, events, _ = train("whole", epochs=3)
    with pytest.raises(JobCancelled):
        train("stopped", stop_after=stop_after, epochs=3)
    stopped = whole.parent / "stopped"
    resumed, later, _ = train("resumed", epochs=3, resume=stopped)
    assert _same_weights(whole, resumed)
    assert load_checkpoint(whole).sha256 != ""
    assert later[-1].event == "preview"
    assert (
        _metrics(later)[-1].values["validation_loss"]
        == (_metrics(events)[-1].values["validation_loss"])
    )


def test_another_seed_gives_other_weights(train: Train) -> None:
    assert not _same_weights(train("a")[0], train("b", seed=1)[0])
    assert _same_weights(train("c")[0], train("d")[0])


def test_a_training_that_is_done_says_so(train: Train) -> None:
    folder, _, _ = train("a")
    with pytest.raises(QueryError, match="more --epochs"):
        train("b", resume=folder)
    longer, _, _ = train("c", resume=folder, epochs=3)
    assert load_checkpoint(longer / LAST_NAME).header.training.epoch == 3  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"model": "small"}, "width = 32"),
        ({"patch": 4}, "patch = 8"),
        ({"scaling": "min_max"}, "--scaling asinh"),
        ({"batch_size": 5}, "--batch-size 4"),
    ],
)
def test_resuming_with_other_settings_is_refused(
    train: Train, change: dict[str, Any], words: str
) -> None:
    folder, _, _ = train("a", max_steps=1)
    with pytest.raises(MismatchError, match=words):
        train("b", resume=folder, **change)


def test_a_bare_checkpoint_gives_its_weights_with_a_warning(train: Train) -> None:
    folder, _, _ = train("a", max_steps=1)
    (folder / STATE_NAME).unlink()
    _, events, _ = train("b", resume=folder / BEST_NAME, max_steps=1)
    assert any("fresh optimiser" in e.message for e in events if isinstance(e, Warned))


def test_a_loss_that_is_no_number_stops_with_a_sentence(
    train: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = MaskedAutoencoder.training_loss
    calls = iter(range(100))

    def poisoned(self: MaskedAutoencoder, images: torch.Tensor, masking: Any) -> torch.Tensor:
        loss = real(self, images, masking)
        return loss * torch.nan if next(calls) == 1 else loss

    monkeypatch.setattr(MaskedAutoencoder, "training_loss", poisoned)
    with pytest.raises(AstroMaskError, match=r"became nan at step 2.*lower --lr"):
        train("a")


def test_max_steps_ends_in_the_middle_of_an_epoch(train: Train) -> None:
    folder, events, _ = train("a", max_steps=3)
    assert _metrics(events)[-1].step == 3
    assert (folder / LAST_NAME).is_file()


def test_without_held_out_galaxies_the_training_loss_judges(train: Train) -> None:
    folder, events, _ = train("a", validation_share=0)
    assert any("held out" in e.message for e in events if isinstance(e, Warned))
    assert (folder / BEST_NAME).is_file()


@pytest.mark.parametrize("scaling", ["standardise", "min_max", "batch_min_max", "none"])
def test_every_scaling_trains_and_is_kept(train: Train, scaling: str) -> None:
    folder, _, _ = train("a", scaling=scaling, max_steps=2, norm_pix_loss=True)
    loaded = load_checkpoint(folder)
    assert loaded.scaling is not None and loaded.scaling.kind == scaling
    assert loaded.architecture.norm_pix_loss


def test_patches_that_do_not_fit_are_refused_with_those_that_do(train: Train) -> None:
    with pytest.raises(QueryError, match=r"16×16 px.*patches of 5 px; patches of 2, 4, 8 px fit"):
        train("a", patch=5)


def test_a_damaged_file_is_left_out_with_a_warning(train: Train, workspace: Workspace) -> None:
    workspace.survey_files()[1].path.write_bytes(b"no longer HDF5")
    _, events, _ = train("a", max_steps=1)
    warnings = [event.message for event in events if isinstance(event, Warned)]
    assert any("12 galaxies are left out" in message for message in warnings)


def test_other_bands_can_not_resume(train: Train, workspace: Workspace, tmp_path: Path) -> None:
    folder, _, _ = train("a", max_steps=1)
    other = Workspace.create(
        tmp_path / "other",
        [write_cutouts(tmp_path / "other.h5", 12)],
        bands=("a", "b", "c", "d", "e"),
        crop=16,
    )
    with pytest.raises(BandError, match="u, g, r, i, z"):
        train("b", resume=folder, workspace=other.folder)
