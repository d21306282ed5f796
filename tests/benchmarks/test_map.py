"""The map's benchmark at a small size: it draws the right pixels and writes what it promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("options", [[], ["--filtered"], ["--uniform"]])
def test_a_small_run_checks_its_pixels_and_writes_json(options: list[str], tmp_path: Path) -> None:
    out = tmp_path / "map.json"
    command = [sys.executable, "-m", "benchmarks", "map", "--small", "--json", str(out), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    results = {result["metric"]: result for result in json.loads(out.read_text())}
    assert all(set(r) == {"metric", "value", "unit", "target", "holds"} for r in results.values())
    for metric in (
        "ink of a frame, difference from the exact raster",
        "ink of 3 × 3 pixels, mean difference",
    ):
        assert results[metric]["holds"] is True
    for metric in ("pan and zoom, median", "first frame", "lasso of 1000 vertices", "recolour"):
        assert results[metric]["value"] > 0
        assert metric in done.stdout
