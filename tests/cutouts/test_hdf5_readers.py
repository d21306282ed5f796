"""Every HDF5 layout is known by its signature, and its parts are found."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.cutouts import layouts
from tests.shared_files import shared
from trainer.cutouts.detect import open_reader
from trainer.errors import BandError, FormatError, QueryError

EXPECTED = [
    (layouts.unions, "unions", ("u", "g", "r", "i", "z"), True, 0.1857),
    (layouts.tileslicer_tile, "tileslicer_tile", ("g", "r", "i"), True, 0.1857),
    (layouts.tileslicer_survey, "tileslicer_survey", ("u", "g", "r", "i", "z"), True, 0.1857),
    (layouts.unionsdata, "unionsdata", ("u", "g", "r", "i", "z"), False, 0.1857),
    (layouts.dwarforge, "dwarforge", ("g", "r", "i"), False, 0.1857),
    (layouts.unions_redshift, "unions_redshift", ("g", "i", "r"), True, 0.1857),
    (layouts.legacysurvey, "legacysurvey", ("g", "r", "z"), True, 0.262),
    (layouts.multimodal, "multimodal", ("g", "r", "z"), False, 0.262),
]
IDS = [name for _, name, *_ in EXPECTED]


@pytest.mark.parametrize(("writer", "name", "bands", "guessed", "scale"), EXPECTED, ids=IDS)
def test_a_layout_is_known_by_its_signature(
    tmp_path: Path,
    writer: Callable[[Path], Path],
    name: str,
    bands: tuple[str, ...],
    guessed: bool,
    scale: float,
) -> None:
    layout = open_reader(writer(tmp_path)).layout
    assert (layout.name, layout.bands, layout.bands_guessed) == (name, bands, guessed)
    assert layout.pixel_scale == pytest.approx(scale)
    assert layout.shape == (len(bands), layouts.SIDE, layouts.SIDE)


@pytest.mark.parametrize("writer", [writer for writer, *_ in EXPECTED], ids=IDS)
def test_the_name_of_the_file_does_not_decide(
    tmp_path: Path, writer: Callable[[Path], Path]
) -> None:
    path = writer(tmp_path)
    known = open_reader(path).layout.name
    renamed = path.rename(tmp_path / "anything.bin")
    assert open_reader(renamed).layout.name == known


@pytest.mark.parametrize("writer", [writer for writer, *_ in EXPECTED[:-1]], ids=IDS[:-1])
def test_rows_come_in_the_order_asked_with_repeats(
    tmp_path: Path, writer: Callable[[Path], Path]
) -> None:
    reader = open_reader(writer(tmp_path))
    rows = np.array([3, 0, 3, 1])
    read = reader.read(rows)
    assert read.dtype == np.float32
    assert read.shape == (4, *reader.layout.shape)
    expected = layouts.pixels(len(reader), reader.layout.shape[0])[rows]
    np.testing.assert_array_equal(read, expected)


def test_unions_zero_points_follow_the_bands(tmp_path: Path) -> None:
    assert open_reader(layouts.unionsdata(tmp_path)).layout.zero_points == (30, 27, 30, 30, 27)
    assert open_reader(layouts.unions_redshift(tmp_path)).layout.zero_points == (27, 30, 30)


def test_unions_ids_coordinates_and_columns(tmp_path: Path) -> None:
    reader = open_reader(layouts.unions(tmp_path))
    assert reader.ids().tolist() == [f"id-0-{row}" for row in range(6)]
    coordinates = reader.coordinates()
    assert coordinates is not None
    np.testing.assert_allclose(coordinates[1], np.linspace(-5, 5, 6))
    assert list(reader.columns()) == ["tile"]
    assert reader.columns()["tile"].tolist() == ["123.456"] * 6


def test_a_tile_of_two_numbers_holds_for_the_whole_file(tmp_path: Path) -> None:
    columns = open_reader(layouts.tileslicer_tile(tmp_path)).columns()
    assert columns["tile"].tolist() == ["123.045"] * 4
    assert set(columns) == {"tile", "mag_r", "class_label", "zspec", "lsb", "lens"}


def test_a_tile_for_each_row_becomes_text(tmp_path: Path) -> None:
    reader = open_reader(layouts.tileslicer_survey(tmp_path))
    assert reader.columns()["tile"].tolist() == [f"007.{row:03d}" for row in range(4)]
    assert reader.ids().tolist() == ["k0", "k1", "k2", "k3"]


def test_dwarforge_parts_of_a_column_are_columns(tmp_path: Path) -> None:
    columns = open_reader(layouts.dwarforge(tmp_path)).columns()
    assert columns["zoobot_pred_1"].tolist() == [1, 3, 5, 7]
    assert "segmaps" not in columns


def test_legacy_redshifts_of_minus_99_are_missing(tmp_path: Path) -> None:
    reader = open_reader(layouts.legacysurvey(tmp_path))
    redshifts = reader.columns()["z_spec"]
    assert np.isnan(redshifts[0])
    assert redshifts[1] == pytest.approx(0.3)
    assert reader.ids().tolist() == [500, 501, 502, 503]
    assert reader.layout.zero_points == (22.5, 22.5, 22.5)


def test_a_column_of_another_length_is_left_out_and_said(tmp_path: Path) -> None:
    reader = open_reader(layouts.legacysurvey(tmp_path))
    assert "brickid" not in reader.columns()
    assert any("`brickid`" in said and "7" in said for said in reader.layout.warnings)


def test_ids_of_another_length_give_way_to_row_numbers(tmp_path: Path) -> None:
    reader = open_reader(layouts.unions(tmp_path, cfis_id=layouts.text(["one", "two"])))
    assert reader.ids().tolist() == ["0", "1", "2", "3", "4", "5"]
    assert any("`cfis_id`" in said for said in reader.layout.warnings)


def test_multimodal_rows_are_put_into_one_order_of_bands(tmp_path: Path) -> None:
    read = open_reader(layouts.multimodal(tmp_path)).read(np.array([3, 2, 0]))
    means = np.round(read.mean(axis=(2, 3)))
    np.testing.assert_array_equal(means[0], [303, 302, 301])
    assert np.isnan(read[1, 0]).all()
    np.testing.assert_array_equal(means[1, 1:], [202, 203])
    np.testing.assert_array_equal(means[2], [1, 2, 3])


def test_multimodal_extras_follow_the_bands(tmp_path: Path) -> None:
    extras = open_reader(layouts.multimodal(tmp_path)).extras(np.array([0, 3]))
    assert extras.psf_fwhm is not None and extras.inverse_variance is not None
    np.testing.assert_allclose(extras.psf_fwhm, [[1.2, 1.1, 1.0], [1.0, 1.1, 1.2]])
    assert extras.inverse_variance.shape == (2, 3, layouts.SIDE, layouts.SIDE)
    assert extras.pixel_mask is not None and not extras.pixel_mask.any()


def test_the_files_own_attributes_win(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path)
    with h5py.File(path, "a") as file:
        file.attrs["bands"] = "z,i,r,g,u"
        file.attrs["pixel_scale"] = 0.4
        file.attrs["zero_points"] = np.full(5, 22.5)
    layout = open_reader(path).layout
    assert layout.bands == ("z", "i", "r", "g", "u")
    assert not layout.bands_guessed
    assert layout.pixel_scale == 0.4
    assert layout.zero_points == (22.5,) * 5


@pytest.mark.parametrize("scale", [0.0, -0.2, np.nan, np.inf, "wide", np.array([])])
def test_an_attribute_that_makes_no_sense_is_left_aside_and_said(
    tmp_path: Path, scale: object
) -> None:
    path = layouts.unions(tmp_path)
    with h5py.File(path, "a") as file:
        file.attrs["pixel_scale"] = scale
        file.attrs["zero_points"] = np.array([22.5, np.nan, 22.5, 22.5, 22.5])
    layout = open_reader(path).layout
    assert layout.pixel_scale == 0.1857
    assert layout.zero_points == (30, 27, 30, 30, 27)
    assert "Its pixel scale can't be" in layout.warnings[0]
    assert "Its zero points can't be" in layout.warnings[1]


def test_the_users_word_names_planes_that_are_guessed(tmp_path: Path) -> None:
    layout = open_reader(layouts.unions(tmp_path), bands=["z", "i", "r", "g", "u"]).layout
    assert layout.bands == ("z", "i", "r", "g", "u")
    assert not layout.bands_guessed
    assert layout.zero_points == (27, 30, 30, 27, 30)
    assert "suggests u, g, r, i, z" in layout.warnings[0]


def test_the_users_word_does_not_rename_what_the_file_names(tmp_path: Path) -> None:
    path = layouts.dwarforge(tmp_path)
    assert open_reader(path, bands=["i", "g", "r"]).layout.bands == ("g", "r", "i")
    with pytest.raises(BandError, match=r"x, y, w were asked for.*g, r, i"):
        open_reader(path, bands=["x", "y", "w"])


def test_packed_integers_are_unpacked(tmp_path: Path) -> None:
    counts = np.arange(5 * 5 * 64).reshape(1, 5, 5, 64)[..., :5].astype(np.int16)
    path = layouts.write(tmp_path / "packed.h5", {"images": counts})
    with h5py.File(path, "a") as file:
        file["images"].attrs["scale_factor"] = np.array([1, 2, 3, 4, 0.5], np.float32)
    read = open_reader(path).read(np.array([0]))
    np.testing.assert_array_equal(read[0, 4], counts[0, 4] * 0.5)


def test_coordinates_off_the_sphere_are_nan(tmp_path: Path) -> None:
    ra = np.array([-10.0, 400, 20, np.nan, 30, 50])
    dec = np.array([5.0, 5, -99, 5, 90, 6])
    coordinates = open_reader(layouts.unions(tmp_path, ra=ra, dec=dec)).coordinates()
    assert coordinates is not None
    np.testing.assert_array_equal(coordinates[0], [350, np.nan, np.nan, np.nan, 30, 50])
    np.testing.assert_array_equal(np.isnan(coordinates[1]), np.isnan(coordinates[0]))


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((2, 3, 20, 20), (3, 20, 20)),
        ((2, 20, 20, 3), (3, 20, 20)),
        ((2, 17, 23, 5), (5, 17, 23)),
        ((2, 5, 17, 23), (5, 17, 23)),
        ((2, 20, 20, 64), (64, 20, 20)),
        ((2, 64, 20, 20), (64, 20, 20)),
        ((2, 1, 9, 9), (1, 9, 9)),
        ((2, 9, 9, 9), (9, 9, 9)),
    ],
)
def test_the_band_axis_is_the_short_one(
    tmp_path: Path, shape: tuple[int, ...], expected: tuple[int, int, int]
) -> None:
    values = np.random.default_rng(1).normal(size=shape).astype(np.float32)
    reader = open_reader(layouts.write(tmp_path / "plain.h5", {"stamps": values}))
    assert reader.layout.shape == expected
    first = values[0] if shape[1:] == expected else np.moveaxis(values[0], -1, 0)
    np.testing.assert_array_equal(reader.read(np.array([0]))[0], first)


def test_several_plain_arrays_need_a_usual_name(tmp_path: Path) -> None:
    values = layouts.pixels(2, 3)
    path = layouts.write(tmp_path / "two.h5", {"images": values, "models": values})
    assert "`images`" in open_reader(path).layout.sentence
    path = layouts.write(tmp_path / "unclear.h5", {"first": values, "second": values})
    with pytest.raises(FormatError, match=r"several datasets.*first, second"):
        open_reader(path)


@pytest.mark.parametrize("chunks", [(1, 3, 12, 12), (7, 3, 12, 12), (4, 1, 5, 12), None])
@pytest.mark.parametrize("dtype", ["f4", "f8", "u1", "i2"])
def test_rows_are_right_whatever_the_chunks(
    tmp_path: Path, chunks: tuple[int, ...] | None, dtype: str
) -> None:
    values = np.random.default_rng(0).integers(0, 200, (50, 3, 12, 12)).astype(dtype)
    path = tmp_path / "chunks.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("images", data=values, chunks=chunks)
    reader = open_reader(path)
    for rows in ([49], [5, 4, 3, 5], list(range(50)), list(range(0, 50, 9)), []):
        read = reader.read(np.array(rows, int))
        np.testing.assert_array_equal(read, values[rows].astype(np.float32))


def test_a_row_that_is_not_there_is_named(tmp_path: Path) -> None:
    reader = open_reader(layouts.unions(tmp_path))
    with pytest.raises(QueryError, match=r"Row 6 .* rows 0 to 5"):
        reader.read(np.array([0, 6]))


def test_compressed_chunks_of_many_rows_are_warned_of(tmp_path: Path) -> None:
    path = tmp_path / "slow.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("images", (200, 5, 64, 64), "f4", chunks=(100, 5, 64, 64))
    assert open_reader(path).layout.warnings == ()
    with h5py.File(path, "w") as file:
        chunks = (200, 5, 64, 64)
        file.create_dataset("images", (200, 5, 64, 64), "f4", chunks=chunks, compression="gzip")
    (said,) = open_reader(path).layout.warnings
    assert "200 cutouts" in said and "h5repack" in said and "CHUNK=1x5x64x64" in said


def test_the_real_survey_opens_as_unions() -> None:
    reader = open_reader(shared("data", "cutout.stacks.ugriz.sdss.64x64.0.1200.h5"))
    assert (len(reader), reader.layout.shape) == (1200, (5, 64, 64))
    assert reader.layout.pixel_scale == pytest.approx(0.396)
    assert reader.layout.zero_points == (22.5,) * 5
    ids = reader.ids()
    assert len(set(ids.tolist())) == 1200
    assert np.isfinite(reader.read(np.array([1199, 0]))).all()
