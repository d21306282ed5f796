"""Stores of embeddings: what was appended is read back, whatever happened in between."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.open_files import few_files_allowed
from tests.store.stores import make_store, manifest
from trainer.errors import FormatError, MismatchError, QueryError, WorkspaceError
from trainer.mapped import MOST_MAPPED
from trainer.store.embeddings import EmbeddingStore, StoreWriter


def _vectors(n: int, dimension: int = 8, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, dimension)).astype(np.float16)


@settings(max_examples=25, deadline=None)
@given(
    order=st.permutations(range(40)),
    batch=st.integers(1, 17),
    shard_rows=st.integers(1, 23),
    kill_after=st.integers(0, 40),
)
def test_a_killed_run_continues_and_every_row_keeps_its_vector(
    tmp_path_factory: pytest.TempPathFactory,
    order: list[int],
    batch: int,
    shard_rows: int,
    kill_after: int,
) -> None:
    folder = tmp_path_factory.mktemp("s") / "store"
    vectors = _vectors(40)
    rows = np.array(order, np.uint32)
    writer = StoreWriter(folder, manifest(), shard_rows)
    for low in range(0, kill_after, batch):
        part = rows[low : low + batch]
        writer.append(part, vectors[part])
    writer.close()
    expected_done = np.sort(rows[: -(-kill_after // batch) * batch])

    writer = StoreWriter(folder, manifest(), shard_rows)
    assert np.array_equal(writer.done_rows(), expected_done)
    rest = rows[~np.isin(rows, writer.done_rows())]
    if len(rest):
        writer.append(rest, vectors[rest])
    writer.finish()

    store = EmbeddingStore.open(folder)
    assert len(store) == 40
    assert np.array_equal(store.read(np.arange(40)), vectors.astype(np.float32))
    assert max(store.manifest.shards) <= shard_rows
    assert not (folder / "unfinished.part").exists()


def test_a_record_torn_by_a_kill_is_encoded_again(tmp_path: Path) -> None:
    vectors = _vectors(5)
    writer = StoreWriter(tmp_path, manifest())
    writer.append(np.arange(5), vectors)
    writer.close()
    part = tmp_path / "unfinished.part"
    part.write_bytes(part.read_bytes()[:-3])

    writer = StoreWriter(tmp_path, manifest())
    assert writer.done_rows().tolist() == [0, 1, 2, 3]
    writer.append(np.array([4]), vectors[4:])
    writer.finish()
    assert np.array_equal(EmbeddingStore.open(tmp_path).read(np.arange(5)), vectors)


def test_records_that_a_shard_holds_already_are_not_counted_twice(tmp_path: Path) -> None:
    # A kill between the shard's rename and the shortening of the unfinished part.
    vectors = _vectors(4)
    writer = StoreWriter(tmp_path, manifest(), shard_rows=4)
    writer.append(np.arange(3), vectors[:3])
    records = (tmp_path / "unfinished.part").read_bytes()
    writer.append(np.array([3]), vectors[3:])
    writer.close()
    (tmp_path / "unfinished.part").write_bytes(records)

    writer = StoreWriter(tmp_path, manifest(), shard_rows=4)
    writer.finish()
    assert EmbeddingStore.open(tmp_path).rows.tolist() == [0, 1, 2, 3]


def test_an_unfinished_store_is_refused_in_a_sentence(tmp_path: Path) -> None:
    StoreWriter(tmp_path, manifest()).append(np.arange(5), _vectors(5))
    with pytest.raises(WorkspaceError, match=r"not finished.*continues where it stopped"):
        EmbeddingStore.open(tmp_path)


def test_a_store_that_grows_stays_readable_until_it_is_finished(tmp_path: Path) -> None:
    vectors = _vectors(30)
    make_store(tmp_path, vectors[:20], shard_rows=8)
    writer = StoreWriter(tmp_path, manifest(rows=30), shard_rows=8)
    assert len(writer.done_rows()) == 20
    writer.append(np.arange(20, 29), vectors[20:29])
    assert len(EmbeddingStore.open(tmp_path)) == 20
    writer.append(np.array([29]), vectors[29:])
    writer.finish()
    store = EmbeddingStore.open(tmp_path)
    assert store.manifest.rows == 30
    assert np.array_equal(store.read(np.arange(30)), vectors)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"checkpoint_sha256": "b" * 64, "checkpoint_path": "other.pth"}, "aaaa.*other.pth.*bbbb"),
        ({"pool": "cls"}, "pooling.*rich.*cls"),
        ({"scaling": {"kind": "min_max"}}, "scaling.*none.*min_max"),
        ({"bands": ("g", "r")}, "u, g, r, i, z.*g, r"),
        ({"catalogue_fingerprint": "e" * 16}, "catalogue of 3 galaxies .*ffff.*eeee"),
        ({"rows": 2}, "catalogue of 3 galaxies .*has 2 "),
    ],
)
def test_vectors_of_another_making_are_refused_naming_both(
    tmp_path: Path, change: dict, words: str
) -> None:
    make_store(tmp_path, _vectors(3))
    with pytest.raises(MismatchError, match=words):
        StoreWriter(tmp_path, manifest(**({"rows": 3} | change)))


def test_a_row_can_not_have_two_vectors(tmp_path: Path) -> None:
    writer = StoreWriter(tmp_path, manifest())
    writer.append(np.array([3]), _vectors(1))
    with pytest.raises(QueryError, match="row 3"):
        writer.append(np.array([4, 3]), _vectors(2))
    with pytest.raises(QueryError, match="given twice"):
        writer.append(np.array([5, 5]), _vectors(2))
    assert writer.done_rows().tolist() == [3]


def test_vectors_of_another_length_are_refused(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="length 8"):
        StoreWriter(tmp_path, manifest()).append(np.array([0]), _vectors(1, 7))


def test_values_beyond_half_precision_are_clipped_and_nan_is_kept(tmp_path: Path) -> None:
    vectors = np.zeros((1, 8), np.float32)
    vectors[0, :4] = [1e9, -1e9, np.inf, np.nan]
    got = make_store(tmp_path, vectors).read(np.array([0]))[0, :4]
    assert np.array_equal(got, [65504, -65504, 65504, np.nan], equal_nan=True)


def test_a_row_without_a_vector_is_named(tmp_path: Path) -> None:
    store = make_store(tmp_path, _vectors(3), np.array([2, 5, 9], np.uint32))
    assert store.has(np.array([9, 2, 3, 10])).tolist() == [True, True, False, False]
    with pytest.raises(QueryError, match="row 7"):
        store.read(np.array([5, 7]))


def test_blocks_give_every_vector_once_in_the_order_of_storage(tmp_path: Path) -> None:
    vectors = _vectors(25)
    rows = np.random.default_rng(1).permutation(50)[:25].astype(np.uint32)
    store = make_store(tmp_path, vectors, rows, shard_rows=10)
    blocks = list(store.blocks(4))
    assert all(len(rows) <= 4 for rows, _ in blocks)
    assert np.array_equal(np.concatenate([r for r, _ in blocks]), rows)
    together = np.concatenate([v for _, v in blocks])
    assert together.dtype == np.float32
    assert np.array_equal(together, vectors.astype(np.float32))


def test_vectors_stay_on_disk(tmp_path: Path) -> None:
    store = make_store(tmp_path, _vectors(10))
    assert isinstance(store.shard(0), np.memmap)


def test_a_store_of_more_shards_than_a_process_may_have_files_open_is_read(tmp_path: Path) -> None:
    vectors = _vectors(3 * MOST_MAPPED)
    make_store(tmp_path, vectors, shard_rows=1)
    with few_files_allowed(MOST_MAPPED + 8):
        store = EmbeddingStore.open(tmp_path)
        assert np.array_equal(store.read(np.arange(len(vectors))), vectors.astype(np.float32))
        assert np.array_equal(np.concatenate([v for _, v in store.blocks()]), vectors)


def test_an_empty_store_can_be_opened(tmp_path: Path) -> None:
    store = make_store(tmp_path, _vectors(0))
    assert len(store) == 0
    assert list(store.blocks()) == []
    assert not store.has(np.array([0])).any()


def test_the_identity_survives_growth_but_not_another_checkpoint(tmp_path: Path) -> None:
    first = manifest()
    assert manifest(rows=200, catalogue_fingerprint="0", name="b").identity == first.identity
    assert manifest(checkpoint_sha256="c" * 64).identity != first.identity


def test_a_missing_store_a_foreign_manifest_and_a_damaged_shard_are_sentences(
    tmp_path: Path,
) -> None:
    with pytest.raises(WorkspaceError, match="no store of embeddings"):
        EmbeddingStore.open(tmp_path / "nowhere")
    store = make_store(tmp_path, _vectors(10))
    vectors = tmp_path / "shard-00000.vectors.npy"
    whole = vectors.read_bytes()
    vectors.write_bytes(whole[:50])
    with pytest.raises(FormatError, match=r"vectors\.npy"):
        EmbeddingStore.open(tmp_path)
    np.save(vectors, np.zeros((10, 4), np.float16))
    with pytest.raises(FormatError, match=r"shape \(10, 8\)"):
        EmbeddingStore.open(tmp_path)
    vectors.unlink()
    with pytest.raises(FormatError, match="missing"):
        EmbeddingStore.open(tmp_path)
    (tmp_path / "manifest.json").write_text('{"name": 3}')
    with pytest.raises(FormatError, match="not the manifest"):
        EmbeddingStore.open(tmp_path)
    assert len(store) == 10


def test_two_can_not_write_the_same_store(tmp_path: Path) -> None:
    with StoreWriter(tmp_path, manifest()) as writer:
        with pytest.raises(WorkspaceError, match="Another program is writing"):
            StoreWriter(tmp_path, manifest())
        writer.append(np.arange(2), _vectors(2))
    with pytest.raises(MismatchError):
        StoreWriter(tmp_path, manifest(pool="cls"))
    with StoreWriter(tmp_path, manifest()) as writer:
        assert writer.done_rows().tolist() == [0, 1]


def test_a_killed_writer_leaves_no_lock(tmp_path: Path) -> None:
    code = (
        "import sys, os, signal; from pathlib import Path;"
        "from tests.store.stores import manifest;"
        "from trainer.store.embeddings import StoreWriter;"
        "writer = StoreWriter(Path(sys.argv[1]), manifest()); os.kill(os.getpid(), signal.SIGKILL)"
    )
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path)], cwd=root, check=False)
    assert killed.returncode == -signal.SIGKILL
    StoreWriter(tmp_path, manifest()).close()
