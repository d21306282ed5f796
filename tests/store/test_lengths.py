"""Lengths of features: right, kept for large stores, and never those of other vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.store.stores import make_store, manifest
from trainer.store import lengths as module
from trainer.store.embeddings import EmbeddingStore, StoreWriter
from trainer.store.lengths import LENGTHS_NAME, feature_lengths
from trainer.store.whitening import whitening_of


def _vectors(n: int = 150, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 8)).astype(np.float16)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "KEPT_FROM", 10)


def _expected(store: EmbeddingStore) -> np.ndarray:
    features = whitening_of(store).features(store.read(store.rows))
    return np.linalg.norm(features, axis=1)


def test_lengths_are_those_of_the_features_and_nan_without_a_direction(tmp_path: Path) -> None:
    vectors = _vectors()
    vectors[3] = 0
    vectors[9, 1] = np.inf
    vectors[11, 1] = np.nan
    store = make_store(tmp_path, vectors, shard_rows=40)
    found = feature_lengths(store, whitening_of(store), 17)
    # An infinite number was clipped to float16's largest when it was stored.
    assert np.flatnonzero(np.isnan(found)).tolist() == [3, 11]
    fine = np.isfinite(found)
    np.testing.assert_allclose(found[fine], _expected(store)[fine], rtol=1e-5)
    assert not (tmp_path / LENGTHS_NAME).exists()


@pytest.mark.usefixtures("kept")
def test_they_are_read_back_instead_of_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store(tmp_path, _vectors())
    first = feature_lengths(store, whitening_of(store))

    def fail(*_: object) -> None:
        raise AssertionError("measured again")

    monkeypatch.setattr(module, "_measured", fail)
    assert np.array_equal(feature_lengths(store, whitening_of(store)), first)


@pytest.mark.usefixtures("kept")
def test_a_store_that_has_grown_is_measured_anew(tmp_path: Path) -> None:
    store = make_store(tmp_path, _vectors())
    feature_lengths(store, whitening_of(store))
    with StoreWriter(tmp_path, manifest(rows=200)) as writer:
        writer.append(np.arange(150, 200), _vectors(50, seed=1))
        writer.finish()
    grown = EmbeddingStore.open(tmp_path)
    found = feature_lengths(grown, whitening_of(grown))
    np.testing.assert_allclose(found, _expected(grown), rtol=1e-5)


@pytest.mark.usefixtures("kept")
def test_a_damaged_file_is_measured_anew(tmp_path: Path) -> None:
    store = make_store(tmp_path, _vectors())
    first = feature_lengths(store, whitening_of(store))
    (tmp_path / LENGTHS_NAME).write_bytes(b"PK\x03\x04 torn")
    assert np.array_equal(feature_lengths(store, whitening_of(store)), first)
