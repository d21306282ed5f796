"""Cutouts in several files: written whole or not at all, and gone on with."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy as np
import pytest

from tests.cutting.cut_command import SIZE, SKY, beside, run
from tests.cutting.sky import write_catalogue, write_tile
from trainer.cutting import output
from trainer.cutting.cut import cut
from trainer.cutting.images import find_images
from trainer.cutting.objects import read_objects
from trainer.cutting.options import CutOptions
from trainer.cutting.plan import Plan
from trainer.workspace.workspace import Workspace


def plan_of(folder: Path, catalogue: Path, **options: object) -> Plan:
    chosen = CutOptions(size=SIZE, rows_a_file=2, **options)  # type: ignore[arg-type]
    return Plan(read_objects(catalogue), find_images([folder]), chosen)


@pytest.fixture
def five(tmp_path: Path) -> tuple[Path, Path]:
    sky = [beside(20.0 * n - 40, 11.0 * n - 20) for n in range(5)]
    write_tile(tmp_path / "t" / "a.r.fits", sky)
    return tmp_path / "t", write_catalogue(tmp_path / "c.csv", sky, name=list("abcde"))


def test_many_cutouts_become_several_files_in_the_survey_layout(
    five: tuple[Path, Path], tmp_path: Path
) -> None:
    report = cut(plan_of(*five), tmp_path / "deep.h5")
    names = [f"cutout.stacks.r.deep.{SIZE}x{SIZE}.{n}.{c}.h5" for n, c in ((0, 2), (1, 2), (2, 1))]
    assert [path.name for path in report.files] == names
    workspace = Workspace.create(tmp_path / "w", report.files)
    assert sorted(workspace.catalogue.object_ids(np.arange(5))) == list("abcde")


def test_a_stopped_run_leaves_whole_files_and_goes_on(
    five: tuple[Path, Path], tmp_path: Path
) -> None:
    def stop_at_four(done: int, total: int, tile: str) -> None:
        if done == 4:
            raise KeyboardInterrupt

    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(KeyboardInterrupt):
        cut(plan_of(*five), out / "deep.h5", stop_at_four)
    (first,) = out.iterdir()
    assert first.name.endswith(".0.2.h5")
    written = first.stat().st_mtime_ns
    report = cut(plan_of(*five), out / "deep.h5")
    assert (report.kept, report.written, len(report.files)) == (1, 5, 3)
    assert first.stat().st_mtime_ns == written
    whole = cut(plan_of(*five), tmp_path / "again.h5")
    for one, other in zip(report.files, whole.files, strict=True):
        with h5py.File(one) as a, h5py.File(other) as b:
            np.testing.assert_array_equal(a["images"][()], b["images"][()])


def test_files_of_other_origin_are_not_overwritten(
    five: tuple[Path, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiles, catalogue = five
    out = tmp_path / "out.h5"
    out.write_bytes(b"mine")
    assert run(catalogue, "--tiles", tiles, out) == 2
    assert out.read_bytes() == b"mine"
    assert run(catalogue, "--tiles", tiles, "--overwrite", out) == 0
    assert run(catalogue, "--tiles", tiles, out) == 0
    assert "as an earlier run had left them" in capsys.readouterr().out
    write_tile(tiles / "a.r.fits", SKY, background=0.7)
    assert run(catalogue, "--tiles", tiles, out) == 2
    assert "exists already and was made from something else" in capsys.readouterr().err


def test_a_full_disk_leaves_nothing_behind(
    five: tuple[Path, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "publish", full)
    out = tmp_path / "out"
    out.mkdir()
    assert run(five[1], "--tiles", five[0], out / "a.h5") == 2
    assert "There is no space left" in capsys.readouterr().err
    assert not list(out.iterdir())
