"""Where things stand on a figure: nothing overlaps, nothing is cut off, everything is told."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from astromask_gui.raster.frame import ViewRect
from astromask_gui.rendering.figure_axes import PlotAxes, method_of, plot_axes
from astromask_gui.rendering.figure_layout import (
    CM,
    POINT,
    BarParts,
    Box,
    FigureLayout,
    FigureParts,
    fitting_view,
    lay_out,
    thinned,
)
from astromask_gui.rendering.figure_legend import Key, arrange_keys, elided
from astromask_gui.rendering.ticks import Ticks
from astromask_gui.state.exports import CantBeMade
from astromask_gui.state.plane import ColumnAxes, Scale, SkyAxes

TEXT = 8 * POINT
SCREEN = (1000.0, 700.0)
VIEW = ViewRect(-5.0, 7.0, -2.0, 6.4)
PLAIN = ColumnAxes(Scale("ra", "deg"), Scale("dec", "deg"))
COLUMNS = ColumnAxes(Scale("mag_r", "AB mag"), Scale("radius", "arcsec", True, 0.0, 0.4))


def measure(text: str) -> float:
    """As wide as a font of equal letters."""
    return 0.6 * TEXT * len(text)


def parts(**changes: object) -> FigureParts:
    return replace(FigureParts(8.9 * CM, None, 0.7, TEXT), **changes)  # type: ignore[arg-type]


def plan(made: FigureParts, axes: object = None, ticks: bool = False) -> FigureLayout:
    def axes_on(box: Box) -> PlotAxes:
        view = fitting_view(VIEW, SCREEN, box)
        return plot_axes(axes, "umap-0", view, box[2:], made.text, ticks=ticks)  # type: ignore[arg-type]

    return lay_out(made, axes_on, measure)


KEYS = st.lists(
    st.builds(
        Key,
        st.sampled_from(["swatch", "ring"]),
        st.text("abcdefgh ", min_size=1, max_size=40),
        st.just("#112233"),
        st.sampled_from(["", "7", "1,234,567"]),
    ),
    max_size=70,
)
BARS = st.none() | st.builds(
    BarParts,
    st.just("redshift"),
    st.sampled_from([(0.01, 3.0), (20.0, 20.5), (1e-4, 1e6)]),
    st.booleans(),
    st.tuples(st.booleans(), st.booleans()),
)


@given(
    width=st.floats(8.0, 30.0),
    height=st.none() | st.floats(9.0, 30.0),
    keys=KEYS,
    bar=BARS,
    title=st.sampled_from(["", "Galaxies"]),
    axes=st.sampled_from([None, COLUMNS, SkyAxes("ZEA", 150.0, 2.0)]),
    ticks=st.booleans(),
)
def test_all_of_a_figure_lies_on_the_page_and_apart(
    width: float,
    height: float | None,
    keys: list[Key],
    bar: BarParts | None,
    title: str,
    axes: object,
    ticks: bool,
) -> None:
    sides = {"width": width * CM, "height": None if height is None else height * CM}
    try:
        layout = plan(parts(**sides, keys=tuple(keys), bar=bar, title=title), axes, ticks)
    except CantBeMade:
        # A tall stack of long names leaves no room on small pages only.
        assert height is not None and height < 14
        return
    page, plot = layout.page, layout.plot
    assert page.width == pytest.approx(width * CM)
    assert 0 < plot.x < plot.right < page.right + 1e-6
    assert 0 < plot.y < plot.bottom < page.bottom
    for placed in layout.keys:
        assert placed.x >= plot.x - 1e-6
        assert placed.label_x + measure(placed.key.label) <= page.right + 1e-6
        assert placed.count_right <= page.right + 1e-6
        assert placed.y + TEXT / 2 <= page.bottom + 1e-6
        beside, below = placed.x > plot.right, placed.y - TEXT / 2 > plot.bottom
        assert beside or below
    if layout.bar is not None:
        assert plot.right < layout.bar.box.x
        assert layout.bar.box.right < layout.bar.label_x - TEXT / 2
        assert layout.bar.label_x + TEXT / 2 <= page.right + 1e-6


def test_a_bar_has_the_room_for_its_widest_number() -> None:
    bar = BarParts("redshift", (20.0, 20.5), False, (False, False))
    layout = plan(parts(width=13.0 * CM, bar=bar, title=""), COLUMNS, True)
    assert layout.bar is not None
    assert layout.bar.label_x + TEXT / 2 <= layout.page.right + 1e-6


@given(st.floats(6.0, 30.0), st.floats(0.3, 1.5))
def test_a_figure_as_high_as_the_map_shows_exactly_the_maps_view(
    width: float, aspect: float
) -> None:
    screen = (1000.0, 1000.0 * aspect)
    view = ViewRect(0.0, 10.0, 0.0, 10.0 * aspect)
    plot = plan(parts(width=width * CM, aspect=aspect)).plot
    assert fitting_view(view, screen, plot) == pytest.approx(view)


@given(st.floats(100, 2000), st.floats(100, 2000), st.floats(0.2, 5.0))
def test_a_figure_of_another_shape_shows_all_of_the_view(
    width: float, height: float, ratio: float
) -> None:
    """Also where one unit of x is not as long as one of y."""
    view = ViewRect(1.0, 5.0, -1.0, -1.0 + 4.0 * ratio)
    shown = fitting_view(view, (800.0, 600.0), Box(0, 0, width, height))
    assert shown.x0 <= view.x0 + 1e-9 and shown.x1 >= view.x1 - 1e-9
    assert shown.y0 <= view.y0 + 1e-9 and shown.y1 >= view.y1 - 1e-9
    proportion = (view.width / 800.0) / (view.height / 600.0)
    assert (shown.width / width) / (shown.height / height) == pytest.approx(proportion)


@given(st.integers(0, 90), st.floats(4.0, 40.0), st.floats(1.0, 30.0), st.booleans())
def test_every_key_has_its_place_or_is_counted(
    count: int, width: float, height: float, beside: bool
) -> None:
    if not count:
        return
    keys = tuple(Key("swatch", f"class {n}", "#000000", f"{n}") for n in range(count))
    grid = arrange_keys(keys, width * CM, height * CM, TEXT, measure, beside=beside)
    places = {(round(placed.x, 3), round(placed.y, 3)) for placed in grid.placed}
    assert len(places) == len(grid.placed)
    shown = [placed.key for placed in grid.placed if placed.key.kind != "more"]
    assert len(shown) + grid.left_out == count
    if grid.left_out:
        assert grid.placed[-1].key.label == f"and {grid.left_out} more"


@given(st.text(max_size=60), st.floats(TEXT, 40 * TEXT))
def test_an_elided_text_fits(text: str, room: float) -> None:
    short = elided(text, room, measure)
    assert measure(short) <= room
    assert short == text or short.endswith("…")


@given(st.floats(-1e3, 1e3), st.floats(0.01, 1e4), st.floats(6.0, 30.0))
def test_texts_of_ticks_keep_apart(start: float, extent: float, width: float) -> None:
    view = ViewRect(start, start + extent, start, start + 0.7 * extent)

    def axes_on(box: Box) -> PlotAxes:
        return plot_axes(PLAIN, "", fitting_view(view, SCREEN, box), box[2:], TEXT, ticks=True)

    layout = lay_out(parts(width=width * CM), axes_on, measure)
    shown = fitting_view(view, SCREEN, layout.plot)
    scale = layout.plot.width / shown.width
    ends = [
        (place * scale - measure(text) / 2, place * scale + measure(text) / 2)
        for place, text in zip(layout.axes.x.places, layout.axes.x.texts, strict=True)
    ]
    for (_, right), (left, _) in pairwise(ends):
        assert right < left


def test_axes_are_named_with_their_units() -> None:
    view = VIEW
    assert plot_axes(None, "umap-0", view, (900, 600), 80, ticks=False).x_label == "UMAP 1"
    assert plot_axes(None, "tsne-3", view, (900, 600), 80, ticks=False).y_label == "t-SNE 2"
    axes = plot_axes(COLUMNS, "", view, (900, 600), 80, ticks=True)
    assert (axes.x_label, axes.y_label) == ("mag_r [AB mag]", "radius [arcsec]")
    assert axes.x.texts and axes.y.texts
    sky = plot_axes(SkyAxes("ZEA", 150.0, 2.0), "", view, (900, 600), 80, ticks=True)
    assert (sky.x_label, sky.y_label) == ("RA", "Dec")
    assert sky.curves and all(text.endswith("°") for text in sky.x.texts)


@pytest.mark.parametrize(
    ("width", "ra", "dec"),
    [(60.0, r"\d+h", r"\+\d+°"), (0.3, r"\d+h\d\dm(\d\ds)?", r"[+−]\d+°\d\d′(\d\d″)?")],
)
def test_hours_are_as_fine_as_the_part_of_the_sky_asks_for(width: float, ra: str, dec: str) -> None:
    view = ViewRect(-width / 2, width / 2, -width / 3, width / 3)
    axes = SkyAxes("ZEA", 150.0, 30.0)
    sky = plot_axes(axes, "", view, (900, 600), 80 / 6, ticks=True, angles="sexagesimal")
    assert len(sky.x.texts) >= 2 and all(re.fullmatch(ra, text) for text in sky.x.texts)
    assert len(sky.y.texts) >= 2 and all(re.fullmatch(dec, text) for text in sky.y.texts)


@pytest.mark.parametrize(
    ("name", "method"),
    [
        ("umap-0", "UMAP"),
        ("UMAP", "UMAP"),
        ("t-SNE", "t-SNE"),
        ("pca", "PCA"),
        ("my map", "my map"),
    ],
)
def test_methods_are_named_as_in_papers(name: str, method: str) -> None:
    assert method_of(name) == method


def test_a_figure_without_room_for_the_map_is_refused_in_a_sentence() -> None:
    with pytest.raises(CantBeMade, match=r"no room .* 3\.0 cm wide and 1\.5 cm high"):
        plan(parts(width=3 * CM, height=1.5 * CM))


def test_texts_are_thinned_whichever_way_they_run() -> None:
    """Right ascension grows to the left."""
    places, texts = (0.0, 1.0, 2.0, 3.0, 4.0), ("a", "b", "c", "d", "e")
    for order in (slice(None), slice(None, None, -1)):
        ticks = Ticks(places[order], texts[order])
        assert thinned(ticks, [9.0] * 5, 10.0) == ticks
        fewer = thinned(ticks, [19.0] * 5, 10.0)
        assert set(fewer.texts) == {"a", "c", "e"} and fewer.minor == (1.0, 3.0)
