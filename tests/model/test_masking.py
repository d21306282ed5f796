from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from trainer.errors import QueryError
from trainer.model.masking import balanced_masks, mask_from_choice, mask_from_noise, seeded_noise


@given(
    patches=st.integers(1, 80), ratio=st.floats(0, 1), n=st.integers(1, 4), seed=st.integers(0, 99)
)
@settings(deadline=None)
def test_kept_and_hidden_patches_are_a_partition(
    patches: int, ratio: float, n: int, seed: int
) -> None:
    masking = mask_from_noise(seeded_noise(n, patches, seed), ratio)
    assert masking.kept.shape == (n, int(patches * (1 - ratio)))
    together = torch.cat([masking.kept, masking.hidden], dim=1)
    assert torch.equal(together.sort(dim=1).values, torch.arange(patches).expand(n, -1))
    assert torch.equal(
        torch.gather(together, 1, masking.restore()).sort(1).values[0], torch.arange(patches)
    )
    assert (masking.mask().sum(dim=1) == masking.hidden.shape[1]).all()


def test_the_patches_of_smallest_noise_are_kept() -> None:
    noise = torch.tensor([[0.9, 0.1, 0.5, 0.3]])
    masking = mask_from_noise(noise, 0.5)
    assert masking.kept.tolist() == [[1, 3]]
    assert masking.mask().tolist() == [[1, 0, 1, 0]]


def test_the_number_kept_is_rounded_down() -> None:
    assert mask_from_noise(torch.rand(1, 49), 0.9).kept.shape == (1, 4)


def test_a_given_mask_hides_exactly_those_patches() -> None:
    choice = torch.tensor([[0, 1, 1, 0, 1], [1, 1, 1, 0, 0]], dtype=torch.uint8)
    masking = mask_from_choice(choice)
    assert torch.equal(masking.mask(), choice.float())
    assert masking.kept.tolist() == [[0, 3], [3, 4]]


def test_masks_of_different_sizes_in_a_batch_are_refused() -> None:
    with pytest.raises(QueryError, match="same number"):
        mask_from_choice(torch.tensor([[0, 1], [1, 1]]))


def test_a_ratio_outside_its_range_is_refused() -> None:
    with pytest.raises(QueryError, match=r"1\.5"):
        mask_from_noise(torch.rand(1, 4), 1.5)


def test_a_seed_gives_the_same_noise_again() -> None:
    assert torch.equal(seeded_noise(2, 9, 5), seeded_noise(2, 9, 5))
    assert not torch.equal(seeded_noise(2, 9, 5), seeded_noise(2, 9, 6))


@given(
    patches=st.integers(2, 80),
    ratio=st.floats(0.05, 0.95),
    first=st.integers(0, 40),
    seed=st.integers(0, 1000),
)
@settings(deadline=None)
def test_balanced_masks_hide_the_usual_number_and_go_on_where_they_stopped(
    patches: int, ratio: float, first: int, seed: int
) -> None:
    masks = balanced_masks(patches, ratio, seed, first, 5)
    kept = int(patches * (1 - ratio))
    assert masks.kept.shape == (5, kept) and masks.hidden.shape == (5, patches - kept)
    every = torch.cat([masks.kept, masks.hidden], dim=1).sort(dim=1).values
    assert torch.equal(every, torch.arange(patches).expand(5, -1))
    later = balanced_masks(patches, ratio, seed, first + 2, 3)
    assert torch.equal(later.mask(), masks.mask()[2:])


@given(side=st.integers(2, 8), parts=st.integers(2, 8), visible=st.booleans())
@settings(deadline=None)
def test_in_a_round_of_balanced_masks_every_patch_takes_its_turn(
    side: int, parts: int, visible: bool
) -> None:
    patches = side * parts
    # `side` of them are visible, or hidden, whatever the last bit of the ratio.
    ratio = 1 - (side + 0.5) / patches if visible else (side - 0.5) / patches
    times = balanced_masks(patches, ratio, 0, 0, parts).mask().sum(dim=0)
    assert times.min() == times.max() == (parts - 1 if visible else 1)


def test_balanced_masks_that_hide_nothing_are_refused() -> None:
    with pytest.raises(QueryError, match="Nothing is hidden"):
        balanced_masks(16, 0.0, 0, 0, 1)
    with pytest.raises(QueryError, match="between 0 and 1"):
        balanced_masks(16, 1.2, 0, 0, 1)
