"""How a path finds its reader, and readers from elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cutouts import layouts
from tests.shared_files import shared
from trainer.cutouts import detect
from trainer.cutouts.bands import plane_order, short_names, split_names
from trainer.cutouts.detect import file_kind, open_reader
from trainer.cutouts.survey import Survey, scan
from trainer.errors import BandError, FormatError


class TextReader:
    """A reader as another package would register it."""

    def __init__(self, path: Path, bands: Any = None) -> None:
        self.path, self.bands = path, bands

    @staticmethod
    def recognises(path: Path) -> bool:
        return path.suffix == ".galaxy"


def test_a_registered_reader_is_asked_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Entry:
        def load(self) -> type[TextReader]:
            return TextReader

    def entries(group: str) -> list[Entry]:
        assert group == "astromask.readers"
        return [Entry()]

    monkeypatch.setattr(detect, "entry_points", entries)
    detect._registered_readers.cache_clear()
    try:
        path = tmp_path / "a.galaxy"
        path.touch()
        reader = open_reader(path, bands=["r"])
        assert isinstance(reader, TextReader) and reader.bands == ["r"]
        assert open_reader(layouts.unions(tmp_path)).layout.name == "unions"
    finally:
        monkeypatch.undo()
        detect._registered_readers.cache_clear()


def test_hdf5_behind_a_user_block_is_known(tmp_path: Path) -> None:
    path = tmp_path / "block.h5"
    with h5py.File(path, "w", userblock_size=1024) as file:
        file["images"] = layouts.pixels(2, 3)
    assert file_kind(path) == "hdf5"
    assert len(open_reader(path)) == 2


def test_a_checkpoint_is_no_cutouts() -> None:
    with pytest.raises(FormatError, match="no array that is clearly the cutouts"):
        open_reader(shared("reference", "mae_rgb_32px_patch8.pth"))


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["cfis-u", "whigs-g", "cfis_lsb-r"], ("u", "g", "r")),
        (["DES-G", "DES-R"], ("g", "r")),
        (["G", "R", "Y"], ("g", "r", "y")),
        (["VIS", "NIR_Y", "F814W"], ("VIS", "NIR_Y", "F814W")),
        (["cfis-r", "ps-r"], ("cfis-r", "ps-r")),
    ],
)
def test_short_names_of_bands(names: list[str], short: tuple[str, ...]) -> None:
    assert short_names(names) == short


@pytest.mark.parametrize("text", ["u,g,r", "u g r", "ugr", "u, g;r"])
def test_names_are_split_however_they_are_written(text: str) -> None:
    assert split_names(text) == ("u", "g", "r")


def test_words_are_not_split_into_letters() -> None:
    assert split_names("VIS") == ("VIS",)
    assert split_names("red") == ("red",)


def test_planes_are_found_by_full_or_short_name() -> None:
    bands = ("cfis-r", "ps-r", "whigs-g")
    assert plane_order(bands, ["ps-r", "g"], "x").tolist() == [1, 2]
    with pytest.raises(BandError, match="lacks the band r"):
        plane_order(bands, ["r"], "x")
    with pytest.raises(BandError, match=r"x\.h5 lacks the bands i, z: expected g, i, z"):
        plane_order(("g", "r"), ["g", "i", "z"], "x.h5")


@settings(max_examples=40, deadline=None)
@given(
    counts=st.lists(st.integers(1, 7), min_size=1, max_size=4),
    chunk=st.integers(1, 5),
    data=st.data(),
)
def test_a_survey_reads_what_was_written_whatever_the_rows(
    tmp_path_factory: pytest.TempPathFactory, counts: list[int], chunk: int, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("survey")
    parts = [layouts.pixels(count, 2, 6, seed) for seed, count in enumerate(counts)]
    for number, part in enumerate(parts):
        with h5py.File(folder / f"{number}.h5", "w") as file:
            chunks = (min(chunk, len(part)), 2, 6, 6)
            file.create_dataset("images", data=part, chunks=chunks, compression="gzip")
    whole = np.concatenate(parts)
    rows = np.array(data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=30)), np.int64)
    with Survey(scan([folder]).files, max_open=2) as survey:
        np.testing.assert_array_equal(survey.read(rows).pixels, whole[rows])
