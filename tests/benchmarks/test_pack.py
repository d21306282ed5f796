from __future__ import annotations

import json
from pathlib import Path

from benchmarks.__main__ import main


def test_a_small_run_compares_the_file_and_its_packed_copy(tmp_path: Path) -> None:
    assert main(["pack", "--small", "--json", str(tmp_path / "a.json")]) == 0
    found = {one["metric"]: one["value"] for one in json.loads((tmp_path / "a.json").read_text())}
    assert 2560 < found["copy"] < 2700
    assert 0 < found["rounding of the sky, by its noise"] < 1
    for how in ("single rows at random", "shuffled batches of 64", "in order"):
        assert found[f"{how}, from the file"] > 0 and found[f"{how}, from the copy"] > 0
