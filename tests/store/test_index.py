"""The index against brute force, on friendly and on broken vectors."""

from __future__ import annotations

import subprocess
import sys
import threading
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.store.stores import make_store
from trainer.errors import QueryError
from trainer.store.index import NO_ROW, ExactIndex
from trainer.store.whitening import whitening_of


def _brute_force(store_rows, vectors, query, excluded=()) -> tuple[np.ndarray, np.ndarray]:
    vectors = vectors.astype(np.float64)
    lengths = np.linalg.norm(vectors, axis=1)
    fine = np.isfinite(lengths) & (lengths > 0) & ~np.isin(store_rows, excluded)
    cosines = vectors[fine] @ query / (lengths[fine] * np.linalg.norm(query))
    order = np.lexsort((store_rows[fine], 1 - cosines))
    return store_rows[fine][order], (1 - cosines)[order]


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    n=st.integers(1, 60),
    dimension=st.integers(1, 12),
    k=st.integers(1, 15),
    block_rows=st.integers(1, 30),
    shard_rows=st.integers(1, 40),
    keep=st.booleans(),
    broken=st.floats(0, 1),
)
def test_neighbours_and_distances_are_those_of_brute_force(
    tmp_path_factory, seed, n, dimension, k, block_rows, shard_rows, keep, broken
) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(n, dimension)).astype(np.float16)
    vectors[rng.random(n) < broken / 2] = 0
    vectors[rng.random(n) < broken / 2, 0] = np.nan
    rows = rng.permutation(3 * n)[:n].astype(np.uint32)
    store = make_store(tmp_path_factory.mktemp("s"), vectors, rows, shard_rows)
    index = ExactIndex(
        store, block_bytes=4 * dimension * block_rows, cache_bytes=2**20 if keep else 0
    )
    queries = rng.normal(size=(3, dimension)).astype(np.float32)
    for _ in range(2):  # The second time from memory, where it is kept.
        found, distances = index.search(queries, k)
        assert found.shape == distances.shape == (3, k)
        assert found.dtype == np.uint32
        assert distances.dtype == np.float32
        for query, got, gap in zip(queries, found, distances, strict=True):
            expected, gaps = _brute_force(rows, vectors, query)
            count = min(k, len(expected))
            np.testing.assert_allclose(gap[:count], gaps[:count], atol=2e-6)
            assert np.all(np.diff(gap[:count]) >= 0)
            # Rows may differ from brute force only where distances tie.
            different = got[:count] != expected[:count]
            at = dict(zip(expected, gaps, strict=True))
            for row, value in zip(got[:count][different], gap[:count][different], strict=True):
                assert abs(at[row] - value) < 2e-6
            assert len(set(got[:count])) == count
            assert np.all(got[count:] == NO_ROW)
            assert np.all(np.isinf(gap[count:]))


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), block_rows=st.integers(7, 150), keep=st.booleans())
def test_a_store_large_enough_is_compared_in_its_whitened_space(
    tmp_path_factory, seed, block_rows, keep
) -> None:
    rng = np.random.default_rng(seed)
    vectors = (rng.normal(size=(200, 9)) * 3.0 ** -np.arange(9) + 5).astype(np.float16)
    vectors[rng.random(200) < 0.1, 3] = np.nan
    store = make_store(tmp_path_factory.mktemp("s"), vectors, shard_rows=70)
    index = ExactIndex(store, block_bytes=36 * block_rows, cache_bytes=2**20 if keep else 0)
    query = vectors[np.flatnonzero(np.isfinite(vectors).all(axis=1))[:1]].astype(np.float32)
    rows, distances = index.search(query, 8)
    whitening = whitening_of(store)
    features = whitening.features(vectors.astype(np.float32))
    expected, gaps = _brute_force(
        np.arange(200), features, whitening.features(query)[0].astype(np.float64)
    )
    assert np.array_equal(rows[0], expected[:8])
    np.testing.assert_allclose(distances[0], gaps[:8], atol=1e-4)


def test_a_galaxy_is_its_own_nearest_neighbour_unless_it_is_left_out(tmp_path: Path) -> None:
    vectors = np.random.default_rng(3).normal(size=(50, 6)).astype(np.float16)
    rows = np.arange(100, 150, dtype=np.uint32)
    store = make_store(tmp_path, vectors, rows)
    index = ExactIndex(store)
    own = np.array([107, 149], np.uint32)
    found, distances = index.search(store.read(own), 3)
    assert found[:, 0].tolist() == own.tolist()
    assert np.all(distances[:, 0] < 1e-6)
    others, _ = index.search(store.read(own), 2, exclude_rows=own)
    assert np.array_equal(others, found[:, 1:])
    fewer, _ = index.search(store.read(own), 1, exclude_rows=found[:, :2])
    assert np.array_equal(fewer, found[:, 2:])


def test_opposite_vectors_are_two_apart(tmp_path: Path) -> None:
    store = make_store(tmp_path, np.array([[1, 0], [-2, 0], [0, 3]], np.float16))
    rows, distances = ExactIndex(store).search(np.array([[5.0, 0]], np.float32), 3)
    assert rows[0].tolist() == [0, 2, 1]
    np.testing.assert_allclose(distances[0], [0, 1, 2], atol=1e-6)


def test_duplicates_come_in_order_of_row(tmp_path: Path) -> None:
    rows = np.array([9, 3, 7, 1], np.uint32)
    store = make_store(tmp_path, np.ones((4, 4), np.float16), rows, shard_rows=2)
    found, _ = ExactIndex(store).search(np.ones((1, 4), np.float32), 4)
    assert found[0].tolist() == [1, 3, 7, 9]


def test_an_empty_store_has_no_neighbours(tmp_path: Path) -> None:
    store = make_store(tmp_path, np.empty((0, 4), np.float16))
    rows, distances = ExactIndex(store).search(np.ones((1, 4), np.float32), 3)
    assert np.all(rows == NO_ROW)
    assert np.all(np.isinf(distances))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        (np.zeros((1, 4)), "no direction"),
        (np.array([[1, 1, np.nan, 0]]), "no direction"),
        (np.ones((1, 5)), "length 4"),
        (np.ones(4), "length 4"),
    ],
)
def test_a_query_that_fits_nothing_is_refused(tmp_path: Path, query, words: str) -> None:
    store = make_store(tmp_path, np.ones((2, 4), np.float16))
    with pytest.raises(QueryError, match=words):
        ExactIndex(store).search(query.astype(np.float32), 1)


def test_too_few_neighbours_and_rows_for_other_queries_are_refused(tmp_path: Path) -> None:
    index = ExactIndex(make_store(tmp_path, np.ones((2, 4), np.float16)))
    with pytest.raises(QueryError, match="at least 1"):
        index.search(np.ones((1, 4), np.float32), 0)
    with pytest.raises(QueryError, match="given for 2 queries; there are 1"):
        index.search(np.ones((1, 4), np.float32), 1, exclude_rows=np.array([0, 1]))


def test_threads_get_the_same_answers(tmp_path: Path) -> None:
    vectors = np.random.default_rng(5).normal(size=(200, 8)).astype(np.float16)
    index = ExactIndex(make_store(tmp_path, vectors))
    query = vectors[:1].astype(np.float32)
    answers: list[np.ndarray] = []
    threads = [
        threading.Thread(target=lambda: answers.append(index.search(query, 10)[0]))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(np.array_equal(answer, answers[0]) for answer in answers)


def test_a_large_store_is_searched_in_bounded_memory(tmp_path: Path) -> None:
    # 60,000 × 128 float32 would take 30 MB; a search in blocks of 1 MB takes a few.
    vectors = np.random.default_rng(6).normal(size=(60_000, 128)).astype(np.float16)
    store = make_store(tmp_path, vectors, shard_rows=10_000)
    del vectors
    index = ExactIndex(store, block_bytes=2**20, cache_bytes=0)
    query = store.read(np.array([5]))
    index.search(query, 10)
    tracemalloc.start()
    index.search(query, 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 * 2**20


def test_faiss_is_imported_only_for_a_search() -> None:
    code = (
        "import sys, trainer.store.index, trainer.store.embeddings, trainer.store.projections;"
        "sys.exit(any(m in sys.modules for m in ('faiss', 'torch', 'sklearn', 'umap')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
