"""The window's benchmarks measure what they say, at a small size; never how fast."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from astromask_gui.resource_files import resource

Run = Callable[..., "CompletedProcess[str]"]


def measured(run: Run, name: str, folder: Path) -> dict[str, float]:
    file = folder / f"{name}.json"
    done = run("benchmarks", name, "--small", "--json", file)
    assert done.returncode == 0, done.stderr
    results = json.loads(file.read_text())
    assert all(set(one) == {"metric", "value", "unit", "target", "holds"} for one in results)
    return {one["metric"]: one["value"] for one in results}


@pytest.mark.slow
def test_a_click_is_measured(run: Run, tmp_path: Path) -> None:
    found = measured(run, "click", tmp_path)
    to_cutout = found["click to cutout on screen, median"]
    assert 0 < to_cutout < found["click to reconstruction, median"]


@pytest.mark.slow
def test_dragging_the_mask_is_measured(run: Run, tmp_path: Path) -> None:
    found = measured(run, "reconstruct", tmp_path)
    assert found["updates while the slider is dragged, tiny model"] > 0
    assert 0 < found["errors by patch, first answer"] < found["errors by patch, 64 masks"]
    assert found["attention of another patch, median"] > 0


def test_the_table_is_measured(run: Run, tmp_path: Path) -> None:
    found = measured(run, "table", tmp_path)
    assert found["sort by a column of text, median"] > 0
    assert found["frame while scrolling, 1600×900, median"] > 0


@pytest.mark.slow
def test_the_start_is_measured(run: Run, tmp_path: Path) -> None:
    if not resource("demo", "workspace.toml").is_file():
        pytest.skip("the demo survey is not part of this checkout")
    found = measured(run, "startup", tmp_path)
    assert 0 < found["command to first paint"] < found["command to reconstruction"]
    assert found["torch imported in the window's process"] == 0


@pytest.mark.slow
def test_pointing_at_a_galaxy_is_measured(run: Run, tmp_path: Path) -> None:
    found = measured(run, "hover", tmp_path)
    assert found["to a card seen before, median"] > 0
    assert found["to a card never seen, median"] > 0


@pytest.mark.slow
def test_looking_at_galaxies_is_measured(run: Run, tmp_path: Path) -> None:
    found = measured(run, "viewer", tmp_path)
    assert {"click to an unforeseen cutout, median", "key to the next cutout, median"} <= set(found)
    assert all(value > 0 for value in found.values())


@pytest.mark.slow
def test_brushing_a_histogram_is_measured(run: Run, tmp_path: Path) -> None:
    found = measured(run, "filter", tmp_path)
    assert 0 < found["brush move to histograms, median"] <= found["brush move to the map, median"]
