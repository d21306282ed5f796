"""FITS files with a band in each HDU: Euclid, HSC, and three colours."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cutouts import fits_layouts
from tests.cutouts.fits_layouts import EUCLID, image, save
from tests.cutouts.layouts import SIDE, pixels
from tests.cutouts.test_damage import damaged
from trainer.cutouts.detect import open_reader
from trainer.cutouts.inspection import describe_cutouts
from trainer.cutouts.survey import Survey, scan
from trainer.errors import AstroMaskError, BandError
from trainer.workspace.workspace import Workspace

ROWS = np.array([0])
EXPECTED = [
    (fits_layouts.euclid, "euclid", EUCLID, False),
    (fits_layouts.hsc, "hsc", ("g",), True),
    (fits_layouts.colour, "fits_colour", ("blue", "green", "red"), True),
]
IDS = [name for _, name, *_ in EXPECTED]


@pytest.mark.parametrize(("writer", "name", "bands", "guessed"), EXPECTED, ids=IDS)
def test_a_layout_is_known_by_its_hdus(
    tmp_path: Path,
    writer: Callable[[Path], Path],
    name: str,
    bands: tuple[str, ...],
    guessed: bool,
) -> None:
    reader = open_reader(writer(tmp_path))
    layout = reader.layout
    assert (layout.name, layout.bands, layout.bands_guessed) == (name, bands, guessed)
    assert layout.shape == (len(bands), SIDE, SIDE) and layout.sentence.endswith(".")
    assert layout.pixel_scale == pytest.approx(0.2)
    expected = pixels(1, len(bands))
    np.testing.assert_array_equal(reader.read(np.array([0, 0])), np.repeat(expected, 2, axis=0))
    coordinates = reader.coordinates()
    assert coordinates is not None and np.allclose(np.ravel(coordinates), [150, 2])
    assert len(reader.extras(ROWS).wcs_headers or []) == 1


@pytest.mark.parametrize("writer", [writer for writer, *_ in EXPECTED], ids=IDS)
def test_the_name_of_the_file_does_not_decide(
    tmp_path: Path, writer: Callable[[Path], Path]
) -> None:
    path = writer(tmp_path)
    known = open_reader(path).layout
    renamed = open_reader(path.rename(tmp_path / "anything.bin")).layout
    assert (renamed.name, renamed.shape) == (known.name, known.shape)


@pytest.mark.parametrize("writer", [writer for writer, *_ in EXPECTED], ids=IDS)
def test_damaged_bytes_are_read_or_refused(tmp_path: Path, writer: Callable[[Path], Path]) -> None:
    whole, bad, chance = writer(tmp_path).read_bytes(), tmp_path / "bad", random.Random(7)
    refused = 0
    for _ in range(40):
        bad.write_bytes(damaged(whole, chance))
        try:
            with closing(open_reader(bad)) as reader:
                reader.read(ROWS)
                reader.ids(), reader.coordinates(), reader.extras(ROWS), reader.metadata()
        except AstroMaskError as error:
            refused += 1
            assert "bad" in str(error)
    assert refused > 0


@settings(max_examples=20, deadline=None)
@given(
    height=st.integers(2, 9),
    width=st.integers(2, 9),
    dtype=st.sampled_from([">i2", ">i4", ">f4", ">f8", "u1"]),
    kind=st.sampled_from(["euclid", "colour"]),
)
def test_pixels_come_back_whatever_the_shape_and_type(
    tmp_path_factory: pytest.TempPathFactory, height: int, width: int, dtype: str, kind: str
) -> None:
    values = np.random.default_rng(height * width).integers(0, 200, (3, height, width))
    stored = values.astype(dtype)
    folder = tmp_path_factory.mktemp("any")
    if kind == "colour":
        path = fits_layouts.colour(folder, stored)
    else:
        named = zip(EUCLID, stored, strict=False)
        path = save(folder / "a.fits", *(image(data, f"{band}_FLUX") for band, data in named))
    with closing(open_reader(path)) as reader:
        assert reader.layout.name == {"euclid": "euclid", "colour": "fits_colour"}[kind]
        np.testing.assert_array_equal(reader.read(ROWS)[0], values)


@pytest.mark.parametrize("first", [False, True])
def test_euclid_hands_on_noise_psf_and_zero_points(tmp_path: Path, first: bool) -> None:
    reader = open_reader(fits_layouts.euclid(tmp_path, first=first))
    assert reader.layout.zero_points == (23.9,) * 4 and reader.layout.warnings == ()
    extras = reader.extras(np.array([0, 0]))
    assert extras.inverse_variance is not None and extras.psf_fwhm is not None
    assert extras.inverse_variance.shape == (2, 4, SIDE, SIDE)
    assert (extras.inverse_variance == 0.25).all()
    np.testing.assert_allclose(extras.psf_fwhm, np.full((2, 4), 0.16))
    assert extras.pixel_mask is None
    assert extras.zero_points is not None and extras.zero_points.shape == (2, 4)


def test_euclid_bands_run_from_blue_to_red_and_may_be_named_by_cards(tmp_path: Path) -> None:
    primary = fits.PrimaryHDU()
    primary.header.update({"EXT_1": "NIR_H_FLUX", "EXT_2": "VIS_FLUX", "OBJECT": "T1"})
    primary.header.update({"RA": 150.0001, "DEC": 2.0001})
    data = pixels(1, 2)[0]
    reader = open_reader(save(tmp_path / "a.fits", primary, image(data[0]), image(data[1])))
    assert reader.layout.name == "euclid" and reader.layout.bands == ("VIS", "NIR_H")
    np.testing.assert_array_equal(reader.read(ROWS)[0], data[::-1])
    assert reader.ids().tolist() == ["T1"]
    coordinates = reader.coordinates()
    assert coordinates is not None and np.ravel(coordinates).tolist() == [150.0001, 2.0001]


def test_the_noise_of_a_flux_is_no_band(tmp_path: Path) -> None:
    ones = np.ones((9, 9), np.float32)
    reader = open_reader(save(tmp_path / "a.fits", image(ones, "FLUX"), image(ones, "FLUX_ERR")))
    assert reader.layout.name == "fits_cube" and reader.layout.shape == (1, 9, 9)
    assert reader.extras(ROWS).inverse_variance is not None


def test_a_euclid_band_of_another_size_is_left_out_and_said(tmp_path: Path) -> None:
    images = [image(np.ones((9, 9)), "VIS_FLUX"), image(np.ones((3, 3)), "NIR_Y_FLUX")]
    layout = open_reader(save(tmp_path / "a.fits", *images)).layout
    assert layout.bands == ("VIS",)
    assert "NIR_Y was left out" in layout.warnings[0] and "3 × 3" in layout.warnings[0]


def test_a_euclid_target_that_lacks_a_band_of_the_survey_has_it_missing(tmp_path: Path) -> None:
    first = fits_layouts.euclid(tmp_path, name="a")
    second = fits_layouts.euclid(tmp_path, ("VIS", "NIR_J"), name="b")
    workspace = Workspace.create(tmp_path / "survey", [first, second], crop=8)
    assert len(workspace) == 2 and any("lacks NIR_Y, NIR_H" in w for w in workspace.warnings)
    with workspace.survey() as survey:
        assert survey.read(np.arange(2)).missing.tolist() == [[False] * 4, [False, True] * 2]
    with pytest.raises(BandError, match="u, g were asked for"):
        open_reader(first, bands=["u", "g"])


def test_a_folder_of_euclid_targets_is_the_same_to_inspect_and_to_a_workspace(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "targets"
    folder.mkdir()
    fits_layouts.euclid(folder, name="a")
    fits_layouts.euclid(folder, ("VIS", "NIR_J"), name="b")
    seen = describe_cutouts(folder)
    workspace = Workspace.create(tmp_path / "survey", [folder], crop=8)
    assert seen["count"] == len(workspace) == 2 and not seen["bad_files"]
    assert [Path(file["path"]).name for file in seen["files"]] == ["a.fits", "b.fits"]
    assert any("lacks NIR_Y, NIR_H" in warning for warning in seen["warnings"])


def test_hsc_masks_only_what_is_bad_and_inverts_the_variance(tmp_path: Path) -> None:
    reader = open_reader(fits_layouts.hsc(tmp_path))
    extras = reader.extras(ROWS)
    assert extras.pixel_mask is not None and extras.inverse_variance is not None
    assert np.argwhere(extras.pixel_mask[0, 0]).tolist() == [[0, 0], [6, 6]]
    assert extras.inverse_variance[0, 0, 0, 0] == 0 and extras.inverse_variance[0, 0, 5, 5] == 0.25
    assert reader.layout.zero_points == pytest.approx((27.0,))


def test_a_bad_pixel_is_known_by_its_bit_among_high_ones(tmp_path: Path) -> None:
    path = fits_layouts.hsc(tmp_path)
    with fits.open(path, mode="update") as hdus:
        hdus["MASK"].data[2, 3] = 1 << 30 | 1
        hdus["MASK"].data[4, 4] = 1 << 30
    mask = open_reader(path).extras(ROWS).pixel_mask
    assert mask is not None and np.argwhere(mask[0, 0]).tolist() == [[0, 0], [2, 3], [6, 6]]


def test_hsc_is_known_by_its_name_where_its_hdus_have_none(tmp_path: Path) -> None:
    path = fits_layouts.hsc(tmp_path, "Y", named=False)
    reader = open_reader(path)
    assert reader.layout.name == "hsc" and reader.layout.bands == ("y",)
    assert reader.extras(ROWS).inverse_variance is not None


def test_a_folder_of_hsc_bands_is_one_reader_with_noise_and_masks(tmp_path: Path) -> None:
    for value, band in enumerate("GRI", 1):
        fits_layouts.hsc(tmp_path, band, float(value))
    found = scan([tmp_path])
    assert [file.path for file in found.files] == [tmp_path]
    assert found.bands == ("g", "r", "i") and found.layout is not None
    assert "HSC" in found.layout.sentence
    assert found.layout.zero_points == pytest.approx((27.0,) * 3)
    survey = Survey(found.files, ["i", "g"], crop=8)
    assert np.round(survey.read(ROWS).pixels.mean(axis=(2, 3))).tolist() == [[3, 1]]
    extras = survey.extras(ROWS, crop=None)
    assert extras.pixel_mask is not None and extras.inverse_variance is not None
    assert extras.pixel_mask[0, :, 6, 6].all() and extras.pixel_mask.sum() == 4
    assert extras.inverse_variance[0, 1, 5, 5] == 0.25


def test_three_colours_may_be_named_and_have_noise_of_their_own(tmp_path: Path) -> None:
    hdus = []
    for number, band in enumerate("gri", 1):
        hdus.append(image(np.ones((9, 9)), f"SCI{number}", FILTER=band))
        hdus.append(image(np.full((9, 9), 1.0 / number), f"ERR{number}"))
    reader = open_reader(save(tmp_path / "a.fits", *hdus))
    assert reader.layout.bands == ("g", "r", "i") and not reader.layout.bands_guessed
    ivar = reader.extras(ROWS).inverse_variance
    assert ivar is not None and ivar[0, :, 0, 0].tolist() == pytest.approx([1, 4, 9])


def test_the_user_may_name_three_colours(tmp_path: Path) -> None:
    path = fits_layouts.colour(tmp_path)
    assert open_reader(path, bands=["g", "r", "z"]).layout.bands == ("g", "r", "z")


def test_an_image_with_noise_and_mask_is_one_band_not_three_colours(tmp_path: Path) -> None:
    ones = np.ones((9, 9), np.float32)
    hdus = [image(ones, "SCI"), image(ones, "ERR"), image(ones, "DQ")]
    reader = open_reader(save(tmp_path / "a.fits", *hdus))
    assert reader.layout.name == "fits_cube" and reader.layout.shape == (1, 9, 9)


@pytest.mark.parametrize("size", [14 * 2880 + 100, 15 * 2880 + 1000], ids=["pixels", "header"])
def test_a_file_that_ends_in_the_middle_is_refused(tmp_path: Path, size: int) -> None:
    path = fits_layouts.euclid(tmp_path)
    os.truncate(path, size)
    with pytest.raises(AstroMaskError, match=r"target7\.fits is truncated"):
        open_reader(path)
