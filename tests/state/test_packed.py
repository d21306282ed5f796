"""Packed sets come back as they were, and take little memory."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.state.packed import PackedMask


@given(
    st.integers(0, 300),
    st.sampled_from([0.0, 0.01, 0.3, 0.99, 1.0]),
    st.integers(0, 50),
    st.integers(0, 2**32 - 1),
)
def test_a_set_comes_back_as_it_was_with_nothing_of_the_rows_added_since(
    size: int, share: float, grown: int, seed: int
) -> None:
    mask = np.random.default_rng(seed).random(size) < share
    packed = PackedMask.of(mask)
    np.testing.assert_array_equal(packed.unpack(), mask)
    later = packed.unpack(size + grown)
    np.testing.assert_array_equal(later[:size], mask)
    assert not later[size:].any()


def test_few_members_few_gaps_and_everything_between_take_at_most_a_bit_a_row() -> None:
    size = 100_000
    random = np.random.default_rng(0).random(size)
    for share, most in ((1e-4, 200), (0.5, size // 8), (1 - 1e-4, 200)):
        assert PackedMask.of(random < share).data.nbytes <= most


def test_a_packed_set_does_not_follow_its_mask() -> None:
    mask = np.arange(100) < 2
    packed = PackedMask.of(mask)
    mask[:] = True
    assert np.count_nonzero(packed.unpack()) == 2
