"""What stands beside the images of an HDF5 file: columns, their units, maps, zero-points."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.cutouts import layouts
from trainer.cutouts.detect import open_reader
from trainer.cutouts.survey import Survey, SurveyFile
from trainer.workspace.workspace import Workspace

COUNT, BANDS, SIDE = 3, 2, 6


def beside(path: Path, **datasets: Any) -> Path:
    """A plain array of (3, 2, 6, 6) with datasets beside it."""
    return layouts.write(path, {"images": layouts.pixels(COUNT, BANDS, SIDE), **datasets})


def with_unit(path: Path, name: str, attribute: str, unit: Any) -> Path:
    with h5py.File(path, "a") as file:
        file[name].attrs[attribute] = unit
    return path


@pytest.mark.parametrize(
    ("attribute", "unit"),
    [("unit", "mag"), ("units", b"mag"), ("UNIT", np.array(["mag"], object)), ("TUnit", "mag ")],
)
def test_a_columns_unit_is_an_attribute_of_its_dataset(
    tmp_path: Path, attribute: str, unit: Any
) -> None:
    path = beside(tmp_path / "a.h5", mag=np.ones(COUNT), shear=np.ones((COUNT, 2)))
    with_unit(path, "mag", attribute, unit)
    with_unit(path, "shear", attribute, "1")
    assert open_reader(path).units() == {"mag": "mag", "shear_0": "1", "shear_1": "1"}


@pytest.mark.parametrize("unit", ["", 7, np.ones(3), "x" * 500])
def test_what_is_no_unit_is_passed_over(tmp_path: Path, unit: Any) -> None:
    path = with_unit(beside(tmp_path / "a.h5", mag=np.ones(COUNT)), "mag", "unit", unit)
    assert open_reader(path).units() == {}


def test_units_reach_the_workspace_where_all_files_agree(tmp_path: Path) -> None:
    paths = []
    for number, unit in enumerate(("mag", "nJy")):
        path = beside(
            tmp_path / f"{number}.h5", mag=np.ones(COUNT), size=np.ones(COUNT), ra=np.ones(COUNT)
        )
        with_unit(with_unit(path, "mag", "unit", unit), "size", "unit", "arcsec")
        paths.append(path)
    columns = Workspace.create(tmp_path / "survey", paths).columns
    assert columns.info("size").unit == "arcsec" and columns.info("ra").unit == "deg"
    assert columns.info("mag").unit is None


@pytest.mark.parametrize(("unit", "factor"), [("rad", 180 / np.pi), ("hourangle", 15), ("deg", 1)])
def test_coordinates_in_other_units_become_degrees(
    tmp_path: Path, unit: str, factor: float
) -> None:
    path = beside(tmp_path / "a.h5", ra=np.array([0.1, 0.2, 1.5]), dec=np.zeros(COUNT))
    coordinates = open_reader(with_unit(path, "ra", "unit", unit)).coordinates()
    assert coordinates is not None
    np.testing.assert_allclose(coordinates[0], np.array([0.1, 0.2, 1.5]) * factor)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.ones(5), "5 entries for 3 cutouts"),
        (np.ones((5, 2)), "5 entries for 3 cutouts"),
        (np.ones((COUNT, 900)), "900 values a cutout"),
        (np.ones((COUNT, 4, 4)), "4 × 4 values a cutout"),
        (np.ones(COUNT, complex), "complex128"),
        (np.ones(COUNT, [("x", "f4")]), "no numbers or text"),
    ],
)
def test_what_is_no_column_is_left_out_and_said(
    tmp_path: Path, values: np.ndarray, words: str
) -> None:
    reader = open_reader(beside(tmp_path / "a.h5", odd=values, fine=np.ones(COUNT)))
    assert list(reader.columns()) == ["fine"]
    (said,) = reader.layout.warnings
    assert "`odd`" in said and words in said


@pytest.mark.parametrize("last", [False, True])
def test_maps_and_zero_points_beside_the_images_are_handed_on(tmp_path: Path, last: bool) -> None:
    images = layouts.pixels(COUNT, BANDS, SIDE)
    ivar, mask = images * 2, images > 100
    maps = {"images": images, "ivar": ivar, "mask": mask}
    if last:
        maps = {name: layouts.channels_last(values) for name, values in maps.items()}
    zero_points = np.arange(COUNT * BANDS, dtype=np.float32).reshape(COUNT, BANDS)
    path = layouts.write(
        tmp_path / "a.h5", {**maps, "zero_points": zero_points, "psf_fwhm": zero_points / 10}
    )
    with h5py.File(path, "a") as file:
        file.attrs["bands"] = "g,r"
    reader = open_reader(path)
    assert reader.columns() == {} and reader.layout.warnings == ()
    rows = np.array([2, 0])
    extras = Survey([SurveyFile(path, COUNT, 0)], ["r", "g"]).extras(rows)
    assert extras.inverse_variance is not None and extras.pixel_mask is not None
    np.testing.assert_array_equal(extras.inverse_variance, ivar[rows][:, ::-1])
    np.testing.assert_array_equal(extras.pixel_mask, mask[rows][:, ::-1])
    assert extras.zero_points is not None and extras.psf_fwhm is not None
    np.testing.assert_array_equal(extras.zero_points, zero_points[rows][:, ::-1])
    np.testing.assert_allclose(extras.psf_fwhm, zero_points[rows][:, ::-1] / 10)
