"""Rows of pixels run upwards on the screen, and with a WCS north is where it says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PyQt6.QtCore import QPointF, QRect
from PyQt6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from astromask_gui.parts.linked_picture import LinkedPicture
from astromask_gui.parts.picture_view import on_screen, to_image
from astromask_gui.parts.rendered import RenderedPictures
from astromask_gui.rendering.picture import render_cutout
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.cutout_view import CutoutView, CutoutWindow
from astromask_gui.state.sky_grid import SkyGrid, assumed_grid
from astromask_gui.widgets.cutout.figure import CutoutScene, PictureOptions, draw_picture
from astromask_gui.widgets.cutout.panel import CutoutPanel
from astromask_gui.widgets.reconstruction.picture import PatchPicture
from tests.gui.conftest import BANDS, SIDE

STEP = 0.2 / 3600
NORTH_UP = SkyGrid(15.5, 15.5, 150.0, 2.0, (-STEP, 0.0, 0.0, STEP))
NORTH_DOWN = SkyGrid(15.5, 15.5, 150.0, 2.0, (-STEP, 0.0, 0.0, -STEP))
AWAY = 8.5 * STEP


def with_a_star_in_the_north(grid: SkyGrid) -> Cutout:
    """A faint galaxy in the middle and a star 8.5 pixels north of it."""
    place = grid.to_pixel(150.0, 2.0 + AWAY)
    assert place is not None
    y, x = np.mgrid[:SIDE, :SIDE]
    star = 100 * np.exp(-((x - place[0]) ** 2 + (y - place[1]) ** 2) / 4)
    pixels = np.repeat(star[None], len(BANDS), 0).astype(np.float32)
    return Cutout(7, "star", pixels, np.zeros(len(BANDS), bool), 150.0, 2.0)


def brightest(image: QImage | None) -> tuple[int, int]:
    """Column and row from the top of the brightest pixel."""
    assert image is not None
    light = {
        (x, y): sum(image.pixelColor(x, y).getRgb()[:3])  # type: ignore[misc]
        for x in range(image.width())
        for y in range(image.height())
    }
    return max(light, key=lambda place: light[place])


def is_in_the_north(image: QImage | None, grid: SkyGrid) -> bool:
    """Whether the star is drawn above the middle where north is up, else below it."""
    assert image is not None
    above = brightest(image)[1] < image.height() / 2
    return above == (grid.matrix[3] > 0)


def test_the_first_row_of_an_array_is_the_lowest_of_a_picture() -> None:
    picture = np.zeros((3, 2, 3), np.uint8)
    picture[0, 1] = 255
    image = to_image(picture)
    assert image.pixelColor(1, 2) == QColor(255, 255, 255)
    assert image.pixelColor(1, 0) == QColor(0, 0, 0)


@pytest.mark.parametrize("grid", [NORTH_UP, NORTH_DOWN], ids=["up", "down"])
def test_what_lies_north_is_drawn_where_the_wcs_has_north(
    grid: SkyGrid, state: ApplicationState, qtbot: QtBot
) -> None:
    cutout = with_a_star_in_the_north(grid)
    panel = CutoutPanel(state)
    qtbot.addWidget(panel)
    panel.resize(360, 480)
    panel.show()
    state.cutout.set_cutout(cutout)
    state.cutout.set_grid(7, grid)
    assert is_in_the_north(panel.picture.image, grid)
    qtbot.waitUntil(lambda: panel.bands.views[2].picture.image is not None)
    assert is_in_the_north(panel.bands.views[2].picture.image, grid)
    state.cutout_view.set_layout("bands")
    assert is_in_the_north(panel.pictures.bands.pictures[2].image, grid)
    tiles = RenderedPictures(state.thumbnails, state.display)
    state.thumbnails.put([7], cutout.pixels[None, :3].astype(np.float16))
    tiles.ask(7)
    qtbot.waitUntil(lambda: tiles.image(7) is not None)
    assert is_in_the_north(tiles.image(7), grid)


def test_the_saved_picture_has_north_where_the_viewer_has_it() -> None:
    dark = QImage(100, 100, QImage.Format.Format_RGB32)
    dark.fill(0)
    up, down = (
        draw_picture(
            CutoutScene(dark, "n", QRect(0, 0, 100, 100), None, tuple(grid.directions())),
            PictureOptions(1, scale_bar=False),
        )
        for grid in (NORTH_UP, NORTH_DOWN)
    )
    lit = [
        {y for x in range(100) for y in range(100) if image.pixelColor(x, y).value() > 200}
        for image in (up, down)
    ]
    assert min(lit[0]) < min(lit[1]) and max(lit[0]) < max(lit[1])


def test_without_a_wcs_north_is_taken_to_be_up() -> None:
    grid = assumed_grid(150.0, 2.0, 0.2, SIDE, SIDE)
    assert grid is not None and grid.directions()[0] == (0.0, 1.0)


@pytest.fixture
def picture(qtbot: QtBot) -> LinkedPicture:
    made = LinkedPicture(CutoutView())
    qtbot.addWidget(made)
    made.resize(331, 287)
    made.set_picture(np.zeros((SIDE, SIDE, 3), np.uint8))
    return made


shares = st.floats(0.01, 0.99)
windows = st.builds(CutoutWindow, st.floats(-9, 9), st.floats(-9, 9), st.none() | st.floats(4, 60))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(window=windows, x=shares, y=shares, turn=st.floats(0, 6.28), mirrored=st.booleans())
def test_from_the_mouse_to_the_sky_and_back(
    picture: LinkedPicture, window: CutoutWindow, x: float, y: float, turn: float, mirrored: bool
) -> None:
    picture.set_window(window)
    mouse = QPointF(x * picture.width(), y * picture.height())
    cosine, sine = STEP * np.cos(turn), STEP * np.sin(turn)
    sign = -1 if mirrored else 1
    grid = SkyGrid(11.0, 17.0, 150.0, 2.0, (sign * cosine, -sine, sign * sine, cosine))
    pixel = picture.place_of(mouse)
    found = grid.to_pixel(*grid.to_sky(pixel.x() - 0.5, pixel.y() - 0.5))
    assert found is not None
    back = on_screen(
        picture.picture_rectangle(),
        picture.picture_scale(),
        found[0] + 0.5 - SIDE / 2,
        found[1] + 0.5 - SIDE / 2,
    )
    assert (back.x(), back.y()) == pytest.approx((mouse.x(), mouse.y()), abs=1e-3)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(column=st.integers(0, SIDE - 1), row=st.integers(0, SIDE - 1))
def test_the_pixel_under_the_mouse_is_the_one_that_is_drawn_there(
    picture: LinkedPicture, state: ApplicationState, column: int, row: int
) -> None:
    pixels = np.zeros((len(BANDS), SIDE, SIDE), np.float32)
    pixels[:, row, column] = 100
    shown = render_cutout(
        pixels, np.zeros(len(BANDS), bool), state.display.settings, state.display.survey
    )
    picture.set_picture(shown)
    left, top = brightest(picture.image)
    corner, scale = picture.picture_rectangle().topLeft(), picture.picture_scale()
    pixel = picture.place_of(corner + QPointF(left + 0.5, top + 0.5) * scale)
    assert (int(pixel.x()), int(pixel.y())) == (column, row)


@pytest.mark.parametrize("place", range(16))
def test_a_patch_is_where_it_is_clicked(place: int, qtbot: QtBot) -> None:
    view = PatchPicture()
    qtbot.addWidget(view)
    view.resize(200, 160)
    view.set_side(4)
    view.set_picture(np.zeros((SIDE, SIDE, 3), np.uint8))
    middle = view.patch_rectangle(place, view.picture_rectangle()).center()
    at = view.place_of(middle)
    assert view.place_at(at.x(), at.y()) == place
    assert int(at.y()) // 8 * 4 + int(at.x()) // 8 == place, "as the model counts them"
