"""`astromask inspect` says what a path is, to people and as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest

from tests.cutouts import layouts
from tests.shared_files import shared
from trainer.cli import main


def facts(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["inspect", *words, "--json"]) == 0
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def text(capsys: pytest.CaptureFixture[str], path: Path) -> str:
    assert main(["inspect", str(path)]) == 0
    return capsys.readouterr().out


def test_a_file_of_cutouts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = layouts.unions(tmp_path)
    found = facts(capsys, str(path))
    assert found["kind"] == "cutouts" and found["layout"] == "unions"
    assert found["count"] == 6 and found["shape"] == [5, 12, 12] and found["dtype"] == "float32"
    assert found["bands_guessed"] and found["pixel_scale"] == 0.1857
    assert found["storage"]["chunks"] == [1, 5, 12, 12]
    assert found["columns"] == {"tile": "text"} and found["coordinates"]["known"] == 6
    said = text(capsys, path)
    assert "12 × 12 px = 2.2 × 2.2 arcsec" in said and "a guess" in said
    assert "id-0-0 … id-0-5" in said and "chunks of 1 cutout" in said


def test_missing_bands_and_nan_are_found_in_a_sample(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    images = layouts.pixels(4, 5)
    images[:3, 0] = 0
    images[1, 2, 0, 0] = np.nan
    path = layouts.unions(tmp_path, 4, images=images)
    sample = facts(capsys, str(path))["sample"]
    assert [band["missing"] for band in sample["bands"]] == [3, 0, 0, 0, 0]
    assert sample["rows"] == 4 and sample["rows_with_nan"] == 1
    assert sample["bands"][1]["noise"] == pytest.approx(0.1, rel=0.3)
    said = text(capsys, path)
    assert "3 of 4" in said and "1 with NaN" in said


def test_slow_chunks_are_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "slow.h5"
    with h5py.File(path, "w") as file:
        chunks = (200, 5, 64, 64)
        file.create_dataset("images", (200, 5, 64, 64), "f4", chunks=chunks, compression="gzip")
    assert "Warning: Single rows are slow" in text(capsys, path)
    assert "h5repack" in facts(capsys, str(path))["warnings"][0]


def test_a_folder_lists_good_and_bad_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    layouts.unions(tmp_path, 6, number=0)
    layouts.unions(tmp_path, 3, number=1)
    (tmp_path / "broken.h5").write_bytes(b"\x89HDF")
    found = facts(capsys, str(tmp_path))
    assert found["kind"] == "cutout_folder" and found["count"] == 9
    assert [file["count"] for file in found["files"]] == [6, 3]
    assert [Path(bad["path"]).name for bad in found["bad_files"]] == ["broken.h5"]
    said = text(capsys, tmp_path)
    assert "9 in all" in said and "Left out:" in said and "broken.h5" in said


def test_the_users_bands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    np.save(tmp_path / "a.npy", layouts.pixels(2, 3))
    found = facts(capsys, str(tmp_path / "a.npy"), "--bands", "g,r,z")
    assert found["bands"] == ["g", "r", "z"] and not found["bands_guessed"]


@pytest.mark.parametrize("ending", ["csv", "fits", "parquet", "vot"])
def test_a_catalogue(tmp_path: Path, capsys: pytest.CaptureFixture[str], ending: str) -> None:
    from astropy.table import Table

    path = tmp_path / f"catalogue.{ending}"
    table = Table({"object_id": ["a", "b"], "mag_r": [20.5, 21.5]})
    table.write(path, format="votable" if ending == "vot" else None)
    found = facts(capsys, str(path))
    assert found["kind"] == "catalogue" and found["rows"] == 2
    (magnitude,) = [column for column in found["columns"] if column["name"] == "mag_r"]
    assert (magnitude["minimum"], magnitude["maximum"]) == (20.5, 21.5)
    said = text(capsys, path)
    assert "2 rows and 2 columns" in said and "20.5 … 21.5" in said


def test_a_workspace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from trainer.workspace.workspace import Workspace

    Workspace.create(tmp_path / "survey", [layouts.unions(tmp_path)], crop=8)
    found = facts(capsys, str(tmp_path / "survey"))
    assert found["kind"] == "workspace" and found["galaxies"] == 6 and found["crop"] == 8
    assert "6 galaxies" in text(capsys, tmp_path / "survey")


def test_a_checkpoint(capsys: pytest.CaptureFixture[str]) -> None:
    path = shared("reference", "astromask_ugriz_64px_patch8.pth")
    found = facts(capsys, str(path))
    assert found["kind"] == "checkpoint" and found["image"] == 64 and found["bands"] == 5
    assert "patches of 8 px" in text(capsys, path)


def test_the_real_survey(capsys: pytest.CaptureFixture[str]) -> None:
    found = facts(capsys, str(shared("data")))
    assert found["count"] == 2263 and not found["bad_files"]
    assert all(band["missing"] == 0 for band in found["sample"]["bands"])


@pytest.mark.parametrize("content", [None, b"", b"hello", b"\x80\x02nonsense", b"PK\x03\x04zip"])
def test_what_is_nothing_known_is_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None
) -> None:
    path = tmp_path / "thing"
    if content is not None:
        path.write_bytes(content)
    assert main(["inspect", str(path)]) == 2
    output = capsys.readouterr()
    assert str(path) in output.err and "Traceback" not in output.err and not output.out
