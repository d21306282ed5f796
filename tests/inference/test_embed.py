from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
import torch

from tests.inference.conftest import write_checkpoint
from tests.model.small_models import small_model
from tests.training.small_survey import write_cutouts
from trainer.config import EmbedConfig, ProjectConfig
from trainer.errors import BandError, CheckpointError, JobCancelled, MismatchError, QueryError
from trainer.events import Event, Finished, Progress, Stage, Warned
from trainer.inference.embed import default_name, run
from trainer.inference.encode import Encoder
from trainer.launch.context import JobContext
from trainer.launch.jobs import run_job
from trainer.model.checkpoints import load_checkpoint
from trainer.store.embeddings import EmbeddingStore
from trainer.store.projections import Projection, projection_folder
from trainer.workspace.workspace import Workspace

Embed = Callable[..., tuple[list[Event], Finished]]


class _Stopping(JobContext):
    """Asks to stop after so many galaxies."""

    def __init__(self, folder: Path, listener: Callable[[Event], None], count: int | None) -> None:
        super().__init__(folder, listener)
        self._count = count

    def emit(self, event: Event) -> None:
        super().emit(event)
        if isinstance(event, Progress) and event.done == self._count:
            (self.folder / "cancel").touch()
            self._last_check = -math.inf


@pytest.fixture
def embed(workspace: Workspace, checkpoint: Path, tmp_path: Path) -> Embed:
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
            "name": "store",
        }
        return events, run(EmbedConfig.model_validate(fields | changes), context)

    return start


def _store(workspace: Workspace, name: str = "store") -> EmbeddingStore:
    return EmbeddingStore.open(workspace.store_folder(name))


def _warnings(events: list[Event]) -> str:
    return " ".join(event.message for event in events if isinstance(event, Warned))


def test_every_galaxy_gets_its_vector_and_the_manifest_says_how(
    embed: Embed, workspace: Workspace, checkpoint: Path
) -> None:
    _, finished = embed()
    store = _store(workspace)
    assert sorted(store.rows) == list(range(24))
    manifest = store.manifest
    loaded = load_checkpoint(checkpoint)
    assert manifest.checkpoint_sha256 == loaded.sha256
    assert manifest.catalogue_fingerprint == workspace.catalogue.fingerprint
    assert (manifest.pool, manifest.orientations, manifest.crop) == ("rich", 8, 16)
    assert manifest.bands == ("u", "g", "r", "i", "z")
    assert manifest.scaling == {"kind": "asinh", "softening": [3.0] * 5}
    assert (manifest.heads, manifest.dimension) == (4, 4 * 32)
    assert finished.outputs == {"store": "embeddings/store", "name": "store"}


@pytest.mark.parametrize(
    ("pool", "expected"),
    [
        ("cls", lambda tokens: tokens[:, 0]),
        ("mean", lambda tokens: tokens[:, 1:].mean(dim=1)),
        (
            "rich",
            lambda tokens: torch.cat(
                [
                    tokens[:, 0],
                    tokens[:, 1:][:, [5, 6, 9, 10]].mean(dim=1),
                    tokens[:, 1:].mean(dim=1),
                    tokens[:, 1:].std(dim=1, correction=0),
                ],
                dim=1,
            ),
        ),
    ],
)
def test_a_vector_is_the_pooled_latent_of_the_scaled_cutout(
    embed: Embed,
    workspace: Workspace,
    checkpoint: Path,
    pool: str,
    expected: Callable[[torch.Tensor], torch.Tensor],
) -> None:
    embed(pool=pool, orientations=1)
    loaded = load_checkpoint(checkpoint)
    rows = np.arange(24)
    assert loaded.scaling is not None
    scaled, _ = loaded.scaling.forward(workspace.survey().read(rows).pixels)
    with torch.no_grad():
        wanted = expected(loaded.model.encode(torch.from_numpy(scaled)))
    np.testing.assert_allclose(_store(workspace).read(rows), wanted, atol=2e-3)


def test_eight_orientations_make_the_vector_blind_to_rotation(
    workspace: Workspace, checkpoint: Path
) -> None:
    loaded = load_checkpoint(checkpoint)
    assert loaded.scaling is not None
    pixels = workspace.survey().read(np.arange(4)).pixels
    turned = np.ascontiguousarray(np.rot90(pixels, axes=(2, 3))[..., ::-1])
    eight, one = (Encoder(loaded.model, loaded.scaling, "rich", n) for n in (8, 1))
    np.testing.assert_allclose(eight.encode(pixels), eight.encode(turned), atol=1e-5)
    assert np.abs(one.encode(pixels) - one.encode(turned)).max() > 1e-3


def test_a_stopped_embedding_is_continued_not_repeated(
    embed: Embed, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed(name="whole")
    with pytest.raises(JobCancelled):
        embed(stop_after=10)
    encoded = _counting(monkeypatch)
    embed()
    assert sum(encoded) == 14
    rows = np.arange(24)
    assert np.array_equal(_store(workspace).read(rows), _store(workspace, "whole").read(rows))


def _counting(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    encoded: list[int] = []
    real = Encoder.encode

    def encode(self: Encoder, images: np.ndarray) -> np.ndarray:
        encoded.append(len(images))
        return real(self, images)

    monkeypatch.setattr(Encoder, "encode", encode)
    return encoded


def test_a_grown_workspace_completes_its_store(
    embed: Embed, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    embed()
    before = _store(workspace).read(np.arange(24))
    workspace.add([write_cutouts(tmp_path / "cutout.stacks.ugriz.lsb.16x16.9.6.h5", 6, 9)])
    encoded = _counting(monkeypatch)
    embed()
    assert sum(encoded) == 6
    store = _store(workspace)
    assert len(store) == 30
    assert np.array_equal(store.read(np.arange(24)), before)
    assert store.manifest.rows == 30


def test_nothing_is_left_to_do_the_second_time(embed: Embed) -> None:
    embed()
    _, finished = embed()
    assert "already" in finished.message


@pytest.mark.parametrize("change", [{"pool": "cls"}, {"orientations": 1}])
def test_another_making_is_refused(embed: Embed, change: dict[str, Any]) -> None:
    embed()
    with pytest.raises(MismatchError, match="another name"):
        embed(**change)


def test_another_checkpoint_is_refused_naming_both(embed: Embed, tmp_path: Path) -> None:
    embed()
    other = write_checkpoint(tmp_path / "other.safetensors", seed=1)
    with pytest.raises(MismatchError, match=r"ugriz\.safetensors.*other\.safetensors"):
        embed(checkpoint=other)


def test_the_old_whole_batch_range_is_measured_once_and_frozen(
    embed: Embed, workspace: Workspace, tmp_path: Path
) -> None:
    path = _foreign(tmp_path, bands=5)
    embed(checkpoint=path, heads=4, scaling="batch_min_max", batch_size=3)
    pixels = workspace.survey().read(np.arange(24)).pixels
    frozen = _store(workspace).manifest.scaling
    assert frozen == {
        "kind": "batch_min_max",
        "minimum": float(pixels.min()),
        "maximum": float(pixels.max()),
    }
    # Brighter galaxies come: the range stays, and with it what a vector means.
    bright = write_cutouts(tmp_path / "cutout.stacks.ugriz.lsb.16x16.9.6.h5", 6, 9)
    with h5py.File(bright, "r+") as file:
        file["images"][...] *= 100
    workspace.add([bright])
    embed(checkpoint=path, heads=4, scaling="batch_min_max")
    assert _store(workspace).manifest.scaling == frozen
    embed(checkpoint=path, heads=4, scaling="batch_min_max", name="other", batch_size=24)
    other = _store(workspace, "other").manifest.scaling
    assert other["maximum"] > frozen["maximum"]


def _foreign(tmp_path: Path, bands: int) -> Path:
    path = tmp_path / "checkpoint-7.pth"
    torch.save({"model": small_model(bands=bands).state_dict()}, path)
    return path


def test_an_unknown_scaling_is_asked_for(embed: Embed, tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"--scaling.*batch_min_max"):
        embed(checkpoint=_foreign(tmp_path, 5), heads=4)


def test_a_scaling_against_the_checkpoint_is_refused(embed: Embed) -> None:
    with pytest.raises(MismatchError, match=r"scaled by asinh.*min_max"):
        embed(scaling="min_max")


def test_a_wrong_number_of_bands_names_both(embed: Embed, tmp_path: Path) -> None:
    with pytest.raises(BandError, match=r"3 bands.*5 \(u, g, r, i, z\)"):
        embed(checkpoint=_foreign(tmp_path, 3), heads=4, scaling="none")


def test_bands_that_are_not_there_are_named(embed: Embed, tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path / "grY.safetensors", ("g", "r", "y"))
    with pytest.raises(BandError, match=r"needs the bands g, r, y.*u, g, r, i, z"):
        embed(checkpoint=path)


def test_a_checkpoint_of_some_bands_gets_just_these(
    embed: Embed, workspace: Workspace, tmp_path: Path
) -> None:
    path = write_checkpoint(tmp_path / "zrg.safetensors", ("z", "r", "g"))
    embed(checkpoint=path, orientations=1, pool="cls")
    loaded = load_checkpoint(path)
    assert loaded.scaling is not None
    pixels = workspace.survey().read(np.arange(24)).pixels[:, [4, 2, 1]]
    with torch.no_grad():
        wanted = loaded.model.encode(torch.from_numpy(loaded.scaling.forward(pixels)[0]))[:, 0]
    np.testing.assert_allclose(_store(workspace).read(np.arange(24)), wanted, atol=2e-3)
    assert _store(workspace).manifest.bands == ("z", "r", "g")


def test_cutouts_that_are_too_small_are_named(embed: Embed, tmp_path: Path) -> None:
    path = tmp_path / "big.pth"
    torch.save(small_model(bands=5, image=32).state_dict(), path)
    with pytest.raises(QueryError, match=r"32×32 px.*16 px"):
        embed(checkpoint=path, heads=4, scaling="none")


def test_a_damaged_file_does_not_stop_the_others(embed: Embed, workspace: Workspace) -> None:
    path = workspace.survey_files()[0].path
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 4])
    events, _ = embed()
    assert "12 galaxies are left out" in _warnings(events)
    assert sorted(_store(workspace).rows) == list(range(12, 24))
    path.write_bytes(whole)
    embed()
    assert sorted(_store(workspace).rows) == list(range(24))


def test_a_fine_tuned_encoder_pools_before_its_norm(
    embed: Embed, workspace: Workspace, tmp_path: Path
) -> None:
    model = small_model(bands=5, decoder=None, norm_after_pooling=True)
    torch.nn.init.uniform_(model.fc_norm.weight)  # type: ignore[arg-type]
    path = tmp_path / "finetuned.pth"
    torch.save({"model": model.state_dict()}, path)
    embed(checkpoint=path, heads=4, scaling="none", pool="mean", orientations=1)
    pixels = torch.from_numpy(workspace.survey().read(np.arange(24)).pixels)
    with torch.no_grad():
        wanted = model.fc_norm(model.encode(pixels)[:, 1:].mean(dim=1))
    np.testing.assert_allclose(_store(workspace).read(np.arange(24)), wanted, atol=2e-3)


def test_a_store_is_named_after_its_run_or_file() -> None:
    assert (
        default_name(Path("/w/runs/2025-pretrain/checkpoint-best.safetensors")) == "2025-pretrain"
    )
    assert default_name(Path("/w/runs/a/checkpoint-last.safetensors")) == "a-last"
    assert default_name(Path("/w/mae_vit_base.pth")) == "mae_vit_base"


def _grow(workspace: Workspace, tmp_path: Path) -> None:
    path = write_cutouts(tmp_path / "later.ugriz.h5", 7, seed=9)
    workspace.add([path])


def _project(workspace: Workspace, tmp_path: Path) -> Projection:
    (tmp_path / "projecting").mkdir()
    config = ProjectConfig(workspace=workspace.folder, method="pca")
    run_job(config, JobContext(tmp_path / "projecting"))
    return Projection.open(projection_folder(workspace.store_folder("store"), "pca-0"))


def test_what_a_store_has_grown_by_is_put_on_its_maps(
    embed: Embed, workspace: Workspace, tmp_path: Path
) -> None:
    embed()
    before = _project(workspace, tmp_path)
    _grow(workspace, tmp_path)
    events, finished = embed()
    after = Projection.open(before.folder)
    assert after.rows.tolist() == list(range(31))
    assert after.placed.tolist() == [False] * 24 + [True] * 7
    assert after.points[:24].tobytes() == before.points.tobytes()
    assert "Embedded 7 galaxies" in finished.message
    assert "Placing new galaxies" in [e.name for e in events if isinstance(e, Stage)]
    embed()
    assert len(list((workspace.folder / "runs").glob("*-place*"))) == 1


def test_placing_can_be_left_out_and_made_up_for(
    embed: Embed, workspace: Workspace, tmp_path: Path
) -> None:
    embed()
    folder = _project(workspace, tmp_path).folder
    _grow(workspace, tmp_path)
    embed(place=False)
    assert len(Projection.open(folder).rows) == 24
    embed()
    assert len(Projection.open(folder).rows) == 31


def test_an_embedding_whose_galaxies_can_not_be_placed_holds(
    embed: Embed, workspace: Workspace, tmp_path: Path
) -> None:
    embed()
    folder = _project(workspace, tmp_path).folder
    (folder / "coordinates.npy").write_bytes(b"nothing")
    _grow(workspace, tmp_path)
    events, finished = embed()
    assert "Embedded 7 galaxies" in finished.message
    assert "could not be put on the map" in _warnings(events)
    assert "coordinates.npy" in _warnings(events)
    assert len(_store(workspace)) == 31
