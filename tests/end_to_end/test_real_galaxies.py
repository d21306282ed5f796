"""From real cutouts to a map and back by a dropped file, through the commands and the window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.shared_files import shared

Run = Callable[..., "CompletedProcess[str]"]
Tell = Callable[..., dict[str, Any]]
CUTOUTS = "cutout.stacks.ugriz.sdss.64x64.1.1063.h5"


@pytest.mark.slow
def test_an_exported_galaxy_dropped_on_the_window_finds_itself(
    run: Run, tell: Tell, tmp_path: Path
) -> None:
    cutouts, checkpoint = shared("data", CUTOUTS), shared("reference")
    checkpoint /= "astromask_ugriz_64px_patch8.pth"
    survey, out = tmp_path / "survey", tmp_path / "out"

    def astromask(*words: object) -> str:
        done = run("trainer.cli", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    astromask("new", survey, "--cutouts", cutouts, "--bands", "u,g,r,i,z")
    how = ("--heads", 4, "--scaling", "asinh", "--orientations", 1, "--pool", "mean")
    astromask("embed", survey, "--checkpoint", checkpoint, *how)
    astromask("project", survey, "--method", "pca")
    astromask("export", survey, "--rows", "500", "--out", out)
    (dropped,) = (out / "cutouts").glob("*.fits")
    found = tell("drop_a_file", survey, dropped)
    assert found["problem"] is None
    assert found["rows"][0] == 500
    assert found["distances"][0] == pytest.approx(0, abs=1e-3)
    assert found["distances"][1] > found["distances"][0]
    # The checkpoint does not say how many heads its decoder has: only that part is off.
    assert "decoder heads" in found["unavailable"]
    assert found["code"] == 0 and not found["heavy"]
