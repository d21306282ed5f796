from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.shared_files import shared
from tests.workspace.samples import make_workspace, write_cutouts
from trainer.cli import main
from trainer.config import ProjectConfig, config_to_json
from trainer.cutouts.detect import open_reader
from trainer.events import Finished, Started, to_line
from trainer.workspace.runs import EVENTS_FILE, RunFolder, create_run
from trainer.workspace.tables import read_table
from trainer.workspace.workspace import Workspace


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    mag = np.array([20, 21, np.nan, 23, 24, 25], np.float32)
    return make_workspace(tmp_path, mag=mag).folder


def test_new_makes_a_workspace_by_the_users_word(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cutouts = write_cutouts(tmp_path / "a.h5", 2, bands=3)
    words = ["--bands", "g,r,i", "--pixel-scale", "0.2", "--zero-point", "27,30,30"]
    folder = tmp_path / "survey"
    assert main(["new", str(folder), "--cutouts", str(cutouts), *words, "--crop", "8"]) == 0
    assert "2 galaxies in 1 file, bands g r i, 16×16 px, 0.2 arcsec/px" in capsys.readouterr().out
    settings = Workspace.open(folder).settings
    assert settings.zero_points == (27.0, 30.0, 30.0)
    assert (settings.crop, settings.name) == (8, "survey")


def test_new_names_bad_files_and_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_cutouts(tmp_path / "data" / "a.h5", 2)
    (tmp_path / "data" / "b.h5").write_bytes(b"broken")
    assert main(["new", str(tmp_path / "s"), "--cutouts", str(tmp_path / "data")]) == 0
    shown = capsys.readouterr()
    assert "b.h5" in shown.err
    assert "2 galaxies" in shown.out


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--zero-point", "bright"], "--zero-point 'bright' does not fit"),
        (["--zero-point", "27,nan"], "--zero-point '27,nan' does not fit"),
        (["--crop", "0"], "--crop 0 does not fit"),
        (["--pixel-scale", "-1"], "--pixel-scale -1"),
        (["--pixel-scale", "inf"], "--pixel-scale inf"),
        (["--bands", "a,b,c,d,e,f"], "bands"),
        (["--catalogue", "nowhere.csv"], "There is no catalogue nowhere.csv"),
    ],
)
def test_new_refuses_what_does_not_fit_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], sentence: str
) -> None:
    cutouts = write_cutouts(tmp_path / "a.h5", 2)
    folder = tmp_path / "survey"
    assert main(["new", str(folder), "--cutouts", str(cutouts), *words]) == 2
    assert sentence in capsys.readouterr().err
    assert not folder.exists()


def test_new_refuses_cutouts_that_are_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "nowhere.h5")
    assert main(["new", str(tmp_path / "survey"), "--cutouts", missing]) == 2
    assert "nowhere.h5" in capsys.readouterr().err


def test_add_appends_and_says_how_many(
    survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = write_cutouts(tmp_path / "more.h5", 3)
    assert main(["add", str(survey), "--cutouts", str(more)]) == 0
    assert "3 galaxies were added." in capsys.readouterr().out
    assert len(Workspace.open(survey)) == 9


def test_relink_mends_what_moved(
    survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "cutouts").rename(tmp_path / "moved")
    assert main(["export", str(survey), "--all", "--out", str(tmp_path / "out")]) == 2
    assert "relink" in capsys.readouterr().err
    words = ["relink", str(survey), str(tmp_path / "cutouts"), str(tmp_path / "moved")]
    assert main(words) == 0
    assert "1 of 1 files" in capsys.readouterr().out
    assert main(["export", str(survey), "--all", "--out", str(tmp_path / "out2")]) == 0
    assert main(words) == 2
    assert "No cutouts" in capsys.readouterr().err


def test_a_folder_that_is_no_workspace_is_refused_by_every_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(tmp_path)
    for words in (
        ["add", folder, "--cutouts", folder],
        ["relink", folder, "a", "b"],
        ["export", folder, "--all"],
        ["run", "list", folder],
    ):
        assert main(words) == 2
        assert "no workspace" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("choice", "rows"),
    [
        (["--rows", "0,4-5"], [0, 4, 5]),
        (["--rows", "5,0,5"], [5, 0]),
        (["--ids", "first-3,first-1"], [3, 1]),
        (["--ids", "first-3", "first-1"], [3, 1]),
        (["--where", "mag > 22"], [3, 4, 5]),
        (["--all"], [0, 1, 2, 3, 4, 5]),
    ],
)
def test_galaxies_are_chosen_by_row_identifier_or_condition(
    survey: Path, tmp_path: Path, choice: list[str], rows: list[int]
) -> None:
    out = tmp_path / "out"
    assert main(["export", str(survey), *choice, "--format", "csv", "--out", str(out)]) == 0
    table = read_table(out / "table.csv")
    assert table["row"].to_pylist() == rows
    assert table["object_id"].to_pylist() == [f"first-{row}" for row in rows]
    assert not (out / "cutouts").exists()


def test_identifiers_may_stand_in_a_file(survey: Path, tmp_path: Path) -> None:
    ids = tmp_path / "wanted.txt"
    ids.write_text("first-2\n\nfirst-0\n")
    out = tmp_path / "out"
    words = ["export", str(survey), "--ids", str(ids), "--format", "parquet", "--out", str(out)]
    assert main(words) == 0
    assert read_table(out / "table.parquet")["row"].to_pylist() == [2, 0]


def test_an_exported_cutout_is_read_back_with_all_that_is_known(
    survey: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert main(["export", str(survey), "--rows", "4,1", "--out", str(out)]) == 0
    assert read_table(out / "table.fits")["mag"].to_pylist() == [24, 21]
    reader = open_reader(out / "cutouts" / "first-4.fits")
    workspace = Workspace.open(survey)
    assert reader.layout.bands == workspace.settings.bands
    assert reader.layout.pixel_scale == workspace.settings.pixel_scale
    assert reader.layout.zero_points == workspace.settings.zero_points
    assert not reader.layout.bands_guessed
    assert reader.ids().tolist() == ["first-4"]
    ra, dec = reader.coordinates() or (None, None)
    np.testing.assert_allclose([ra, dec], [[10.04], [5.0]])
    with workspace.survey() as pixels:
        expected = pixels.read(np.array([4]), crop=None).pixels
    np.testing.assert_array_equal(reader.read(np.array([0])), expected)
    reader.close()


def test_a_crop_and_a_world_coordinate_system_survive_an_export(tmp_path: Path) -> None:
    from astropy.io import fits
    from astropy.wcs import WCS

    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval, wcs.wcs.crpix, wcs.wcs.cdelt = [150.0, 2.0], [10.5, 10.5], [-1e-4, 1e-4]
    header = wcs.to_header()
    header["BANDS"], header["OBJECT"] = "g,r", "galaxy/one"
    pixels = np.arange(2 * 20 * 20, dtype=np.float32).reshape(2, 20, 20)
    fits.writeto(tmp_path / "in.fits", pixels, header)
    folder, out = tmp_path / "survey", tmp_path / "out"
    assert main(["new", str(folder), "--cutouts", str(tmp_path / "in.fits")]) == 0
    words = ["export", str(folder), "--all", "--crop", "8", "--out", str(out)]
    assert main(words) == 0
    (path,) = (out / "cutouts").iterdir()
    assert path.name == "galaxy_one.fits"
    data, found = fits.getdata(path, header=True)
    np.testing.assert_array_equal(data, pixels[:, 6:14, 6:14])
    assert found["OBJECT"] == "galaxy/one"
    sky = WCS(found).celestial.wcs_pix2world([[3.5, 3.5]], 0)[0]
    np.testing.assert_allclose(sky, wcs.wcs_pix2world([[9.5, 9.5]], 0)[0], rtol=0, atol=1e-9)


def test_a_missing_band_is_named_in_the_header(tmp_path: Path) -> None:
    import h5py
    from astropy.io import fits

    cutouts = write_cutouts(tmp_path / "a.h5", 2)
    with h5py.File(cutouts, "a") as file:
        file["images"][1, 0] = 0
        file["images"][1, 4] = 0
    Workspace.create(tmp_path / "survey", [cutouts])
    out = tmp_path / "out"
    assert main(["export", str(tmp_path / "survey"), "--all", "--out", str(out)]) == 0
    assert "MISSING" not in fits.getheader(out / "cutouts" / "a-0.fits")
    assert fits.getheader(out / "cutouts" / "a-1.fits")["MISSING"] == "u,z"


def test_a_file_that_broke_stops_only_its_own_galaxies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [write_cutouts(tmp_path / f"{name}.h5", 2) for name in "ab"]
    Workspace.create(tmp_path / "survey", paths)
    paths[0].write_bytes(b"broken since")
    out = tmp_path / "out"
    assert main(["export", str(tmp_path / "survey"), "--all", "--out", str(out)]) == 2
    assert "a.h5" in capsys.readouterr().err
    assert sorted(path.name for path in (out / "cutouts").iterdir()) == ["b-0.fits", "b-1.fits"]
    assert len(read_table(out / "table.fits")) == 4


def test_file_names_differ_also_where_capitals_do_not_count(tmp_path: Path) -> None:
    cutouts = write_cutouts(tmp_path / "a.h5", ["Ab", "aB", "a b", "a/b"])
    Workspace.create(tmp_path / "survey", [cutouts])
    out = tmp_path / "out"
    assert main(["export", str(tmp_path / "survey"), "--all", "--out", str(out)]) == 0
    names = {path.name for path in (out / "cutouts").iterdir()}
    assert names == {"Ab.fits", "aB-1.fits", "a_b.fits", "a_b-3.fits"}


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (["--rows", "0,x"], "'x' is no row"),
        (["--rows", "9-5"], "'9-5' is no row"),
        (["--rows", "6"], "Row 6 was asked for; the workspace has 6 rows"),
        (["--rows", ""], "No galaxy was chosen"),
        (["--ids", "nobody"], "no galaxy nobody"),
        (["--where", "mag <"], "not complete"),
        (["--where", "mag > 99"], "No galaxy fulfils"),
    ],
)
def test_a_choice_that_fits_nothing_writes_nothing(
    survey: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    choice: list[str],
    sentence: str,
) -> None:
    assert main(["export", str(survey), *choice, "--out", str(tmp_path / "out")]) == 2
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_with_files_is_not_written_over(
    survey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(survey), "--all", "--out", str(survey)]) == 2
    assert "holds files already" in capsys.readouterr().err


def test_runs_are_listed_followed_and_cancelled(
    survey: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "list", str(survey)]) == 0
    assert "No job was run" in capsys.readouterr().out
    run = create_run(survey, ProjectConfig(workspace=survey))
    assert main(["run", "cancel", str(run.path)]) == 0
    assert (run.path / "cancel").exists()
    lines = [to_line(Started(job="project")), to_line(Finished(message="All done."))]
    (run.path / EVENTS_FILE).write_text("\n".join(lines) + "\n")
    capsys.readouterr()
    assert main(["run", "follow", str(run.path)]) == 0
    assert capsys.readouterr().out == "Finished: All done.\n"
    assert main(["run", "list", str(survey), "--json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert (listed["status"], listed["run"]) == ("finished", str(run.path))
    assert main(["run", "cancel", str(run.path)]) == 0
    assert "over already" in capsys.readouterr().out


def test_a_config_is_run_again(
    survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.json"
    config.write_text(config_to_json(ProjectConfig(workspace=survey, store="nowhere")))
    assert main(["run", "start", str(config)]) == 2
    assert "nowhere" in capsys.readouterr().err
    (folder,) = (survey / "runs").iterdir()
    assert RunFolder(folder).state().status == "failed"
    config.write_text("{}")
    assert main(["run", "start", str(config)]) == 2
    assert "describes no job" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that nobody may write to")
def test_a_folder_without_permission_is_told_in_a_sentence(
    survey: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cutouts = str(tmp_path / "cutouts")
    # Not even the system's owner makes folders there.
    assert main(["new", "/sys/survey", "--cutouts", cutouts]) == 2
    assert "/sys/survey can't be written: you have no permission" in capsys.readouterr().err
    assert main(["export", str(survey), "--all", "--out", "/sys/out"]) == 2
    assert "no permission" in capsys.readouterr().err


def test_the_real_survey_is_exported_and_read_back(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, out = str(tmp_path / "survey"), tmp_path / "out"
    catalogue = str(shared("data", "catalogue.fits"))
    words = ["new", folder, "--cutouts", str(shared("data")), "--catalogue", catalogue]
    assert main(words) == 0
    assert main(["export", folder, "--where", "mag_r < 14.5", "--out", str(out)]) == 0
    table = read_table(out / "table.fits")
    assert len(table) > 3
    for object_id in table["object_id"].to_pylist():
        reader = open_reader(out / "cutouts" / f"{object_id}.fits")
        assert reader.ids().tolist() == [object_id]
        assert reader.layout.pixel_scale == 0.396
