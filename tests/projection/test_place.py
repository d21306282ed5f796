"""The job `place`, and placing by `project`: new galaxies on a map that stays as it is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.projection.clouds import clusters
from tests.store.stores import manifest as store_manifest
from tests.store.workspaces import add_store as add_whole_store
from tests.store.workspaces import cutouts, make_workspace, write_cutouts
from trainer.config import PlaceConfig, ProjectConfig
from trainer.errors import AstroMaskError, FormatError, JobCancelled, MismatchError, QueryError
from trainer.events import Event, Finished, Progress, Warned
from trainer.launch.context import JobContext
from trainer.launch.jobs import run_job
from trainer.projection import placing
from trainer.store import nearest
from trainer.store.embeddings import EmbeddingStore, StoreWriter
from trainer.store.manifest import read_manifest
from trainer.store.projections import Projection
from trainer.workspace.runs import create_run
from trainer.workspace.workspace import Workspace

OLD, NEW = 120, 40
VECTORS, GROUP = clusters(OLD + NEW)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace whose first galaxies have vectors in well-separated groups."""
    made = make_workspace(tmp_path / "w", OLD)
    add_whole_store(made, vectors=VECTORS[:OLD])
    return made


def _run(config: ProjectConfig | PlaceConfig, hear: Callable[[Event], None]) -> Finished:
    return run_job(config, JobContext(create_run(config.workspace, config).path, hear))


def _project(workspace: Workspace, **options: Any) -> Projection:
    options = {"neighbours": 8} | options
    config = ProjectConfig(workspace=workspace.folder, **options)
    return Projection.open(workspace.folder / _run(config, lambda _: None).outputs["projection"])


def _grow(workspace: Workspace, vectors: np.ndarray) -> Workspace:
    """More galaxies, and their vectors in the store."""
    first = len(workspace)
    file = write_cutouts(
        workspace.folder.parent / f"{first}.h5", cutouts(len(vectors), seed=first), first
    )
    workspace.add([file])
    grown = Workspace.open(workspace.folder)
    folder = workspace.store_folder("tiny")
    facts = read_manifest(folder).model_copy(
        update={"rows": len(grown), "catalogue_fingerprint": grown.catalogue.fingerprint}
    )
    with StoreWriter(folder, facts) as writer:
        writer.append(np.arange(first, first + len(vectors)), vectors)
        writer.finish()
    return grown


def _place(
    workspace: Workspace, hear: Callable[[Event], None] = lambda _: None, **options: Any
) -> Finished:
    return _run(PlaceConfig(workspace=workspace.folder, **options), hear)


def _groups_of_nearest(projection: Projection, k: int = 5) -> np.ndarray:
    """(placed,): share of the k nearest laid-out points that are of the same group."""
    fixed = projection.points[~projection.placed]
    new = projection.points[projection.placed]
    nearest_ones = np.argsort(np.linalg.norm(new[:, None] - fixed[None], axis=2), axis=1)[:, :k]
    groups = GROUP[projection.rows[~projection.placed]][nearest_ones]
    return (groups == GROUP[projection.rows[projection.placed]][:, None]).mean(axis=1)


@pytest.mark.parametrize(("method", "how"), [("umap", "force"), ("tsne", "mean"), ("pca", "axes")])
def test_new_galaxies_land_among_their_like_and_no_old_point_moves(
    workspace: Workspace, method: str, how: str
) -> None:
    before = _project(workspace, method=method)
    assert not before.placed.any() and before.manifest.placements == ()
    grown = _grow(workspace, VECTORS[OLD:])
    events: list[Event] = []
    finished = _place(grown, events.append)
    after = Projection.open(before.folder)
    assert after.points[:OLD].tobytes() == before.points.tobytes()
    assert np.array_equal(after.rows[:OLD], before.rows)
    assert after.rows[OLD:].tolist() == list(range(OLD, OLD + NEW))
    assert after.placed.tolist() == [False] * OLD + [True] * NEW
    assert after.placed_of(OLD + NEW + 3).sum() == NEW
    assert _groups_of_nearest(after).mean() > 0.9
    assert f'{NEW} galaxies on "{method}-0"' in finished.message
    (placement,) = after.manifest.placements
    assert (placement.count, placement.how) == (NEW, how)
    assert placement.created > before.manifest.created
    assert after.manifest.rows == after.manifest.count == OLD + NEW
    assert after.manifest.catalogue_fingerprint == grown.catalogue.fingerprint
    assert after.manifest.created == before.manifest.created
    assert [event.done for event in events if isinstance(event, Progress)][-1] == NEW


def test_a_pca_places_exactly_where_its_axes_say(workspace: Workspace) -> None:
    before = _project(workspace, method="pca")
    # The same vectors again must come upon themselves.
    grown = _grow(workspace, VECTORS[:NEW])
    _place(grown)
    after = Projection.open(before.folder)
    np.testing.assert_allclose(after.points[OLD:], before.points[:NEW], atol=1e-5)


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_a_vector_that_is_on_the_map_already_lands_on_it(workspace: Workspace, method: str) -> None:
    before = _project(workspace, method=method)
    _place(_grow(workspace, VECTORS[:NEW]))
    after = Projection.open(before.folder)
    assert np.array_equal(after.points[OLD:], before.points[:NEW])


def test_places_do_not_depend_on_what_comes_together(workspace: Workspace) -> None:
    folder = _project(workspace).folder
    half = OLD + NEW // 2
    grown = _grow(workspace, VECTORS[OLD:half])
    _place(grown)
    first = Projection.open(folder)
    _place(_grow(grown, VECTORS[half:]))
    in_two = Projection.open(folder)
    assert in_two.points[: len(first.points)].tobytes() == first.points.tobytes()
    assert [placement.count for placement in in_two.manifest.placements] == [20, 20]
    _project(workspace)  # The layout anew, of everything: nothing is placed any more.
    assert not Projection.open(folder).placed.any()


def test_two_ways_of_appending_give_the_same_map(tmp_path: Path) -> None:
    points = []
    for number, steps in enumerate(([OLD + NEW], [OLD + 10, OLD + NEW])):
        workspace = make_workspace(tmp_path / str(number), OLD)
        add_whole_store(workspace, vectors=VECTORS[:OLD])
        folder, begin = _project(workspace).folder, OLD
        for end in steps:
            workspace, begin = _grow(workspace, VECTORS[begin:end]), end
            _place(workspace)
        points.append(Projection.open(folder).points)
    assert np.array_equal(points[0], points[1])


def test_zero_and_broken_vectors_get_no_place(workspace: Workspace) -> None:
    folder = _project(workspace).folder
    vectors = VECTORS[OLD:].copy()
    vectors[3], vectors[5, 1] = 0, np.nan
    _place(_grow(workspace, vectors))
    coordinates = Projection.open(folder).coordinates
    assert np.flatnonzero(np.isnan(coordinates).any(axis=1)).tolist() == [OLD + 3, OLD + 5]


def test_nothing_new_changes_nothing(workspace: Workspace) -> None:
    folder = _project(workspace, method="pca").folder
    files = {path: path.read_bytes() for path in folder.iterdir()}
    assert "nothing was placed" in _place(workspace).message
    assert {path: path.read_bytes() for path in folder.iterdir()} == files


def test_fewer_points_than_neighbours_do(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "few", 5)
    add_whole_store(workspace, vectors=VECTORS[:5])
    folder = _project(workspace, neighbours=15).folder
    _place(_grow(workspace, VECTORS[OLD:]))
    assert np.isfinite(Projection.open(folder).points).all()


def test_comparing_all_pairs_in_blocks_gives_the_same_places(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _project(workspace).folder
    saved = {path.name: path.read_bytes() for path in folder.iterdir()}
    grown = _grow(workspace, VECTORS[OLD:])
    _place(grown)
    whole = Projection.open(folder).points
    for path in folder.iterdir():
        path.unlink()
    for name, data in saved.items():
        (folder / name).write_bytes(data)
    monkeypatch.setattr(placing, "EXACT_LIMIT", 10)
    _place(grown)
    np.testing.assert_allclose(Projection.open(folder).points, whole, atol=0.05)


def test_cancelled_in_the_middle_the_old_map_stays(workspace: Workspace) -> None:
    before = _project(workspace)
    grown = _grow(workspace, VECTORS[OLD:])
    config = PlaceConfig(workspace=grown.folder)
    run = create_run(grown.folder, config)

    def stop(event: Event) -> None:
        if isinstance(event, Progress):
            run.request_cancel()
            context._last_check = -np.inf

    context = JobContext(run.path, stop)
    with pytest.raises(JobCancelled):
        run_job(config, context)
    after = Projection.open(before.folder)
    assert after.manifest == before.manifest
    assert after.points.tobytes() == before.points.tobytes()
    assert [path.name for path in before.folder.parent.iterdir()] == ["umap-0"]


def test_a_map_that_can_not_be_mended_does_not_keep_the_others_waiting(
    workspace: Workspace,
) -> None:
    good, bad = _project(workspace, method="pca"), _project(workspace)
    np.save(bad.folder / "coordinates.npy", np.zeros((1, 2), np.float32))
    grown = _grow(workspace, VECTORS[OLD:])
    events: list[Event] = []
    _place(grown, events.append)
    assert Projection.open(good.folder).placed.sum() == NEW
    assert any(isinstance(e, Warned) and "coordinates.npy" in e.message for e in events)
    with pytest.raises(FormatError, match=r"coordinates\.npy"):
        _place(grown, projection="umap-0")


def test_a_map_from_another_space_is_refused(workspace: Workspace) -> None:
    folder = _project(workspace).folder
    facts = json.loads((folder / "manifest.json").read_text())
    (folder / "manifest.json").write_text(json.dumps(facts | {"whitening": "0" * 64}))
    grown = _grow(workspace, VECTORS[OLD:])
    with pytest.raises(MismatchError, match=r"another space.*project.*again"):
        _place(grown)


def test_a_store_without_a_map_is_a_sentence(workspace: Workspace) -> None:
    with pytest.raises(QueryError, match="no projection yet"):
        _place(workspace)


def test_axes_for_other_vectors_are_refused(workspace: Workspace) -> None:
    folder = _project(workspace, method="pca").folder
    np.save(folder / "axes.npy", np.zeros((4, 2)))
    grown = _grow(workspace, VECTORS[OLD:])
    with pytest.raises(AstroMaskError, match="vectors of length 3"):
        _place(grown)


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_above_a_number_a_sample_is_laid_out_and_the_rest_placed(
    workspace: Workspace, method: str
) -> None:
    projection = _project(workspace, method=method, landmarks=80, seed=4)
    assert projection.manifest.count == OLD
    assert projection.placed.sum() == OLD - 80
    assert sorted(projection.rows) == list(range(OLD))
    assert _groups_of_nearest(projection).mean() > 0.9
    again = _project(workspace, method=method, landmarks=80, seed=4)
    assert again.points.tobytes() == projection.points.tobytes()
    other = _project(workspace, method=method, landmarks=80, seed=5)
    assert set(other.rows[~other.placed]) != set(projection.rows[~projection.placed])


def test_the_search_by_an_inverted_file_places_too(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(nearest, "EXACT_LIMIT", 10)
    monkeypatch.setattr(placing, "EXACT_LIMIT", 10)
    monkeypatch.setattr(placing, "FEW", 0)
    folder = _project(workspace).folder
    _place(_grow(workspace, VECTORS[OLD:]))
    assert _groups_of_nearest(Projection.open(folder)).mean() > 0.9


def test_a_store_of_another_making_is_refused(workspace: Workspace) -> None:
    folder = _project(workspace, method="pca").folder
    facts = json.loads((folder / "manifest.json").read_text())
    identity = store_manifest(dimension=3).identity
    (folder / "manifest.json").write_text(json.dumps(facts | {"store_identity": identity}))
    with pytest.raises(MismatchError, match="other vectors"):
        _place(workspace)
    assert len(EmbeddingStore.open(workspace.store_folder("tiny"))) == OLD
