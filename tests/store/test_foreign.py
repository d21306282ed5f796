"""Embeddings that others made: read, matched to galaxies, written as a store."""

from __future__ import annotations

import os
import random
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cutouts.layouts import pixels, text, write
from tests.cutouts.test_damage import damaged
from tests.store.foreign_files import simclr, vectors
from tests.store.workspaces import add_store, cutouts, make_workspace, write_cutouts
from trainer.errors import (
    AstroMaskError,
    CheckpointError,
    FormatError,
    MismatchError,
    QueryError,
    WorkspaceError,
)
from trainer.store.checkpoint_file import find_checkpoint
from trainer.store.choose import open_store
from trainer.store.embeddings import EmbeddingStore, StoreWriter
from trainer.store.foreign import ForeignEmbeddings, describe_embeddings, holds_embeddings
from trainer.store.foreign_import import import_embeddings
from trainer.store.foreign_match import Matching, match
from trainer.store.manifest import read_manifest
from trainer.workspace.workspace import Workspace

COUNT = 12
IDS = [f"G{row}" for row in range(COUNT)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w", COUNT)


def matched(workspace: Workspace, path: Path) -> Matching:
    with ForeignEmbeddings(path) as foreign:
        return match(workspace, foreign)


def imported(workspace: Workspace, path: Path, name: str = "theirs") -> EmbeddingStore:
    with ForeignEmbeddings(path) as foreign:
        return import_embeddings(workspace, foreign, match(workspace, foreign), name)


@pytest.mark.parametrize("ending", ["h5", "npz", "bin"])
@pytest.mark.parametrize("dataset", ["simclr_reps", "embeddings", "image_embeddings"])
def test_vectors_are_matched_by_identifier_in_any_order(
    tmp_path: Path, workspace: Workspace, ending: str, dataset: str
) -> None:
    order = np.random.default_rng(1).permutation(COUNT)
    path = simclr(
        tmp_path / f"a.{'npz' if ending == 'npz' else 'h5'}",
        [IDS[row] for row in order] + ["elsewhere"],
        **{"simclr_reps": None, dataset: vectors(COUNT + 1)},
    )
    path = path.rename(tmp_path / f"a.{ending}")
    assert holds_embeddings(path)
    found = matched(workspace, path)
    assert (found.by, found.matched, found.ambiguous, found.unused) == ("cfis_id", COUNT, 0, 1)
    store = imported(workspace, path)
    expected = vectors(COUNT + 1)[np.argsort(order)]
    np.testing.assert_allclose(store.read(np.arange(COUNT)), expected, atol=2e-3)


def test_the_manifest_says_where_the_vectors_come_from(
    tmp_path: Path, workspace: Workspace
) -> None:
    path = simclr(tmp_path / "a.h5", IDS[:9])
    manifest = read_manifest(imported(workspace, path).folder)
    assert manifest.imported is not None and manifest.checkpoint_sha256 is None
    facts = manifest.imported
    assert (facts.path, facts.dataset) == (str(path), "simclr_reps")
    assert (facts.matched_by, facts.factor, len(facts.sha256)) == ("cfis_id", 1.0, 64)
    assert manifest.count == 9 and manifest.complete
    assert (manifest.pool, manifest.heads, manifest.scaling) == (None, None, {})
    assert open_store(workspace).manifest == manifest


def test_galaxies_without_a_vector_say_why(tmp_path: Path, workspace: Workspace) -> None:
    store = imported(workspace, simclr(tmp_path / "a.h5", IDS[:9]))
    with pytest.raises(QueryError, match=r"3 of the 4 rows .* first of them row 9\..*a\.h5"):
        store.read(np.array([8, 9, 10, 11]))


def test_positions_match_where_there_are_no_identifiers(
    tmp_path: Path, workspace: Workspace
) -> None:
    ra, dec = workspace.catalogue.coordinates()
    ra = np.concatenate([ra[::-1], ra[:1], [np.nan]])
    dec = np.concatenate([dec[::-1] + 0.4 / 3600, dec[:1] - 0.2 / 3600, [0.0]])
    dec[0] += 5 / 3600
    path = simclr(tmp_path / "a.h5", [""] * (COUNT + 2), cfis_id=None, ra=ra, dec=dec)
    found = matched(workspace, path)
    assert (found.by, found.matched, found.ambiguous) == ("position", COUNT - 1, 1)
    assert found.places[0] == COUNT  # The nearer of two.
    assert found.places[5] == COUNT - 1 - 5
    assert found.places[COUNT - 1] == -1
    assert "1 are ambiguous" in found.sentence and "11 of 12 galaxies matched" in found.sentence


def test_identifiers_that_fit_nothing_give_way_to_positions(
    tmp_path: Path, workspace: Workspace
) -> None:
    path = simclr(tmp_path / "a.h5", [f"other{row}" for row in range(COUNT)])
    assert matched(workspace, path).by == "position"
    path = simclr(tmp_path / "b.h5", ["x"] * 3, ra=None)
    with pytest.raises(QueryError, match=r"Nothing in .*identifiers.*found .*cfis_id"):
        matched(workspace, path)


def test_an_identifier_that_stands_twice_is_told_apart_by_tile_or_else_by_position(
    tmp_path: Path, workspace: Workspace
) -> None:
    ids = [*IDS, "G1", "G2"]
    ra, dec = workspace.catalogue.coordinates()
    tiles = ["000.000"] * (COUNT + 2)
    tiles[1] = "000.001"
    path = simclr(
        tmp_path / "a.h5",
        ids,
        tile=text(tiles),
        ra=np.concatenate([ra + 0.001, ra[1:3]]),
        dec=np.concatenate([dec, dec[1:3]]),
    )
    found = matched(workspace, path)
    assert found.by == "cfis_id and tile" and found.ambiguous == 1
    # By the tile, and by the position.
    assert found.places[1] == COUNT and found.places[2] == COUNT + 1
    assert found.matched == COUNT and found.unused == 2


def test_a_galaxy_repeated_in_overlapping_tiles_has_its_vector_in_each_row(tmp_path: Path) -> None:
    first = write_cutouts(tmp_path / "a.h5", cutouts(4))
    second = write_cutouts(tmp_path / "b.h5", cutouts(4, seed=1), first=2)
    workspace = Workspace.create(tmp_path / "w", [first, second], crop=8)
    found = matched(workspace, simclr(tmp_path / "e.h5", [f"G{row}" for row in range(6)]))
    assert found.places.tolist() == [0, 1, 2, 3, 2, 3, 4, 5]


def test_numbers_identify_whatever_their_type(tmp_path: Path) -> None:
    path = write(tmp_path / "c.h5", {"images": pixels(4, 5), "inds": np.arange(4) + 500})
    workspace = Workspace.create(tmp_path / "w", [path], bands=("u", "g", "r", "i", "z"), crop=8)
    for dtype in (np.int32, np.uint64, np.float64):
        ids = np.array([503, 501, 7], dtype)
        found = matched(
            workspace, write(tmp_path / "e.h5", {"embeddings": vectors(3), "objid": ids})
        )
        assert found.places.tolist() == [-1, 1, -1, 0]


@settings(max_examples=30, deadline=None)
@given(
    data=st.data(),
    dtype=st.sampled_from(["<f4", "<f8", ">f4", "<f2", "<i4"]),
)
def test_every_galaxy_gets_a_vector_of_its_own_identifier(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, dtype: str
) -> None:
    folder = tmp_path_factory.mktemp("any")
    workspace = make_workspace(folder / "w", 5)
    ids = data.draw(st.lists(st.sampled_from([*IDS[:7], ""]), min_size=1, max_size=12))
    values = np.arange(2.0 * len(ids)).reshape(-1, 2).astype(dtype) + 1
    path = write(folder / "e.h5", {"embeddings": values, "cfis_id": text(ids)})
    if not set(ids) & set(IDS[:5]):
        with pytest.raises(QueryError):
            matched(workspace, path)
        return
    found = matched(workspace, path)
    for row in range(5):
        own = {place for place, name in enumerate(ids) if name == IDS[row]}
        assert found.places[row] in own if own else found.places[row] == -1
    assert found.ambiguous == sum(ids.count(name) > 1 for name in IDS[:5])
    store = imported(workspace, path)
    rows = np.flatnonzero(found.places >= 0)
    np.testing.assert_allclose(store.read(rows), values[found.places[rows]].astype("f4"))


def test_vectors_that_are_not_finite_are_left_out(tmp_path: Path, workspace: Workspace) -> None:
    values = vectors(COUNT)
    values[3, 1], values[4] = np.nan, np.inf
    store = imported(workspace, simclr(tmp_path / "a.h5", IDS, simclr_reps=values))
    assert len(store) == COUNT - 2 and not store.has(np.array([3, 4])).any()
    bad = simclr(tmp_path / "b.h5", IDS, simclr_reps=np.full((COUNT, 4), np.nan))
    with pytest.raises(FormatError, match="no usable vector"):
        imported(workspace, bad, "other")


@pytest.mark.parametrize("size", [1e-9, 1e-3, 1.0, 1e5, 1e30])
def test_vectors_of_any_size_keep_their_directions(
    tmp_path: Path, workspace: Workspace, size: float
) -> None:
    values = vectors(COUNT).astype(np.float64) * size
    store = imported(workspace, simclr(tmp_path / "a.h5", IDS, simclr_reps=values))
    assert store.manifest.imported is not None
    restored = store.read(np.arange(COUNT)).astype(np.float64) / store.manifest.imported.factor
    np.testing.assert_allclose(restored, values, rtol=2e-3, atol=1e-3 * size)


def test_an_import_is_continued_and_grows_with_the_workspace(
    tmp_path: Path, workspace: Workspace
) -> None:
    path = simclr(tmp_path / "a.h5", [f"G{row}" for row in range(COUNT + 5)])
    whole = imported(workspace, path)
    with StoreWriter(workspace.store_folder("half"), whole.manifest) as writer:
        writer.append(np.arange(4), whole.read(np.arange(4)))
    unfinished = read_manifest(workspace.store_folder("half"))
    with pytest.raises(WorkspaceError, match=r"import-embeddings.*same file"):
        EmbeddingStore.open(workspace.store_folder("half"))
    assert not unfinished.complete and len(imported(workspace, path, "half")) == COUNT
    workspace.add([write_cutouts(tmp_path / "more.h5", cutouts(5, seed=1), first=COUNT)])
    assert len(imported(workspace, path)) == COUNT + 5


def test_vectors_of_two_makings_are_never_mixed(tmp_path: Path, workspace: Workspace) -> None:
    first = imported(workspace, simclr(tmp_path / "a.h5", IDS))
    other = simclr(tmp_path / "b.h5", IDS, simclr_reps=vectors(COUNT, seed=1))
    with pytest.raises(MismatchError, match=r"vectors of .*a\.h5.*those of .*b\.h5"):
        imported(workspace, other)
    assert imported(workspace, other, "b").manifest.identity != first.manifest.identity
    own = add_store(workspace)
    with pytest.raises(MismatchError, match=r"vectors of runs/model.*those of .*a\.h5"):
        imported(workspace, tmp_path / "a.h5", own.manifest.name)


def test_there_is_no_checkpoint_to_be_found(tmp_path: Path, workspace: Workspace) -> None:
    manifest = imported(workspace, simclr(tmp_path / "a.h5", IDS)).manifest
    for given_path in (None, tmp_path / "a.h5"):
        with pytest.raises(CheckpointError, match=r"imported from .*a\.h5.*model .* not known"):
            find_checkpoint(manifest, workspace.folder, given_path)


@pytest.mark.parametrize(
    ("datasets", "words"),
    [
        ({"flux": np.ones(4)}, "found none"),
        ({"features": np.ones((4, 2))}, "found features.*--dataset"),
        ({"embeddings": np.ones((0, 2))}, "found float64 of shape"),
        ({"embeddings": text(["a", "b"]).reshape(1, 2)}, "was expected to hold numbers"),
    ],
)
def test_files_without_vectors_are_refused_in_a_sentence(
    tmp_path: Path, datasets: dict[str, Any], words: str
) -> None:
    path = write(tmp_path / "a.h5", datasets)
    with pytest.raises(FormatError, match=words):
        ForeignEmbeddings(path)


def test_another_dataset_may_be_named(tmp_path: Path) -> None:
    path = write(tmp_path / "a.h5", {"features": vectors(4), "embeddings": vectors(4, 3)})
    with closing(ForeignEmbeddings(path)) as foreign:
        assert (foreign.dataset, foreign.dimension) == ("embeddings", 3)
    with closing(ForeignEmbeddings(path, "features")) as foreign:
        assert foreign.dimension == 6
    with pytest.raises(QueryError, match=r"no vectors called x; .*embeddings, features"):
        ForeignEmbeddings(path, "x")


def test_pickled_arrays_and_other_files_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", embeddings=np.full((2, 2), None, object))
    (tmp_path / "b.txt").write_text("vectors")
    for name in ("a.npz", "b.txt"):
        with pytest.raises(FormatError, match=name):
            ForeignEmbeddings(tmp_path / name)


def test_a_file_with_images_is_one_of_cutouts(tmp_path: Path) -> None:
    both = {"embeddings": vectors(4), "images": pixels(4, 3)}
    np.savez(tmp_path / "a.npz", **both)
    write(tmp_path / "a.h5", both)
    assert not holds_embeddings(tmp_path / "a.npz") and not holds_embeddings(tmp_path / "a.h5")
    with closing(ForeignEmbeddings(tmp_path / "a.h5")) as foreign:
        assert len(foreign) == 4  # Whoever asks for them may have them.


@pytest.mark.parametrize("ending", ["h5", "npz"])
def test_damaged_bytes_are_read_or_refused(
    tmp_path: Path, workspace: Workspace, ending: str
) -> None:
    # Without text of variable length: on damaged heaps of it HDF5 itself may never return.
    ids = np.array(IDS, "S4") if ending == "h5" else None
    whole = simclr(tmp_path / f"a.{ending}", IDS, cfis_id=ids, tile=None).read_bytes()
    bad, chance, refused = tmp_path / "bad", random.Random(3), 0
    for _ in range(60):
        bad.write_bytes(damaged(whole, chance))
        try:
            holds_embeddings(bad)
            with ForeignEmbeddings(bad) as foreign:
                match(workspace, foreign)
                foreign.read(np.arange(2)), foreign.tiles(), describe_embeddings(bad)
        except AstroMaskError as error:
            refused += 1
            assert "bad" in str(error)
    assert refused > 0


def test_a_truncated_file_is_refused(tmp_path: Path) -> None:
    path = simclr(tmp_path / "a.h5", IDS)
    os.truncate(path, path.stat().st_size // 2)
    with pytest.raises(FormatError, match=r"a\.h5 is truncated"):
        ForeignEmbeddings(path)
