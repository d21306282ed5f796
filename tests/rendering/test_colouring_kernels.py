"""Millions of rows are coloured by kernels: the same colours as by NumPy, only sooner."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from astromask_gui.raster.loading import load_kernels
from astromask_gui.rendering import colouring
from astromask_gui.rendering.colouring import MISSING, Colours, colour_column
from astromask_gui.state.columns import Column
from astromask_gui.state.view import Colouring

NUMBER = Column("z", "number")
COUNT = 3000


@pytest.fixture(autouse=True)
def kernels(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    load_kernels()
    monkeypatch.setattr(colouring, "_MANY", 10)
    yield


def both_ways(monkeypatch, column: Column, values: np.ndarray, chosen: Colouring) -> list[Colours]:
    by_kernel = colour_column(column, values, chosen, "dark")
    monkeypatch.setattr(colouring, "_MANY", 10**9)
    return [by_kernel, colour_column(column, values, chosen, "dark")]


def wild_values(kind: type) -> np.ndarray:
    rng = np.random.default_rng(4)
    values = rng.lognormal(0, 2, COUNT)
    values[::7] *= -1
    values[::11], values[::13], values[::17], values[::19] = np.nan, np.inf, -np.inf, 0
    values[5:9] = 1e-30, 1e30, -1e30, 1e-38
    with np.errstate(over="ignore", invalid="ignore"):
        return values.astype(kind)


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int32, np.float16])
@pytest.mark.parametrize("limits", [None, (0.5, 0.5), (2.0, 1.0), (0.1, 40.0), (-1e300, 1e300)])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_numbers(monkeypatch, kind: type, limits, logarithmic: bool) -> None:
    values = wild_values(kind)
    values.flags.writeable = False
    chosen = Colouring("z", limits=limits, logarithmic=logarithmic)
    kernel, plain = both_ways(monkeypatch, NUMBER, values, chosen)
    np.testing.assert_array_equal(kernel.index == MISSING, plain.index == MISSING)
    difference = np.abs(kernel.index.astype(int) - plain.index.astype(int))
    # A float32's logarithm may differ in its last digit, and so fall on the other side of a step.
    assert difference.max() <= (1 if logarithmic else 0)
    assert (difference > 0).mean() < 0.01
    assert kernel.beyond == plain.beyond
    assert kernel.limits == plain.limits


def test_numbers_that_are_not_contiguous(monkeypatch) -> None:
    values = np.stack([wild_values(np.float64)] * 2, axis=1)[:, 0]
    kernel, plain = both_ways(monkeypatch, NUMBER, values, Colouring("z"))
    np.testing.assert_array_equal(kernel.index, plain.index)


@pytest.mark.parametrize("names", [1, 5, 90])
def test_categories(monkeypatch, names: int) -> None:
    column = Column("c", "category", categories=tuple(f"c{i}" for i in range(names)))
    codes = np.random.default_rng(1).integers(-1, names, COUNT).astype(np.int16)
    codes.flags.writeable = False
    kernel, plain = both_ways(monkeypatch, column, codes, Colouring("c"))
    np.testing.assert_array_equal(kernel.index, plain.index)
    assert kernel.legend == plain.legend
