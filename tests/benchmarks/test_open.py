"""The benchmark of opening at a small size: it opens what it writes, and measures each step."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path


def test_a_small_survey_is_written_opened_and_measured(tmp_path: Path) -> None:
    out = tmp_path / "open.json"
    command = [sys.executable, "-m", "benchmarks", "open", "--small", "--json", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=150, check=False)
    assert done.returncode == 0, done.stderr
    results = {result["metric"]: result["value"] for result in json.loads(out.read_text())}
    steps = [value for metric, value in results.items() if metric.startswith("command to")]
    assert steps == sorted(steps), "one step comes after the other"
    assert steps[0] > 0
    assert results["memory of the window's process, resident"] > 50
