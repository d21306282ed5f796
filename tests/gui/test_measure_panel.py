"""Aperture and ring are dragged on the picture; the panel tells what they hold."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astromask_gui.parts.measure_shapes import handles, is_inside
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.measure import BandFlux, BandProfile, Photometry, Shape
from astromask_gui.widgets.cutout.panel import CutoutPanel
from astromask_gui.widgets.measure.panel import MeasurePanel
from tests.gui.conftest import make_cutout


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> MeasurePanel:
    made = MeasurePanel(state)
    qtbot.addWidget(made)
    made.resize(316, 240)
    made.show()
    state.cutout.set_cutout(make_cutout(7))
    return made


@pytest.fixture
def viewer(state: ApplicationState, panel: MeasurePanel, qtbot: QtBot) -> CutoutPanel:
    made = CutoutPanel(state)
    qtbot.addWidget(made)
    made.resize(400, 600)
    made.show()
    return made


def drag(viewer: CutoutPanel, start: QPointF, end: QPointF) -> None:
    """Drag over the picture; places are in pixels right of and above the cutout's centre."""
    picture = viewer.picture
    middle, scale = picture.picture_rectangle().center(), picture.picture_scale()
    first, last = (
        (middle + QPointF(place.x(), -place.y()) * scale).toPoint() for place in (start, end)
    )
    left = Qt.MouseButton.LeftButton
    QTest.mousePress(picture, left, pos=first)
    QTest.mouseMove(picture, last)
    QTest.mouseRelease(picture, left, pos=last)


def test_the_first_aperture_lies_on_the_galaxy(
    panel: MeasurePanel, state: ApplicationState
) -> None:
    panel.aperture.click()
    assert state.cutout_view.tool == "aperture" and panel.aperture.isChecked()
    shape = state.measure.aperture
    assert shape is not None and (shape.x, shape.y) == (0, 0)
    panel.aperture.click()
    assert state.cutout_view.tool == "pan" and state.measure.aperture == shape


def test_an_aperture_is_fitted_at_first_and_on_demand(
    panel: MeasurePanel, state: ApplicationState, qtbot: QtBot
) -> None:
    assert not panel.fit.isVisible()
    with qtbot.waitSignal(state.measure.fit_requested):
        panel.aperture.click()
    state.measure.set_aperture(Shape(3, 0, 9))
    with qtbot.waitSignal(state.measure.fit_requested):
        panel.fit.click()
    panel.ring.click()
    assert not panel.fit.isVisible(), "a ring is fitted by eye"


def test_the_inside_moves_and_the_handles_resize_and_flatten(
    viewer: CutoutPanel, panel: MeasurePanel, state: ApplicationState
) -> None:
    state.cutout_view.set_tool("aperture")
    state.measure.set_aperture(Shape(0, 0, 6))
    drag(viewer, QPointF(1, 1), QPointF(4, -2))
    moved = state.measure.aperture
    assert moved is not None and (moved.x, moved.y) == pytest.approx((3, -3), abs=0.3)
    drag(viewer, handles(moved)[0], QPointF(moved.x + 10, moved.y))
    grown = state.measure.aperture
    assert grown is not None and grown.radius == pytest.approx(10, abs=0.3)
    assert grown.axis_ratio == 1
    drag(viewer, handles(grown)[1], QPointF(grown.x, grown.y + 5))
    flat = state.measure.aperture
    assert flat is not None and flat.axis_ratio == pytest.approx(0.5, abs=0.06)


def test_outside_the_shape_the_picture_is_still_panned(
    viewer: CutoutPanel, panel: MeasurePanel, state: ApplicationState
) -> None:
    state.cutout_view.set_tool("aperture")
    state.measure.set_aperture(Shape(0, 0, 3))
    before = state.measure.aperture
    drag(viewer, QPointF(12, 12), QPointF(4, 4))
    assert state.measure.aperture == before


@given(
    st.builds(
        Shape,
        st.floats(-20, 20),
        st.floats(-20, 20),
        st.floats(1, 30),
        st.floats(0.1, 1),
        st.floats(-4, 4),
    )
)
def test_the_handles_are_on_the_edge(shape: Shape) -> None:
    for place in handles(shape):
        assert is_inside(shape, place.x(), place.y(), 1e-6)
        dx, dy = place.x() - shape.x, place.y() - shape.y
        assert not is_inside(shape, shape.x + 1.01 * dx, shape.y + 1.01 * dy)


def answer() -> Photometry:
    radii = np.arange(10) + 0.5
    return Photometry(
        7,
        Shape(radius=6),
        (BandFlux("g", 120.0, 4.0, 17.3, 21.25), BandFlux("r", None)),
        (BandProfile("g", radii, 20 + radii / 3, 25.0),),
        ("Missing: r.",),
    )


def test_the_table_tells_every_band_and_says_what_is_missing(
    panel: MeasurePanel, state: ApplicationState
) -> None:
    state.measure.set_answer(answer())
    cells = [[panel.table.item(row, column) for column in range(6)] for row in range(2)]
    texts = [[cell.text() if cell else "" for cell in row] for row in cells]
    assert texts[0] == ["g", "120.0", "4.0", "17.30", "21.25", "30.0"] and texts[1][1] == "missing"
    assert panel.notes.text() == "Missing: r."
    panel.copy.click()
    clipboard = QApplication.clipboard()
    assert clipboard is not None
    lines = clipboard.text().splitlines()
    assert lines[0].startswith("band\tflux [nMgy]") and lines[1].split("\t")[3] == "17.3"
    assert lines[2] == "r\tmissing"


def test_the_profile_takes_the_place_of_the_table(
    panel: MeasurePanel, state: ApplicationState
) -> None:
    state.measure.set_answer(answer())
    panel.profile.click()
    assert panel.plot.isVisible() and not panel.table.isVisible()
    limits = panel.plot.limits()
    assert limits is not None and limits[0] == 9.5 and limits[1] < 20.2
    assert panel.plot.grab().toImage().pixelColor(5, 5).isValid()


def test_in_a_wide_panel_the_profile_stands_beside_the_table(
    panel: MeasurePanel, state: ApplicationState
) -> None:
    state.measure.set_answer(answer())
    panel.resize(560, 240)
    assert panel.plot.isVisible() and panel.table.isVisible() and not panel.profile.isVisible()
    panel.resize(316, 240)
    assert not panel.plot.isVisible() and panel.table.isVisible() and panel.profile.isVisible()


def test_a_profile_asked_for_first_brings_its_aperture(
    panel: MeasurePanel, state: ApplicationState
) -> None:
    panel.toggle_profile()
    assert state.measure.aperture is not None and state.cutout_view.tool == "aperture"


def test_taking_the_ring_moves_nothing_in_the_panel(
    panel: MeasurePanel, state: ApplicationState
) -> None:
    state.measure.set_aperture(Shape(0, 0, 6))
    state.measure.set_answer(answer())
    panel.aperture.click()
    before = panel.table.geometry()
    panel.ring.click()
    assert "θ" in panel.shape.text() and panel.keep.isVisible()
    assert abs(panel.table.geometry().height() - before.height()) <= 8


def test_a_plot_of_nothing_has_no_limits(panel: MeasurePanel) -> None:
    nothing = BandProfile("g", np.array([0.5]), np.array([math.nan]), math.nan)
    panel.plot.set_profiles((nothing,), "", "", True)
    assert panel.plot.limits() is None
    panel.plot.grab()


def test_a_ring_is_told_and_kept_in_arcsec(panel: MeasurePanel, state: ApplicationState) -> None:
    asked: list[tuple[int, float | None]] = []
    state.measure.keep_requested.connect(lambda row, radius: asked.append((row, radius)))
    panel.ring.click()
    state.measure.set_ring(Shape(1, 2, 10.0, 0.64))
    assert "1.60″" in panel.shape.text()
    panel.keep.click()
    assert asked == [(7, pytest.approx(1.6))]
    state.measure.set_kept({7: 1.6})
    assert "kept 1.60″" in panel.shape.text()
    panel.drop.click()
    assert asked[1] == (7, None)


def test_a_flattened_shape_is_made_round_again(
    panel: MeasurePanel, state: ApplicationState
) -> None:
    state.measure.set_aperture(Shape(0, 0, 10, 0.25, 1.0))
    panel.make_round()
    assert state.measure.aperture == Shape(0, 0, 5, 1.0, 1.0)


def test_the_panel_fits_a_small_window(panel: MeasurePanel, state: ApplicationState) -> None:
    state.measure.set_answer(answer())
    panel.ring.click()
    state.measure.set_kept({7: 1.6})
    assert panel.minimumSizeHint().width() <= 316
    assert panel.minimumSizeHint().height() <= 240
