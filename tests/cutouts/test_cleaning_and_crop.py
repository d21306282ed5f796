"""NaN, missing bands, crops, coordinates and splits."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.cutouts.cleaning import clean
from trainer.cutouts.crop import centre_crop
from trainer.cutouts.splits import validation_mask
from trainer.cutouts.zero_points import rescale
from trainer.errors import FormatError


def test_cleaning_flags_zero_planes_and_fills_nan() -> None:
    x = np.ones((2, 2, 10, 10), np.float32)
    x[0, 0] = 0
    x[1, 1, 0, :4] = np.nan
    x[1, 1, 1, 0] = np.inf  # five bad pixels of a hundred: missing
    x[1, 0, 0, :4] = np.nan  # four: not missing
    cleaned, missing = clean(x)
    assert missing.tolist() == [[True, False], [False, True]]
    assert np.isfinite(cleaned).all()
    assert cleaned[1, 0].sum() == 96 and not cleaned[1, 1].any()


def test_cleaning_leaves_the_given_array_alone() -> None:
    x = np.full((1, 1, 4, 4), np.nan)
    clean(x)
    assert np.isnan(x).all()


def test_values_beyond_float32_count_as_bad() -> None:
    x = np.ones((1, 1, 10, 10))
    x[0, 0, 0, 0] = 1e300
    cleaned, missing = clean(x)
    assert cleaned[0, 0, 0, 0] == 0 and not missing.any()


@given(height=st.integers(1, 30), width=st.integers(1, 30), data=st.data())
def test_a_crop_is_central_to_half_a_pixel(height: int, width: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(1, min(height, width)))
    rows, columns = np.mgrid[:height, :width]
    cropped = centre_crop(np.stack([rows, columns])[None].astype(float), size)
    assert cropped.shape == (1, 2, size, size)
    assert abs(cropped[0, 0].mean() - (height - 1) / 2) <= 0.5
    assert abs(cropped[0, 1].mean() - (width - 1) / 2) <= 0.5


def test_the_crop_of_unions_cutouts_starts_at_68() -> None:
    x = np.arange(200 * 200).reshape(1, 1, 200, 200)
    assert centre_crop(x, 64)[0, 0, 0, 0] == 68 * 200 + 68


def test_a_crop_larger_than_the_cutout_is_refused() -> None:
    with pytest.raises(FormatError, match=r"64 × 64 px.*48 × 52 px"):
        centre_crop(np.zeros((1, 1, 48, 52)), 64)


def test_the_split_stays_when_the_survey_grows() -> None:
    rows = np.arange(5000)
    assert np.array_equal(
        validation_mask(rows[:1000], 0.1, 7), validation_mask(rows, 0.1, 7)[:1000]
    )
    names = rows.astype(str)
    assert np.array_equal(validation_mask(names[::3], 0.1), validation_mask(names, 0.1)[::3])


@pytest.mark.parametrize("kind", [np.int64, np.uint32, np.str_])
def test_the_split_has_about_its_share_and_follows_the_seed(kind: type) -> None:
    values = np.arange(20000).astype(kind)
    masks = [validation_mask(values, 0.1, seed) for seed in (0, 1)]
    assert all(0.09 < mask.mean() < 0.11 for mask in masks)
    # Independent seeds share a tenth of a tenth.
    assert 0.005 < (masks[0] & masks[1]).mean() < 0.015
    assert not validation_mask(values, 0.0).any()


def test_rows_of_any_integer_type_split_alike() -> None:
    rows = np.arange(1000)
    assert np.array_equal(
        validation_mask(rows.astype(np.uint32), 0.2), validation_mask(rows.astype(np.int64), 0.2)
    )


def test_zero_points_bring_bands_to_one_unit() -> None:
    flux = rescale(np.ones((1, 2, 1, 1), np.float32), (22.5, 30.0))
    np.testing.assert_allclose(flux.ravel(), [1.0, 1e-3], rtol=1e-6)
    assert rescale(flux, None) is flux


def test_pixels_without_data_stay_known_where_that_is_asked_for() -> None:
    x = np.ones((1, 2, 10, 10), np.float32)
    x[0, 0, 0, :4] = (np.nan, np.inf, -np.inf, np.nan)
    x[0, 1, :1] = np.nan  # ten of a hundred: missing
    cleaned, missing = clean(x, np.nan)
    assert missing.tolist() == [[False, True]]
    assert np.isnan(cleaned[0, 0, 0, :4]).all() and np.isnan(cleaned).sum() == 4
    assert not cleaned[0, 1].any()
