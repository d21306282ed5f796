from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.training.small_survey import SIDE, write_cutouts
from trainer.cutouts.scaling import NoScaling
from trainer.cutouts.survey import Survey, SurveyFile
from trainer.model.orientations import COUNT, orient, orient_each
from trainer.model.prefetch import prefetched
from trainer.model.preparation import CutoutSource
from trainer.training import batches as batches_module
from trainer.training.batches import TrainingBatches, ValidationBatches
from trainer.training.order import epoch_order, steps_in_epoch
from trainer.training.schedule import learning_rate


@given(count=st.integers(0, 700), pool=st.integers(1, 300), epoch=st.integers(0, 5))
@settings(deadline=None, max_examples=40)
def test_an_epoch_sees_every_galaxy_once(count: int, pool: int, epoch: int) -> None:
    rows = np.arange(count) * 3
    order = epoch_order(rows, 7, epoch, pool)
    assert np.array_equal(np.sort(order), rows)
    assert np.array_equal(order, epoch_order(rows, 7, epoch, pool))


def test_epochs_differ_in_their_order() -> None:
    rows = np.arange(500)
    assert not np.array_equal(epoch_order(rows, 0, 0, 100), epoch_order(rows, 0, 1, 100))


def test_a_pool_reads_few_blocks_of_neighbours() -> None:
    first_pool = epoch_order(np.arange(100_000), 0, 0, 1280)[:1280]
    assert len(np.unique(first_pool // 64)) < 2 * 1280 / 64 + 20


def test_the_learning_rate_warms_up_and_falls_to_nothing() -> None:
    rates = [learning_rate(epoch, 100, 10, 1.0) for epoch in (0, 5, 10, 55, 100)]
    assert rates == pytest.approx([0, 0.5, 1, 0.5, 0])
    assert learning_rate(1, 5, 10, 1.0) == pytest.approx(1.0)


def test_the_eight_orientations_are_all_different_and_rigid() -> None:
    image = torch.arange(9.0).reshape(1, 1, 3, 3)
    seen = [orient(image, k) for k in range(COUNT)]
    assert len({tuple(view.flatten().tolist()) for view in seen}) == 8
    assert all(view[0, 0, 1, 1] == 4 for view in seen)
    each = orient_each(image.expand(8, 1, 3, 3), torch.arange(8))
    assert torch.equal(each, torch.cat(seen))


def test_prefetching_gives_everything_in_order_and_ends_its_thread() -> None:
    with prefetched(iter(range(20)), depth=2) as items:
        assert list(items) == list(range(20))
    assert not [t for t in threading.enumerate() if t.name == "prefetch"]


def test_an_error_of_the_source_reaches_the_consumer() -> None:
    def failing() -> Iterator[int]:
        yield 1
        raise RuntimeError("the disk is gone")

    with prefetched(failing()) as items:
        assert next(items) == 1
        with pytest.raises(RuntimeError, match="the disk is gone"):
            next(items)


def test_leaving_early_ends_the_thread() -> None:
    with prefetched(iter(range(10**9)), depth=2) as items:
        next(items)
    assert not [t for t in threading.enumerate() if t.name == "prefetch"]


def test_waiting_can_be_interrupted() -> None:
    release = threading.Event()

    def slow() -> Iterator[int]:
        release.wait()
        yield 1

    def idle() -> None:
        release.set()
        raise InterruptedError

    with pytest.raises(InterruptedError), prefetched(slow(), idle=idle) as items:
        next(items)


@pytest.fixture
def survey(tmp_path: Path) -> Survey:
    path = write_cutouts(tmp_path / "cutout.stacks.ugriz.lsb.16x16.0.50.h5", 50)
    return Survey([SurveyFile(path, 50, 0)], ("u", "g", "r", "i", "z"))


def _source(survey: Survey) -> CutoutSource:
    return CutoutSource(survey, SIDE, tuple(range(5)))


def _batches(survey: Survey, augment: bool = False) -> TrainingBatches:
    return TrainingBatches(
        _source(survey), np.arange(3, 50), scaling=NoScaling(), patches=4,
        batch_size=6, seed=1, augment=augment,
    )  # fmt: skip


def _keys(images: torch.Tensor) -> list[float]:
    return images.double().sum(dim=(1, 2, 3)).tolist()


@pytest.mark.parametrize("small_pools", [False, True])
def test_batches_hold_every_training_row_at_most_once(
    survey: Survey, monkeypatch: pytest.MonkeyPatch, small_pools: bool
) -> None:
    if small_pools:
        monkeypatch.setattr(batches_module, "WHOLE_BYTES", 1)
        monkeypatch.setattr(batches_module, "POOL_BYTES", 14 * 5 * 4 * SIDE**2)
    batches = _batches(survey)
    assert batches.steps == steps_in_epoch(47, 6) == 7
    keys = [key for batch in batches.epoch(0) for key in _keys(batch.images)]
    allowed = _keys(torch.from_numpy(survey.read(np.arange(3, 50)).pixels))
    assert len(set(keys)) == 42 and set(keys) <= set(allowed)


@pytest.mark.parametrize("small_pools", [False, True])
@pytest.mark.parametrize("first", [0, 1, 3, 6])
def test_an_epoch_can_be_entered_at_any_batch(
    survey: Survey, monkeypatch: pytest.MonkeyPatch, small_pools: bool, first: int
) -> None:
    if small_pools:
        monkeypatch.setattr(batches_module, "WHOLE_BYTES", 1)
        monkeypatch.setattr(batches_module, "POOL_BYTES", 14 * 5 * 4 * SIDE**2)
    whole = list(_batches(survey, augment=True).epoch(2))
    later = list(_batches(survey, augment=True).epoch(2, first))
    assert len(later) == 7 - first
    for a, b in zip(whole[first:], later, strict=True):
        assert torch.equal(a.images, b.images) and torch.equal(a.noise, b.noise)


def test_augmentation_turns_and_nothing_else(survey: Survey) -> None:
    plain = next(iter(_batches(survey).epoch(0))).images
    turned = next(iter(_batches(survey, augment=True).epoch(0))).images
    for image, other in zip(plain, turned, strict=True):
        assert any(torch.equal(orient(image[None], k)[0], other) for k in range(COUNT))


def test_validation_is_the_same_every_time(survey: Survey) -> None:
    validation = ValidationBatches(
        _source(survey), np.arange(10), scaling=NoScaling(), patches=4, batch_size=4, seed=0
    )
    first, second = list(validation), list(validation)
    assert [len(batch.images) for batch in first] == [4, 4, 2]
    for a, b in zip(first, second, strict=True):
        assert torch.equal(a.images, b.images) and torch.equal(a.noise, b.noise)
