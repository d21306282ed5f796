"""A window's state as services would fill it: sixty made-up galaxies in five bands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.display import SurveyPixels
from astromask_gui.state.neighbours import Neighbours, Query
from astromask_gui.state.reconstruction import Masking, Reconstruction
from astromask_gui.state.session import OpenWorkspace
from astromask_gui.state.sky_places import SkyPlace

if TYPE_CHECKING:
    from astromask_gui.windows.main_window import MainWindow

COUNT = 60
BANDS = ("u", "g", "r", "i", "z")
SIDE = 32
PATCH = 8


def pytest_collection_finish(session: pytest.Session) -> None:
    """The map's kernels are compiled before any test's clock runs, and kept on disk.

    In a fresh checkout that takes longer than a test's threads may outlive it.
    """
    if session.items and not session.config.option.collectonly:
        from astromask_gui.raster.warm import warm_up

        warm_up()


@pytest.fixture(autouse=True)
def own_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test touches the settings of whoever runs it."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


@pytest.fixture
def empty_state(qtbot: QtBot) -> ApplicationState:
    """The state at the first start."""
    return ApplicationState()


@pytest.fixture
def state(qtbot: QtBot) -> ApplicationState:
    """The state with a survey open and nothing active."""
    made = ApplicationState()
    made.selection.reset(COUNT)
    made.filters.reset(COUNT)
    made.labels.set_codes(np.zeros(COUNT, np.int8))
    made.columns.set_columns([Column("mag_r", "number", "AB mag")])
    made.display.set_survey(
        SurveyPixels(BANDS, (22.5,) * 5, (1.0,) * 5, pixel_scale=0.2, crop=SIDE)
    )
    made.session.set_workspace(
        OpenWorkspace(Path("/surveys/sixty"), "sixty", COUNT, BANDS, ("tiny",), "tiny")
    )
    coordinates = np.random.default_rng(1).normal(size=(COUNT, 2)).astype(np.float32)
    made.view.set_projections(("umap-0",))
    made.view.set_coordinates("umap-0", coordinates)
    return made


@pytest.fixture
def window(state: ApplicationState, qtbot: QtBot) -> Iterator[MainWindow]:
    """The main window on the screen."""
    from astromask_gui.windows.main_window import MainWindow

    give_thumbnails(state)
    made = MainWindow(state)
    qtbot.addWidget(made)
    show_window(made, qtbot)
    yield made
    made.map.close_frames()


@pytest.fixture
def viewing(window: MainWindow, state: ApplicationState, qtbot: QtBot) -> MainWindow:
    """The main window with galaxy 7 in the viewer; where every galaxy is on the sky is known."""
    state.sky_places.asked.connect(
        lambda rows, answer: answer(
            [SkyPlace(row, f"galaxy-{row}", 150.0 + row, -2.5) for row in rows]
        )
    )
    state.selection.set_active(7)
    state.cutout.set_cutout(make_cutout(7))
    qtbot.waitUntil(lambda: window.cutout.picture.image is not None)
    return window


def show_window(window: MainWindow, qtbot: QtBot, size: tuple[int, int] = (1280, 800)) -> None:
    """Show it in this size and give it the keyboard."""
    window.resize(*size)
    window.show()
    qtbot.waitExposed(window)
    window.activateWindow()


def give_thumbnails(state: ApplicationState) -> None:
    """Answer every request for thumbnails at once; row n is the brighter the larger n is."""

    def answer(rows: list[int]) -> None:
        pictures = np.empty((len(rows), 3, 48, 48), np.float16)
        pictures[:] = np.array(rows).reshape(-1, 1, 1, 1)
        state.thumbnails.put(rows, pictures)

    state.thumbnails.wanted.connect(answer)


def make_pixels(side: int = SIDE, seed: int = 0) -> np.ndarray:
    """(5, side, side) float32: noise of 1 count and a galaxy of 100 in the middle."""
    pixels = np.random.default_rng(seed).normal(size=(len(BANDS), side, side))
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    return (pixels + 100 * np.exp(-(x**2 + y**2) / 18)).astype(np.float32)


def make_cutout(row: int, side: int = SIDE, missing: tuple[int, ...] = ()) -> Cutout:
    """The cutout of a row, some of its bands missing."""
    pixels, absent = make_pixels(side, row), np.zeros(len(BANDS), bool)
    absent[list(missing)] = True
    pixels[absent] = 0
    facts = {"mag_r": "17.31 AB mag"}
    return Cutout(row, f"galaxy-{row}", pixels, absent, 150.1, 2.2, facts)


def make_reconstruction(row: int, level_recovered: bool = True) -> Reconstruction:
    """What a model that sees everything a tenth too faint would answer."""
    pixels = make_pixels(seed=row)
    mask = np.arange((SIDE // PATCH) ** 2) % 4 != 0
    losses = np.linspace(0.1, 0.5, len(BANDS)).astype(np.float32)
    return Reconstruction(
        row, Masking(), mask, PATCH, pixels, 0.9 * pixels, 0.3, losses, level_recovered
    )


def answer_query(state: ApplicationState, rows: list[int], query: Query | None = None) -> None:
    """Seek for something, and answer with these rows at growing distances."""
    query = query or Query("row", row=0)
    number = state.neighbours.set_query(query)
    values = np.linspace(0.1, 0.9, len(rows)).astype(np.float32)
    assert state.neighbours.set_results(
        number, Neighbours(query, np.array(rows, np.uint32), values)
    )
