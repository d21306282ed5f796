from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch

from tests.inference.conftest import write_checkpoint
from tests.inference.test_embed import _Stopping
from trainer.config import EmbedConfig, ReconstructConfig
from trainer.errors import BandError, CheckpointError, JobCancelled, MismatchError
from trainer.events import Event, Finished, Progress, Warned
from trainer.inference.embed import run as embed
from trainer.inference.reconstruct_survey import CONTRAST, ERROR, SURPRISE, run
from trainer.launch.context import JobContext
from trainer.launch.jobs import run_job
from trainer.model.checkpoints import load_checkpoint
from trainer.model.masking import Masking, balanced_masks
from trainer.model.reconstruction import reconstruct
from trainer.workspace.workspace import Workspace

Measure = Callable[..., tuple[list[Event], Finished]]


@pytest.fixture
def measure(workspace: Workspace, checkpoint: Path, tmp_path: Path) -> Measure:
    def start(stop_after: int | None = None, **changes: Any) -> tuple[list[Event], Finished]:
        folder = tmp_path / "run"
        folder.mkdir(exist_ok=True)
        (folder / "cancel").unlink(missing_ok=True)
        events: list[Event] = []
        context = _Stopping(folder, events.append, stop_after)
        fields = {
            "workspace": workspace.folder,
            "checkpoint": checkpoint,
            "device": "cpu",
            "batch_size": 5,
        }
        return events, run(ReconstructConfig.model_validate(fields | changes), context)

    return start


def column(workspace: Workspace, name: str) -> np.ndarray:
    return Workspace.open(workspace.folder).columns.values(name)


def test_the_column_is_the_training_loss_averaged_over_the_masks(
    measure: Measure, workspace: Workspace, checkpoint: Path
) -> None:
    measure(masks=3, mask_ratio=0.5, seed=4)
    loaded = load_checkpoint(checkpoint)
    assert loaded.scaling is not None
    with workspace.survey() as survey:
        scaled, _ = loaded.scaling.forward(survey.read(np.array([7])).pixels)
    masks = balanced_masks(16, 0.5, 4, 0, 3)
    losses = [
        reconstruct(loaded.model, torch.from_numpy(scaled), Masking(kept[None], hidden[None]))
        for kept, hidden in zip(masks.kept, masks.hidden, strict=True)
    ]
    expected = np.mean([one.loss for one in losses])
    assert column(workspace, ERROR)[7] == pytest.approx(expected, rel=1e-4)
    in_r = np.mean([one.loss_by_band[0, 2].item() for one in losses])
    assert column(workspace, f"{ERROR}_r")[7] == pytest.approx(in_r, rel=1e-4)
    contrast = scaled[0].var(axis=(1, 2)).mean()
    assert column(workspace, CONTRAST)[7] == pytest.approx(contrast, rel=1e-4)


def test_every_galaxy_gets_its_numbers_and_they_say_from_what(
    measure: Measure, workspace: Workspace, checkpoint: Path
) -> None:
    events, finished = measure()
    assert finished.outputs == {"column": SURPRISE}
    assert "24 galaxies" in finished.message and SURPRISE in finished.message
    assert [e.done for e in events if isinstance(e, Progress)][-1] == 24
    columns = Workspace.open(workspace.folder).columns
    for name in (ERROR, CONTRAST, SURPRISE, *(f"{ERROR}_{band}" for band in "ugriz")):
        assert np.isfinite(columns.values(name)).all()
        made = columns.provenance(name)
        assert made["checkpoint_sha256"] == load_checkpoint(checkpoint).sha256
        assert (made["masks"], made["mask_ratio"], made["seed"]) == (4, 0.75, 0)
        assert made["scaling"]["kind"] == "asinh"
        assert made["catalogue_fingerprint"] == workspace.catalogue.fingerprint
    by_band = np.stack([columns.values(f"{ERROR}_{band}") for band in "ugriz"])
    np.testing.assert_allclose(by_band.mean(axis=0), columns.values(ERROR), rtol=1e-6)


def test_a_stopped_run_is_continued(measure: Measure, workspace: Workspace) -> None:
    measure()
    whole = column(workspace, SURPRISE).copy()
    for path in workspace.scores_folder.glob("*.parquet"):
        path.unlink()
    with pytest.raises(JobCancelled):
        measure(stop_after=10)
    assert np.isfinite(column(workspace, ERROR)).sum() == 10
    events, _ = measure()
    assert next(e.total for e in events if isinstance(e, Progress)) == 14
    np.testing.assert_allclose(column(workspace, SURPRISE), whole, rtol=1e-5)


def test_other_masks_are_another_measurement(measure: Measure, workspace: Workspace) -> None:
    measure()
    before = column(workspace, ERROR).copy()
    events, _ = measure(seed=1)
    assert next(e.total for e in events if isinstance(e, Progress)) == 24
    assert (column(workspace, ERROR) != before).all()


def test_an_empty_band_counts_for_nothing(
    measure: Measure, workspace: Workspace, tmp_path: Path
) -> None:
    (file,) = list(tmp_path.glob("*.0.12.h5"))
    with h5py.File(file, "r+") as opened:
        opened["images"][3, 4] = 0
    measure()
    assert np.isnan(column(workspace, f"{ERROR}_z")[3])
    by_band = [column(workspace, f"{ERROR}_{band}")[3] for band in "ugri"]
    assert column(workspace, ERROR)[3] == pytest.approx(np.mean(by_band), rel=1e-6)
    assert np.isfinite(column(workspace, SURPRISE)).all()


def test_a_file_that_cannot_be_read_is_told_and_the_rest_is_measured(
    measure: Measure, workspace: Workspace, tmp_path: Path
) -> None:
    (file,) = list(tmp_path.glob("*.1.12.h5"))
    file.write_bytes(b"no HDF5")
    events, _ = measure()
    assert any("left out" in e.message for e in events if isinstance(e, Warned))
    assert np.isfinite(column(workspace, ERROR)).sum() == 12


def test_a_checkpoint_that_cannot_is_refused_in_a_sentence(
    measure: Measure, tmp_path: Path
) -> None:
    encoder = write_checkpoint(tmp_path / "encoder.safetensors", decoder=None)
    with pytest.raises(CheckpointError, match="encoder only"):
        measure(checkpoint=encoder)
    foreign = write_checkpoint(tmp_path / "gy.safetensors", bands=("g", "y"))
    with pytest.raises(BandError, match="needs the bands g, y"):
        measure(checkpoint=foreign)
    with pytest.raises(MismatchError, match="asinh"):
        measure(scaling="none")


def test_a_scaling_that_only_a_store_knows_is_taken_from_it(
    measure: Measure, workspace: Workspace, checkpoint: Path, tmp_path: Path
) -> None:
    model = load_checkpoint(checkpoint).model
    plain = tmp_path / "plain.pth"
    torch.save(model.state_dict(), plain)
    known = {"checkpoint": plain, "heads": 4, "decoder_heads": 3}
    with pytest.raises(CheckpointError, match="how its cutouts were scaled"):
        measure(**known)
    (tmp_path / "embedding").mkdir()
    embed(
        EmbedConfig(workspace=workspace.folder, checkpoint=plain, heads=4, scaling="standardise"),
        JobContext(tmp_path / "embedding"),
    )
    measure(**known)
    made = Workspace.open(workspace.folder).columns.provenance(ERROR)
    assert made["scaling"]["kind"] == "standardise"


def test_it_is_a_job_like_the_others(
    workspace: Workspace, checkpoint: Path, tmp_path: Path
) -> None:
    config = ReconstructConfig(workspace=workspace.folder, checkpoint=checkpoint, device="cpu")
    (tmp_path / "run").mkdir()
    assert run_job(config, JobContext(tmp_path / "run")).outputs["column"] == SURPRISE
