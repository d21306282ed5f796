"""The projection's benchmark at a small size measures what it says; never how fast."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from benchmarks.__main__ import main
from benchmarks.project_scene import quality


def test_quality_knows_the_right_place_from_a_wrong_one() -> None:
    rng = np.random.default_rng(0)
    fixed, wanted = rng.normal(size=(300, 2)), rng.normal(size=(40, 2))
    nearest = np.argsort(np.linalg.norm(wanted[:, None] - fixed[None], axis=2), axis=1)[:, :50]
    right = quality(wanted, wanted, fixed, nearest)
    assert (right.gap, right.overlap, right.trust) == (0, 1, 1)
    wrong = quality(-wanted, wanted, fixed, nearest)
    assert wrong.gap > 1 and wrong.overlap < 0.2 and wrong.trust < 0.5


def test_a_small_run_reports_every_phase_and_places_well(tmp_path: Path) -> None:
    out = tmp_path / "project.json"
    assert main(["project", "--small", "--no-umap", "--json", str(out)]) == 0
    found = {result["metric"]: result["value"] for result in json.loads(out.read_text())}
    phases = ["making the search", "neighbour graph", "UMAP, before the first epoch"]
    assert all(found[phase] > 0 for phase in [*phases, "UMAP, 500 epochs"])
    assert found["all of it"] >= sum(found[phase] for phase in phases)
    # UMAP's own transform has 64 %, the mean of the neighbours 41 %.
    assert found["with UMAP's force: neighbours as from there"] > 55
    assert found["place of the layout: neighbours as from there"] == 100
