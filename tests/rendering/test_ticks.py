"""Scales and ticks of columns: round, within the view, told apart, and true."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from astromask_gui.rendering.scales import fit_scale, place_of, places_on, value_at
from astromask_gui.rendering.ticks import (
    Ticks,
    axis_ticks,
    linear_ticks,
    nice_step,
    number_text,
    number_texts,
)
from astromask_gui.state.plane import Scale

sizes = st.floats(1e-12, 1e12)
values = st.floats(-1e15, 1e15)


def read(text: str, offset: str) -> float:
    """The number that a tick's text and the axis' offset say together."""
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹−", "-0123456789-")
    mantissa, power = re.fullmatch(r"(−?[\d.]+×(?=10)|)(.*)", text).groups()  # type: ignore[union-attr]
    number = float(mantissa.rstrip("×").translate(digits) or 1)
    exponent = re.fullmatch(r"10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", power)
    if exponent:
        number *= 10.0 ** int(exponent[1].translate(digits))
    else:
        number *= float(power.translate(digits))
    factor = re.search(r"× 10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)", offset)
    number *= 10.0 ** int(factor[1].translate(digits)) if factor else 1
    shift = re.search(r"([+−]) ([\d.]+)$", offset)
    return number + (float(shift[2]) * (-1 if shift[1] == "−" else 1) if shift else 0)


@given(st.floats(1e-200, 1e200))
def test_steps_are_one_two_or_five_and_just_large_enough(least: float) -> None:
    step = nice_step(least)
    assert least * (1 - 1e-9) <= step < 2.51 * least
    assert f"{step:.3e}"[:5] in ("1.000", "2.000", "5.000")


@settings(max_examples=300)
@given(values, sizes, st.integers(1, 12))
def test_ticks_are_few_round_and_in_view(low: float, extent: float, most: int) -> None:
    ticks = linear_ticks(low, low + extent, most)
    assert len(ticks) <= most + 1
    slack = 1e-6 * extent + 4 * np.spacing(abs(low) + extent)
    assert all(low - slack <= tick <= low + extent + slack for tick in ticks)
    assert list(ticks) == sorted(set(ticks))


@settings(max_examples=300)
@given(values, sizes)
def test_texts_say_what_the_ticks_are(low: float, extent: float) -> None:
    ticks = linear_ticks(low, low + extent, 6)
    assume(len(ticks) >= 2)
    texts, offset = number_texts(ticks)
    assert len(set(texts)) == len(texts)
    step = min(np.diff(ticks))
    for tick, text in zip(ticks, texts, strict=True):
        assert read(text, offset) == pytest.approx(tick, abs=1e-3 * step + 1e-12 * abs(tick))
        assert len(text) <= 9


def test_plain_numbers_are_told_plainly() -> None:
    assert number_texts((17.0, 17.5, 18.0)) == (("17.0", "17.5", "18.0"), "")
    assert number_texts((-20.0, 0.0, 20.0)) == (("−20", "0", "20"), "")
    assert number_texts((0.0, 2e6, 4e6)) == (("0", "2", "4"), "× 10⁶")
    assert number_texts((1e-5, 2e-5)) == (("1", "2"), "× 10⁻⁵")
    assert number_text(1.5e-7) == "1.5×10⁻⁷"


def test_large_identifiers_are_told_as_differences() -> None:
    texts, offset = number_texts((1237648720695000.0, 1237648720696000.0))
    assert texts == ("695000", "696000") and offset == "+ 1237648720000000"
    texts, offset = number_texts((150.11345, 150.11350, 150.11355))
    assert texts == ("3.45", "3.50", "3.55") and offset == "× 10⁻³ + 150.11"


def test_a_logarithmic_axis_counts_in_decades() -> None:
    ticks = axis_ticks(Scale("flux", "nJy", True, 0.0, 1.0), 0.0, 3.0, 6)
    assert ticks.texts == ("1", "10", "100", "1000")
    np.testing.assert_allclose(ticks.places, [0, 1, 2, 3])
    assert len(ticks.minor) == 24
    wide = axis_ticks(Scale("flux", "", True, 0.0, 1.0), -20.0, 20.0, 5)
    assert wide.texts == ("10⁻¹⁶", "10⁻⁸", "10⁰", "10⁸", "10¹⁶")


def test_a_short_stretch_of_a_logarithmic_axis_has_ticks_too() -> None:
    scale = Scale("flux", "", True, 0.0, 1.0)
    assert axis_ticks(scale, 0.0, 1.5, 6).texts == ("1", "2", "5", "10", "20")
    assert "1.4" in axis_ticks(scale, 0.1, 0.2, 6).texts


@settings(max_examples=200)
@given(
    st.booleans(), st.floats(-30, 30), st.floats(1e-6, 20), st.floats(-50, 50), st.floats(1e-3, 50)
)
def test_ticks_of_any_axis_lie_in_view_at_their_values(
    logarithmic: bool, origin: float, extent: float, start: float, length: float
) -> None:
    scale = Scale("c", "", logarithmic, origin, extent)
    ticks = axis_ticks(scale, start, start + length, 6)
    ends = abs(origin) + extent * (abs(start) + length)
    slack = 1e-6 * length + 8 * np.spacing(ends) / extent
    for place in (*ticks.places, *ticks.minor):
        assert start - slack <= place <= start + length + slack
    for place, text in zip(ticks.places, ticks.texts, strict=True):
        said, there = read(text, ticks.offset), value_at(scale, place)
        assert said == pytest.approx(there, rel=1e-5, abs=1e-6 * extent * length)


@given(st.booleans(), st.floats(-30, 30), st.floats(1e-3, 20), st.floats(-50, 50))
def test_a_flipped_axis_has_the_same_ticks_the_other_way_round(
    logarithmic: bool, origin: float, extent: float, start: float
) -> None:
    plain = axis_ticks(Scale("c", "", logarithmic, origin, extent), -start - 3, -start, 6)
    flipped = axis_ticks(Scale("c", "", logarithmic, origin, -extent), start, start + 3, 6)
    assert flipped.texts == plain.texts[::-1] and flipped.offset == plain.offset
    np.testing.assert_allclose(flipped.places, [-at for at in reversed(plain.places)], atol=1e-9)
    assert list(flipped.places) == sorted(flipped.places)
    assert len(flipped.minor) == len(plain.minor)


def test_no_ticks_where_there_is_nothing_to_tell_apart() -> None:
    assert axis_ticks(Scale("c", "", False, 1e18, 1.0), 0.0, 10.0, 5) == Ticks((), ())
    assert axis_ticks(Scale("c"), 0.0, np.nan, 5) == Ticks((), ())
    assert axis_ticks(Scale("c"), 1.0, 1.0, 5) == Ticks((), ())


# Scales.


def test_the_bulk_of_the_values_fills_the_side_and_outliers_do_not_count() -> None:
    mags = np.concatenate([np.random.default_rng(0).normal(20, 1, 5000), [-99.0, 99.0, 1e30]])
    places = places_on(fit_scale("mag", mags, "mag", False, length=2.0), mags)
    inner = np.sort(places[:5000])[[25, -25]]
    assert inner[1] - inner[0] == pytest.approx(2.0, rel=0.1)
    assert np.isfinite(places).all()


@settings(max_examples=200)
@given(st.lists(st.floats(-1e30, 1e30), min_size=1, max_size=30), st.booleans())
def test_places_and_values_translate_into_each_other(found: list[float], log: bool) -> None:
    column = np.array(found)
    scale = fit_scale("c", column, "", log)
    assert scale.extent > 0 and np.isfinite(scale.origin)
    places = places_on(scale, column)
    for value, place in zip(column, places, strict=True):
        if log and value <= 0:
            assert np.isnan(place)
        elif np.isfinite(place) and (not log or value > 1e-290):
            exact = place_of(scale, value)
            assert place == pytest.approx(exact, rel=1e-6, abs=1e-6)
            assert value_at(scale, exact) == pytest.approx(value, rel=1e-9, abs=1e-9 * scale.extent)


def test_differences_beside_a_large_offset_survive() -> None:
    ids = 1.2e15 + np.arange(1000.0)
    places = places_on(fit_scale("id", ids, "", False), ids)
    assert len(np.unique(places)) == 1000
    ra = 150 + np.arange(1000) * 1e-7
    assert len(np.unique(places_on(fit_scale("ra", ra, "deg", False), ra))) == 1000


def test_what_has_no_value_has_no_place() -> None:
    column = np.array([1.0, np.nan, np.inf, -np.inf, 0.0, -1.0, 10.0])
    plain = places_on(fit_scale("c", column, "", False), column)
    assert np.isnan(plain).tolist() == [False, True, True, True, False, False, False]
    logarithmic = places_on(fit_scale("c", column, "", True), column)
    assert np.isnan(logarithmic).tolist() == [False, True, True, True, True, True, False]


@pytest.mark.parametrize("constant", [0.0, 5.0, -1e18, 1e300])
def test_a_constant_column_lies_in_the_middle(constant: float) -> None:
    column = np.full(10, constant)
    scale = fit_scale("c", column, "", False)
    np.testing.assert_array_equal(places_on(scale, column), np.zeros(10, np.float32))
    assert axis_ticks(scale, -1.0, 1.0, 5).places


def test_a_column_without_any_value_has_a_scale() -> None:
    scale = fit_scale("c", np.full(5, np.nan), "mag", True)
    assert np.isnan(places_on(scale, np.full(5, np.nan))).all()
    assert axis_ticks(scale, -1.0, 1.0, 5).places
