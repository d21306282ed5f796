from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.inference.surprise import surprise


def survey(count: int = 4000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Errors that grow with contrast, and scatter by a tenth of a decade."""
    random = np.random.default_rng(seed)
    contrast = 10 ** random.uniform(-1, 2, count)
    error = (0.1 + 0.02 * contrast) * 10 ** random.normal(0, 0.1, count)
    return error, contrast


def test_bright_galaxies_are_not_simply_the_strangest() -> None:
    error, contrast = survey()
    found = surprise(error, contrast)
    bright = contrast > np.percentile(contrast, 90)
    # Before: the hundred largest errors are all of bright galaxies. After: their fair share.
    assert bright[np.argsort(-error)[:100]].mean() > 0.9
    assert bright[np.argsort(-found)[:400]].mean() < 0.25
    assert abs(np.corrcoef(found, np.log(contrast))[0, 1]) < 0.05


def test_a_faint_galaxy_that_is_hard_to_predict_stands_out() -> None:
    error, contrast = survey()
    odd = int(np.argsort(contrast)[300])
    error[odd] *= 10
    assert np.argmax(surprise(error, contrast)) == odd
    assert surprise(error, contrast)[odd] > 7


def test_the_scatter_among_alike_is_the_unit() -> None:
    found = surprise(*survey())
    assert abs(np.median(found)) < 0.05
    assert 0.9 < np.std(found) < 1.1


@given(factor=st.floats(1e-3, 1e3), seed=st.integers(0, 20))
@settings(deadline=None)
def test_it_does_not_depend_on_the_units(factor: float, seed: int) -> None:
    error, contrast = survey(300, seed)
    scaled = surprise(error * factor, contrast * factor)
    np.testing.assert_allclose(scaled, surprise(error, contrast), atol=1e-6)


def test_what_is_unknown_stays_unknown() -> None:
    error = np.array([1.0, np.nan, 0.0, 2.0])
    contrast = np.array([1.0, 1.0, 1.0, np.nan])
    assert np.isfinite(surprise(error, contrast)).tolist() == [True, False, False, False]
    assert len(surprise(np.array([]), np.array([]))) == 0


def test_galaxies_that_are_all_alike_do_not_surprise() -> None:
    assert not surprise(np.full(120, 0.3), np.arange(120.0)).any()
