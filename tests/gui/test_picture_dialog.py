"""A cutout as a picture for a file: enlarged, with a scale, of what is in view."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QRect, Qt
from PyQt6.QtGui import QImage
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout_view import CutoutWindow
from astromask_gui.state.exports import CantBeMade
from astromask_gui.widgets.cutout.figure import (
    LARGEST_SIDE,
    CutoutScene,
    PictureOptions,
    draw_picture,
    make_picture,
)
from astromask_gui.windows.main_window import MainWindow
from astromask_gui.windows.picture_dialog import PictureDialog
from tests.gui.conftest import SIDE

CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def window(viewing: MainWindow) -> MainWindow:
    return viewing


# The picture.


def scene(side: int = 20, **facts: object) -> CutoutScene:
    image = QImage(side, side, QImage.Format.Format_RGB888)
    image.fill(0x202020)
    image.setPixel(3, 4, 0xFFFF0000)
    values: dict = {"name": "one", "part": QRect(0, 0, side, side), **facts}
    return CutoutScene(image, **values)


def test_an_enlarged_picture_keeps_its_pixels_square() -> None:
    options = PictureOptions(8, scale_bar=False, compass=False)
    picture = draw_picture(scene(), options)
    assert (picture.width(), picture.height()) == (160, 160)
    red = {(x, y) for x in range(160) for y in range(160) if picture.pixelColor(x, y).red() > 0x20}
    assert red == {(x, y) for x in range(24, 32) for y in range(32, 40)}


def test_only_the_part_in_view_is_saved_where_that_is_wished() -> None:
    made = scene(part=QRect(2, 3, 5, 4))
    options = PictureOptions(4, only_part=True, scale_bar=False)
    picture = draw_picture(made, options)
    assert (picture.width(), picture.height()) == (20, 16)
    assert picture.pixelColor(5, 5).red() == 255


def test_the_scale_bar_is_as_long_as_it_says() -> None:
    bare = draw_picture(scene(100), PictureOptions(4, scale_bar=False))
    drawn = draw_picture(scene(100, pixel_scale=0.2), PictureOptions(4))
    # A third of 20 arcsec holds 5 arcsec: 25 pixels, enlarged four times.
    y = round(400 - 400 / 32)
    changed = [x for x in range(400) if drawn.pixel(x, y) != bare.pixel(x, y)]
    assert 99 <= max(changed) - min(changed) + 1 <= 103


def test_a_picture_too_large_is_refused_in_a_sentence() -> None:
    with pytest.raises(CantBeMade, match="smaller magnification"):
        make_picture(scene(LARGEST_SIDE // 8), PictureOptions(16))


def test_the_dialog_asks_for_a_file_of_what_is_in_view(
    window: MainWindow, state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    state.cutout_view.set_window(CutoutWindow(0, 0, 8.0))
    state.exports.preview_requested.connect(
        lambda number, draw: state.exports.preview_made.emit(number, draw())
    )
    qtbot.keyClick(window, Qt.Key.Key_P, CTRL | ALT | SHIFT)
    (dialog,) = window.findChildren(PictureDialog)
    assert dialog.only_part.isChecked() and not dialog.compass.isEnabled()
    assert not dialog.preview.pixmap().isNull()
    dialog.only_part.setChecked(False)
    dialog.magnification.setCurrentText("2×")
    assert dialog.size_text.text() == f"{2 * SIDE} × {2 * SIDE} pixels"
    with qtbot.waitSignal(state.exports.write_requested) as asked:
        dialog.save_to(tmp_path / "p.png")
    made = asked.args[0].make()
    assert made.data.startswith(b"\x89PNG") and "64 × 64" in made.words
