"""NumPy arrays and folders of pictures."""

from __future__ import annotations

import os
from pathlib import Path

import h5py
import numpy as np
import pytest
from PIL import Image

from tests.cutouts import layouts
from tests.cutouts.layouts import pixels
from tests.shared_files import shared
from trainer.cutouts.detect import open_reader
from trainer.cutouts.folders import expand_paths
from trainer.cutouts.survey import scan
from trainer.errors import FormatError


@pytest.mark.parametrize("channel_last", [False, True])
@pytest.mark.parametrize("ending", ["npy", "npz", "compressed"])
def test_an_array_is_read_by_row(tmp_path: Path, channel_last: bool, ending: str) -> None:
    values = pixels(6, 4)
    stored = np.moveaxis(values, 1, -1) if channel_last else values
    path = tmp_path / f"a.{'npy' if ending == 'npy' else 'npz'}"
    if ending == "npy":
        np.save(path, stored)
    elif ending == "npz":
        np.savez(path, images=stored, z=np.arange(6.0), ids=np.arange(6) + 100)
    else:
        np.savez_compressed(path, images=stored)
    reader = open_reader(path)
    assert (reader.layout.name, reader.layout.shape) == ("numpy", (4, 12, 12))
    assert reader.layout.bands_guessed and reader.layout.bands[0] == "band1"
    np.testing.assert_array_equal(reader.read(np.array([5, 0, 5])), values[[5, 0, 5]])
    assert any("compressed" in said for said in reader.layout.warnings) == (ending == "compressed")
    if ending == "npz":
        assert reader.ids().tolist() == list(range(100, 106))
        assert reader.columns()["z"].tolist() == list(range(6))
    reader.close()


def test_pixels_of_an_uncompressed_archive_are_mapped_not_loaded(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", images=pixels(6, 4))
    reader = open_reader(tmp_path / "a.npz")
    assert isinstance(reader._array, np.memmap)  # type: ignore[attr-defined]


def test_the_unpacked_copy_goes_with_the_reader(tmp_path: Path) -> None:
    np.savez_compressed(tmp_path / "a.npz", images=pixels(6, 4))
    reader = open_reader(tmp_path / "a.npz")
    copy = Path(reader._array.filename)  # type: ignore[attr-defined]
    assert copy.exists()
    reader.close()
    assert not copy.exists()


@pytest.mark.parametrize(
    ("shape", "count", "expected"),
    [
        ((5, 12, 12), 1, (5, 12, 12)),
        ((12, 12, 3), 1, (3, 12, 12)),
        ((40, 12, 12), 40, (1, 12, 12)),
        ((12, 14), 1, (1, 12, 14)),
    ],
)
def test_arrays_of_fewer_dimensions(
    tmp_path: Path, shape: tuple[int, ...], count: int, expected: tuple[int, int, int]
) -> None:
    np.save(tmp_path / "a.npy", np.ones(shape))
    reader = open_reader(tmp_path / "a.npy")
    assert (len(reader), reader.layout.shape) == (count, expected)
    assert reader.read(np.arange(count)).shape == (count, *expected)


def test_arrays_of_objects_are_never_unpickled(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.array([{}, []], object), allow_pickle=True)
    np.savez(tmp_path / "b.npz", images=np.full((2, 1, 4, 4), None, object))
    for name in ("a.npy", "b.npz"):
        with pytest.raises(FormatError, match=name):
            open_reader(tmp_path / name)


def test_damaged_arrays_are_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", pixels(6, 4))
    os.truncate(tmp_path / "a.npy", 3000)
    np.savez(tmp_path / "b.npz", images=pixels(6, 4))
    os.truncate(tmp_path / "b.npz", 3000)
    np.save(tmp_path / "c.npy", np.ones(7))
    np.savez(tmp_path / "d.npz", first=pixels(2, 3), second=pixels(2, 3))
    for name in ("a.npy", "b.npz", "c.npy", "d.npz"):
        with pytest.raises(FormatError, match=name):
            open_reader(tmp_path / name)


def test_the_reference_arrays_open() -> None:
    reader = open_reader(shared("reference", "astromask_ugriz_64px_patch8.npz"))
    assert reader.layout.shape == (5, 64, 64)
    assert reader.read(np.array([0])).shape == (1, 5, 64, 64)


def save_picture(path: Path, size: tuple[int, int] = (10, 8), mode: str = "RGB") -> Path:
    width, height = size
    values = np.random.default_rng(width).integers(0, 255, (height, width, 3), np.uint8)
    picture = Image.fromarray(values)
    if mode == "I;16":
        picture = Image.fromarray(values[..., 0].astype(np.uint16) * 200)
    elif mode != "RGB":
        picture = picture.convert(mode)
    picture.save(path)
    return path


def test_a_folder_of_pictures_is_one_reader(tmp_path: Path) -> None:
    for name in ("g10.png", "g9.PNG", "h.jpg"):
        save_picture(tmp_path / name)
    assert expand_paths([tmp_path]) == [tmp_path]
    reader = open_reader(tmp_path)
    assert reader.layout.bands == ("red", "green", "blue") and reader.layout.bands_guessed
    assert reader.ids().tolist() == ["g9", "g10", "h"]
    read = reader.read(np.array([1, 0]))
    assert read.shape == (2, 3, 8, 10)
    from_the_top = np.asarray(Image.open(tmp_path / "g10.png"))
    np.testing.assert_array_equal(read[0], np.moveaxis(from_the_top[::-1], -1, 0))


@pytest.mark.parametrize(("dtype", "is_turned"), [(np.uint8, True), (np.float32, False)])
def test_colour_pictures_in_an_array_begin_at_the_top_fluxes_at_the_bottom(
    tmp_path: Path, dtype: type, is_turned: bool
) -> None:
    stored = np.random.default_rng(3).integers(0, 255, (2, 9, 8, 3)).astype(dtype)
    np.save(tmp_path / "a.npy", stored)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["images"] = stored
    rows_upwards = stored[:, ::-1] if is_turned else stored
    for name in ("a.npy", "a.h5"):
        read = open_reader(tmp_path / name).read(np.array([0, 1]))
        np.testing.assert_array_equal(read, np.moveaxis(rows_upwards, -1, 1))


@pytest.mark.parametrize(("mode", "bands"), [("L", 1), ("RGBA", 3), ("P", 3), ("I;16", 1)])
def test_pictures_of_every_mode(tmp_path: Path, mode: str, bands: int) -> None:
    path = save_picture(tmp_path / "a.png", mode=mode)
    reader = open_reader(path)
    read = reader.read(np.array([0]))
    assert read.shape == (1, bands, 8, 10)
    assert (read.max() > 255) == (mode == "I;16")
    assert reader.layout.white == (None if mode == "I;16" else 255)


def test_pictures_that_do_not_fit_are_left_out_and_said(tmp_path: Path) -> None:
    for name in ("a.png", "b.png"):
        save_picture(tmp_path / name)
    save_picture(tmp_path / "large.png", (20, 20))
    (tmp_path / "broken.jpg").write_text("no picture")
    reader = open_reader(tmp_path)
    assert reader.ids().tolist() == ["a", "b"]
    assert "broken.jpg, large.png" in reader.layout.warnings[0]


def test_a_picture_damaged_inside_is_named(tmp_path: Path) -> None:
    path = save_picture(tmp_path / "a.png", (100, 100))
    os.truncate(path, path.stat().st_size // 2)
    reader = open_reader(tmp_path)
    with pytest.raises(FormatError, match=r"a\.png can't be read"):
        reader.read(np.array([0]))


def test_an_empty_folder_says_what_was_expected(tmp_path: Path) -> None:
    for attempt in (lambda: expand_paths([tmp_path]), lambda: open_reader(tmp_path)):
        with pytest.raises(FormatError, match="PNG"):
            attempt()
    assert "holds no cutouts" in scan([tmp_path]).bad[0].reason


def test_a_folder_tree_is_searched_and_workspaces_are_passed_over(tmp_path: Path) -> None:
    for number in (2, 10):
        (tmp_path / f"healpix={number}").mkdir()
        layouts.multimodal(tmp_path / f"healpix={number}")
    (tmp_path / "my-survey").mkdir()
    (tmp_path / "my-survey" / "workspace.toml").touch()
    layouts.unions(tmp_path / "my-survey")
    found = expand_paths([tmp_path, tmp_path / "healpix=2" / "001-of-001.hdf5"])
    assert [path.parent.name for path in found] == ["healpix=2", "healpix=10"]


def test_a_link_that_leads_back_up_ends(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "deeper"
    folder.mkdir(parents=True)
    np.save(folder / "a.npy", np.ones((1, 2, 8, 8), np.float32))
    (folder / "up").symlink_to(tmp_path, target_is_directory=True)
    assert expand_paths([tmp_path]) == [folder / "a.npy"]
