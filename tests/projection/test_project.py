"""The job `project`: from a store to a projection with its provenance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA

from tests.projection.clouds import clusters, purity
from tests.store.stores import make_store
from tests.store.workspaces import add_store, make_workspace
from trainer.config import ProjectConfig
from trainer.errors import JobCancelled, QueryError
from trainer.events import Event, Finished, Progress, Stage, Warned
from trainer.launch.context import JobContext
from trainer.projection import project
from trainer.projection.project import run
from trainer.projection.source import WhitenedVectors
from trainer.store.embeddings import EmbeddingStore
from trainer.store.projections import Projection, list_projections
from trainer.store.whitening import whitening_of
from trainer.workspace.runs import create_run
from trainer.workspace.workspace import Workspace

N = 80


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w", N)


class _Watched:
    """A run of the job whose events are kept."""

    def __init__(self, workspace: Workspace, **options) -> None:
        config = ProjectConfig(workspace=workspace.folder, **options)
        self.folder = create_run(workspace.folder, config)
        self.events: list[Event] = []
        self._config = config

    def run(self) -> Finished:
        return run(self._config, JobContext(self.folder.path, self._hear))

    def _hear(self, event: Event) -> None:
        self.events.append(event)

    def of(self, kind: type) -> list:
        return [event for event in self.events if isinstance(event, kind)]


def _groups(workspace: Workspace) -> np.ndarray:
    vectors, group = clusters(N)
    add_store(workspace, vectors=vectors)
    return group


@pytest.mark.parametrize("method", ["umap", "tsne", "pca"])
def test_a_projection_is_written_in_row_order_with_its_provenance(
    workspace: Workspace, method: str
) -> None:
    group = _groups(workspace)
    watched = _Watched(workspace, method=method, neighbours=8, seed=5)
    finished = watched.run()
    folder = workspace.store_folder("tiny") / "projections" / f"{method}-5"
    assert workspace.folder / finished.outputs["projection"] == folder
    projection = Projection.open(folder)
    assert projection.coordinates.shape == (N, 2)
    assert purity(projection.coordinates, group) > 0.9
    manifest = projection.manifest
    store = add_store(workspace, "same", vectors=clusters(N)[0]).manifest
    assert manifest.store == "tiny"
    assert manifest.store_identity == store.identity
    assert manifest.whitening == whitening_of(EmbeddingStore.open(folder.parent.parent)).identity
    assert manifest.catalogue_fingerprint == workspace.catalogue.fingerprint
    assert (manifest.method, manifest.seed, manifest.rows, manifest.count) == (method, 5, N, N)
    if method == "umap":
        assert {"n_neighbors": 8, "min_dist": 0.1}.items() <= manifest.parameters.items()
        assert manifest.parameters["a"] > 0
        assert watched.of(Progress)[-1].unit == "epochs"
    assert len(watched.of(Stage)) >= 2
    assert not watched.of(Warned)


def test_the_same_seed_gives_the_same_map_whatever_the_order_of_encoding(
    workspace: Workspace,
) -> None:
    vectors, _ = clusters(N)
    order = np.random.default_rng(1).permutation(N).astype(np.uint32)
    add_store(workspace, "one", vectors=vectors)
    add_store(workspace, "two", vectors=vectors[order], rows=order)
    maps = []
    for store in ("one", "two"):
        outputs = _Watched(workspace, store=store, neighbours=6).run().outputs
        maps.append(Projection.open(workspace.folder / outputs["projection"]).coordinates)
    assert np.array_equal(maps[0], maps[1])


def test_broken_vectors_have_no_place_and_it_is_said(workspace: Workspace) -> None:
    vectors, _ = clusters(N)
    vectors[3] = 0
    vectors[7, 2] = np.nan
    add_store(workspace, vectors=vectors)
    watched = _Watched(workspace, method="pca")
    outputs = watched.run().outputs
    coordinates = Projection.open(workspace.folder / outputs["projection"]).coordinates
    assert np.flatnonzero(np.isnan(coordinates).any(axis=1)).tolist() == [3, 7]
    assert "2 of 80 vectors" in watched.of(Warned)[0].message


def test_too_few_galaxies_are_refused(workspace: Workspace) -> None:
    add_store(workspace, vectors=clusters(3)[0])
    with pytest.raises(QueryError, match=r"at least 4 galaxies.*has 3"):
        _Watched(workspace).run()


@pytest.mark.parametrize(("method", "most"), [("umap", 5), ("tsne", 1)])
def test_more_neighbours_than_galaxies_become_as_many_as_there_are(
    workspace: Workspace, method: str, most: int
) -> None:
    add_store(workspace, vectors=clusters(6)[0])
    watched = _Watched(workspace, method=method, neighbours=15)
    watched.run()
    assert f"can be at most {most} here; 15 was asked for" in watched.of(Warned)[0].message


@pytest.mark.parametrize("method", ["umap", "tsne", "pca"])
def test_a_cancelled_projection_leaves_nothing(workspace: Workspace, method: str) -> None:
    _groups(workspace)
    watched = _Watched(workspace, method=method)
    watched.folder.request_cancel()
    with pytest.raises(JobCancelled):
        watched.run()
    assert list_projections(workspace.store_folder("tiny")) == []


@pytest.mark.parametrize("name", ["../up", ".hidden", "a/b", "x" * 101])
def test_a_name_that_is_no_folder_is_refused(workspace: Workspace, name: str) -> None:
    _groups(workspace)
    with pytest.raises(QueryError, match="can't name a projection"):
        _Watched(workspace, method="pca", name=name).run()


def test_vectors_too_many_for_memory_are_compared_in_fewer_dimensions(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(project, "_GRAPH_BYTES", 0)
    monkeypatch.setattr(project, "_FEWEST_FEATURES", 6)
    group = _groups(workspace)
    outputs = _Watched(workspace, neighbours=8).run().outputs
    coordinates = Projection.open(workspace.folder / outputs["projection"]).coordinates
    assert purity(coordinates, group) > 0.9


def test_one_dimensional_vectors_are_laid_out_on_a_line(workspace: Workspace) -> None:
    add_store(workspace, vectors=np.linspace(-1, 1, 10, dtype=np.float32)[:, None])
    outputs = _Watched(workspace, method="pca").run().outputs
    points = Projection.open(workspace.folder / outputs["projection"]).points
    assert points.shape == (10, 2)
    assert np.all(points[:, 1] == 0)


@pytest.mark.parametrize("count", [20, 200])
def test_features_come_in_order_of_row(tmp_path: Path, count: int) -> None:
    vectors = np.random.default_rng(0).normal(size=(count, 4)).astype(np.float16)
    vectors[4] = 0
    rows = np.random.default_rng(1).permutation(2 * count)[:count].astype(np.uint32)
    store = make_store(tmp_path, vectors, rows, shard_rows=7)
    source = WhitenedVectors(store, lambda: None)
    keep = np.delete(np.arange(count), 4)
    order = keep[np.argsort(rows[keep])]
    assert np.array_equal(source.rows, rows[order])
    assert source.left_out == 1
    expected = whitening_of(store).features(vectors[order])
    found = np.concatenate([features for _, features in source.features()])
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_pca_shows_the_principal_components_of_the_standardised_vectors(
    workspace: Workspace,
) -> None:
    vectors = np.random.default_rng(3).normal(size=(N, 6)).astype(np.float16).astype(np.float64)
    vectors[:, 1] = 100 * vectors[:, 0] + 40 * vectors[:, 1]
    store = add_store(workspace, vectors=vectors)
    outputs = _Watched(workspace, method="pca").run().outputs
    points = Projection.open(workspace.folder / outputs["projection"]).points
    stored = store.read(np.arange(N)).astype(np.float64)
    reference = PCA(2).fit_transform((stored - stored.mean(axis=0)) / stored.std(axis=0))
    np.testing.assert_allclose(np.abs(points), np.abs(reference), atol=1e-3)
