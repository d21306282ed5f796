"""The gallery's benchmark at a small size: it flings, jumps and sorts, and writes each figure."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def test_a_small_run_measures_every_figure(tmp_path: Path) -> None:
    out = tmp_path / "gallery.json"
    command = [sys.executable, "-m", "benchmarks", "gallery", "--small", "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    results = {result["metric"]: result for result in json.loads(out.read_text())}
    for side in (48, 96, 256):
        for metric in ("frame of a fling, median", "first tiles after a jump, median"):
            assert results[f"{side} px: {metric}"]["value"] > 0
    assert "sort of 20,000 rows by numbers" in results
