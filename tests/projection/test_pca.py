"""Principal components against scikit-learn's, with signs that don't change."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from trainer.projection.pca import leading_axes, moments


def _cloud(n: int = 200, dimension: int = 7, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scales = 3.0 ** -np.arange(dimension)
    return (rng.normal(size=(n, dimension)) * scales + 2).astype(np.float32)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), block=st.integers(1, 300))
def test_components_are_those_of_scikit_learn_up_to_sign(seed: int, block: int) -> None:
    cloud = _cloud(seed=seed)
    parts = [cloud[low : low + block] for low in range(0, len(cloud), block)]
    found = moments(parts, cloud.shape[1])
    axes, explained = found.principal_axes(3)
    reference = PCA(n_components=3).fit(cloud.astype(np.float64))
    ours = (cloud - found.mean) @ axes
    theirs = reference.transform(cloud.astype(np.float64))
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-5)
    np.testing.assert_allclose(explained, reference.explained_variance_ratio_, rtol=1e-6)


def test_the_largest_entry_of_each_axis_is_positive() -> None:
    for seed in range(5):
        axes, _ = moments([_cloud(seed=seed)], 7).principal_axes(4)
        assert np.all(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0) > 0)


def test_axes_do_not_depend_on_the_order_of_the_vectors() -> None:
    cloud = _cloud()
    axes, _ = moments([cloud], 7).principal_axes(2)
    turned, _ = moments([cloud[::-1]], 7).principal_axes(2)
    np.testing.assert_allclose(axes, turned, atol=1e-9)


def test_identical_vectors_explain_nothing() -> None:
    _, explained = moments([np.ones((5, 3), np.float32)], 3).principal_axes(2)
    assert explained.tolist() == [0, 0]


def test_leading_axes_are_orthonormal_and_sorted() -> None:
    rng = np.random.default_rng(0)
    matrix = rng.normal(size=(6, 6))
    values, axes = leading_axes(matrix @ matrix.T, 4)
    assert np.all(np.diff(values) <= 0)
    np.testing.assert_allclose(axes.T @ axes, np.eye(4), atol=1e-12)
