"""Every scaling has an exact inverse, and those meant to depend on one cutout only do."""

from __future__ import annotations

import json
from typing import get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from trainer.config import ScalingKind
from trainer.cutouts.scaling import (
    AsinhScaling,
    BatchMinMaxScaling,
    MinMaxScaling,
    NoScaling,
    StandardiseScaling,
    fit_scaling,
    noise_sigma,
    scaling_from_json,
    scaling_to_json,
)
from trainer.errors import BandError, FormatError

KINDS = get_args(ScalingKind)
BANDS = ("g", "r", "z")

flux = st.floats(-1e5, 1e5, width=32)
images = hnp.arrays(
    np.float32, hnp.array_shapes(min_dims=4, max_dims=4, max_side=4).map(
        lambda shape: (shape[0], 3, shape[2], shape[3])
    ), elements=flux,
)  # fmt: skip
constants = st.floats(1e-3, 1e4)


def assert_round_trip(scaling: object, x: np.ndarray) -> None:
    scaled, state = scaling.forward(x)  # type: ignore[attr-defined]
    assert scaled.dtype == np.float32 and scaled.shape == x.shape and np.isfinite(scaled).all()
    back = scaling.inverse(scaled, state)  # type: ignore[attr-defined]
    assert back.dtype == np.float32
    # What float32 can hold of values of this size: some units in the last place of the largest.
    tolerance = 8 * np.finfo(np.float32).eps * max(1.0, float(np.abs(x).max()))
    np.testing.assert_allclose(back, x, rtol=1e-5, atol=tolerance)


@given(x=images, softening=st.tuples(constants, constants, constants))
def test_asinh_is_undone(x: np.ndarray, softening: tuple[float, float, float]) -> None:
    assert_round_trip(AsinhScaling(softening=softening), x)


@given(
    x=images,
    mean=st.tuples(flux, flux, flux),
    std=st.tuples(constants, constants, constants),
)
def test_standardise_is_undone(
    x: np.ndarray, mean: tuple[float, float, float], std: tuple[float, float, float]
) -> None:
    scaling = StandardiseScaling(mean=mean, std=std)
    scaled, state = scaling.forward(x)
    back = scaling.inverse(scaled, state)
    tolerance = 8 * np.finfo(np.float32).eps * max(1.0, float(np.abs(x).max()), *map(abs, mean))
    np.testing.assert_allclose(back, x, rtol=1e-5, atol=tolerance)


@given(x=images)
def test_min_max_is_undone_and_spans_the_unit_range(x: np.ndarray) -> None:
    assert_round_trip(MinMaxScaling(), x)
    scaled, _ = MinMaxScaling().forward(x)
    assert scaled.min() >= 0 and scaled.max() <= 1 + 1e-6


@given(x=images, frozen=st.booleans())
def test_batch_min_max_is_undone(x: np.ndarray, frozen: bool) -> None:
    assert_round_trip(
        BatchMinMaxScaling(minimum=-3.0, maximum=50.0) if frozen else BatchMinMaxScaling(), x
    )


@given(x=images)
def test_no_scaling_changes_nothing(x: np.ndarray) -> None:
    scaled, state = NoScaling().forward(x)
    np.testing.assert_array_equal(NoScaling().inverse(scaled, state), x)
    np.testing.assert_array_equal(scaled, x)


@settings(max_examples=30)
@given(x=images, kind=st.sampled_from(KINDS))
def test_a_fitted_scaling_is_undone_and_survives_json(x: np.ndarray, kind: ScalingKind) -> None:
    scaling = fit_scaling(kind, x, BANDS)
    assert scaling.kind == kind
    text = json.dumps(scaling_to_json(scaling))
    assert scaling_from_json(json.loads(text)) == scaling
    assert_round_trip(scaling, x)


@pytest.mark.parametrize("kind", KINDS)
def test_a_cutouts_scaled_values_do_not_depend_on_its_batch(kind: ScalingKind) -> None:
    x = np.random.default_rng(0).normal(0, 5, (20, 3, 8, 8)).astype(np.float32)
    scaling = fit_scaling(kind, x, BANDS)
    alone, _ = scaling.forward(x[3:4])
    together, _ = scaling.forward(x)
    np.testing.assert_array_equal(alone[0], together[3])


def test_unfrozen_batch_min_max_takes_the_range_of_the_whole_batch() -> None:
    x = np.array([[[[0.0]]], [[[4.0]]]], np.float32)
    scaled, _ = BatchMinMaxScaling().forward(x)
    assert scaled.ravel().tolist() == [0, 1]


def test_a_constant_cutout_scales_to_zero() -> None:
    x = np.full((2, 3, 4, 4), 7.0, np.float32)
    scaled, state = MinMaxScaling().forward(x)
    assert not scaled.any()
    np.testing.assert_array_equal(MinMaxScaling().inverse(scaled, state), x)


def test_asinh_survives_the_brightest_stars() -> None:
    x = np.full((1, 3, 2, 2), 1e30, np.float32)
    scaling = AsinhScaling(softening=(1e-6, 1.0, 1e3))
    np.testing.assert_allclose(scaling.inverse(*scaling.forward(x)), x, rtol=1e-4)


def test_the_noise_is_found_under_sources_and_missing_bands() -> None:
    random = np.random.default_rng(3)
    planes = random.normal(10, 2.0, (40, 32, 32)).astype(np.float32)
    planes[:, 14:18, 14:18] += 500
    planes[::4] = 0
    assert noise_sigma(planes) == pytest.approx(2.0, rel=0.05)
    assert noise_sigma(np.zeros((4, 8, 8), np.float32)) == 1.0


def test_asinh_of_noise_and_sources_is_of_order_one() -> None:
    random = np.random.default_rng(3)
    x = random.normal(0, 0.01, (40, 3, 32, 32)).astype(np.float32)
    x[:, :, 14:18, 14:18] += 1.0
    scaled, _ = fit_scaling("asinh", x, BANDS).forward(x)
    assert 0.2 < scaled.std() < 3 and scaled.max() < 10


def test_another_number_of_bands_is_refused() -> None:
    x = np.zeros((1, 5, 4, 4), np.float32)
    with pytest.raises(BandError, match="3 bands"):
        AsinhScaling(softening=(1.0, 1.0, 1.0)).forward(x)
    with pytest.raises(BandError, match="3 bands"):
        fit_scaling("asinh", x, BANDS)


@pytest.mark.parametrize(
    "data",
    [
        {"kind": "gamma"},
        {},
        {"kind": "asinh"},
        {"kind": "asinh", "softening": [0.0]},
        {"kind": "standardise", "mean": [1, 2], "std": [1]},
        {"kind": "batch_min_max", "minimum": 1.0},
    ],
)
def test_foreign_scalings_are_refused(data: dict[str, object]) -> None:
    with pytest.raises(FormatError, match="scaling"):
        scaling_from_json(data)
