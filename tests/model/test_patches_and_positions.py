from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.model.patches import patchify, unpatchify
from trainer.model.positions import sincos_positions


@given(
    n=st.integers(1, 3), bands=st.integers(1, 6), grid=st.integers(1, 5), patch=st.integers(1, 6)
)
@settings(deadline=None)
def test_unpatchify_undoes_patchify(n: int, bands: int, grid: int, patch: int) -> None:
    images = torch.randn(n, bands, grid * patch, grid * patch)
    patches = patchify(images, patch)
    assert patches.shape == (n, grid**2, patch**2 * bands)
    assert torch.equal(unpatchify(patches, patch), images)


def test_a_patch_is_flattened_as_row_column_band_in_raster_order() -> None:
    images = torch.arange(2 * 4 * 4).reshape(1, 2, 4, 4)
    patches = patchify(images, 2)
    # Second patch of the first row: rows 0–1, columns 2–3.
    expected = [2, 18, 3, 19, 6, 22, 7, 23]
    assert patches[0, 1].tolist() == expected


def test_the_class_token_has_position_zero_and_columns_come_before_rows() -> None:
    positions = sincos_positions(8, 3)[0]
    assert positions.shape == (10, 8)
    assert not positions[0].any()
    row, column = 2, 1
    phase = np.array([1.0, 0.01])
    expected = np.concatenate(
        [np.sin(column * phase), np.cos(column * phase), np.sin(row * phase), np.cos(row * phase)]
    )
    np.testing.assert_allclose(positions[1 + 3 * row + column], expected, atol=1e-7)


def test_a_width_that_is_no_multiple_of_four_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 4"):
        sincos_positions(6, 2)
