"""The graticule: round lines in view, true labels, spacing that follows the zoom."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from astromask_gui.raster.frame import ViewRect
from astromask_gui.rendering.angles import angle_step, angle_text, position_text
from astromask_gui.rendering.graticule import Graticule, GraticuleLabel, graticule
from astromask_gui.rendering.sky import unproject
from astromask_gui.state.plane import SkyAxes

WHOLE = SkyAxes("MOL", 120.0, 0.0)
REGION = SkyAxes("ZEA", 359.9, 2.0)
WIDTH, HEIGHT = 900.0, 600.0


def about(x: float, y: float, width: float) -> ViewRect:
    half, high = width / 2, width / 2 * HEIGHT / WIDTH
    return ViewRect(x - half, x + half, y - high, y + high)


def seen(axes: SkyAxes, view: ViewRect, style: str = "degrees") -> Graticule:
    return graticule(axes, view, view.width / WIDTH, style)  # type: ignore[arg-type]


def degrees(text: str) -> float:
    """What a label says."""
    sign = -1 if text.startswith("−") else 1
    parts = [float(part) for part in re.findall(r"[\d.]+", text)]
    total = sum(part / 60**place for place, part in enumerate(parts))
    return sign * total * (15 if "h" in text else 1)


def is_ra(label: GraticuleLabel) -> bool:
    return label.side == "bottom"


@pytest.mark.parametrize("style", ["degrees", "sexagesimal"])
@pytest.mark.parametrize("width", [20.0, 3.0, 0.1, 1e-3, 1e-5])
def test_labels_at_the_edges_say_what_is_there(style: str, width: float) -> None:
    view = about(0.3 * width, 0.1 * width, width)
    found = seen(REGION, view, style)
    assert len(found.labels) >= 6 and {label.side for label in found.labels} == {"left", "bottom"}
    for label in found.labels:
        assert view.x0 <= label.x <= view.x1 and view.y0 <= label.y <= view.y1
        ra, dec = unproject(REGION, np.array([label.x]), np.array([label.y]))
        said, there = degrees(label.text), (ra[0] if is_ra(label) else dec[0])
        assert abs((said - there + 180) % 360 - 180) < 0.01 * width


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([WHOLE, REGION, SkyAxes("ZEA", 30.0, 89.0), SkyAxes("ZEA", 0.0, -90.0)]),
    st.floats(-170, 170),
    st.floats(-85, 85),
    st.floats(-4, 2.6),
    st.sampled_from(["degrees", "sexagesimal"]),
)
def test_any_view_has_a_graticule_with_its_labels_inside(
    axes: SkyAxes, x: float, y: float, zoom: float, style: str
) -> None:
    view = about(x, y, 10.0**zoom)
    found = seen(axes, view, style)
    assert len(found.lines) <= 144
    for label in found.labels:
        assert view.x0 <= label.x <= view.x1 and view.y0 <= label.y <= view.y1
        assert "nan" not in label.text
    for line in found.lines:
        assert line.shape[1] == 2


def test_lines_keep_their_distance_at_every_zoom() -> None:
    for width in 10.0 ** np.linspace(-5, 1.3, 20):
        found = seen(REGION, about(0, 0, width))
        pixels = found.step / width * WIDTH
        assert 99 <= pixels < 260
        across = [label.x for label in found.labels if label.side == "bottom"]
        assert 3 <= len(across) <= 10


def test_the_whole_sky_has_its_outline_and_labels_along_the_equator() -> None:
    found = seen(WHOLE, about(0, 0, 400))
    assert found.outline is not None
    on = {label.text: label for label in found.labels if label.side == "on"}
    assert on["120°"].x == pytest.approx(0) and on["120°"].y == pytest.approx(0)
    assert on["150°"].x < 0 < on["90°"].x
    beside = [label.text for label in found.labels if label.side == "beside"]
    assert beside == ["−60°", "−30°", "0°", "+30°", "+60°"]
    assert seen(WHOLE, about(0, 0, 10)).outline is None


def test_a_pole_in_view_has_all_meridians_around_it() -> None:
    for axes in (SkyAxes("ZEA", 30.0, 89.0), SkyAxes("ZEA", 200.0, -90.0)):
        found = seen(axes, about(0, 0, 6))
        texts = [label.text for label in found.labels if label.side == "on"]
        meridians = {degrees(text) for text in texts if text[0] not in "+−"}
        assert len(meridians) >= 8 and max(meridians) - min(meridians) > 180


def test_the_meridian_of_zero_is_labelled_once_and_as_zero() -> None:
    texts = [label.text for label in seen(REGION, about(0, 0, 6)).labels if is_ra(label)]
    assert texts.count("0°") == 1 and "359°" in texts and "360°" not in texts


# Steps and texts of angles.


@given(st.floats(1e-9, 60), st.booleans(), st.sampled_from(["degrees", "sexagesimal"]))
def test_steps_are_large_enough_and_not_much_larger(least: float, ra: bool, style: str) -> None:
    step = angle_step(least, is_ra=ra, style=style).degrees  # type: ignore[arg-type]
    assert step >= min(least, 30.0) * (1 - 1e-9)
    assert step <= 3.1 * least or step <= 1e-8
    assert step <= 30.0


@settings(max_examples=300)
@given(
    st.floats(-720, 720),
    st.floats(1e-7, 30),
    st.booleans(),
    st.sampled_from(["degrees", "sexagesimal"]),
)
def test_a_text_says_its_angle_to_the_step(value: float, least: float, ra: bool, style) -> None:
    value = value if ra else value / 8
    step = angle_step(least, is_ra=ra, style=style).degrees
    rounded = round(value / step) * step
    text = angle_text(rounded, step, is_ra=ra, style=style)
    assert "60" not in re.findall(r"(\d+)[m″s′]", text)
    error = (degrees(text) - rounded + 180) % 360 - 180 if ra else degrees(text) - rounded
    assert abs(error) < 1e-3 * step + 1e-9


def test_angles_read_as_astronomers_write_them() -> None:
    assert position_text(150.11643, 2.20583, 1e-4, "degrees") == "RA 150.1164°  Dec +2.2058°"
    hours = position_text(150.11643, -2.20583, 1 / 3600, "sexagesimal")
    assert hours == "RA 10h00m27.94s  Dec −2°12′21″"
    assert angle_text(-0.00001, 1.0, is_ra=False, style="degrees") == "0°"
    assert angle_text(359.99999, 0.01, is_ra=True, style="degrees") == "0.00°"
    assert angle_text(45.0, 15.0, is_ra=True, style="sexagesimal") == "3h"
    assert angle_text(-0.5, 0.5, is_ra=False, style="sexagesimal") == "−0°30′"
