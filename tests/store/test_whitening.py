"""The space in which embeddings are compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tests.store.stores import make_store, manifest
from trainer.store.embeddings import EmbeddingStore, StoreWriter
from trainer.store.index import ExactIndex
from trainer.store.whitening import (
    FEWEST,
    FLOOR,
    MOST_AXES,
    WHITENING_NAME,
    Whitening,
    whitening_of,
)


def _vectors(n: int = 300, dimension: int = 10, seed: int = 0) -> np.ndarray:
    """One direction of large variance beside an offset, as an encoder's vectors are."""
    rng = np.random.default_rng(seed)
    brightness = rng.normal(size=(n, 1))
    return (5 + brightness + 0.1 * rng.normal(size=(n, dimension))).astype(np.float32)


def test_features_are_uncorrelated_and_small_variances_are_held_down() -> None:
    vectors = _vectors(5000)
    whitening = Whitening.fit(vectors)
    covariance = np.cov(whitening.features(vectors).T, bias=True)
    standard = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    variances = np.linalg.eigvalsh(np.cov(standard.T.astype(np.float64), bias=True))[::-1]
    np.testing.assert_allclose(covariance, np.diag(variances / (variances + FLOOR)), atol=1e-3)


def test_without_the_whitening_features_are_principal_components() -> None:
    vectors = _vectors(500)
    whitening = Whitening.fit(vectors)
    components = whitening.components(whitening.features(vectors))
    standard = (vectors - vectors.mean(axis=0)) / vectors.std(axis=0)
    np.testing.assert_allclose(
        np.linalg.norm(components, axis=1), np.linalg.norm(standard, axis=1), rtol=1e-3
    )


def test_likeness_beside_brightness_counts() -> None:
    # Pairs share a pattern; brightness varies more and has nothing to do with it.
    rng = np.random.default_rng(1)
    pattern = np.repeat(rng.normal(size=(100, 10)), 2, axis=0)
    brightness = rng.normal(size=(200, 1)) * rng.normal(size=10)
    vectors = 20 + 8 * brightness + pattern + 0.2 * rng.normal(size=(200, 10))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    features = Whitening.fit(vectors.astype(np.float32)).features(vectors)
    white = features / np.linalg.norm(features, axis=1, keepdims=True)
    twin = np.arange(200) ^ 1

    def found(directions: np.ndarray) -> float:
        cosines = directions @ directions.T
        np.fill_diagonal(cosines, -2)
        return float((cosines.argmax(axis=1) == twin).mean())

    assert found(white) > 0.4
    assert found(unit) < 0.1


def test_few_vectors_are_compared_as_they_are() -> None:
    vectors = _vectors(FEWEST - 1)
    whitening = Whitening.fit(vectors)
    assert not whitening.fitted
    assert np.array_equal(whitening.features(vectors), vectors)
    assert Whitening.fit(_vectors(FEWEST)).fitted


def test_broken_vectors_and_constant_features_do_not_spoil_it() -> None:
    vectors = _vectors()
    vectors[:, 4] = 3
    clean = Whitening.fit(vectors)
    broken = np.concatenate([vectors, np.full((5, 10), np.nan), np.zeros((5, 10))])
    assert np.array_equal(Whitening.fit(broken.astype(np.float32)).axes, clean.axes)
    assert np.isfinite(clean.features(vectors)).all()


def test_identical_vectors_have_no_directions_and_no_errors() -> None:
    vectors = np.full((100, 6), 2.0, np.float32)
    assert np.all(Whitening.fit(vectors).features(vectors) == 0)


def test_only_the_directions_of_largest_variance_are_kept() -> None:
    vectors = np.random.default_rng(0).normal(size=(400, MOST_AXES + 20)).astype(np.float32)
    assert Whitening.fit(vectors).axes.shape == (MOST_AXES + 20, MOST_AXES)


def test_standardising_gives_mean_0_and_spread_1() -> None:
    features = Whitening.standardising(_vectors(30)).features(_vectors(30))
    np.testing.assert_allclose(features.mean(axis=0), 0, atol=1e-5)
    np.testing.assert_allclose(features.std(axis=0), 1, rtol=1e-5)


def test_it_is_kept_beside_the_vectors_and_stays_when_the_store_grows(tmp_path: Path) -> None:
    make_store(tmp_path, _vectors(), dimension=10)
    first = whitening_of(EmbeddingStore.open(tmp_path))
    assert (tmp_path / WHITENING_NAME).exists()
    with StoreWriter(tmp_path, manifest(dimension=10, rows=600)) as writer:
        writer.append(np.arange(300, 600), 100 * _vectors(seed=1))
        writer.finish()
    grown = whitening_of(EmbeddingStore.open(tmp_path))
    assert grown.identity == first.identity
    assert np.array_equal(grown.axes, first.axes)


@pytest.mark.parametrize("contents", [b"", b"PK\x03\x04 torn", b"\x93NUMPY"])
def test_a_damaged_one_is_made_anew(tmp_path: Path, contents: bytes) -> None:
    store = make_store(tmp_path, _vectors(), dimension=10)
    first = whitening_of(store)
    (tmp_path / WHITENING_NAME).write_bytes(contents)
    assert whitening_of(store).identity == first.identity


def test_one_of_another_shape_is_made_anew(tmp_path: Path) -> None:
    store = make_store(tmp_path / "a", _vectors(), dimension=10)
    make_store(tmp_path / "b", _vectors(dimension=7), dimension=7)
    whitening_of(EmbeddingStore.open(tmp_path / "b"))
    (tmp_path / "b" / WHITENING_NAME).rename(tmp_path / "a" / WHITENING_NAME)
    assert whitening_of(store).mean.shape == (10,)


def test_a_store_that_can_not_be_written_is_searched_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = make_store(tmp_path, _vectors(), dimension=10)

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    rows, _ = ExactIndex(store).search(store.read_positions(np.array([5])), 1)
    assert rows.tolist() == [[5]]
    assert not (tmp_path / WHITENING_NAME).exists()
