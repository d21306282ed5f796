"""The reader process: its answers, its errors, its end."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS

from tests.cutouts import layouts
from trainer.cutouts.pixel_server import PixelServer
from trainer.cutouts.survey import scan
from trainer.cutouts.thumbnails import area_average, make_thumbnails
from trainer.wire import read_message, write_message


def opening(folder: Path, **more: Any) -> dict[str, Any]:
    found = scan([folder])
    files = [{"path": str(f.path), "count": f.count, "first_row": f.first_row} for f in found.files]
    return {
        "id": 1, "op": "open", "workspace_files": files, "bands": list(found.bands),
        "crop": None, **more,
    }  # fmt: skip


@pytest.fixture
def server(tmp_path: Path) -> PixelServer:
    layouts.unions(tmp_path, 6, number=0)
    layouts.unions(tmp_path, 3, number=1)
    server = PixelServer()
    assert server.answer(opening(tmp_path)) == ({"id": 1, "ok": True}, {})
    return server


def test_rows_are_read_whole_or_cropped(server: PixelServer) -> None:
    header, arrays = server.answer({"id": 2, "op": "read", "rows": [8, 0], "crop": 4})
    assert header == {"id": 2, "ok": True, "white": None}
    assert arrays["pixels"].shape == (2, 5, 4, 4) and arrays["pixels"].dtype == np.float32
    assert np.round(arrays["pixels"].mean(axis=(1, 2, 3))).tolist() == [203, 3]
    assert arrays["missing"].dtype == np.uint8 and not arrays["missing"].any()
    _, arrays = server.answer({"id": 3, "op": "read", "rows": [0], "crop": None})
    assert arrays["pixels"].shape == (1, 5, 12, 12)


def test_a_sample_of_another_survey_leaves_the_open_one_open(
    server: PixelServer, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    np.save(other / "a.npy", np.full((2, 9, 9, 3), 200, np.uint8))
    header, arrays = server.answer({**opening(other), "op": "sample", "rows": [1]})
    assert header["white"] == 255 and arrays["pixels"].shape == (1, 3, 9, 9)
    header, arrays = server.answer({"op": "read", "rows": [8], "crop": None})
    assert header["white"] is None and arrays["pixels"].shape == (1, 5, 12, 12)


def test_after_a_survey_that_can_not_be_opened_none_of_the_one_before_is_read(
    server: PixelServer, tmp_path: Path
) -> None:
    header, _ = server.answer({**opening(tmp_path), "workspace_files": [{"path": "gone"}]})
    assert not header["ok"]
    header, _ = server.answer({"op": "read", "rows": [0], "crop": None})
    assert "while no survey was open" in header["error"]


def test_the_white_of_pictures_is_told(tmp_path: Path) -> None:
    np.save(tmp_path / "a.npy", np.full((2, 9, 9, 3), 200, np.uint8))
    server = PixelServer()
    server.answer(opening(tmp_path))
    assert server.answer({"op": "read", "rows": [0]})[0]["white"] == 255


def test_pixels_without_data_are_nan_for_eyes_and_0_for_models(tmp_path: Path) -> None:
    pixels = np.ones((1, 3, 12, 12), np.float32)
    pixels[0, 1, 4, :3] = np.nan
    np.save(tmp_path / "a.npy", pixels)
    server = PixelServer()
    server.answer(opening(tmp_path))
    _, seen = server.answer({"op": "read", "rows": [0], "nan": True})
    _, given = server.answer({"op": "read", "rows": [0]})
    np.testing.assert_array_equal(seen["pixels"], pixels)
    np.testing.assert_array_equal(given["pixels"], np.nan_to_num(pixels))
    assert not seen["missing"].any()


def test_a_thumbnail_leaves_out_pixels_without_data_and_missing_bands() -> None:
    pixels = np.ones((2, 3, 8, 8), np.float32)
    pixels[0, :, :2, :2] = np.nan
    pixels[0, :, 6, 6] = np.nan  # a quarter of a pixel of the thumbnail
    pixels[1, 1] = 0
    missing = np.array([[False] * 3, [False, True, False]])
    small = make_thumbnails(pixels, missing, (0, 1, 2), 4, None)
    expected = np.ones((3, 4, 4))
    expected[:, 0, 0] = np.nan
    np.testing.assert_allclose(small[0], expected, rtol=1e-3)
    assert np.isnan(small[1]).all(axis=(1, 2)).tolist() == [False, True, False]
    assert (small[1, [0, 2]] == 1).all()


def test_thumbnails_are_linear_nanomaggies(server: PixelServer) -> None:
    request = {"id": 4, "op": "thumbnails", "rows": [0, 8], "bands": [3, 2, 1], "size": 6}
    header, arrays = server.answer(request)
    assert header["rows"] == [0, 8] and header["failed"] == [] and header["zero_point"] == 22.5
    assert arrays["thumbnails"].shape == (2, 3, 6, 6)
    assert arrays["thumbnails"].dtype == np.float16
    counts = np.array([4.0, 3.0, 2.0]) * 10 ** (0.4 * (22.5 - np.array([30, 30, 27])))
    np.testing.assert_allclose(arrays["thumbnails"][0].mean(axis=(1, 2)), counts, rtol=0.02)


def test_the_users_zero_points_win(tmp_path: Path) -> None:
    layouts.unions(tmp_path)
    server = PixelServer()
    server.answer(opening(tmp_path, zero_points=[22.5] * 5))
    _, arrays = server.answer({"op": "thumbnails", "rows": [0], "bands": [2, 1, 0], "size": 4})
    means = arrays["thumbnails"][0].astype(float).mean(axis=(1, 2))
    np.testing.assert_allclose(means, [3, 2, 1], rtol=0.05)


def test_thumbnails_of_a_lost_file_do_not_stop_the_others(tmp_path: Path) -> None:
    layouts.unions(tmp_path, 6, number=0)
    lost = layouts.unions(tmp_path, 3, number=1)
    server = PixelServer()
    server.answer(opening(tmp_path))
    lost.unlink()
    request = {"op": "thumbnails", "rows": [7, 2, 99], "bands": [2, 1, 0], "size": 4}
    header, arrays = server.answer(request)
    assert header["rows"] == [2] and sorted(header["failed"]) == [7, 99]
    assert "no longer there" in header["error"]
    assert len(arrays["thumbnails"]) == 1


def test_an_outside_file_is_described_and_put_in_order(tmp_path: Path) -> None:
    path = layouts.unionsdata(tmp_path)
    header, arrays = PixelServer().answer({"id": 5, "op": "load_file", "path": str(path), "row": 2})
    assert header["ok"] and header["name"] == "unionsdata" and header["count"] == 4
    assert header["ids"] == ["o2"] and header["rows"] == [2] and header["ra"] is None
    assert header["bands"] == ["u", "g", "r", "i", "z"] and header["pixel_scale"] == 0.1857
    request = {"op": "load_file", "path": str(path), "row": None, "bands": ["r", "u"]}
    header, arrays = PixelServer().answer(request)
    assert arrays["pixels"].shape == (4, 2, 12, 12) and header["zero_points"] == [30, 30]
    assert np.round(arrays["pixels"][1].mean(axis=(1, 2))).tolist() == [103, 101]


def test_an_outside_file_without_the_bands_is_refused(tmp_path: Path) -> None:
    path = layouts.dwarforge(tmp_path)
    request = {"id": 6, "op": "load_file", "path": str(path), "bands": ["u", "g"]}
    header, arrays = PixelServer().answer(request)
    assert header["id"] == 6 and not header["ok"] and "dwarfs.h5" in header["error"]
    assert not arrays


def test_extras_come_with_their_maps_when_asked(tmp_path: Path) -> None:
    layouts.multimodal(tmp_path)
    server = PixelServer()
    server.answer(opening(tmp_path))
    header, arrays = server.answer({"op": "extras", "rows": [0], "crop": 4})
    assert header["wcs_headers"] is None and set(arrays) == {"psf_fwhm"}
    _, arrays = server.answer({"op": "extras", "rows": [0], "crop": 4, "maps": True})
    assert arrays["inverse_variance"].shape == (1, 3, 4, 4)
    assert arrays["pixel_mask"].dtype == np.uint8


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        ({"op": "read", "rows": [9]}, "Row 9"),
        ({"op": "dance"}, "'dance'"),
        ({"op": "read"}, "KeyError"),
        ({"op": "read", "rows": ["x"]}, "ValueError"),
    ],
)
def test_what_goes_wrong_is_said_and_survived(
    server: PixelServer, request_: dict[str, Any], said: str
) -> None:
    header, _ = server.answer({"id": 7, **request_})
    assert header["id"] == 7 and header["ok"] is False and said in header["error"]
    assert server.answer({"op": "read", "rows": [0]})[0]["ok"]


def test_pixels_before_a_survey_are_refused() -> None:
    header, _ = PixelServer().answer({"id": 1, "op": "read", "rows": [0]})
    assert "while no survey was open" in header["error"]


def test_the_process_answers_in_order_and_ends_with_its_input(tmp_path: Path) -> None:
    layouts.unions(tmp_path)
    requests = io.BytesIO()
    write_message(requests, opening(tmp_path))
    write_message(requests, {"id": 2, "op": "read", "rows": [3], "crop": None})
    write_message(requests, {"id": 3, "op": "nothing"})
    done = subprocess.run(
        [sys.executable, "-m", "trainer.cutouts.pixel_server"],
        input=requests.getvalue(), capture_output=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    answers = io.BytesIO(done.stdout)
    assert [read_message(answers)[0]["id"] for _ in range(3)] == [1, 2, 3]  # type: ignore[index]
    assert read_message(answers) is None


def test_area_averages_keep_the_mean() -> None:
    images = np.random.default_rng(0).normal(size=(2, 3, 64, 64)).astype(np.float32)
    for size in (48, 16, 64, 100):
        small = area_average(images, size)
        assert small.shape == (2, 3, size, size)
        np.testing.assert_allclose(small.mean(axis=(2, 3)), images.mean(axis=(2, 3)), atol=1e-5)
    blocks = images.reshape(2, 3, 16, 4, 16, 4).mean(axis=(3, 5))
    np.testing.assert_allclose(area_average(images, 16), blocks, atol=1e-5)


def test_oblong_cutouts_keep_their_shape_in_a_square() -> None:
    small = area_average(np.ones((1, 1, 10, 20), np.float32), 20)
    assert small.shape == (1, 1, 20, 20)
    assert not small[0, 0, :5].any() and small[0, 0, 5:15].all() and not small[0, 0, 15:].any()


def test_light_beyond_the_range_of_a_thumbnail_is_as_bright_as_can_be() -> None:
    there = np.zeros((1, 1), bool)
    huge = make_thumbnails(np.full((1, 1, 4, 4), 1e9, np.float32), there, [0] * 3, 4, None)
    assert np.isfinite(huge).all()


def test_a_cutouts_place_on_the_sky_is_that_of_its_wcs(tmp_path: Path) -> None:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.crval, wcs.wcs.crpix = [150.0, 2.0], [40.0, -10.0]
    wcs.wcs.cd = [[2e-5, 5e-5], [5e-5, -2e-5]]
    planes = np.ones((3, 12, 16), np.float32)
    planes[:, 3, 3] = 5.0
    fits.PrimaryHDU(planes, wcs.to_header()).writeto(tmp_path / "galaxy.fits")
    server = PixelServer()
    header, _ = server.answer(opening(tmp_path))
    assert header["ok"], header
    header, arrays = server.answer({"id": 2, "op": "grids", "rows": [0]})
    assert header["ok"], header
    x0, y0, ra, dec, *matrix = arrays["grids"][0]
    east, north = np.reshape(matrix, (2, 2)) @ [2.0 - (x0 - 1), 9.0 - (y0 - 1)]
    there = wcs.all_pix2world([[2.0, 9.0]], 0)[0]
    assert dec + north == pytest.approx(there[1], abs=1e-7)
    assert ra + east / np.cos(np.radians(dec)) == pytest.approx(there[0], abs=1e-6)


def test_without_a_wcs_no_place_is_made_up(server: PixelServer) -> None:
    header, arrays = server.answer({"id": 2, "op": "grids", "rows": [0, 8]})
    assert header["ok"] and arrays["grids"].shape == (2, 8) and np.isnan(arrays["grids"]).all()
