from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.__main__ import main


@pytest.mark.parametrize(
    ("name", "metrics"),
    [
        ("pretrain", {"small model, step", "small model, ratio", "ViT-Ti, whole job from HDF5"}),
        ("embed", {"small model, encoding", "small model, ratio", "peak memory, 64 galaxies"}),
    ],
)
def test_a_small_run_prints_and_writes_every_figure(
    name: str, metrics: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--small", "--rounds", "1", "--json", str(tmp_path / "a.json")]) == 0
    results = json.loads((tmp_path / "a.json").read_text())
    assert metrics <= {result["metric"] for result in results}
    assert all(result["value"] > 0 for result in results)
    assert set(results[0]) == {"metric", "value", "unit", "target", "holds"}
    assert "small model, ratio" in capsys.readouterr().out
