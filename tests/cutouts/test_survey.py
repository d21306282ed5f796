"""Several files as one survey."""

from __future__ import annotations

import pickle
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.cutouts import layouts
from tests.shared_files import shared
from trainer.cutouts.survey import Survey, SurveyFile, scan
from trainer.errors import BandError, FormatError, QueryError
from trainer.workspace.workspace import Workspace


def three_files(folder: Path) -> list[Path]:
    return [layouts.unions(folder, count, number=n) for n, count in enumerate((6, 3, 4))]


def test_rows_run_across_files_in_the_order_asked(tmp_path: Path) -> None:
    three_files(tmp_path)
    found = scan([tmp_path])
    assert [(file.count, file.first_row) for file in found.files] == [(6, 0), (3, 6), (4, 9)]
    survey = Survey(found.files, found.bands)
    assert len(survey) == 13
    read = survey.read(np.array([12, 0, 7, 12])).pixels
    np.testing.assert_array_equal(np.round(read.mean(axis=(1, 2, 3))), [303, 3, 103, 303])


def test_the_crop_is_the_middle_and_can_be_put_aside(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path)
    survey = Survey([SurveyFile(path, 6, 0)], crop=4)
    assert survey.shape == (5, 4, 4) and survey.full_shape == (5, 12, 12)
    whole = survey.read(np.array([2]), crop=None).pixels
    assert whole.shape == (1, 5, 12, 12)
    np.testing.assert_array_equal(survey.read(np.array([2])).pixels, whole[..., 4:8, 4:8])
    assert survey.read(np.array([2]), crop=6).pixels.shape == (1, 5, 6, 6)
    with pytest.raises(FormatError, match="13 × 13"):
        survey.read(np.array([2]), crop=13)


def test_missing_bands_are_flagged_and_zero(tmp_path: Path) -> None:
    images = layouts.pixels(2, 5)
    images[0, 1] = 0
    images[1, 4, :1] = np.nan  # 12 of 144 pixels, more than 5 %
    images[1, 0, 0, 0] = np.nan
    path = layouts.unions(tmp_path, 2, images=images)
    cutouts = Survey([SurveyFile(path, 2, 0)], crop=4).read(np.array([0, 1]))
    assert np.argwhere(cutouts.missing).tolist() == [[0, 1], [1, 4]]
    assert np.isfinite(cutouts.pixels).all()
    assert not cutouts.pixels[1, 4].any() and cutouts.pixels[1, 0].any()


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    paths = three_files(tmp_path)
    paths[1].write_bytes(paths[1].read_bytes()[:1000])
    found = scan([*paths, tmp_path / "nowhere.h5"])
    assert [file.path for file in found.files] == [paths[0], paths[2]]
    assert [file.first_row for file in found.files] == [0, 6]
    assert [bad.path.name for bad in found.bad] == [paths[1].name, "nowhere.h5"]
    assert "truncated" in found.bad[0].reason


def test_a_file_of_another_size_is_bad(tmp_path: Path) -> None:
    paths = [layouts.unions(tmp_path), layouts.unions(tmp_path, side=16, number=1)]
    (bad,) = scan(paths).bad
    assert "16 × 16" in bad.reason and "12 × 12" in bad.reason


def test_files_that_name_their_bands_are_put_in_order(tmp_path: Path) -> None:
    first = layouts.unionsdata(tmp_path)
    second = layouts.unions(tmp_path)
    with h5py.File(second, "a") as file:
        file.attrs["bands"] = ["z", "i", "r", "g", "u"]
    found = scan([first, second])
    assert not found.bad
    survey = Survey(found.files, found.bands)
    means = np.round(survey.read(np.array([0, 4])).pixels.mean(axis=(2, 3)))
    assert means.tolist() == [[1, 2, 3, 4, 5], [5, 4, 3, 2, 1]]
    assert survey.zero_points == (30, 27, 30, 30, 27)


def test_a_subset_of_bands_is_taken_by_name(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path)
    survey = Survey([SurveyFile(path, 6, 0)], ["i", "g"])
    assert np.round(survey.read(np.array([0])).pixels.mean(axis=(2, 3))).tolist() == [[4, 2]]
    with pytest.raises(BandError, match="y"):
        Survey([SurveyFile(path, 6, 0)], ["i", "y"]).read(np.array([0]))


def test_a_file_that_lacks_a_band_is_bad(tmp_path: Path) -> None:
    found = scan([layouts.unions(tmp_path), layouts.dwarforge(tmp_path)])
    assert len(found.files) == 1
    assert "lacks the bands u, z" in found.bad[0].reason


def test_guesses_that_differ_are_not_mixed(tmp_path: Path) -> None:
    first = layouts.unionsdata(tmp_path)
    second = layouts.unions(tmp_path).rename(tmp_path / "cutout.stacks.zirgu.lsb.0.6.h5")
    found = scan([first, second])
    assert "can only be guessed" in found.bad[0].reason
    made = Workspace.create(tmp_path / "survey", [first, second])
    assert [bad.reason for bad in made.bad_files] == [found.bad[0].reason]
    assert not scan([first, second], ["u", "g", "r", "i", "z"]).bad


def test_the_users_word_on_the_bands_names_the_planes_in_their_order(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path)
    found = scan([path], ["z", "i", "r", "g", "u"])
    survey = Survey(found.files, found.bands)
    assert np.round(survey.read(np.array([0])).pixels.mean(axis=(2, 3))).tolist() == [
        [1, 2, 3, 4, 5]
    ]


def test_a_survey_grows_from_its_last_row(tmp_path: Path) -> None:
    found = scan([layouts.unions(tmp_path)], first_row=100, like=(12, 12))
    assert found.files[0].first_row == 100
    assert "20 × 20" in scan([layouts.unions(tmp_path)], like=(20, 20)).bad[0].reason


def test_a_row_that_is_not_there_is_refused(tmp_path: Path) -> None:
    survey = Survey([SurveyFile(layouts.unions(tmp_path), 6, 0)])
    with pytest.raises(QueryError, match="Row 6"):
        survey.read(np.array([6]))


def test_rows_between_files_belong_to_none(tmp_path: Path) -> None:
    files = [
        SurveyFile(path, 3, first)
        for path, first in zip(three_files(tmp_path), (2, 8, 11), strict=True)
    ]
    survey = Survey(files)
    assert survey.read(np.array([2, 10, 13])).pixels.shape[0] == 3
    for row in (0, 5, 7, 14, -1):
        with pytest.raises(QueryError, match=f"Row {row} "):
            survey.read(np.array([2, row]))


def test_a_first_file_that_is_lost_does_not_stop_the_others(tmp_path: Path) -> None:
    paths = three_files(tmp_path)
    survey = Survey(scan([tmp_path]).files, crop=4)
    paths[0].unlink()
    assert survey.read(np.array([6, 12])).pixels.shape == (2, 5, 4, 4)
    with pytest.raises(FormatError, match=paths[0].name):
        survey.read(np.array([0, 6]))


def test_one_open_file_is_enough(tmp_path: Path) -> None:
    three_files(tmp_path)
    survey = Survey(scan([tmp_path]).files, max_open=1)
    assert survey.read(np.array([12, 0, 7])).pixels.shape == (3, 5, 12, 12)


def test_a_survey_of_no_files_says_so() -> None:
    survey = Survey([])
    assert len(survey) == 0
    with pytest.raises(FormatError, match="no files"):
        _ = survey.shape
    with pytest.raises(FormatError, match="no files"):
        survey.read(np.array([0]))


def test_a_file_that_shrank_or_vanished_is_named(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path)
    with pytest.raises(FormatError, match=r"holds 6 cutouts.*with 9"):
        Survey([SurveyFile(path, 9, 0)]).read(np.array([0]))
    path.unlink()
    with pytest.raises(FormatError, match=r"no longer there.*relink"):
        Survey([SurveyFile(path, 6, 0)]).read(np.array([0]))


def test_few_files_are_open_at_a_time(tmp_path: Path) -> None:
    three_files(tmp_path)
    survey = Survey(scan([tmp_path]).files, max_open=2)
    rows = np.arange(13)
    np.testing.assert_array_equal(survey.read(rows).pixels, survey.read(rows).pixels)
    assert len(survey._readers) == 2
    survey.close()
    assert survey.read(np.array([8])).pixels.shape == (1, 5, 12, 12)


def test_a_survey_travels_to_another_process(tmp_path: Path) -> None:
    survey = Survey([SurveyFile(layouts.unions(tmp_path), 6, 0)], crop=4)
    pixels = survey.read(np.array([1])).pixels
    copy = pickle.loads(pickle.dumps(survey))
    np.testing.assert_array_equal(copy.read(np.array([1])).pixels, pixels)


def test_extras_follow_rows_bands_and_crop(tmp_path: Path) -> None:
    path = layouts.multimodal(tmp_path)
    survey = Survey([SurveyFile(path, 4, 0)], ["z", "g"], crop=4)
    extras = survey.extras(np.array([3, 0]))
    assert extras.psf_fwhm is not None and extras.inverse_variance is not None
    np.testing.assert_allclose(extras.psf_fwhm, [[1.2, 1.0], [1.0, 1.2]])
    assert extras.inverse_variance.shape == (2, 2, 4, 4)
    assert extras.wcs_headers is None


def test_a_large_crop_read_stays_within_blocks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    survey = Survey([SurveyFile(layouts.unions(tmp_path), 6, 0)], crop=4)
    rows = np.array([5, 1, 4, 0, 2, 3, 1])
    expected = survey.read(rows)
    monkeypatch.setattr("trainer.cutouts.survey.BLOCK_BYTES", 2 * 4 * 5 * 12 * 12)
    assert [len(places) for _, places in survey._blocks(rows)] == [2, 2, 2, 1]
    np.testing.assert_array_equal(survey.read(rows).pixels, expected.pixels)


def test_the_real_survey_is_whole() -> None:
    found = scan([shared("data")])
    assert [file.count for file in found.files] == [1200, 1063] and not found.bad
    with Survey(found.files, found.bands) as survey:
        cutouts = survey.read(np.array([0, 1199, 1200, 2262]))
        assert np.isfinite(cutouts.pixels).all() and not cutouts.missing.any()
