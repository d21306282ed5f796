"""Maps of the sky and of columns: choosing them, their axes, and what stays while switching."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import QPointF
from PyQt6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from astromask_gui.rendering.scales import fit_scale, places_on, value_at
from astromask_gui.rendering.sky import places_on_sky
from astromask_gui.state.columns import Column
from astromask_gui.state.plane import (
    ColumnAxes,
    ColumnsLayout,
    Layout,
    SkyAxes,
    SkyLayout,
    StoredLayout,
)
from astromask_gui.state.session import OpenWorkspace
from astromask_gui.theme import tokens
from astromask_gui.widgets.map.columns import first_pair
from astromask_gui.widgets.map.layouts import SKY, TWO_COLUMNS
from tests.gui.map_scene import Scene

COLUMNS = [
    Column("class", "category", categories=("star", "galaxy", "lens")),
    Column("ra", "number", "deg"),
    Column("dec", "number", "deg"),
    Column("mag_r", "number", "mag"),
    Column("redshift", "number"),
]
REGION = SkyAxes("ZEA", 0.05, 2.0)
WHOLE = SkyAxes("MOL", 120.0, 0.0)


class Planes(Scene):
    """The scene with columns; it answers layouts as the service would."""

    def __init__(self, qtbot: QtBot) -> None:
        super().__init__(qtbot)
        rng = np.random.default_rng(4)
        count = len(self.places)
        self.ra = (0.05 + rng.normal(0, 0.5, count)) % 360
        self.dec = 2.0 + rng.normal(0, 0.5, count)
        self.mag = rng.uniform(16, 24, count)
        self.sky: SkyAxes = REGION
        self.asked: list[Layout] = []
        self.state.columns.set_columns(COLUMNS)

    def fill(self) -> None:
        super().fill()
        self.state.columns.set_columns(COLUMNS)
        self.state.view.layout_requested.connect(self.answer)

    def answer(self, layout: Layout) -> None:
        self.asked.append(layout)
        view = self.state.view
        if isinstance(layout, StoredLayout):
            view.set_layout(layout, self.places)
        elif isinstance(layout, SkyLayout):
            view.set_layout(layout, places_on_sky(self.sky, self.ra, self.dec), self.sky)
        else:
            known = {"mag_r": self.mag, "redshift": self.ra}
            x = fit_scale(layout.x, known[layout.x], "mag", layout.log_x, 1.5)
            y = fit_scale(layout.y, known[layout.y], "", layout.log_y)
            places = [places_on(x, known[layout.x]), places_on(y, known[layout.y])]
            view.set_layout(layout, np.stack(places, axis=1), ColumnAxes(x, y))

    def choose(self, text: str) -> None:
        """Choose an entry of the combo box, as the mouse does."""
        box = self.map.toolbar.projections
        place = box.findText(text)
        assert place >= 0, [box.itemText(i) for i in range(box.count())]
        box.setCurrentIndex(place)
        box.activated.emit(place)

    @property
    def axes(self):
        return self.map.axes


@pytest.fixture
def empty_scene(qtbot: QtBot):
    made = Planes(qtbot)
    yield made
    made.map.close_frames()


@pytest.fixture
def scene(empty_scene: Planes) -> Planes:
    empty_scene.fill()
    return empty_scene


def button(scene: Planes, text: str) -> QPushButton:
    found = scene.map.empty.findChildren(QPushButton)
    return next(each for each in found if each.text() == text)


# Choosing.


def test_projections_come_first_then_the_sky_then_columns(scene: Planes) -> None:
    box = scene.map.toolbar.projections
    texts = [box.itemText(place) for place in range(box.count())]
    assert texts == ["UMAP", "t-SNE", "", SKY, TWO_COLUMNS]
    assert box.currentText() == "UMAP"


def test_without_coordinates_no_sky_is_offered(scene: Planes) -> None:
    scene.state.columns.set_columns([COLUMNS[0], COLUMNS[3]])
    box = scene.map.toolbar.projections
    assert box.findText(SKY) < 0 and box.findText(TWO_COLUMNS) >= 0
    scene.state.columns.set_columns([COLUMNS[0]])
    assert [box.itemText(i) for i in range(box.count())] == ["UMAP", "t-SNE"]


def test_switching_keeps_selection_active_filters_and_colours(scene: Planes) -> None:
    scene.state.selection.select_rows(np.array([1, 2, 3]))
    scene.state.selection.set_active(5)
    colouring = scene.state.view.colouring
    for text in (SKY, TWO_COLUMNS, "t-SNE", SKY):
        scene.choose(text)
        assert scene.map.toolbar.projections.currentText() == text
        assert scene.wait_for_frame().stats.visible > 0.95 * len(scene.places)
        assert scene.state.selection.rows().tolist() == [1, 2, 3]
        assert scene.map.overlay.marks.selected.tolist() == [1, 2, 3]
        assert scene.map.overlay.marks.active == 5
    assert scene.state.view.colouring == colouring


def test_two_columns_are_named_in_a_row_that_asks_for_others(scene: Planes) -> None:
    row = scene.map.layouts.row
    assert not row.isVisible()
    scene.choose(TWO_COLUMNS)
    assert row.isVisible()
    assert scene.asked[-1] == ColumnsLayout("redshift", "mag_r")
    assert (row.x_box.currentData(), row.y_box.currentData()) == ("redshift", "mag_r")
    row.log_y.click()
    assert scene.asked[-1] == ColumnsLayout("redshift", "mag_r", log_y=True)
    row.swap.click()
    assert scene.asked[-1] == ColumnsLayout("mag_r", "redshift", log_x=True)
    assert row.log_x.isChecked() and not row.log_y.isChecked()
    place = row.y_box.findData("mag_r")
    row.y_box.setCurrentIndex(place)
    row.y_box.activated.emit(place)
    assert scene.asked[-1] == ColumnsLayout("mag_r", "mag_r", log_x=True)
    scene.choose("UMAP")
    assert not row.isVisible()
    scene.choose(TWO_COLUMNS)
    assert scene.asked[-1] == ColumnsLayout("mag_r", "mag_r", log_x=True)


def test_only_magnitudes_can_be_flipped_and_stay_so_when_chosen_again(scene: Planes) -> None:
    row = scene.map.layouts.row
    scene.choose(TWO_COLUMNS)
    assert row.flip_y.isVisible() and not row.flip_x.isVisible()
    row.flip_y.click()
    assert scene.asked[-1] == ColumnsLayout("redshift", "mag_r", flip_y=True)
    assert row.flip_y.isChecked() and "Brighter upwards" in row.flip_y.toolTip()
    row.swap.click()
    assert scene.asked[-1] == ColumnsLayout("mag_r", "redshift", flip_x=True)
    assert row.flip_x.isChecked() and not row.flip_y.isVisible()
    for name, flipped in (("redshift", False), ("mag_r", True)):
        place = row.x_box.findData(name)
        row.x_box.setCurrentIndex(place)
        row.x_box.activated.emit(place)
        assert scene.asked[-1] == ColumnsLayout(name, "redshift", flip_x=flipped)
    row.flip_x.click()
    assert scene.asked[-1] == ColumnsLayout("mag_r", "redshift")


def test_a_refused_choice_leaves_the_box_at_what_is_shown(scene: Planes) -> None:
    scene.state.view.layout_requested.disconnect(scene.answer)
    scene.choose(SKY)
    scene.state.view.refuse_layout()
    assert scene.map.toolbar.projections.currentText() == "UMAP"


def test_the_first_columns_are_a_redshift_and_a_magnitude(scene: Planes) -> None:
    columns = scene.state.columns
    assert first_pair(columns) == ("redshift", "mag_r")
    columns.set_columns([Column("ra", "number"), Column("a", "number"), Column("b", "number")])
    assert first_pair(columns) == ("a", "b")
    columns.set_columns([Column("ra", "number")])
    assert first_pair(columns) == ("ra", "ra")


def test_without_embeddings_the_empty_map_offers_the_sky_and_columns(empty_scene: Planes) -> None:
    empty_scene.state.view.layout_requested.connect(empty_scene.answer)
    empty_scene.state.session.set_workspace(OpenWorkspace(Path("s"), "s", 900, ("r",)))
    empty_scene.map.show()
    assert button(empty_scene, "Embed this survey …").isVisible()
    button(empty_scene, "Plot two columns").click()
    assert empty_scene.asked == [ColumnsLayout("redshift", "mag_r")]
    empty_scene.state.view.set_coordinates(None, None)
    button(empty_scene, "Show on the sky").click()
    assert empty_scene.asked[-1] == SkyLayout()
    assert empty_scene.canvas.isVisible()


# Axes.


def test_a_projection_has_no_axes_and_takes_no_room_for_them(scene: Planes) -> None:
    assert not scene.axes.left.isVisible() and not scene.axes.bottom.isVisible()
    assert scene.canvas.width() == scene.map.width()
    scene.choose(SKY)
    assert scene.axes.left.isVisible() and scene.canvas.width() < scene.map.width()
    scene.choose("UMAP")
    assert not scene.axes.left.isVisible() and scene.axes.graticule.graticule is None


def test_ticks_of_columns_stand_at_their_values_at_every_zoom(scene: Planes) -> None:
    scene.choose(TWO_COLUMNS)
    axes = scene.state.view.axes
    assert isinstance(axes, ColumnAxes)
    for _ in range(4):
        scene.canvas.zoom(3.0)
        mapping = scene.canvas.mapping()
        marks = scene.axes.left.marks
        assert len(marks) >= 2
        for pixel, text in marks:
            assert 0 <= pixel <= scene.canvas.height()
            _, y = mapping.to_map(QPointF(0, pixel))
            assert value_at(axes.y, y) == pytest.approx(float(text), abs=1e-3)
    assert scene.axes.left.title == "mag_r" and "redshift [mag]" in scene.axes.bottom.title


def test_labels_of_the_sky_are_in_the_margins_of_a_region(scene: Planes) -> None:
    scene.choose(SKY)
    assert "0°" in [text for _, text in scene.axes.bottom.marks] or any(
        text.startswith("0.") for _, text in scene.axes.bottom.marks
    )
    pixels = [pixel for pixel, _ in scene.axes.bottom.marks]
    assert all(0 <= pixel <= scene.canvas.width() for pixel in pixels)
    assert all(text[0] in "+−0" for _, text in scene.axes.left.marks)
    assert (scene.axes.bottom.title, scene.axes.left.title) == ("RA", "Dec")


def test_east_is_left_and_north_is_up_on_the_screen(scene: Planes) -> None:
    scene.choose(SKY)
    places = scene.state.view.coordinates
    assert places is not None
    pixels = scene.canvas.mapping().to_pixels(places)
    east = (scene.ra + 180) % 360
    assert np.corrcoef(east, pixels[:, 0])[0, 1] < -0.99
    assert np.corrcoef(scene.dec, pixels[:, 1])[0, 1] < -0.99


def test_the_whole_sky_is_fitted_with_its_outline(scene: Planes) -> None:
    scene.sky = WHOLE
    scene.choose(SKY)
    drawn = scene.axes.graticule.graticule
    assert drawn is not None and drawn.outline is not None
    pixels = scene.canvas.mapping().to_pixels(drawn.outline)
    assert (pixels >= 0).all()
    assert (pixels <= (scene.canvas.width(), scene.canvas.height())).all()
    assert not scene.axes.left.isVisible()
    assert scene.axes.bottom.marks == () and "Mollweide" in scene.axes.bottom.title
    height = scene.axes.bottom.height()
    width = scene.canvas.width()
    assert width == scene.map.width()
    for factor in (8.0, 20.0):
        # Close up, its labels stand in the map: nothing moves the map's edge.
        scene.canvas.zoom(factor)
        drawn = scene.axes.graticule.graticule
        assert drawn is not None and {label.side for label in drawn.labels} >= {"left", "bottom"}
        assert scene.canvas.width() == width and scene.axes.bottom.height() == height
        assert scene.axes.bottom.marks == ()
    scene.choose(TWO_COLUMNS)
    assert scene.axes.left.isVisible() and scene.axes.bottom.height() > height


@pytest.mark.parametrize("style", ["dark", "light"])
def test_the_outline_is_painted_in_both_styles(scene: Planes, style) -> None:
    scene.state.preferences.set_style(style)
    scene.sky = WHOLE
    scene.choose(SKY)
    scene.wait_for_frame()
    image = scene.canvas.grab().toImage()
    x, y = scene.canvas.mapping().to_pixels(np.array([[0.0, -81.0]]))[0]
    column = [image.pixelColor(int(x) + 40, row).name() for row in range(int(y) - 8, int(y) + 9)]
    assert any(colour != tokens(style).map_background for colour in column)
    corner = scene.axes.bottom.grab().toImage().pixelColor(2, 2)
    assert corner.name() == tokens(style).map_background


def test_the_values_under_the_mouse_are_told(scene: Planes) -> None:
    scene.choose(SKY)
    place = scene.canvas.mapping().to_pixels(np.zeros((1, 2)))[0]
    scene.hover(QPointF(*place))
    assert scene.axes.bottom.note.startswith("RA 0.0") and "Dec +2.0" in scene.axes.bottom.note
    scene.state.preferences.set_sexagesimal(True)
    scene.hover(QPointF(*place))
    assert "RA 0h00m1" in scene.axes.bottom.note and "Dec +2°00′" in scene.axes.bottom.note
    scene.choose(TWO_COLUMNS)
    scene.hover(QPointF(200, 200))
    assert scene.axes.bottom.note.startswith("redshift ") and "mag_r " in scene.axes.bottom.note
    scene.canvas.hovered.emit(None)
    assert scene.axes.bottom.note == ""


def test_outside_the_sky_nothing_is_told(scene: Planes) -> None:
    scene.sky = WHOLE
    scene.choose(SKY)
    scene.hover(QPointF(1, 1))
    assert scene.axes.bottom.note == ""


def test_the_left_margin_does_not_shrink_while_zooming(scene: Planes) -> None:
    scene.choose(TWO_COLUMNS)
    widths = [scene.axes.left.width()]
    for factor in (1e5, 1e-5, 100.0, 0.01):
        scene.canvas.zoom(factor)
        widths.append(scene.axes.left.width())
    assert widths == sorted(widths)
