"""Damaged, foreign, empty and locked files: a sentence with file, expected and found."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.cutouts import layouts
from trainer.cutouts.detect import open_reader
from trainer.errors import FormatError


def refusal(path: Path) -> str:
    with pytest.raises(FormatError) as caught:
        open_reader(path)
    message = str(caught.value)
    assert str(path) in message and message.endswith(".")
    return message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "no file" in refusal(tmp_path / "none.h5")


def test_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "empty.h5"
    path.touch()
    assert "empty (0 bytes)" in refusal(path)


def test_a_truncated_file_states_both_sizes(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path)
    size = path.stat().st_size
    os.truncate(path, size // 2)
    message = refusal(path)
    assert "truncated" in message and str(size) in message and str(size // 2) in message


def test_a_foreign_file_shows_how_it_starts(tmp_path: Path) -> None:
    path = tmp_path / "letter.h5"
    path.write_text("Dear astronomer\nThe galaxies …")
    assert "starts with the text 'Dear astronomer'." in refusal(path)
    path.write_bytes(b"\x00\x01\xfe\n")
    assert "starts with the bytes 00 01 fe 0a." in refusal(path)


def test_an_hdf5_file_without_cutouts_lists_what_it_has(tmp_path: Path) -> None:
    path = layouts.write(tmp_path / "spectra.h5", {"flux": np.ones((3, 100)), "z": np.ones(3)})
    message = refusal(path)
    assert "four dimensions" in message and "flux, z" in message


def test_an_embedding_file_is_called_that(tmp_path: Path) -> None:
    path = layouts.write(tmp_path / "simclr.h5", {"simclr_reps": np.ones((3, 128))})
    message = refusal(path)
    assert "embeddings" in message and "3 vectors of 128" in message


def test_images_of_three_dimensions_are_refused(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path, images=np.ones((6, 12, 12), np.float32))
    message = refusal(path)
    assert "four dimensions" in message and "(6, 12, 12)" in message


def test_images_of_text_are_refused(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path, images=np.full((2, 1, 2, 2), b"x"))
    assert "numbers" in refusal(path)


def test_a_file_of_no_cutouts_is_refused(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path, images=np.ones((0, 5, 12, 12), np.float32))
    assert "no cutouts" in refusal(path)


def test_a_file_damaged_inside_is_called_damaged(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path)
    with path.open("r+b") as file:
        file.seek(200)
        file.write(os.urandom(3000))
    assert "damaged" in refusal(path)


def test_damage_in_the_pixels_is_found_when_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "pixels.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset(
            "images", data=layouts.pixels(3, 5), chunks=(1, 5, 12, 12), compression="gzip"
        )
        chunk = file["images"].id.get_chunk_info(1)
    with path.open("r+b") as raw:
        raw.seek(chunk.byte_offset)
        raw.write(b"\0" * chunk.size)
    reader = open_reader(path)
    reader.read(np.array([0, 2]))
    with pytest.raises(FormatError, match=r"pixels\.h5 is damaged"):
        reader.read(np.array([1]))


def test_a_locked_file_says_so(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path)
    hold = "import h5py, sys; f = h5py.File(sys.argv[1], 'a'); print('held', flush=True); input()"
    writer = subprocess.Popen(
        [sys.executable, "-c", hold, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert writer.stdin is not None and writer.stdout is not None
    try:
        assert writer.stdout.readline().strip() == b"held"
        assert "locked" in refusal(path)
    finally:
        writer.communicate(b"\n")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_a_file_without_permission_says_so(tmp_path: Path) -> None:
    path = layouts.unions(tmp_path)
    path.chmod(0)
    assert "can't be read" in refusal(path)


def test_very_long_text_in_a_column_is_read(tmp_path: Path) -> None:
    names = layouts.text(["x" * 10**6, "short"])
    path = layouts.unions(tmp_path, count=2, note=names)
    notes = open_reader(path).columns()["note"]
    assert notes.dtype == object
    assert [len(note) for note in notes] == [10**6, 5]
