"""Maps of columns and of the sky, from the click to the points in the state."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.rendering.scales import place_of
from astromask_gui.rendering.sky import unproject
from astromask_gui.services.all_services import Services
from astromask_gui.services.workspace.loading import Loaded, load_workspace
from astromask_gui.services.workspace.places import place_galaxies
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.plane import ColumnAxes, ColumnsLayout, SkyAxes, SkyLayout
from astromask_gui.state.view import ViewRange
from tests.services.small_survey import COUNT, add_projection, make_workspace, write_cutouts
from trainer.errors import QueryError
from trainer.workspace.workspace import Workspace

ROWS = np.arange(COUNT, dtype=np.uint32)


def add_column(survey: Path, name: str, values: np.ndarray, unit: str = "") -> None:
    Workspace.open(survey).columns.add_measure(name, ROWS[: len(values)], values, unit)


@pytest.fixture
def measured(survey: Path) -> Path:
    """The survey with columns `mag` and `flux`, some of whose values have no place."""
    flux = 10.0 ** np.linspace(-2, 2, COUNT)
    flux[[0, 1, 2]] = [0.0, -5.0, np.inf]
    add_column(survey, "flux", flux, "nJy")
    mag = np.linspace(17, 23, COUNT)
    mag[3] = np.nan
    add_column(survey, "mag", mag, "mag")
    return survey


@pytest.fixture
def loaded(measured: Path) -> Loaded:
    return load_workspace(measured)


def test_two_columns_place_every_row_that_has_both(loaded: Loaded) -> None:
    places = place_galaxies(loaded, ColumnsLayout("mag", "flux", log_y=True))
    axes = places.axes
    assert isinstance(axes, ColumnAxes)
    assert (axes.x.name, axes.x.unit, axes.x.logarithmic) == ("mag", "mag", False)
    assert (axes.y.name, axes.y.unit, axes.y.logarithmic) == ("flux", "nJy", True)
    missing = np.flatnonzero(np.isnan(places.coordinates).any(axis=1))
    assert missing.tolist() == [0, 1, 2, 3]
    assert np.isnan(places.coordinates[missing]).all()
    expected = (
        place_of(axes.x, 17.0 + 6 * 20 / (COUNT - 1)),
        place_of(axes.y, 10.0 ** (80 / 39 - 2)),
    )
    np.testing.assert_allclose(places.coordinates[20], expected, rtol=1e-5)


def test_a_flipped_magnitude_has_what_is_bright_at_the_top(loaded: Loaded) -> None:
    places = place_galaxies(loaded, ColumnsLayout("flux", "mag", flip_y=True))
    assert isinstance(places.axes, ColumnAxes) and places.axes.y.extent < 0 < places.axes.x.extent
    y = places.coordinates[4:, 1]
    assert (np.diff(y) < 0).all(), "the magnitudes rise with the rows"
    plain = place_galaxies(loaded, ColumnsLayout("flux", "mag"))
    np.testing.assert_array_equal(places.coordinates[:, 0], plain.coordinates[:, 0])
    np.testing.assert_array_equal(y, -plain.coordinates[4:, 1])


def test_a_column_that_was_not_measured_for_all_places_the_rest(survey: Path) -> None:
    add_column(survey, "part", np.arange(10.0))
    loaded = load_workspace(survey)
    places = place_galaxies(loaded, ColumnsLayout("part", "part"))
    assert np.isfinite(places.coordinates).all(axis=1).tolist() == [True] * 10 + [False] * 30


def test_differences_of_microarcseconds_survive_in_columns_of_degrees(survey: Path) -> None:
    add_column(survey, "fine", 150.0 + 1e-9 * np.arange(COUNT))
    places = place_galaxies(load_workspace(survey), ColumnsLayout("fine", "ra"))
    assert (np.diff(places.coordinates[:, 0]) > 0).all()


def test_the_sky_is_placed_by_the_catalogue(loaded: Loaded) -> None:
    places = place_galaxies(loaded, SkyLayout())
    assert isinstance(places.axes, SkyAxes) and places.axes.projection == "ZEA"
    ra, dec = unproject(places.axes, *places.coordinates.astype(np.float64).T)
    np.testing.assert_allclose(ra, 150 + 0.01 * np.arange(COUNT), atol=1e-6)
    np.testing.assert_allclose(dec, 2.0, atol=1e-6)


@pytest.mark.parametrize(
    ("layout", "sentence"),
    [
        (ColumnsLayout("mag", "absent"), "no column absent"),
        (ColumnsLayout("mag", "tile"), "holds no numbers"),
        (ColumnsLayout("mag", "dark", log_y=True), "positive"),
    ],
)
def test_what_cannot_be_placed_is_refused_in_a_sentence(
    measured: Path, layout: ColumnsLayout, sentence: str
) -> None:
    add_column(measured, "dark", np.full(COUNT, -1.0))
    with pytest.raises(QueryError, match=sentence):
        place_galaxies(load_workspace(measured), layout)


def test_a_survey_without_coordinates_has_no_sky(tmp_path: Path) -> None:
    import h5py

    path = write_cutouts(tmp_path / "nowhere.gri.h5")
    with h5py.File(path, "a") as file:
        del file["ra"], file["dec"]
    made = Workspace.create(tmp_path / "nowhere", [path], bands=("g", "r", "i"), crop=16)
    with pytest.raises(QueryError, match="No galaxy of this survey has coordinates"):
        place_galaxies(load_workspace(made.folder), SkyLayout())


# In the window's state.


def test_switching_keeps_selection_filters_and_colours(
    measured: Path, opened: ApplicationState, qtbot: QtBot
) -> None:
    opened.selection.select_rows(np.array([4, 5]))
    opened.selection.set_active(7)
    colouring = opened.view.colouring
    for layout in (SkyLayout(), ColumnsLayout("ra", "dec"), ColumnsLayout("mag", "flux")):
        opened.view.request_layout(layout)
        qtbot.waitUntil(lambda layout=layout: opened.view.layout == layout)
        assert opened.view.coordinates is not None and opened.view.coordinates.shape == (COUNT, 2)
        assert opened.view.axes is not None and opened.view.projection is None
    opened.view.request_projection("pca")
    qtbot.waitUntil(lambda: opened.view.projection == "pca")
    assert opened.view.axes is None
    assert opened.selection.rows().tolist() == [4, 5] and opened.selection.active == 7
    assert opened.view.colouring == colouring


def test_a_refused_layout_leaves_the_map_as_it_is(opened: ApplicationState, qtbot: QtBot) -> None:
    places = opened.view.coordinates
    with qtbot.waitSignal(opened.view.layout_refused):
        opened.view.request_layout(ColumnsLayout("ra", "absent"))
    assert opened.view.coordinates is places and opened.view.projection == "pca"
    assert "no column absent" in opened.messages.history[-1].text
    # It may be asked for again.
    with qtbot.waitSignal(opened.view.layout_refused):
        opened.view.request_layout(ColumnsLayout("ra", "absent"))


def test_the_newest_of_quick_choices_is_shown(opened: ApplicationState, qtbot: QtBot) -> None:
    for layout in (SkyLayout(), ColumnsLayout("ra", "dec"), ColumnsLayout("dec", "ra")):
        opened.view.request_layout(layout)
    qtbot.waitUntil(lambda: opened.view.layout == ColumnsLayout("dec", "ra"))


def test_the_way_back_to_what_is_shown_wins_over_what_is_awaited(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(opened.view.coordinates_changed):
        opened.view.request_layout(SkyLayout())
        opened.view.request_projection("pca")
        # Work is done in order: when this is answered, the others have been.
        qtbot.waitUntil(lambda: opened.columns.values("dec") is not None)
    assert opened.view.projection == "pca"


def test_a_new_projection_does_not_take_the_sky_away(
    opened: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    opened.view.request_layout(SkyLayout())
    qtbot.waitUntil(lambda: opened.view.layout == SkyLayout())
    opened.view.set_range(ViewRange(-1, 1, -1, 1))
    add_projection(Workspace.open(survey), "umap-0")
    done: list[bool] = []
    services.workspace.refresh(lambda: done.append(True))
    qtbot.waitUntil(lambda: bool(done))
    assert "umap-0" in opened.view.projections
    assert opened.view.layout == SkyLayout() and opened.view.range == ViewRange(-1, 1, -1, 1)


def test_rows_that_were_added_appear_on_the_sky(
    opened: ApplicationState, services: Services, survey: Path, qtbot: QtBot
) -> None:
    opened.view.request_layout(SkyLayout())
    qtbot.waitUntil(lambda: opened.view.layout == SkyLayout())
    Workspace.open(survey).add([write_cutouts(survey.parent / "more.gri.h5", count=10, seed=6)])
    services.workspace.refresh(lambda: None)
    qtbot.waitUntil(
        lambda: (
            opened.view.coordinates is not None
            and len(opened.view.coordinates) == COUNT + 10
            and opened.view.layout == SkyLayout()
        )
    )
    assert np.isfinite(opened.view.coordinates).all()  # type: ignore[arg-type]


def test_a_survey_without_embeddings_has_a_map_of_the_sky(
    state: ApplicationState, services: Services, tmp_path: Path, qtbot: QtBot
) -> None:
    survey = make_workspace(tmp_path, embedded=False)
    state.session.request_open(survey)
    qtbot.waitUntil(lambda: state.session.workspace is not None, timeout=20000)
    assert state.view.coordinates is None
    state.view.request_layout(SkyLayout())
    qtbot.waitUntil(lambda: state.view.coordinates is not None)
    assert isinstance(state.view.axes, SkyAxes)


def test_both_maps_are_answered_each_by_itself(opened: ApplicationState, qtbot: QtBot) -> None:
    opened.view.request_layout(SkyLayout())
    opened.maps.show_second(True)
    opened.maps.second.request_layout(ColumnsLayout("ra", "dec"))
    qtbot.waitUntil(lambda: opened.maps.second.layout == ColumnsLayout("ra", "dec"))
    qtbot.waitUntil(lambda: opened.view.layout == SkyLayout())
