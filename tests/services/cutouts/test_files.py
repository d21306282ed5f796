"""Cutouts as FITS files: whole, under their names, never over what is there, and tidied away."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
from astropy.io import fits
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.sky_places import SkyPlace
from tests.services.small_survey import BANDS, SIDE, make_workspace

PATIENCE = 20_000


def last_message(state: ApplicationState) -> str:
    return state.messages.history[-1].text if state.messages.history else ""


def wait_for(qtbot: QtBot, state: ApplicationState, start: str) -> str:
    qtbot.waitUntil(lambda: last_message(state).startswith(start), timeout=PATIENCE)
    return last_message(state)


def wait_for_folder(qtbot: QtBot, state: ApplicationState) -> Path:
    qtbot.waitUntil(lambda: state.cutout_files.folder is not None, timeout=PATIENCE)
    assert state.cutout_files.folder is not None
    return state.cutout_files.folder


def test_a_saved_cutout_has_all_bands_its_position_and_its_name(
    opened: ApplicationState, survey: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "out" / "seven.fits"
    opened.cutout_files.save(7, path)
    assert str(path) in wait_for(qtbot, opened, "Wrote")
    with fits.open(path) as file, h5py.File(survey.parent / "cutouts.gri.h5") as stored:
        np.testing.assert_array_equal(file[0].data, stored["images"][7])
        header = file[0].header
    assert header["OBJECT"] == "G5-7" and header["ROW"] == 7
    assert header["BANDS"] == ",".join(BANDS)
    np.testing.assert_allclose([header["RA"], header["DEC"]], [150.07, 2.0])
    assert [entry.name for entry in path.parent.iterdir()] == ["seven.fits"]


def test_many_go_to_a_new_folder_which_takes_nothing_of_the_old_one(
    opened: ApplicationState, tmp_path: Path, qtbot: QtBot
) -> None:
    for name in ("cutouts", "cutouts 2"):
        opened.cutout_files.save_all([3, 11, 4], tmp_path)
        assert wait_for(qtbot, opened, "Wrote 3").endswith(f"{tmp_path / name}.")
        names = sorted(path.name for path in (tmp_path / name).iterdir())
        assert names == ["G5-11.fits", "G5-3.fits", "G5-4.fits"]
        opened.messages.info("next")


def test_a_folder_that_can_not_be_written_is_told(
    opened: ApplicationState, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "file").write_text("no folder")
    opened.cutout_files.save_all([1], tmp_path / "file")
    qtbot.waitUntil(lambda: opened.messages.history[-1].level == "error", timeout=PATIENCE)
    assert "file" in last_message(opened)


def test_what_is_handed_out_lies_there_soon_and_is_written_once(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    folder = wait_for_folder(qtbot, opened)
    paths = opened.cutout_files.hand_out([5, 6], ["G5-5", "a/b"])
    assert [path.name for path in paths] == ["G5-5.fits", "a_b.fits"]
    assert all(folder in path.parents for path in paths)
    qtbot.waitUntil(lambda: all(path.is_file() for path in paths), timeout=PATIENCE)
    assert fits.getdata(paths[0]).shape == (len(BANDS), SIDE, SIDE)
    with qtbot.assertNotEmitted(opened.cutout_files.hand_out_requested):
        assert opened.cutout_files.hand_out([6], ["a/b"]) == paths[1:]


def test_handed_out_files_are_gone_when_the_program_ends(
    opened: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    folder = wait_for_folder(qtbot, opened)
    (path,) = opened.cutout_files.hand_out([5], ["G5-5"])
    qtbot.waitUntil(path.is_file, timeout=PATIENCE)
    services.close()
    assert not folder.parent.exists()
    assert opened.cutout_files.hand_out([5], ["G5-5"]) == []


def test_rows_of_one_survey_are_never_read_from_the_next(
    opened: ApplicationState, services: Services, tmp_path: Path, qtbot: QtBot
) -> None:
    first = wait_for_folder(qtbot, opened)
    opened.cutout_files.save_all(list(range(40)), tmp_path / "out")
    # The reader is told of another survey while files of this one wait.
    opened.session.request_open(make_workspace(tmp_path / "other", embedded=False))
    said = wait_for(qtbot, opened, "Wrote")
    if "Wrote 40 " not in said:
        assert "opened anew" in said
    with h5py.File(tmp_path / "cutouts.gri.h5") as stored:
        for path in (tmp_path / "out" / "cutouts").iterdir():
            with fits.open(path) as file:
                row = file[0].header["ROW"]
                np.testing.assert_array_equal(file[0].data, stored["images"][row])
    qtbot.waitUntil(lambda: opened.cutout_files.folder not in (None, first), timeout=PATIENCE)


def test_a_place_has_the_name_and_the_position(opened: ApplicationState, qtbot: QtBot) -> None:
    answers: list[list[SkyPlace]] = []
    opened.sky_places.ask([9, 2], answers.append)
    qtbot.waitUntil(lambda: bool(answers), timeout=PATIENCE)
    nine, two = answers[0]
    assert (nine.object_id, two.object_id) == ("G5-9", "G5-2")
    assert nine.position is not None
    np.testing.assert_allclose(nine.position, (150.09, 2.0))
