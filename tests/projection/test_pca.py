"""Principal components against scikit-learn's, with signs that don't change."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA

from trainer.projection.pca import principal_axes


def _cloud(n: int = 200, dimension: int = 7, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scales = 3.0 ** -np.arange(dimension)
    return (rng.normal(size=(n, dimension)) * scales + 2).astype(np.float32)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), block=st.integers(1, 300))
def test_components_are_those_of_scikit_learn_up_to_sign(seed: int, block: int) -> None:
    cloud = _cloud(seed=seed)
    parts = [cloud[low : low + block] for low in range(0, len(cloud), block)]
    found = principal_axes(parts, cloud.shape[1], 3)
    reference = PCA(n_components=3).fit(cloud.astype(np.float64))
    theirs = reference.transform(cloud.astype(np.float64))
    np.testing.assert_allclose(np.abs(found.transform(cloud)), np.abs(theirs), atol=1e-5)
    np.testing.assert_allclose(found.explained, reference.explained_variance_ratio_, rtol=1e-6)
    np.testing.assert_allclose(found.axes.T @ found.axes, np.eye(3), atol=1e-9)


def test_the_largest_entry_of_each_axis_is_positive() -> None:
    for seed in range(5):
        axes = principal_axes([_cloud(seed=seed)], 7, 4).axes
        assert np.all(np.take_along_axis(axes, np.abs(axes).argmax(axis=0)[None], axis=0) > 0)


def test_axes_do_not_depend_on_the_order_of_the_vectors() -> None:
    cloud = _cloud()
    one, two = principal_axes([cloud], 7, 2), principal_axes([cloud[::-1]], 7, 2)
    np.testing.assert_allclose(one.axes, two.axes, atol=1e-9)


def test_identical_vectors_explain_nothing() -> None:
    assert principal_axes([np.ones((5, 3), np.float32)], 3, 2).explained.tolist() == [0, 0]
