"""Whatever bytes of a file are damaged: it is read, or refused in a sentence; nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits
from PIL import Image

from tests.cutouts.layouts import pixels, write
from trainer.cutouts.detect import open_reader
from trainer.errors import AstroMaskError, FormatError


def array(path: Path) -> None:
    with path.open("wb") as file:
        np.save(file, pixels(3, 3))


def archive(path: Path) -> None:
    with path.open("wb") as file:
        np.savez_compressed(file, images=pixels(3, 3), ids=np.arange(3))


def cube(path: Path) -> None:
    header = fits.Header([("BANDS", "grz"), ("CTYPE1", "RA---TAN"), ("CTYPE2", "DEC--TAN")])
    fits.PrimaryHDU(pixels(1, 3)[0], header).writeto(path)


def picture(path: Path) -> None:
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(path, format="PNG")


def hdf5(path: Path) -> None:
    # Without text of variable length: on damaged heaps of it HDF5 itself may never return.
    write(path, {"images": pixels(3, 3), "inds": np.arange(3), "ra": np.ones(3)})


def damaged(whole: bytes, chance: random.Random) -> bytes:
    data = bytearray(whole)
    reach = min(len(data), chance.choice([200, 3000, len(data)]))
    for _ in range(chance.choice([1, 2, 8, 40])):
        data[chance.randrange(reach)] = chance.choice([0, 255, ord("9"), chance.randrange(256)])
    return bytes(data[: chance.randrange(len(data))]) if chance.random() < 0.2 else bytes(data)


@pytest.mark.parametrize("writer", [array, archive, cube, picture, hdf5])
def test_damaged_bytes_are_read_or_refused(writer: Callable[[Path], None], tmp_path: Path) -> None:
    good, bad = tmp_path / "good", tmp_path / "bad"
    writer(good)
    whole, chance = good.read_bytes(), random.Random(5)
    refused = 0
    for _ in range(60):
        bad.write_bytes(damaged(whole, chance))
        try:
            with closing(open_reader(bad)) as reader:
                reader.read(np.array([0]))
                reader.ids(), reader.coordinates(), reader.columns()
        except AstroMaskError as error:
            refused += 1
            assert "bad" in str(error)
    assert refused > 0


def test_a_header_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.fits"
    cube(path)
    card = b"SIMPLE  =                    T"
    path.write_bytes(path.read_bytes().replace(card, card[:-1] + b"F"))
    with pytest.raises(FormatError, match="not standard FITS"):
        open_reader(path)
