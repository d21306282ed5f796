"""Figures of the map: what is on a PNG, a PDF, an SVG, and that it is what the map shows."""

from __future__ import annotations

import base64
import io
import re
import shutil
import subprocess
import threading
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtGui import QImage

from astromask_gui.state.exports import CantBeMade, FigureOptions
from astromask_gui.state.plane import ColumnAxes, ColumnsLayout, Scale, SkyAxes, SkyLayout
from astromask_gui.state.selection import CombineMode
from astromask_gui.state.view import Colouring
from astromask_gui.widgets.map.figure import work_out
from astromask_gui.widgets.map.figure_files import draw_preview, make_figure
from astromask_gui.widgets.map.figure_marks import MOST_LINES
from astromask_gui.widgets.map.figure_scene import MapScene
from tests.gui.map_scene import CLASSES, Scene

SVG = "{http://www.w3.org/2000/svg}"
OKABE_ITO = {"star": "#56b4e9", "galaxy": "#e69f00", "lens": "#009e73"}
BARE = FigureOptions(format="png", axes="none", legend=False, marks=False)


@pytest.fixture
def scene(qtbot) -> Scene:
    """Three blobs, each a class, coloured by it."""
    made = Scene(qtbot)
    made.fill()
    made.state.view.set_colouring(Colouring("class"))
    yield made
    made.map.close_frames()


def shown(scene: Scene) -> MapScene:
    found = scene.map.scene()
    assert found is not None
    return found


def pixels(data: bytes) -> np.ndarray:
    """(H, W, 3) of a PNG file's content."""
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"))


def picture(scene: Scene, **changes: object) -> np.ndarray:
    options = replace(BARE, **changes)  # type: ignore[arg-type]
    return pixels(make_figure(shown(scene), options).data)


def near(image: np.ndarray, colour: str, tolerance: int = 60) -> np.ndarray:
    """(H, W) bool: pixels of about a colour."""
    wanted = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    return np.abs(image.astype(int) - wanted).max(axis=2) <= tolerance


def texts_of_svg(data: bytes) -> list[str]:
    root = ElementTree.fromstring(data)
    return ["".join(text.itertext()).strip() for text in root.iter(f"{SVG}text")]


def test_a_png_has_the_size_and_the_dots_per_inch_asked_for(scene: Scene) -> None:
    made = make_figure(shown(scene), replace(BARE, width_cm=10.0, height_cm=8.0, dpi=200))
    image = Image.open(io.BytesIO(made.data))
    assert image.size == (round(10 / 2.54 * 200), round(8 / 2.54 * 200))
    assert image.info["dpi"] == pytest.approx((200, 200), abs=0.1)
    assert made.words == "10.0 × 8.0 cm, 200 dots per inch"


def test_points_are_where_the_map_has_them_in_their_colours(scene: Scene) -> None:
    image = picture(scene)
    figure = work_out(shown(scene), BARE, 300)
    scale = 300 / 720
    plot, unit = figure.layout.plot, figure.per_pixel
    places = figure.mapping.to_pixels(scene.places) * unit + (plot.x, plot.y)
    for number, name in enumerate(CLASSES):
        x, y = np.median(places[scene.classes == number], axis=0) * scale
        patch = image[int(y) - 30 : int(y) + 30, int(x) - 30 : int(x) + 30]
        counts = {key: near(patch, colour).sum() for key, colour in OKABE_ITO.items()}
        assert max(counts, key=lambda key: counts[key]) == name
        assert counts[name] > 50
    assert (image[:5] == 255).all()


def test_an_svg_holds_text_one_picture_and_lines(scene: Scene) -> None:
    options = FigureOptions(format="svg", title="Blobs", axes="ticks")
    made = make_figure(shown(scene), options)
    root = ElementTree.fromstring(made.data)
    assert root.get("width", "").endswith("mm")
    assert float(root.get("width", "")[:-2]) == pytest.approx(89.0, abs=0.2)
    texts = texts_of_svg(made.data)
    assert {"UMAP 1", "UMAP 2", "Blobs", "star", "galaxy", "lens"} <= set(texts)
    counts = np.bincount(scene.classes)
    assert {str(count) for count in counts} <= set(texts)
    (image,) = root.iter(f"{SVG}image")
    png = base64.b64decode(image.get("{http://www.w3.org/1999/xlink}href", "").split(",")[1])
    raster = pixels(png)
    figure = work_out(shown(scene), options, 300)
    assert raster.shape[:2] == figure.points.shape
    assert near(raster, OKABE_ITO["lens"]).sum() > 100
    # The frame and the ticks are lines.
    assert len(list(root.iter(f"{SVG}polyline"))) > 5


def test_a_pdf_has_its_fonts_in_it_and_a_sound_table_of_its_objects(scene: Scene) -> None:
    data = make_figure(shown(scene), FigureOptions()).data
    assert data.startswith(b"%PDF-1.") and data.rstrip().endswith(b"%%EOF")
    assert b"/FontFile2" in data or b"/FontFile3" in data
    place = int(re.findall(rb"startxref\s+(\d+)", data)[-1])
    assert data[place : place + 4] == b"xref"
    entries = re.findall(rb"(\d{10}) \d{5} n", data[place:])
    for number, entry in enumerate(entries, start=1):
        assert data[int(entry) :].startswith(b"%d 0 obj" % number)
    figure = work_out(shown(scene), FigureOptions(), 300)
    height, width = figure.points.shape
    assert b"/Width %d\n/Height %d\n" % (width, height) in data


@pytest.mark.skipif(shutil.which("pdftoppm") is None, reason="poppler's pdftoppm is not installed")
def test_a_pdf_looks_like_the_png(scene: Scene, tmp_path: Path) -> None:
    options = FigureOptions(axes="ticks", title="Blobs")
    (tmp_path / "map.pdf").write_bytes(make_figure(shown(scene), options).data)
    command = ["pdftoppm", "-r", "300", "-png", "-singlefile", "map.pdf", "map"]
    subprocess.run(command, cwd=tmp_path, check=True)
    pdf = pixels((tmp_path / "map.png").read_bytes()).astype(float)
    png = pixels(make_figure(shown(scene), replace(options, format="png")).data).astype(float)
    height, width = (min(a, b) for a, b in zip(pdf.shape[:2], png.shape[:2], strict=True))
    assert abs(pdf.shape[0] - png.shape[0]) <= 2 and abs(pdf.shape[1] - png.shape[1]) <= 2
    assert np.abs(pdf[:height, :width] - png[:height, :width]).mean() < 3


def test_filters_and_hidden_categories_are_honoured(scene: Scene) -> None:
    before = picture(scene)
    scene.state.filters.set("legend", "no stars", scene.classes != CLASSES.index("star"))
    after = picture(scene)
    assert near(before, OKABE_ITO["star"], 25).sum() > 100
    assert near(after, OKABE_ITO["star"], 25).sum() == 0
    assert near(after, OKABE_ITO["lens"]).sum() > 100
    texts = texts_of_svg(make_figure(shown(scene), FigureOptions(format="svg")).data)
    assert "star" not in texts and "lens" in texts


def test_what_is_not_selected_is_dimmed(scene: Scene) -> None:
    scene.state.selection.combine(scene.classes == CLASSES.index("lens"), CombineMode.REPLACE)
    image = picture(scene)
    assert near(image, OKABE_ITO["lens"], 40).sum() > 100
    assert near(image, OKABE_ITO["star"], 40).sum() == 0
    paler = "#" + "".join(
        f"{round(255 + (int(OKABE_ITO['star'][i : i + 2], 16) - 255) * 0.4):02x}" for i in (1, 3, 5)
    )
    assert near(image, paler, 25).sum() > 100


def test_marks_are_drawn_and_told_unless_left_out(scene: Scene) -> None:
    scene.state.selection.set_active(3)
    with_marks = make_figure(shown(scene), FigureOptions(format="svg")).data
    without = make_figure(shown(scene), FigureOptions(format="svg", marks=False)).data

    def rings(data: bytes) -> int:
        root = ElementTree.fromstring(data)
        return len([*root.iter(f"{SVG}ellipse"), *root.iter(f"{SVG}circle")])

    assert "active galaxy" in texts_of_svg(with_marks)
    assert "active galaxy" not in texts_of_svg(without)
    assert rings(with_marks) > rings(without) == 0


def test_many_rings_are_pixels_and_few_are_lines(scene: Scene) -> None:
    def lines_with(count: int) -> int:
        chosen = np.arange(len(scene.places)) < count
        scene.state.selection.combine(chosen, CombineMode.REPLACE)
        data = make_figure(shown(scene), FigureOptions(format="svg")).data
        root = ElementTree.fromstring(data)
        return len([*root.iter(f"{SVG}ellipse"), *root.iter(f"{SVG}circle")])

    assert lines_with(MOST_LINES) > MOST_LINES
    assert lines_with(MOST_LINES + 1) < 5


def test_a_continuous_column_gets_a_bar_with_ticks_and_its_unit(scene: Scene) -> None:
    scene.state.view.set_colouring(Colouring("mag", limits=(-3.0, 4.0)))
    texts = texts_of_svg(make_figure(shown(scene), FigureOptions(format="svg")).data)
    assert "mag [mag]" in texts
    assert {"−2", "0", "2", "4"} <= set(texts)


def test_the_print_safe_map_replaces_the_chosen_one(scene: Scene) -> None:
    scene.state.view.set_colouring(Colouring("mag", map_name="magma"))
    chosen = work_out(shown(scene), BARE, 50)
    safe = work_out(shown(scene), replace(BARE, print_safe=True), 50)
    # Cividis runs from blue to yellow, with grey between.
    low, high = safe.bar_colours[0].astype(int), safe.bar_colours[-1].astype(int)
    assert low[2] > low[0] + 30 and high[0] > high[2] + 80
    assert not np.array_equal(chosen.bar_colours, safe.bar_colours)


def test_paper_is_white_and_the_screens_style_is_kept_when_wanted(scene: Scene) -> None:
    assert tuple(picture(scene)[0, 0]) == (255, 255, 255)
    dark = picture(scene, paper=False)
    assert tuple(dark[0, 0]) == (16, 18, 22)
    assert near(dark, OKABE_ITO["lens"]).sum() > 100


def test_thumbnails_are_on_the_figure_where_the_map_shows_them(scene: Scene) -> None:
    def answer(rows: list[int]) -> None:
        bright = np.full((len(rows), 3, 48, 48), 1e4, np.float16)
        scene.state.thumbnails.put(rows, bright)

    scene.state.thumbnails.wanted.connect(answer)
    scene.map.views.fit_rows(np.array([10]))
    scene.wait_for_frame()
    wait = scene._qtbot.waitUntil
    wait(lambda: bool(scene.map.scene().pictures.images), timeout=10_000)
    with_them, without = picture(scene), picture(scene, thumbnails=False)
    side = shown(scene).pictures.side
    figure = work_out(shown(scene), BARE, 300)
    ratio = figure.points.shape[1] / figure.mapping.width
    changed = (with_them != without).any(axis=2)
    assert changed.sum() > 0.5 * (side * ratio) ** 2


def test_a_figure_is_drawn_in_any_thread(scene: Scene) -> None:
    options = FigureOptions(title="Title", axes="ticks")
    here = make_figure(shown(scene), replace(options, format="png")).data
    found: list[bytes] = []
    gathered = shown(scene)
    thread = threading.Thread(
        target=lambda: found.append(make_figure(gathered, replace(options, format="png")).data)
    )
    thread.start()
    thread.join()
    assert np.array_equal(pixels(found[0]), pixels(here))


def test_a_preview_fits_its_place(scene: Scene) -> None:
    image = draw_preview(shown(scene), FigureOptions(), (300, 200))
    assert isinstance(image, QImage)
    assert image.width() <= 301 and image.height() <= 201
    assert max(image.width() / 300, image.height() / 200) == pytest.approx(1, abs=0.02)


def test_a_picture_that_would_be_too_large_is_refused(scene: Scene) -> None:
    with pytest.raises(CantBeMade, match=r"pixels is too large"):
        work_out(shown(scene), replace(BARE, width_cm=100.0), 1200)


def test_an_empty_map_has_no_figure(qtbot) -> None:
    empty = Scene(qtbot)
    assert empty.map.scene() is None
    empty.map.close_frames()


def test_two_columns_have_ticks_and_units_and_the_sky_its_graticule(scene: Scene) -> None:
    view, places = scene.state.view, scene.places
    columns = ColumnAxes(Scale("mag_r", "AB mag", origin=20.0), Scale("radius", "arcsec"))
    view.set_layout(ColumnsLayout("mag_r", "radius"), places, columns)
    options = FigureOptions(format="svg")
    assert shown(scene).projection == "mag_r radius"
    texts = texts_of_svg(make_figure(shown(scene), options).data)
    assert {"mag_r [AB mag]", "radius [arcsec]", "20", "0"} <= set(texts)
    view.set_layout(SkyLayout(), places, SkyAxes("ZEA", 150.0, 2.0))
    assert shown(scene).projection == "sky"
    scene.state.preferences.set_sexagesimal(True)
    hours = make_figure(shown(scene), FigureOptions(format="svg")).data
    assert any(re.fullmatch(r"\d+h(\d\dm)?", text) for text in texts_of_svg(hours))
    scene.state.preferences.set_sexagesimal(False)
    made = make_figure(shown(scene), options)
    assert {"RA", "Dec", "150°"} <= set(texts_of_svg(made.data))
    bare = make_figure(shown(scene), replace(options, axes="none"))
    assert not {"RA", "Dec", "150°"} & set(texts_of_svg(bare.data))
