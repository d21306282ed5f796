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
from astromask_gui.state.cutout_view import WHOLE, CutoutWindow
from astromask_gui.widgets.cutout_facts import position_text
from astromask_gui.widgets.cutout_marks import scale_length
from astromask_gui.widgets.cutout_panel import CutoutPanel
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
    panel.controls.softening.setValue(panel.controls.softening.maximum())
    assert state.display.settings.softening == pytest.approx(80)
    state.display.set_settings(replace(state.display.settings, softening=8.0, stretch=0.1))
    assert (
        panel.controls.softening.value() == 0
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
    corner, scale = panel.picture.picture_rectangle().topLeft(), panel.picture.picture_scale()
    return QPoint(round(corner.x() + x * scale), round(corner.y() + y * scale))


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
    panel.controls.crop.click()
    assert panel.picture.picture_scale() == pytest.approx(2 * before)
    panel.controls.crop.click()
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
