"""Galaxy10, AstroCLIP and AnomalyMatch: known by their signatures, read as they were written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cutouts import layouts
from tests.cutouts.layouts import channels_last, pixels
from trainer.cutouts.detect import open_reader
from trainer.errors import FormatError
from trainer.workspace.workspace import Workspace

COLOURS = ("red", "green", "blue")
EXPECTED = [
    (layouts.galaxy10, "galaxy10", COLOURS, "`ans`"),
    (layouts.astroclip, "astroclip", ("g", "r", "z"), "groups"),
    (layouts.anomalymatch, "anomalymatch", COLOURS, "`filenames`"),
]
IDS = [name for _, name, *_ in EXPECTED]


@pytest.mark.parametrize(("writer", "name", "bands", "word"), EXPECTED, ids=IDS)
def test_the_signature_decides_whatever_the_name(
    tmp_path: Path, writer: Callable[[Path], Path], name: str, bands: tuple[str, ...], word: str
) -> None:
    path = writer(tmp_path).rename(tmp_path / "anything.bin")
    layout = open_reader(path).layout
    assert (layout.name, layout.bands, layout.bands_guessed) == (name, bands, True)
    assert layout.shape == (3, layouts.SIDE, layouts.SIDE)
    assert word in layout.sentence and layout.sentence.endswith(".")


@pytest.mark.parametrize("writer", [writer for writer, *_ in EXPECTED], ids=IDS)
def test_a_workspace_is_made_grows_and_reads(
    tmp_path: Path, writer: Callable[[Path], Path]
) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    first, second = writer(tmp_path / "first"), writer(tmp_path / "second")
    workspace = Workspace.create(tmp_path / "survey", [first], crop=8)
    count = len(workspace)
    assert workspace.add([second]) == count
    with workspace.survey() as survey, closing(open_reader(second)) as reader:
        read = survey.read(np.array([count + 1]), crop=None).pixels
        np.testing.assert_array_equal(read, reader.read(np.array([1])))


@settings(max_examples=30, deadline=None)
@given(
    height=st.integers(4, 9),
    width=st.integers(4, 9),
    last=st.booleans(),
    dtype=st.sampled_from(["u1", "<u2", ">f4", "<f8", "<f2"]),
    signature=st.sampled_from(["ans", "filenames", "group"]),
)
def test_pixels_come_back_whatever_the_shape_type_and_order_of_axes(
    tmp_path_factory: pytest.TempPathFactory,
    height: int,
    width: int,
    last: bool,
    dtype: str,
    signature: str,
) -> None:
    count = 5
    values = np.random.default_rng(height * width).integers(0, 200, (count, 3, height, width))
    stored = (channels_last(values) if last else values).astype(dtype)
    path = tmp_path_factory.mktemp("any") / "file"
    with h5py.File(path, "w") as file:
        if signature == "group":
            file["0/images"], file["1/images"] = stored[:2], stored[2:]
        else:
            file["images"] = stored
            names = [f"g{row}" for row in range(count)]
            file[signature] = np.zeros(count, int) if signature == "ans" else layouts.text(names)
    rows = np.array([4, 0, 2, 4])
    with closing(open_reader(path)) as reader:
        assert len(reader) == count and len(reader.ids()) == count
        # Colours in bytes are pictures, which begin at the top.
        expected = values[rows, :, ::-1] if last and dtype == "u1" else values[rows]
        np.testing.assert_array_equal(reader.read(rows), expected)


def test_galaxy10_gives_classes_scale_and_coordinates(tmp_path: Path) -> None:
    reader = open_reader(layouts.galaxy10(tmp_path))
    columns = reader.columns()
    expected = ["disturbed", "merging", "round smooth", "in-between round smooth"]
    assert columns["morphology"].tolist() == expected
    assert columns["ans"].tolist() == [0, 1, 2, 3]
    assert set(columns) == {"morphology", "ans", "redshift", "pxscale"}
    assert reader.units() == {"pxscale": "arcsec"}
    assert reader.layout.pixel_scale == 0.262 and reader.layout.warnings == ()
    assert reader.layout.dtype == np.uint8
    assert reader.coordinates() is not None


def test_galaxy10_says_where_scales_differ_and_a_class_is_unknown(tmp_path: Path) -> None:
    scales, classes = np.array([0.2, 0.262, 0.3, np.nan]), np.array([0, 9, 10, -1])
    reader = open_reader(layouts.galaxy10(tmp_path, pxscale=scales, ans=classes))
    assert reader.layout.pixel_scale == 0.262
    assert "0.2 to 0.3 arcsec" in reader.layout.warnings[0]
    names = ["disturbed", "edge-on with bulge", None, None]
    assert reader.columns()["morphology"].tolist() == names


def test_the_older_galaxy10_has_other_classes(tmp_path: Path) -> None:
    without = dict.fromkeys(["ra", "dec", "redshift", "pxscale"])
    reader = open_reader(layouts.galaxy10(tmp_path, **without))
    assert list(reader.columns()) == ["ans"] and reader.coordinates() is None


def test_astroclip_groups_are_one_survey_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    reader = open_reader(layouts.astroclip(tmp_path, (2, 1, *[1] * 9, 3)))
    assert len(reader) == 15
    assert reader.ids().tolist() == list(range(39627000, 39627015))
    np.testing.assert_allclose(reader.columns()["redshifts"], 0.1 * np.arange(15))
    rows = np.array([14, 0, 2, 14, 11])
    np.testing.assert_array_equal(reader.read(rows), pixels(15, 3)[rows])
    assert reader.layout.zero_points == (22.5,) * 3 and reader.layout.pixel_scale == 0.262
    zero_points = reader.extras(rows).zero_points
    assert zero_points is not None and zero_points.shape == (5, 3)


def test_astroclip_spectra_are_left_out_and_said(tmp_path: Path) -> None:
    reader = open_reader(layouts.astroclip(tmp_path))
    assert list(reader.columns()) == ["redshifts"]
    assert any("`spectra`" in said and "50 × 1" in said for said in reader.layout.warnings)


def test_astroclip_groups_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    path = layouts.astroclip(tmp_path)
    with h5py.File(path, "a") as file:
        file["7/images"] = np.ones((2, 9, 9, 3))
    with pytest.raises(FormatError, match=r"do not fit together.*3, 12, 12.*3, 9, 9"):
        open_reader(path)
    with h5py.File(path, "w") as file:
        file["0/images"] = np.ones((0, 9, 9, 3))
    with pytest.raises(FormatError, match="holds no cutouts"):
        open_reader(path)


@pytest.mark.parametrize("labels", ["labeled_data.csv", "my labels.csv"])
def test_anomalymatch_labels_are_joined_by_file_name(tmp_path: Path, labels: str) -> None:
    reader = open_reader(layouts.anomalymatch(tmp_path, labels=labels))
    assert reader.ids()[0] == "images/galaxy0.jpeg"
    assert reader.columns()["label"].tolist() == ["normal", "anomaly", None, None]
    assert labels in reader.layout.warnings[0]


@pytest.mark.parametrize("text", ["", "name,kind\na,b\n"])
def test_anomalymatch_labels_that_were_replaced_are_refused_in_a_sentence(
    tmp_path: Path, text: str
) -> None:
    reader = open_reader(layouts.anomalymatch(tmp_path, labels="labels.csv"))
    (tmp_path / "labels.csv").write_text(text)
    with pytest.raises(FormatError, match=r"labels\.csv can't be read: expected the columns"):
        reader.columns()


def test_anomalymatch_labels_of_the_folder_above(tmp_path: Path) -> None:
    (tmp_path / "training_images").mkdir()
    path = layouts.anomalymatch(tmp_path / "training_images")
    (path.parent / "labeled_data.csv").rename(tmp_path / "labeled_data.csv")
    assert open_reader(path).columns()["label"].tolist()[1] == "anomaly"


def test_anomalymatch_labels_that_are_not_clear_are_not_joined(tmp_path: Path) -> None:
    path = layouts.anomalymatch(tmp_path)
    (tmp_path / "second.csv").write_text("filename,label\nimages/galaxy0.jpeg,anomaly\n")
    reader = open_reader(path)
    assert "label" not in reader.columns() and "second.csv" in reader.layout.warnings[0]
    survey = Workspace.create(tmp_path / "survey", [path], catalogue=tmp_path / "second.csv")
    assert survey.catalogue.column("label").to_pylist() == ["anomaly", None, None, None]
