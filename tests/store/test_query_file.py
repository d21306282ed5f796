"""Cutouts from outside are read as the store's own were, or refused in a sentence."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from astropy.io import fits

from tests.store.stores import manifest
from trainer.errors import BandError, FormatError, QueryError
from trainer.store import query_file
from trainer.store.query_file import read_query

BANDS = ("g", "r", "i")


def _write_cube(path: Path, pixels: np.ndarray, bands: tuple[str, ...] = BANDS) -> Path:
    header = fits.Header()
    for number, band in enumerate(bands, start=1):
        header[f"BAND{number}"] = band
    fits.PrimaryHDU(pixels.astype(np.float32), header).writeto(path)
    return path


def _manifest(**changes):
    return manifest(**({"bands": BANDS, "crop": 4} | changes))


def _pixels(planes: int = 3, side: int = 6) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(planes, side, side)).astype(np.float32)


def test_the_middle_of_the_cutout_is_taken(tmp_path: Path) -> None:
    pixels = _pixels()
    np.save(tmp_path / "q.npy", pixels[None])
    query = read_query(tmp_path / "q.npy", _manifest())
    assert query.pixels.shape == (1, 3, 4, 4)
    assert query.pixels.dtype == np.float32
    assert np.array_equal(query.pixels[0], pixels[:, 1:5, 1:5])


def test_nan_become_zero(tmp_path: Path) -> None:
    pixels = _pixels(side=30)
    pixels[0, 15, 15] = np.nan
    np.save(tmp_path / "q.npy", pixels[None])
    query = read_query(tmp_path / "q.npy", _manifest(crop=None))
    assert query.pixels[0, 0, 15, 15] == 0
    assert np.isfinite(query.pixels).all()


def test_a_chosen_cutout_of_several_is_taken_and_said(tmp_path: Path) -> None:
    pixels = np.stack([_pixels(), 2 * _pixels()])
    np.save(tmp_path / "q.npy", pixels)
    query = read_query(tmp_path / "q.npy", _manifest(crop=6), row=1)
    assert np.array_equal(query.pixels[0], pixels[1])
    assert any("holds 2 cutouts; number 1" in note for note in query.notes)
    with pytest.raises(QueryError, match="Cutout 2 was asked for"):
        read_query(tmp_path / "q.npy", _manifest(), row=2)


def test_too_few_or_too_many_bands_are_refused(tmp_path: Path) -> None:
    for planes in (2, 5):
        path = tmp_path / f"{planes}.npy"
        np.save(path, _pixels(planes)[None])
        with pytest.raises(BandError, match=f"{planes} bands"):
            read_query(path, _manifest())


def test_a_cutout_without_any_signal_is_refused(tmp_path: Path) -> None:
    for name, value in (("zero", 0.0), ("nan", np.nan)):
        path = tmp_path / f"{name}.npy"
        np.save(path, np.full((1, 3, 6, 6), value, np.float32))
        with pytest.raises(BandError, match="nothing in any of the bands g, r, i"):
            read_query(path, _manifest())


def test_a_missing_band_is_said_but_searched_for_all_the_same(tmp_path: Path) -> None:
    pixels = _pixels()
    pixels[1] = 0
    np.save(tmp_path / "q.npy", pixels[None])
    query = read_query(tmp_path / "q.npy", _manifest())
    assert any("nothing in r;" in note for note in query.notes)


def test_a_cutout_smaller_than_the_stores_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "q.npy", _pixels(side=6)[None])
    with pytest.raises(FormatError, match=r"q\.npy has cutouts of 6 × 6 px.*8 × 8"):
        read_query(tmp_path / "q.npy", _manifest(crop=8))
    with pytest.raises(FormatError, match="8 × 8"):
        read_query(tmp_path / "q.npy", _manifest(crop=None), size=8)


def test_a_file_that_holds_no_cutouts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.txt"
    path.write_text("not a cutout")
    with pytest.raises(FormatError, match=r"q\.txt"):
        read_query(path, _manifest())


def test_planes_are_put_in_the_stores_order_of_bands(tmp_path: Path) -> None:
    pixels = _pixels()
    path = _write_cube(tmp_path / "q.fits", pixels, ("i", "g", "r"))
    query = read_query(path, _manifest(crop=6))
    assert np.array_equal(query.pixels[0], pixels[[1, 2, 0]])


def test_counts_of_another_zero_point_become_the_surveys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.save(tmp_path / "q.npy", _pixels()[None])
    opened = query_file.open_reader

    def with_zero_points(path, bands=None):
        reader = opened(path, bands=bands)
        reader.layout = replace(reader.layout, zero_points=(30.0, 30.0, 27.5), pixel_scale=0.4)
        return reader

    monkeypatch.setattr(query_file, "open_reader", with_zero_points)
    survey = {"i": 30.0, "u": 20.0, "g": 30.0, "r": 25.0}
    query = read_query(tmp_path / "q.npy", _manifest(crop=6), zero_points=survey, pixel_scale=0.2)
    np.testing.assert_allclose(
        query.pixels[0], _pixels() * np.array([1, 0.01, 10])[:, None, None], rtol=1e-6
    )
    assert any("0.4 arcsec a pixel, the survey 0.2" in note for note in query.notes)
