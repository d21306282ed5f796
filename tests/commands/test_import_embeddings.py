"""`astromask import-embeddings`, and what the other commands make of such embeddings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.store.foreign_files import simclr, vectors
from tests.store.workspaces import make_workspace, write_cutouts
from trainer.cli import main
from trainer.workspace.workspace import Workspace

COUNT = 80
IDS = [f"G{row}" for row in range(COUNT)]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path / "w", COUNT)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Vectors of all but the last ten galaxies, and of one that is not there."""
    return simclr(tmp_path / "theirs.h5", [*IDS[:-10], "elsewhere"])


def call(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    output = capsys.readouterr()
    return code, output.out, output.err


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    code, out, _ = call(capsys, *words, "--json")
    assert code == 0
    found: dict[str, Any] = json.loads(out)
    return found


def test_counts_are_said_and_nothing_is_written_on_a_dry_run(
    workspace: Workspace, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = workspace.folder
    code, out, _ = call(capsys, "import-embeddings", folder, file, "--dry-run")
    assert code == 0 and workspace.stores() == []
    assert "71 vectors of length 6, known by `simclr_reps`" in out
    assert "70 of 80 galaxies matched by cfis_id, 10 did not, 0 are ambiguous" in out
    assert "1 vectors are of no galaxy here" in out
    facts = answer(capsys, "import-embeddings", folder, file, "--dry-run")
    assert (facts["matched"], facts["unmatched"], facts["unused"]) == (70, 10, 1)
    assert "store" not in facts


def test_the_store_has_the_files_name_or_the_one_given(
    workspace: Workspace, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = call(capsys, "import-embeddings", workspace.folder, file)
    assert code == 0 and '"theirs" hold the vectors of 70 galaxies' in out
    assert "10 without one will have no place" in out and "astromask project" in out
    facts = answer(capsys, "import-embeddings", workspace.folder, file, "--name", "simclr v2")
    assert (facts["store"], facts["written"]) == ("simclr v2", 70)
    assert sorted(workspace.stores()) == ["simclr v2", "theirs"]
    code, _, err = call(capsys, "import-embeddings", workspace.folder, file, "--name", "a/b")
    assert code == 2 and "can't be the name of a store" in err


def test_search_and_maps_work_with_imported_embeddings(
    workspace: Workspace, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = workspace.folder
    assert call(capsys, "import-embeddings", folder, file)[0] == 0
    found = answer(capsys, "search", folder, "--query", "G3", "--k", 5)
    assert len(found["neighbours"]) == 5 and found["checkpoint_sha256"] is None
    code, _, err = call(capsys, "search", folder, "--query", "G75")
    assert code == 2 and "have no vector" in err and "theirs.h5" in err
    assert call(capsys, "project", folder, "--method", "pca")[0] == 0
    facts = answer(capsys, "inspect", folder)
    assert facts["stores"] == ["theirs"]


def test_a_cutout_from_outside_is_refused_with_the_reason(
    tmp_path: Path, workspace: Workspace, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    call(capsys, "import-embeddings", workspace.folder, file)
    query = write_cutouts(tmp_path / "query.h5", workspace.survey().read([0], crop=None).pixels)
    code, _, err = call(capsys, "search", workspace.folder, "--query", query)
    assert code == 2 and "the model that made them is not known" in err.replace("\n", " ")


def test_inspect_describes_the_file_and_opening_it_as_cutouts_names_the_way(
    tmp_path: Path, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    facts = answer(capsys, "inspect", file)
    assert facts["kind"] == "embeddings" and facts["dataset"] == "simclr_reps"
    assert (facts["count"], facts["dimension"]) == (71, 6)
    assert facts["identifiers"] == ["cfis_id"] and facts["coordinates"] == 71
    _, out, _ = call(capsys, "inspect", file)
    assert "71 of length 6 in `simclr_reps`" in out and "import-embeddings WORKSPACE" in out
    code, _, err = call(capsys, "new", tmp_path / "new", "--cutouts", file)
    assert code == 2 and "import-embeddings" in err


def test_nothing_that_fits_is_a_sentence(
    tmp_path: Path, workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    other = simclr(tmp_path / "other.h5", ["a", "b"], ra=[200.0, 201.0])
    code, out, err = call(capsys, "import-embeddings", workspace.folder, other)
    assert code == 2 and "Nothing in" in err and not out
    named = simclr(tmp_path / "named.h5", IDS, simclr_reps=None, features=vectors(COUNT))
    words = ("import-embeddings", workspace.folder, named)
    assert "--dataset" in call(capsys, *words)[2]
    assert call(capsys, *words, "--dataset", "features")[0] == 0
