from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from tests.shared_files import shared
from tests.workspace.samples import make_workspace, write_cutouts
from trainer.errors import (
    BandError,
    FormatError,
    MismatchError,
    QueryError,
    WorkspaceError,
)
from trainer.workspace.settings import WorkspaceSettings
from trainer.workspace.workspace import Workspace


def test_a_workspace_knows_its_galaxies_and_reads_their_cutouts(tmp_path: Path) -> None:
    first = write_cutouts(tmp_path / "a.h5", ["x", "y"])
    second = write_cutouts(tmp_path / "b.h5", ["z"], ra=50.0)
    workspace = Workspace.create(tmp_path / "survey", [first, second], crop=8)
    reopened = Workspace.open(tmp_path / "survey")
    assert reopened.settings == workspace.settings
    assert len(reopened) == 3
    assert reopened.settings.bands == ("u", "g", "r", "i", "z")
    assert reopened.settings.zero_points == (30.0, 27.0, 30.0, 30.0, 27.0)
    assert [reopened.catalogue.object_id(row) for row in range(3)] == ["x", "y", "z"]
    ra, dec = reopened.catalogue.coordinates()
    np.testing.assert_allclose(ra, [10.0, 10.01, 50.0])
    np.testing.assert_allclose(dec, 5.0)
    with reopened.survey() as survey:
        cutouts = survey.read(np.array([2, 0]))
    assert cutouts.pixels.shape == (2, 5, 8, 8)
    np.testing.assert_array_equal(cutouts.pixels[:, :, 0, 0], [[10, 11, 12, 13, 14]] * 2)


def test_a_crop_larger_than_the_cutouts_is_made_smaller_and_said(tmp_path: Path) -> None:
    cutouts = write_cutouts(tmp_path / "a.h5", 2, size=16)
    workspace = Workspace.create(tmp_path / "survey", [cutouts], crop=64)
    assert workspace.settings.crop == 16
    assert any("crop of 64 px is larger" in warning for warning in workspace.warnings)


def test_one_bad_file_does_not_stop_the_others_and_is_listed(tmp_path: Path) -> None:
    write_cutouts(tmp_path / "cutouts" / "1.h5", 2)
    (tmp_path / "cutouts" / "2.h5").write_bytes(b"truncated")
    write_cutouts(tmp_path / "cutouts" / "3.h5", 2, size=20)
    write_cutouts(tmp_path / "cutouts" / "4.h5", 2, bands=3)
    write_cutouts(tmp_path / "cutouts" / "10.h5", 2)
    workspace = Workspace.create(tmp_path / "survey", [tmp_path / "cutouts"])
    assert len(workspace) == 4
    assert [Path(file.path).name for file in workspace.bad_files] == ["2.h5", "3.h5", "4.h5"]
    assert "20×20 px" in workspace.bad_files[1].reason
    assert sum("Left out" in warning for warning in workspace.warnings) == 3
    assert Workspace.open(tmp_path / "survey").bad_files == workspace.bad_files


def test_without_any_good_file_nothing_is_made(tmp_path: Path) -> None:
    bad = tmp_path / "bad.h5"
    bad.write_bytes(b"nothing")
    with pytest.raises(FormatError, match=r"bad\.h5"):
        Workspace.create(tmp_path / "survey", [bad])
    assert not (tmp_path / "survey").exists()


def test_a_workspace_is_not_made_twice(tmp_path: Path) -> None:
    make_workspace(tmp_path)
    with pytest.raises(WorkspaceError, match="already"):
        make_workspace(tmp_path)


def test_the_users_word_stands_over_the_files(tmp_path: Path) -> None:
    cutouts = write_cutouts(tmp_path / "a.h5", 2, bands=3)
    workspace = Workspace.create(
        tmp_path / "survey", [cutouts], bands=["g", "r", "y"], pixel_scale=0.2, zero_points=[27.0]
    )
    assert workspace.settings.bands == ("g", "r", "y")
    assert workspace.settings.pixel_scale == 0.2
    assert workspace.settings.zero_points == (27.0, 27.0, 27.0)
    assert workspace.survey().read(np.array([0])).pixels.shape[1] == 3


def test_some_of_the_bands_may_be_chosen(tmp_path: Path) -> None:
    cutouts = write_cutouts(tmp_path / "a.h5", 2)
    workspace = Workspace.create(tmp_path / "survey", [cutouts], bands=["z", "g"])
    assert workspace.settings.zero_points == (27.0, 27.0)
    pixels = Workspace.open(tmp_path / "survey").survey().read(np.array([0])).pixels
    np.testing.assert_array_equal(pixels[0, :, 0, 0], [14, 11])


def test_bands_and_zero_points_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    cutouts = write_cutouts(tmp_path / "a.h5", 2, bands=3)
    with pytest.raises((BandError, FormatError), match="bands"):
        Workspace.create(tmp_path / "survey", [cutouts], bands=["g", "r", "i", "z", "y", "w"])
    with pytest.raises(QueryError, match="2 zero-points were given for 3 bands"):
        Workspace.create(tmp_path / "survey", [cutouts], zero_points=[1.0, 2.0])


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_no_file_could_hold_is_no_setting(number: float) -> None:
    for wrong in ({"pixel_scale": number}, {"zero_points": (22.5, number)}):
        with pytest.raises(ValidationError):
            WorkspaceSettings(name="a", bands=("g", "r"), image_size=(8, 8), **wrong)


def test_growing_keeps_rows_identifiers_and_the_fingerprints_beginning(tmp_path: Path) -> None:
    workspace = Workspace.create(
        tmp_path / "survey", [write_cutouts(tmp_path / "a.h5", [7, 8], columns={"z": np.ones(2)})]
    )
    before = workspace.catalogue.fingerprint
    new = write_cutouts(tmp_path / "b.h5", ["x", "8", "y"], columns={"w": np.arange(3)})
    assert workspace.add([new]) == 3
    for grown in (workspace, Workspace.open(tmp_path / "survey")):
        catalogue = grown.catalogue
        assert catalogue.object_ids(np.arange(5)) == ["7", "8", "x", "b.h5:1", "y"]
        assert catalogue.fingerprint != before
        assert catalogue.fingerprint_of_first(2) == before
        assert catalogue.has_grown_from(before, 2)
        assert not catalogue.has_grown_from(before, 3)
        np.testing.assert_array_equal(grown.columns.values("z"), [1, 1, np.nan, np.nan, np.nan])
        np.testing.assert_array_equal(grown.columns.values("w"), [np.nan, np.nan, 0, 1, 2])
        np.testing.assert_array_equal(
            grown.survey().read(np.array([4, 1])).pixels[:, 0, 0, 0], [30, 20]
        )


def test_a_file_that_is_there_already_is_left_out_with_a_word(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    assert workspace.add([tmp_path / "cutouts"]) == 0
    assert len(workspace) == 6
    assert "part of the workspace already" in workspace.warnings[0]


def test_what_a_workspace_made_itself_is_not_taken_for_cutouts(tmp_path: Path) -> None:
    folder = tmp_path / "survey"
    write_cutouts(folder / "a.h5", 2)
    workspace = Workspace.create(folder, [folder])
    write_cutouts(folder / "exports" / "now" / "b.h5", 2)
    np.save(folder / "vectors.npy", np.zeros((3, 3)))
    (folder / "embeddings").mkdir()
    np.save(folder / "embeddings" / "shard.npy", np.zeros((3, 3)))
    write_cutouts(folder / "more" / "c.h5", 2)
    assert workspace.add([folder]) == 2
    assert workspace.bad_files == ()


def test_files_that_do_not_fit_are_not_added(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    with pytest.raises(FormatError, match=r"b\.h5 has 3 bands"):
        workspace.add([write_cutouts(tmp_path / "b.h5", 2, bands=3)])
    good = write_cutouts(tmp_path / "c.h5", 2)
    assert workspace.add([tmp_path / "b.h5", good]) == 2
    assert [Path(file.path).name for file in workspace.bad_files] == ["b.h5"]


def test_an_interrupted_growth_leaves_the_workspace_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace(tmp_path)
    before = workspace.catalogue.fingerprint

    def full(*_: object) -> None:
        raise WorkspaceError("There is no space left.")

    with monkeypatch.context() as patch:
        patch.setattr("trainer.workspace.making.write_settings", full)
        with pytest.raises(WorkspaceError, match="no space"):
            workspace.add([write_cutouts(tmp_path / "b.h5", 2)])
    reopened = Workspace.open(workspace.folder)
    assert len(reopened) == len(reopened.catalogue) == len(reopened.columns.values("ra")) == 6
    assert reopened.catalogue.fingerprint == before
    assert reopened.add([tmp_path / "b.h5"]) == 2
    assert len(reopened.catalogue) == 8


def test_moved_files_are_told_with_the_command_that_mends_it(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    (tmp_path / "cutouts").rename(tmp_path / "elsewhere")
    reopened = Workspace.open(workspace.folder)
    assert [path.name for path in reopened.missing_files()] == ["first.h5"]
    with pytest.raises(WorkspaceError, match=r"first\.h5.*astromask relink"):
        reopened.survey()
    assert reopened.relink(tmp_path / "cutouts", tmp_path / "elsewhere") == 1
    assert reopened.missing_sentence() is None
    assert reopened.survey().read(np.array([0])).pixels.shape == (1, 5, 16, 16)


def test_a_single_file_is_relinked(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    old, new = tmp_path / "cutouts" / "first.h5", tmp_path / "renamed.h5"
    old.rename(new)
    assert workspace.relink(old, new) == 1
    assert [file.path for file in workspace.survey_files()] == [new]


def test_relinking_by_a_relative_path_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = make_workspace(tmp_path)
    (tmp_path / "cutouts").rename(tmp_path / "elsewhere")
    monkeypatch.chdir(tmp_path)
    assert Workspace.open(workspace.folder).relink(Path("cutouts"), Path("elsewhere")) == 1


def test_another_file_is_not_taken_for_the_one_that_moved(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    old = tmp_path / "cutouts" / "first.h5"
    with pytest.raises(MismatchError, match="9 cutouts"):
        workspace.relink(old, write_cutouts(tmp_path / "longer.h5", 9))
    with pytest.raises(MismatchError, match="expected first-0"):
        workspace.relink(old, write_cutouts(tmp_path / "other.h5", 6))
    with pytest.raises(FormatError, match=r"nowhere\.h5"):
        workspace.relink(old, tmp_path / "nowhere.h5")
    with pytest.raises(QueryError, match=r"No cutouts.*first\.h5"):
        workspace.relink(tmp_path / "unknown", tmp_path / "elsewhere")
    assert [file.path for file in Workspace.open(workspace.folder).survey_files()] == [old]


def test_a_workspace_that_holds_its_cutouts_can_be_copied(tmp_path: Path) -> None:
    write_cutouts(tmp_path / "one" / "cutouts" / "a.h5", 2)
    Workspace.create(tmp_path / "one", [tmp_path / "one" / "cutouts"])
    shutil.copytree(tmp_path / "one", tmp_path / "two")
    shutil.rmtree(tmp_path / "one")
    assert len(Workspace.open(tmp_path / "two").survey().read(np.array([1])).pixels) == 1


def test_a_damaged_catalogue_is_told_in_a_sentence(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    (workspace.folder / "catalogue.parquet").write_bytes(b"PAR1 and no more")
    with pytest.raises(WorkspaceError, match=r"catalogue\.parquet can't be read"):
        _ = Workspace.open(workspace.folder).catalogue
    (workspace.folder / "catalogue.parquet").unlink()
    with pytest.raises(WorkspaceError, match=r"no catalogue\.parquet"):
        _ = Workspace.open(workspace.folder).catalogue


def test_a_catalogue_shorter_than_the_files_is_refused(tmp_path: Path) -> None:
    workspace, other = make_workspace(tmp_path / "a", 6), make_workspace(tmp_path / "b", 4)
    shutil.copy(other.folder / "catalogue.parquet", workspace.folder)
    with pytest.raises(WorkspaceError, match=r"damaged: expected 6 rows.*found 4 rows"):
        _ = Workspace.open(workspace.folder).catalogue


@pytest.mark.parametrize("name", ["", "..", "a/b", "a\\b", "nul\0"])
def test_a_store_cannot_be_named_out_of_the_workspace(tmp_path: Path, name: str) -> None:
    with pytest.raises(QueryError, match="name of a store"):
        make_workspace(tmp_path).store_folder(name)


def test_stores_are_listed_with_the_newest_last(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    for age, name in enumerate(["late", "early"]):
        manifest = workspace.store_folder(name) / "manifest.json"
        manifest.parent.mkdir(parents=True)
        manifest.touch()
        os.utime(manifest, (1e9 - age, 1e9 - age))
    (workspace.folder / "embeddings" / "no store").mkdir()
    assert workspace.stores() == ["early", "late"]


def test_opening_a_workspace_needs_no_heavy_library(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    program = (
        "import sys; from trainer.workspace.workspace import Workspace;"
        f"w = Workspace.open({str(workspace.folder)!r}); w.catalogue.object_id(0);"
        "heavy = {'torch', 'pandas', 'duckdb', 'astropy', 'scipy', 'faiss', 'umap', 'h5py'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    command = [sys.executable, "-c", program]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == "[]\n"


def test_the_real_survey_joins_its_catalogue(tmp_path: Path) -> None:
    data = shared("data")
    workspace = Workspace.create(
        tmp_path / "survey", [data], catalogue=shared("data", "catalogue.fits")
    )
    assert len(workspace) == 2263
    assert any("2,263 of 2,263 galaxies matched" in text for text in workspace.warnings)
    assert workspace.columns.info("star_like").kind == "category"
    bright = workspace.columns.where("mag_r < 18")
    np.testing.assert_array_equal(bright, workspace.columns.values("mag_r") < 18)
