"""Zoobot's catalogues: a table that names a picture a galaxy."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from tests.cutouts import fits_layouts
from trainer.cli import main
from trainer.cutouts.detect import file_kind, open_reader
from trainer.cutouts.survey import Survey, SurveyFile
from trainer.errors import FormatError
from trainer.workspace.workspace import Workspace

SIDE = 9


def picture(path: Path, level: int, size: tuple[int, int] = (SIDE, SIDE), mode: str = "RGB") -> str:
    """A picture of one level of grey, in whatever mode; returns its path as text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, (level,) * 3 if mode == "RGB" else level).save(path)
    return str(path)


def write_table(path: Path, columns: dict[str, list[Any]]) -> Path:
    """CSV by hand, or Parquet, by the ending."""
    if path.suffix == ".parquet":
        pq.write_table(pa.table(columns), path)
    else:
        lines = [
            ",".join(columns),
            *(",".join(map(str, row)) for row in zip(*columns.values(), strict=True)),
        ]
        path.write_text("\n".join(lines) + "\n")
    return path


def zoobot(folder: Path, count: int = 4, name: str = "catalogue.csv", **more: list[Any]) -> Path:
    """A catalogue beside `images/`, with relative paths and counts of votes."""
    for row in range(count):
        picture(folder / "images" / f"g{row}.png", 10 * row + 5)
    return write_table(
        folder / name,
        {
            "id_str": [f"{row:020d}" for row in range(count)],
            "file_loc": [f"images/g{row}.png" for row in range(count)],
            "smooth-or-featured_smooth": list(range(count)),
            **more,
        },
    )


def levels(reader: Any) -> list[float]:
    """Mean of each row's first band; NaN where nothing is known of it."""
    return [float(plane) for plane in reader.read(np.arange(len(reader))).mean(axis=(2, 3))[:, 0]]


@pytest.mark.parametrize("name", ["catalogue.csv", "catalogue.parquet", "renamed.txt"])
def test_a_catalogue_is_known_by_its_columns(tmp_path: Path, name: str) -> None:
    path = zoobot(tmp_path, name=name, RA=[10.0, 11, 12, 13], Dec=[1.0, 2, 3, -99])
    assert file_kind(path) == "table"
    reader = open_reader(path)
    layout = reader.layout
    assert (layout.name, layout.bands) == ("zoobot", ("red", "green", "blue"))
    assert layout.bands_guessed and layout.shape == (3, SIDE, SIDE) and layout.warnings == ()
    assert "`" not in layout.sentence and "file_loc" in layout.sentence
    assert reader.ids()[1] == "0" * 19 + "1"
    columns = reader.columns()
    assert list(columns) == ["smooth-or-featured_smooth"]
    assert columns["smooth-or-featured_smooth"].tolist() == [0, 1, 2, 3]
    coordinates = reader.coordinates()
    assert coordinates is not None
    np.testing.assert_array_equal(coordinates[0], [10, 11, 12, np.nan])
    rows = np.array([3, 0, 3])
    assert reader.read(rows)[:, 1, 0, 0].tolist() == [35, 5, 35]


def test_paths_may_be_absolute_and_lie_anywhere(tmp_path: Path) -> None:
    far = picture(tmp_path / "far" / "a.png", 7)
    (tmp_path / "near").mkdir()
    picture(tmp_path / "b.jpg", 8)
    path = write_table(
        tmp_path / "near" / "c.csv", {"id_str": ["a", "b"], "file_loc": [far, "../b.jpg"]}
    )
    assert levels(open_reader(path)) == [7, 8]


def test_files_that_are_missing_are_flagged_not_fatal(tmp_path: Path) -> None:
    path = zoobot(tmp_path)
    (tmp_path / "images" / "g2.png").unlink()
    reader = open_reader(path)
    assert reader.columns()["file_missing"].tolist() == [False, False, True, False]
    (said,) = reader.layout.warnings
    assert "1 of 4 files are not there" in said and "g2.png" in said
    cutouts = Survey([SurveyFile(path, 4, 0)]).read(np.arange(4))
    assert cutouts.missing.tolist() == [[False] * 3, [False] * 3, [True] * 3, [False] * 3]
    workspace = Workspace.create(tmp_path / "survey", [path], crop=8)
    assert len(workspace) == 4
    assert workspace.columns.info("file_missing").kind == "boolean"


def test_damaged_files_and_those_of_another_size_read_as_missing(tmp_path: Path) -> None:
    path = zoobot(tmp_path, 5)
    images = tmp_path / "images"
    os.truncate(images / "g1.png", 40)
    picture(images / "g2.png", 1, (SIDE + 1, SIDE))
    (images / "g3.png").write_text("id_str,file_loc\n")
    reader = open_reader(path)
    assert np.isnan(levels(reader)[1:4]).all() and levels(reader)[4] == 45
    assert "Of 5 files looked at, " in reader.layout.warnings[0]


def test_a_grey_picture_among_coloured_ones_is_grey_in_every_band(tmp_path: Path) -> None:
    path = zoobot(tmp_path)
    picture(tmp_path / "images" / "g1.png", 99, mode="L")
    for bands in (None, ["red", "green", "blue"], ["z", "r", "g"]):
        assert open_reader(path, bands=bands).read(np.array([1]))[0, :, 0, 0].tolist() == [99] * 3


def test_nothing_is_followed_but_pictures(tmp_path: Path) -> None:
    path = tmp_path / "self.csv"
    names = ["self.csv", "/dev/null", "a\0b.png", "x" * 500 + ".png", "images", "good.png"]
    picture(tmp_path / "good.png", 3)
    (tmp_path / "images").mkdir()
    write_table(path, {"id_str": list("abcdef"), "file_loc": names})
    assert np.isnan(levels(open_reader(path))[:-1]).all()
    assert levels(open_reader(path))[-1] == 3


def test_fits_files_may_be_named(tmp_path: Path) -> None:
    files = [fits_layouts.euclid(tmp_path, name=name).name for name in "ab"]
    path = write_table(tmp_path / "c.csv", {"id_str": list("ab"), "file_loc": files})
    reader = open_reader(path)
    assert reader.layout.bands == fits_layouts.EUCLID and not reader.layout.bands_guessed
    assert reader.layout.zero_points == (23.9,) * 4
    extras = reader.extras(np.array([1, 0]))
    assert extras.inverse_variance is not None and extras.inverse_variance.shape[0] == 2


@pytest.mark.parametrize(
    ("write", "words"),
    [
        (lambda path: path.write_text("id_str,file_loc\n"), "no lines"),
        (lambda path: path.write_text("id_str,file_loc\na,none.png\n"), "None of the 1 files"),
        (lambda path: path.write_text("id_str,file_loc\na\n"), "can't be read"),
        (lambda path: path.write_bytes(b"id_str,file_loc\n\xff\xfe,\xff\n"), "can't be read"),
        (lambda path: path.write_bytes(b"PAR1nonsense"), "can't be read as Parquet"),
        (lambda path: pq.write_table(pa.table({"a": [1]}), path), "expected the columns id_str"),
    ],
)
def test_bad_tables_are_refused_in_a_sentence(
    tmp_path: Path, write: Callable[[Path], object], words: str
) -> None:
    path = tmp_path / "bad.csv"
    write(path)
    with pytest.raises(FormatError, match=words) as caught:
        open_reader(path)
    assert str(path) in str(caught.value) and str(caught.value).endswith(".")


def test_inspect_tells_a_catalogue_of_pictures_from_others(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["inspect", str(zoobot(tmp_path))]) == 0
    assert "A catalogue of pictures" in capsys.readouterr().out
    other = write_table(tmp_path / "other.csv", {"id_str": ["a"], "mag": [1]})
    assert main(["inspect", str(other)]) == 0
    assert "A catalogue of 1 row and" in capsys.readouterr().out


@settings(max_examples=20, deadline=None)
@given(
    votes=st.lists(st.one_of(st.none(), st.integers(0, 10**6)), min_size=1, max_size=6),
    names=st.lists(st.text(max_size=5), min_size=6, max_size=6),
)
def test_labels_come_back_with_their_gaps(
    tmp_path_factory: pytest.TempPathFactory, votes: list[int | None], names: list[str]
) -> None:
    count, folder = len(votes), tmp_path_factory.mktemp("any")
    path = zoobot(folder, count, "c.parquet", votes=[*votes], comment=names[:count])
    with closing(open_reader(path)) as reader:
        columns = reader.columns()
    assert columns["comment"].tolist() == names[:count]
    read = [None if value is None or value != value else int(value) for value in columns["votes"]]
    assert read == votes
