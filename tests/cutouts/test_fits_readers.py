"""FITS cubes, and folders of one FITS a band."""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS, Sip

from tests.cutouts.layouts import pixels
from tests.shared_files import shared
from trainer.cutouts.detect import open_reader
from trainer.cutouts.folders import expand_paths
from trainer.cutouts.survey import Survey, SurveyFile, scan
from trainer.errors import BandError, FormatError

ROWS = np.array([0])


def sky(height: int = 12, width: int = 12, scale: float = 0.2) -> fits.Header:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval = [150.0, 2.0]
    wcs.wcs.crpix = [(width + 1) / 2, (height + 1) / 2]
    wcs.wcs.cdelt = [-scale / 3600, scale / 3600]
    return wcs.to_header()


def cube(path: Path, data: np.ndarray | None = None, **cards: Any) -> Path:
    header = sky()
    header.update(cards)
    fits.writeto(path, pixels(1, 3)[0] if data is None else data, header)
    return path


def test_a_cube_is_one_cutout_with_what_its_header_says(tmp_path: Path) -> None:
    path = cube(tmp_path / "a.fits", BANDS="g,r,z", OBJECT="J1000", MAGZP=22.5, SEEING=0.8)
    reader = open_reader(path)
    layout = reader.layout
    assert (len(reader), layout.name, layout.shape) == (1, "fits_cube", (3, 12, 12))
    assert layout.bands == ("g", "r", "z") and not layout.bands_guessed
    assert layout.pixel_scale == pytest.approx(0.2) and layout.zero_points == (22.5,) * 3
    assert reader.ids().tolist() == ["J1000"]
    coordinates = reader.coordinates()
    assert coordinates is not None
    np.testing.assert_allclose([c[0] for c in coordinates], [150, 2], atol=1e-9)
    np.testing.assert_array_equal(reader.read(ROWS), pixels(1, 3))
    extras = reader.extras(ROWS)
    assert extras.wcs_headers is not None and "CRVAL1" in extras.wcs_headers[0]
    assert extras.psf_fwhm is not None and extras.psf_fwhm[0].tolist() == pytest.approx([0.8] * 3)


@pytest.mark.parametrize(
    "cards",
    [
        {"BANDS": "grz"},
        {"BANDS": "g r z"},
        {"BAND0": "g", "BAND1": "r", "BAND2": "z"},
        {"BAND1": "G", "BAND2": "DES-R", "BAND3": "z"},
        {"FILTER1": "g", "FILTER2": "r", "FILTER3": "z"},
    ],
)
def test_bands_are_read_from_any_usual_card(tmp_path: Path, cards: dict[str, str]) -> None:
    layout = open_reader(cube(tmp_path / "a.fits", **cards)).layout
    assert layout.bands == ("g", "r", "z") and not layout.bands_guessed


def test_bands_that_nobody_names_are_the_users_to_say(tmp_path: Path) -> None:
    path = cube(tmp_path / "nameless.fits")
    layout = open_reader(path).layout
    assert layout.bands == ("band1", "band2", "band3") and layout.bands_guessed
    assert open_reader(path, bands=["g", "r", "z"]).layout.bands == ("g", "r", "z")
    with pytest.raises(BandError, match=r"g, r were asked for.*3 bands"):
        open_reader(path, bands=["g", "r"])
    assert open_reader(path).ids().tolist() == ["nameless"]


def test_zero_points_may_differ_by_band(tmp_path: Path) -> None:
    path = cube(tmp_path / "a.fits", BANDS="gr z", MAGZP1=30.0, MAGZP2=27.0, MAGZP3=25.0)
    assert open_reader(path).layout.zero_points == (30, 27, 25)


def test_a_packed_file_that_is_damaged_in_its_middle_is_refused(tmp_path: Path) -> None:
    path = cube(tmp_path / "a.fits")
    whole = path.read_bytes()
    # A stream that is flushed, and then goes on with what is no block of it.
    packer = zlib.compressobj(wbits=31)
    begun = packer.compress(whole[:4000]) + packer.flush(zlib.Z_FULL_FLUSH)
    damaged = tmp_path / "b.fits.gz"
    damaged.write_bytes(begun + b"\xff" * 4000)
    with pytest.raises(FormatError, match=r"b\.fits\.gz can't be read as FITS"):
        open_reader(damaged).read(ROWS)


@pytest.mark.parametrize("kind", ["gz", "fz", "scaled", "channel_last", "one_band"])
def test_every_way_of_storing_a_cube(tmp_path: Path, kind: str) -> None:
    data, path = pixels(1, 3)[0], tmp_path / "a.fits"
    expected = data
    if kind == "gz":
        path = cube(tmp_path / "a.fits.gz")
    elif kind == "fz":
        hdu = fits.CompImageHDU(data, compression_type="GZIP_1", quantize_level=0)
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)
    elif kind == "scaled":
        hdu = fits.PrimaryHDU(np.round(data * 100).astype(np.int16))
        hdu.header["BSCALE"] = 0.01
        hdu.writeto(path)
        expected = np.round(data * 100) / 100
    elif kind == "channel_last":
        cube(path, np.moveaxis(data, 0, -1))
    else:
        cube(path, data[0], FILTER="r")
        expected = data[:1]
        assert open_reader(path).layout.bands == ("r",)
    reader = open_reader(path)
    assert reader.layout.shape == expected.shape
    np.testing.assert_allclose(reader.read(ROWS)[0], expected, atol=1e-5)


def test_a_stack_of_cubes_is_many_cutouts(tmp_path: Path) -> None:
    reader = open_reader(cube(tmp_path / "stack.fits", pixels(5, 3)))
    assert len(reader) == 5 and reader.coordinates() is None
    assert reader.ids().tolist() == [f"stack:{row}" for row in range(5)]
    np.testing.assert_array_equal(reader.read(np.array([4, 1, 4])), pixels(5, 3)[[4, 1, 4]])


def test_the_mask_of_a_cube_is_read_to_its_lowest_bit(tmp_path: Path) -> None:
    data = pixels(1, 3)[0]
    mask = np.full(data.shape, 1 << 30, np.int32)
    mask[1, 2, 3] += 1
    beside = fits.ImageHDU(mask, fits.Header({"MP_BAD": 0, "MP_SKY": 30}), name="MASK")
    fits.HDUList([fits.PrimaryHDU(data), beside]).writeto(tmp_path / "a.fits")
    found = open_reader(tmp_path / "a.fits").extras(ROWS).pixel_mask
    assert found is not None and np.argwhere(found).tolist() == [[0, 1, 2, 3]]


def test_inverse_variance_and_mask_are_found_beside(tmp_path: Path) -> None:
    data = pixels(1, 3)[0]
    rms = np.full_like(data, 2.0)
    rms[0, 0, 0] = 0
    mask = np.zeros(data.shape, np.int16)
    mask[1, 2, 3] = 4
    extensions = [fits.ImageHDU(rms, name="RMS"), fits.ImageHDU(mask, name="MASK")]
    other = fits.ImageHDU(data, name="MODEL")
    fits.HDUList([fits.PrimaryHDU(data), *extensions, other]).writeto(tmp_path / "a.fits")
    reader = open_reader(tmp_path / "a.fits")
    extras = reader.extras(ROWS)
    assert extras.inverse_variance is not None and extras.pixel_mask is not None
    assert extras.inverse_variance[0, 0, 0, 0] == 0 and extras.inverse_variance[0, 2, 2, 2] == 0.25
    assert np.argwhere(extras.pixel_mask).tolist() == [[0, 1, 2, 3]]
    assert any("MODEL" in said for said in reader.layout.warnings)


def test_the_wcs_follows_the_crop(tmp_path: Path) -> None:
    survey = Survey([SurveyFile(cube(tmp_path / "a.fits", BANDS="grz"), 1, 0)], crop=4)
    extras = survey.extras(ROWS)
    assert extras.wcs_headers is not None
    wcs = WCS(fits.Header.fromstring(extras.wcs_headers[0]))
    np.testing.assert_allclose(wcs.wcs_pix2world([[1.5, 1.5]], 0)[0], [150, 2], atol=1e-9)


def distorted() -> WCS:
    """Of a part of a large image, far from the point about which its distortion is told."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype, wcs.wcs.crval = ["RA---TAN-SIP", "DEC--TAN-SIP"], [150.0, 2.0]
    wcs.wcs.crpix, wcs.wcs.cd = [-2000, -2000], [[-5e-5, 0], [0, 5e-5]]
    a, b = np.zeros((3, 3)), np.zeros((3, 3))
    a[2, 0] = b[0, 2] = 1e-5
    wcs.sip = Sip(a, b, None, None, wcs.wcs.crpix)
    return wcs


@pytest.mark.parametrize("shape", [(12, 12), (3, 12, 12)])
def test_a_distortion_of_the_image_is_not_lost(tmp_path: Path, shape: tuple[int, ...]) -> None:
    wcs = distorted()
    header = wcs.to_header(relax=True)
    fits.writeto(tmp_path / "one.fits", np.ones(shape, np.float32), header)
    reader = open_reader(tmp_path / "one.fits")
    expected = wcs.all_pix2world([[5.5, 5.5]], 0)[0]
    coordinates = reader.coordinates()
    assert coordinates is not None
    assert np.allclose(np.ravel(coordinates), expected, atol=1e-8)
    (text,) = reader.extras(np.array([0])).wcs_headers or ()
    told = WCS(fits.Header.fromstring(text))
    assert np.allclose(told.all_pix2world([[5.5, 5.5]], 0)[0], expected, atol=1e-8)


def test_where_the_telescope_pointed_is_not_where_the_cutout_is(tmp_path: Path) -> None:
    cube(tmp_path / "one.fits", RA=153.0, DEC=4.0)
    coordinates = open_reader(tmp_path / "one.fits").coordinates()
    expected = WCS(sky()).all_pix2world([[5.5, 5.5]], 0)[0]
    assert coordinates is not None and np.allclose(np.ravel(coordinates), expected)


def test_a_table_is_called_a_table() -> None:
    with pytest.raises(FormatError, match=r"table of 2263 rows, not cutouts"):
        open_reader(shared("data", "catalogue.fits"))


def test_a_truncated_cube_states_both_sizes(tmp_path: Path) -> None:
    path = cube(tmp_path / "a.fits")
    os.truncate(path, 3500)
    with pytest.raises(FormatError, match=r"a\.fits is truncated.*3500"):
        open_reader(path)


def test_a_file_without_padding_is_still_whole(tmp_path: Path) -> None:
    path = cube(tmp_path / "a.fits")
    header_bytes = path.stat().st_size - 2880
    os.truncate(path, header_bytes + 3 * 12 * 12 * 4)
    np.testing.assert_array_equal(open_reader(path).read(ROWS), pixels(1, 3))


def test_a_header_without_an_image_is_refused(tmp_path: Path) -> None:
    fits.PrimaryHDU().writeto(tmp_path / "a.fits")
    with pytest.raises(FormatError, match="holds no cutout"):
        open_reader(tmp_path / "a.fits")
    (tmp_path / "b.fits").write_bytes(b"SIMPLE  = nonsense" + b"x" * 5000)
    with pytest.raises(FormatError, match=r"b\.fits can't be read as FITS"):
        open_reader(tmp_path / "b.fits")


def one_a_band(folder: Path, count: int = 3, pattern: str = "gal{n}_{band}.fits") -> Path:
    folder.mkdir(exist_ok=True)
    for n in range(count):
        for plane, band in enumerate("grz"):
            data = pixels(count, 3)[n, plane]
            cube(folder / pattern.format(n=n + 8, band=band), data, MAGZP=25.0 + plane)
    return folder


@pytest.mark.parametrize(
    ("pattern", "ids"),
    [
        ("gal{n}_{band}.fits", ["gal8", "gal9", "gal10"]),
        ("{band}.gal-{n}.fits", ["gal-8", "gal-9", "gal-10"]),
        ("J1_{n}-{band}-cut.fits", ["J1_8-cut", "J1_9-cut", "J1_10-cut"]),
    ],
)
def test_a_folder_of_one_fits_a_band_is_one_reader(
    tmp_path: Path, pattern: str, ids: list[str]
) -> None:
    folder = one_a_band(tmp_path / "set", pattern=pattern)
    assert expand_paths([folder]) == [folder]
    reader = open_reader(folder)
    assert reader.layout.name == "fits_bands" and reader.layout.bands == ("g", "r", "z")
    assert not reader.layout.bands_guessed
    assert reader.layout.zero_points == (25, 26, 27)
    assert reader.layout.pixel_scale == pytest.approx(0.2)
    assert reader.ids().tolist() == ids
    np.testing.assert_array_equal(reader.read(np.array([2, 0])), pixels(3, 3)[[2, 0]])
    coordinates = reader.coordinates()
    assert coordinates is not None and np.allclose(coordinates[0], 150)
    assert len(reader.extras(np.array([1])).wcs_headers or []) == 1


def test_a_single_object_takes_the_folders_name(tmp_path: Path) -> None:
    folder = tmp_path / "ngc1300"
    folder.mkdir()
    for plane, band in enumerate("gr"):
        cube(folder / f"{band}.fits", pixels(1, 2)[0, plane])
    reader = open_reader(folder)
    assert reader.ids().tolist() == ["ngc1300"] and len(reader) == 1


def test_a_band_that_an_object_lacks_is_missing(tmp_path: Path) -> None:
    folder = one_a_band(tmp_path / "set")
    (folder / "gal9_r.fits").unlink()
    found = scan([folder])
    cutouts = Survey(found.files, found.bands).read(np.arange(3))
    assert np.argwhere(cutouts.missing).tolist() == [[1, 1]]


def test_an_object_with_a_truncated_file_is_left_out_and_said(tmp_path: Path) -> None:
    folder = one_a_band(tmp_path / "set")
    os.truncate(folder / "gal9_r.fits", 3000)
    reader = open_reader(folder)
    assert reader.ids().tolist() == ["gal8", "gal10"]
    assert "gal9" in reader.layout.warnings[0]


def test_a_folder_of_bands_that_grew_is_refused(tmp_path: Path) -> None:
    folder = one_a_band(tmp_path / "set")
    with pytest.raises(FormatError, match="changed"):
        Survey([SurveyFile(folder, 2, 0)]).read(ROWS)


def test_a_folder_of_cubes_is_its_files(tmp_path: Path) -> None:
    for name in ("c10", "c2"):
        cube(tmp_path / f"{name}.fits", BANDS="grz")
    found = scan([tmp_path])
    assert [file.path.name for file in found.files] == ["c2.fits", "c10.fits"]


def test_names_that_only_the_user_knows_for_bands(tmp_path: Path) -> None:
    for plane, band in enumerate(("blue1", "red7")):
        cube(tmp_path / f"x_{band}.fits", pixels(1, 2)[0, plane])
    with pytest.raises(FormatError, match="no set of cutouts"):
        open_reader(tmp_path)
    survey = Survey([SurveyFile(tmp_path, 1, 0)], ["red7", "blue1"])
    means = survey.read(ROWS).pixels.mean(axis=(2, 3))
    np.testing.assert_array_equal(np.round(means), [[2, 1]])
