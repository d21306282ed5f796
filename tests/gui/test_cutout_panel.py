"""The cutout viewer shows the galaxy, its bands and facts, and changes the display alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, QPointF, Qt
from PyQt6.QtGui import QImage, QWheelEvent
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.cutout_view import WHOLE, Blink, CutoutWindow
from astromask_gui.state.display import SurveyPixels
from astromask_gui.state.sky_grid import SkyGrid
from astromask_gui.widgets.cutout.facts import position_text
from astromask_gui.widgets.cutout.marks import scale_length
from astromask_gui.widgets.cutout.panel import CutoutPanel
from astromask_gui.widgets.cutout.pictures import absent_sentence
from tests.gui.conftest import BANDS, SIDE, make_cutout


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> CutoutPanel:
    made = CutoutPanel(state)
    qtbot.addWidget(made)
    made.resize(360, 480)
    made.show()
    return made


def bytes_of(image: QImage | None) -> bytes:
    assert image is not None
    bits = image.constBits()
    assert bits is not None
    return bytes(bits.asarray(image.sizeInBytes()))


def click(panel: CutoutPanel, band: int, qtbot: QtBot) -> None:
    picture = panel.bands.views[band].picture
    centre = QPoint(picture.width() // 2, picture.height() // 2)
    qtbot.mouseClick(picture, Qt.MouseButton.LeftButton, pos=centre)


def test_an_empty_viewer_says_how_to_fill_it(panel: CutoutPanel) -> None:
    assert panel.empty.isVisible() and not panel.picture.isVisible()
    assert "Click" in panel.empty.sentence.text()


def test_the_active_galaxy_is_named_placed_and_described(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    assert panel.picture.isVisible()
    assert panel.facts.name.text() == "galaxy-7"
    assert (
        "150.10000°" in panel.facts.position.text() and "+2.20000°" in panel.facts.position.text()
    )
    assert "17.31 AB mag" in panel.facts.columns.text()


def test_the_old_galaxy_stays_while_the_next_is_read(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    before = bytes_of(panel.picture.image)
    state.cutout.set_loading(8)
    assert panel.busy.maximum() == 0, "the bar does not move"
    assert panel.facts.name.text() == "galaxy-7" and bytes_of(panel.picture.image) == before
    state.cutout.set_cutout(make_cutout(8))
    assert panel.busy.maximum() == 1
    assert panel.facts.name.text() == "galaxy-8" and bytes_of(panel.picture.image) != before


def test_a_cutout_that_cannot_be_shown_leaves_a_sentence(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_error("The file a.h5 was moved.")
    assert panel.error.isVisible() and panel.error.text() == "The file a.h5 was moved."
    state.cutout.set_cutout(make_cutout(7))
    assert not panel.error.isVisible()


def test_every_band_is_shown_with_its_name(panel: CutoutPanel, state: ApplicationState) -> None:
    state.cutout.set_cutout(make_cutout(7))
    for view, name in zip(panel.bands.views, BANDS, strict=True):
        assert view.caption.text() == name
        assert view.picture.isVisible() and view.picture.height() >= 36
        assert view.caption.isVisible() and view.rect().contains(view.caption.geometry())


def test_a_missing_band_is_named_not_shown_as_black(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7, missing=(0,)))
    # Single bands may follow the galaxy a turn later.
    qtbot.waitUntil(lambda: panel.bands.views[1].picture.image is not None)
    assert "missing" in panel.bands.views[0].caption.text()
    assert panel.bands.views[0].picture.image is None


def test_a_click_on_a_band_shows_it_alone_and_a_second_brings_colour_back(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    qtbot.waitUntil(lambda: panel.bands.views[3].picture.image is not None)
    click(panel, 3, qtbot)
    assert (state.display.settings.mode, state.display.settings.band) == ("band", 3)
    assert panel.controls.mode.currentText() == "i"
    click(panel, 3, qtbot)
    assert state.display.settings.mode == "rgb"
    assert panel.controls.mode.currentIndex() == 0


def test_the_panel_follows_a_display_changed_elsewhere(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    before = bytes_of(panel.picture.image)
    state.display.set_settings(replace(state.display.settings, stretch=0.2, locked=False))
    assert not panel.controls.lock.isChecked()
    assert bytes_of(panel.picture.image) != before


def test_moving_the_stretch_brightens_faint_parts(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    before = np.frombuffer(bytes_of(panel.picture.image), np.uint8).mean()
    panel.controls.stretch.setValue(panel.controls.stretch.maximum())
    assert state.display.settings.stretch < 1
    assert np.frombuffer(bytes_of(panel.picture.image), np.uint8).mean() > before


def test_softening_is_a_setting_of_the_display(panel: CutoutPanel, state: ApplicationState) -> None:
    panel.controls.more.softening.setValue(panel.controls.more.softening.maximum())
    assert state.display.settings.softening == pytest.approx(80)
    state.display.set_settings(replace(state.display.settings, softening=8.0, stretch=0.1))
    assert (
        panel.controls.more.softening.value() == 0
        and panel.controls.stretch.value() == panel.controls.stretch.maximum()
    )


def test_following_the_display_changes_nothing(panel: CutoutPanel, state: ApplicationState) -> None:
    wanted = replace(state.display.settings, softening=3.3, stretch=0.77)
    state.display.set_settings(wanted)
    assert state.display.settings == wanted


def test_the_lock_is_a_setting_of_the_display(panel: CutoutPanel, state: ApplicationState) -> None:
    assert state.display.settings.locked and panel.controls.lock.isChecked()
    panel.controls.lock.click()
    assert not state.display.settings.locked


def grabbed(panel: CutoutPanel) -> QImage:
    return panel.picture.grab().toImage()


def test_the_models_crop_is_drawn_where_the_cutout_is_larger(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7, side=2 * SIDE))
    with_box = grabbed(panel)
    state.display.set_survey(replace(state.display.survey, crop=2 * SIDE))
    assert grabbed(panel) != with_box


def test_the_scale_bar_is_there_only_where_the_pixel_scale_is_known(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    with_bar = grabbed(panel)
    state.display.set_survey(replace(state.display.survey, pixel_scale=None))
    assert grabbed(panel) != with_bar


@pytest.mark.parametrize(
    ("pixel_scale", "width", "length"), [(0.2, 64, 2), (0.396, 64, 5), (0.1857, 200, 10)]
)
def test_the_scale_bar_has_a_round_length_within_a_third(
    pixel_scale: float, width: int, length: float
) -> None:
    assert scale_length(pixel_scale, width) == length


def test_a_galaxy_without_coordinates_says_so() -> None:
    assert position_text(None, 2.0) == "no coordinates"


def test_twenty_bands_are_scrolled_and_widen_nothing(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    width, before = panel.minimumSizeHint().width(), panel.bands.height()
    names = tuple(f"band number {number}" for number in range(20))
    wide = Cutout(8, "wide", np.ones((20, 32, 32), np.float32), np.zeros(20, bool))
    state.cutout.set_cutout(wide)
    state.display.set_survey(replace(state.display.survey, bands=names, noise=(1.0,) * 20))
    bar = panel.bands.horizontalScrollBar()
    assert bar is not None
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    assert panel.minimumSizeHint().width() <= width + 40 and panel.bands.height() <= before
    assert len({view.picture.height() for view in panel.bands.views}) == 1
    state.display.set_settings(replace(state.display.settings, mode="band", band=19))
    assert bar.value() == bar.maximum(), "the band that is shown is in view"


def test_another_survey_brings_its_own_bands(panel: CutoutPanel, state: ApplicationState) -> None:
    state.display.set_survey(replace(state.display.survey, bands=("VIS", "Y"), noise=(1.0, 1.0)))
    assert [view.caption.text() for view in panel.bands.views] == ["VIS", "Y"]
    assert panel.controls.mode.count() == 3


class Recorder:
    """A tool that takes whatever is pressed near a place."""

    def __init__(self, x: float, y: float) -> None:
        self.place, self.heard = (x, y), []

    def press(self, x: float, y: float, reach: float) -> bool:
        return abs(x - self.place[0]) <= reach and abs(y - self.place[1]) <= reach

    def drag(self, x: float, y: float) -> None:
        self.heard.append((round(x), round(y)))

    def release(self) -> None:
        self.heard.append("released")


def at(panel: CutoutPanel, x: float, y: float) -> QPoint:
    """Where a pixel of the cutout is drawn in the large picture."""
    corner, scale = panel.picture.picture_rectangle().bottomLeft(), panel.picture.picture_scale()
    return QPoint(round(corner.x() + x * scale), round(corner.y() - y * scale))


def wheel(panel: CutoutPanel, x: float, y: float, clicks: int) -> None:
    place = QPointF(at(panel, x, y))
    event = QWheelEvent(
        place,
        panel.picture.mapToGlobal(place),
        QPoint(),
        QPoint(0, 120 * clicks),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(panel.picture, event)


def drag(panel: CutoutPanel, start: QPoint, end: QPoint, qtbot: QtBot) -> None:
    qtbot.mousePress(panel.picture, Qt.MouseButton.LeftButton, pos=start)
    QTest.mouseMove(panel.picture, (start + end) / 2)
    QTest.mouseMove(panel.picture, end)
    qtbot.mouseRelease(panel.picture, Qt.MouseButton.LeftButton, pos=end)


def test_the_wheel_zooms_about_the_mouse(panel: CutoutPanel, state: ApplicationState) -> None:
    state.cutout.set_cutout(make_cutout(7))
    before = at(panel, 24, 20)
    wheel(panel, 24, 20, 3)
    assert state.cutout_view.window.span is not None
    assert (at(panel, 24, 20) - before).manhattanLength() <= 2


def test_a_drag_pans_and_a_double_click_shows_all_again(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    wheel(panel, 16, 16, 5)
    before = at(panel, 16, 16)
    drag(panel, before, before + QPoint(30, -20), qtbot)
    assert (at(panel, 16, 16) - (before + QPoint(30, -20))).manhattanLength() <= 4
    qtbot.mouseDClick(panel.picture, Qt.MouseButton.LeftButton, pos=before)
    assert state.cutout_view.window == WHOLE


def test_the_models_crop_fills_the_picture_at_a_click(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7, side=2 * SIDE))
    before = panel.picture.picture_scale()
    panel.tools.crop.click()
    assert panel.picture.picture_scale() == pytest.approx(2 * before)
    panel.tools.crop.click()
    assert panel.picture.picture_scale() == pytest.approx(before)


def test_a_tool_has_the_mouse_first_and_panning_what_it_leaves(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    wheel(panel, 16, 16, 2)
    tool = Recorder(16, 16)
    panel.add_tool("ring", "circle-outline", "Ring", "Drag a ring", tool)
    drag(panel, at(panel, 16, 16), at(panel, 20, 18), qtbot)
    assert not tool.heard, "nobody has taken the tool yet"
    state.cutout_view.set_window(WHOLE)
    state.cutout_view.set_tool("ring")
    window = state.cutout_view.window
    drag(panel, at(panel, 16, 16), at(panel, 20, 18), qtbot)
    assert tool.heard[-2:] == [(20, 18), "released"]
    assert state.cutout_view.window == window


def test_pixels_stay_squares_when_zoomed_in(panel: CutoutPanel, state: ApplicationState) -> None:
    state.cutout.set_cutout(make_cutout(7))
    state.display.set_survey(replace(state.display.survey, pixel_scale=None, crop=None))
    state.cutout_view.set_window(CutoutWindow(span=8.0))
    shown = grabbed(panel)
    colours = {shown.pixel(at(panel, 16 + dx, 16 + dy)) for dx in (0.2, 0.8) for dy in (0.2, 0.8)}
    assert len(colours) == 1


def press(panel: CutoutPanel, button: str) -> None:
    getattr(panel.tools, button).click()


def test_all_bands_stand_beside_each_other_and_one_is_chosen_by_a_click(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(7, missing=(0,)))
    press(panel, "bands")
    shown = panel.pictures.bands.pictures
    assert len(shown) == 1 + len(BANDS) and not panel.bands.isVisible()
    assert [picture.caption for picture in shown.values()] == ["colour", *BANDS]
    assert shown[0].image is None, "a missing band is no black picture"
    qtbot.waitUntil(lambda: shown[3].isVisible() and shown[3].width() >= 40)
    qtbot.mouseClick(shown[3], Qt.MouseButton.LeftButton, pos=shown[3].rect().center())
    assert (state.display.settings.mode, state.display.settings.band) == ("band", 3)


def test_pictures_beside_each_other_are_zoomed_together(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    press(panel, "bands")
    state.cutout_view.set_window(CutoutWindow(2.0, 1.0, 8.0))
    scales = {
        min(picture.width(), picture.height()) / picture.picture_scale()
        for picture in panel.pictures.bands.pictures.values()
    }
    assert [round(span, 3) for span in scales] == [8.0]


def test_six_galaxies_are_pinned_and_the_oldest_gives_way(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    for row in range(8):
        state.cutout.set_cutout(make_cutout(row))
        press(panel, "pin")
    assert state.pins.rows == (2, 3, 4, 5, 6, 7)
    assert panel.tools.pin.isChecked()
    press(panel, "pin")
    assert 7 not in state.pins.rows and not panel.tools.pin.isChecked()


def test_a_click_on_a_pinned_galaxy_makes_it_active(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    for row in (3, 9):
        state.cutout.set_cutout(make_cutout(row))
        press(panel, "pin")
    press(panel, "pinned")
    pictures = panel.pictures.pinned.pictures
    assert [picture.caption for picture in pictures.values()] == ["galaxy-3", "galaxy-9"]
    qtbot.waitUntil(lambda: pictures[3].isVisible() and pictures[3].width() >= 40)
    qtbot.mouseClick(pictures[3], Qt.MouseButton.LeftButton, pos=pictures[3].rect().center())
    assert state.selection.active == 3


def test_blinking_shows_the_galaxy_before_and_says_so(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(3))
    first = bytes_of(panel.picture.image)
    state.cutout.set_cutout(make_cutout(9))
    second = bytes_of(panel.picture.image)
    state.cutout_view.set_blink(Blink(on=True, rate=10))
    qtbot.waitUntil(lambda: panel.picture.caption == "galaxy-3")
    assert bytes_of(panel.picture.image) == first
    qtbot.waitUntil(lambda: panel.picture.caption == "galaxy-9")
    assert bytes_of(panel.picture.image) == second
    press(panel, "blink")
    assert panel.picture.caption == "" and bytes_of(panel.picture.image) == second


def test_blinking_shows_another_band(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.cutout.set_cutout(make_cutout(3))
    state.cutout_view.set_blink(Blink(on=True, band=4, rate=10))
    qtbot.waitUntil(lambda: panel.picture.caption == "z")
    assert state.display.settings.mode == "rgb", "nothing but the picture changes"


def test_the_pixel_under_the_mouse_is_told_without_moving_anything(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7, missing=(1,)))
    heights = [panel.facts.height(), panel.picture.height(), panel.width()]
    QTest.mouseMove(panel.picture, at(panel, 16.5, 16.5))
    where, light = panel.facts.position.text(), panel.facts.columns.text()
    assert where.startswith("16, 16") and "Dec +2.2000" in where and "no WCS" in where
    flux = make_cutout(7).pixels[2, 16, 16]
    assert f"r\u00a0{flux:.3g}" in light and "g\u00a0missing" in light and "nMgy" in light
    assert [panel.facts.height(), panel.picture.height(), panel.width()] == heights
    state.cutout_view.set_mouse(None)
    assert panel.facts.position.text() == position_text(150.1, 2.2)


def test_the_grid_of_the_file_is_taken_where_it_has_one(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    before = grabbed(panel)
    step = 0.2 / 3600
    state.cutout.set_grid(7, SkyGrid(15.5, 15.5, 33.0, 44.0, (0.0, step, step, 0.0)))
    assert grabbed(panel) != before, "the compass"
    state.cutout_view.set_mouse((0.0, 0.0))
    assert "RA 33.00000°  Dec +44.00000°" in panel.facts.position.text()
    assert "WCS" in panel.facts.position.text()


def test_missing_bands_of_a_colour_picture_are_named_on_it(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7, missing=(3,)))
    assert panel.picture.caption == "i missing"
    state.cutout.set_cutout(make_cutout(8, missing=(1, 2, 3)))
    assert panel.picture.image is None
    state.cutout.set_cutout(make_cutout(9))
    assert panel.picture.caption == "" and panel.picture.image is not None


def test_limits_measured_on_one_galaxy_hold_while_the_stretch_is_locked(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    state.cutout.set_cutout(make_cutout(7))
    rows = panel.controls.more.limits
    rows.kind.setCurrentIndex(rows.kind.findData("percentile"))
    rows.kind.activated.emit(rows.kind.currentIndex())
    settings = state.display.settings
    assert settings.mode == "band" and settings.limits == "percentile"
    assert len(settings.held) == len(BANDS)
    state.cutout.set_cutout(make_cutout(8))
    assert state.display.settings.held == settings.held
    rows.high.setText("55.5")
    rows.high.editingFinished.emit()
    assert state.display.settings.limits == "manual"
    assert state.display.settings.held[state.display.settings.band][1] == 55.5


def test_the_sliders_say_where_they_stand(panel: CutoutPanel, state: ApplicationState) -> None:
    more = panel.controls.more
    assert (more.softening_value.text(), more.black_value.text()) == ("8", "0.0 σ")
    more.black.setValue(-15)
    state.display.set_settings(replace(state.display.settings, softening=12.345))
    assert (more.softening_value.text(), more.black_value.text()) == ("12.3", "−1.5 σ")


@pytest.mark.parametrize(
    ("bands", "name"),
    [
        (("g", "r", "i"), "RGB irg"),
        (("red", "green", "blue"), "RGB"),
        (("VIS",), "Grey"),
        (("Y", "Y2"), "RGB Y2 Y Y"),
    ],
)
def test_the_colours_are_named_where_they_are_not_a_pictures_own(
    panel: CutoutPanel, state: ApplicationState, bands: tuple[str, ...], name: str
) -> None:
    state.display.set_survey(SurveyPixels(bands))
    assert panel.controls.mode.itemText(0) == name


def test_pictures_are_shown_as_they_are_until_another_style_is_chosen(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    box, survey = panel.controls.more.style_box, state.display.survey
    assert box.findData("plain") < 0, "fluxes have no white"
    state.display.set_survey(replace(survey, white=255.0))
    assert box.currentData() == "plain" and not panel.controls.more.softening.isEnabled()
    index = box.findData("unions")
    box.setCurrentIndex(index)
    box.activated.emit(index)
    assert state.display.settings.style == "unions"
    state.display.set_survey(survey)
    assert box.findData("plain") < 0 and box.currentData() == "survey"


def test_a_style_brings_its_own_softening(panel: CutoutPanel, state: ApplicationState) -> None:
    box = panel.controls.more.style_box
    for index, (style, q) in enumerate((("survey", 8.0), ("unions", 7.0), ("legacy", 20.0))):
        box.setCurrentIndex(index)
        box.activated.emit(index)
        assert (state.display.settings.style, state.display.settings.softening) == (style, q)


@pytest.mark.parametrize("shape", [(1, 17, 23), (2, 23, 17), (20, 40, 40), (3, 1, 1)])
def test_odd_cutouts_are_shown(
    panel: CutoutPanel, state: ApplicationState, shape: tuple[int, int, int]
) -> None:
    names = tuple(f"b{i}" for i in range(shape[0]))
    state.display.set_survey(SurveyPixels(names))
    pixels = np.full(shape, np.nan, np.float32)
    pixels[:, 0, 0] = np.inf
    cutout = Cutout(1, "odd", pixels, np.zeros(shape[0], bool), 400.0, -95.0)
    state.cutout.set_cutout(cutout)
    for layout in ("bands", "pinned", "one"):
        state.cutout_view.set_layout(layout)
        assert not panel.grab().isNull()
    assert panel.picture.image is not None
    assert "not on the sky" in panel.facts.position.text()
    state.cutout_view.set_mouse((0.0, 0.0))
    assert "no coordinates" in panel.facts.position.text()


def test_a_very_large_cutout_is_rendered_beside_the_window(
    panel: CutoutPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    pixels = np.ones((5, 1024, 1024), np.float32)
    state.cutout.set_cutout(make_cutout(7))
    small = panel.picture.image
    state.cutout.set_cutout(Cutout(1, "large", pixels, np.zeros(5, bool)))
    assert panel.picture.image is small, "the old one stays until the new one is there"
    qtbot.waitUntil(lambda: panel.picture.image is not small)
    assert panel.picture.image is not None and panel.picture.image.width() == 1024


def test_a_galaxy_without_any_band_is_no_black_picture(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    cutout = make_cutout(7, missing=tuple(range(len(BANDS))))
    state.cutout.set_cutout(cutout)
    assert panel.picture.image is None
    said = absent_sentence(cutout, state.display.settings, BANDS)
    assert said == "The file has no data of this galaxy in any band."


def test_a_pixel_without_data_is_said_to_have_none(
    panel: CutoutPanel, state: ApplicationState
) -> None:
    cutout = make_cutout(7)
    pixels = cutout.pixels.copy()
    pixels[2, 16, 16] = np.nan
    state.cutout.set_cutout(replace(cutout, pixels=pixels))
    state.cutout_view.set_mouse((0.5, 0.5))
    light = panel.facts.columns.text()
    assert "r\u00a0no\u00a0data" in light and "nan" not in light and "g\u00a0" in light
