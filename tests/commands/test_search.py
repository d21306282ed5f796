"""`astromask search`: by object, by file, with the checks that keep vectors comparable."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import numpy as np
import pytest

from tests.launch import fake_encoder
from tests.store.workspaces import (
    CHECKPOINT,
    CROP,
    SIDE,
    add_store,
    cutouts,
    fake_embeddings,
    make_workspace,
    write_cutouts,
)
from trainer.cli import main
from trainer.launch import worker_client
from trainer.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    workspace = make_workspace(tmp_path / "w")
    add_store(workspace)
    encoder = functools.partial(
        worker_client.EncoderClient, arguments=(str(Path(fake_encoder.__file__)),)
    )
    monkeypatch.setattr(worker_client, "EncoderClient", encoder)
    return workspace


def _search(workspace: Workspace, *words: str) -> int:
    return main(["search", str(workspace.folder), *words])


def _json(workspace: Workspace, capfd: pytest.CaptureFixture[str], *words: str) -> dict:
    assert _search(workspace, *words, "--json") == 0
    answer: dict = json.loads(capfd.readouterr().out)
    return answer


def _expected(query: np.ndarray, k: int, leave_out: int | None = None) -> list[str]:
    edge = (SIDE - CROP) // 2
    vectors = fake_embeddings(cutouts(40)[:, :, edge : edge + CROP, edge : edge + CROP])
    vectors = vectors.astype(np.float16).astype(float)
    cosines = vectors @ query / np.linalg.norm(vectors, axis=1) / np.linalg.norm(query)
    order = [row for row in np.argsort(-cosines) if row != leave_out]
    return [f"G{row}" for row in order[:k]]


def test_neighbours_of_a_galaxy_are_listed_without_itself(workspace, capfd) -> None:
    answer = _json(workspace, capfd, "--query", "G7", "--k", "5")
    edge = (SIDE - CROP) // 2
    own = fake_embeddings(cutouts(40)[7:8, :, edge : edge + CROP, edge : edge + CROP])[0]
    neighbours = answer["neighbours"]
    assert [entry["object_id"] for entry in neighbours] == _expected(own, 5, leave_out=7)
    assert [entry["rank"] for entry in neighbours] == [1, 2, 3, 4, 5]
    distances = [entry["distance"] for entry in neighbours]
    assert distances == sorted(distances)
    assert answer["query"] == {"object_id": "G7", "row": 7}
    row = neighbours[0]["row"]
    assert neighbours[0]["ra"] == pytest.approx(10 + 0.1 * row)
    assert neighbours[0]["dec"] == pytest.approx(-5 + 0.1 * row)


def test_the_galaxy_itself_is_listed_when_asked_for(workspace, capfd) -> None:
    answer = _json(workspace, capfd, "--query", "G7", "--k", "2", "--include-self")
    assert answer["neighbours"][0]["object_id"] == "G7"
    assert answer["neighbours"][0]["distance"] < 1e-6


def test_the_table_has_a_line_for_each_neighbour(workspace, capfd) -> None:
    assert _search(workspace, "--query", "G7", "--k", "3") == 0
    lines = capfd.readouterr().out.splitlines()
    assert len(lines) == 4
    assert lines[0].split() == ["rank", "object_id", "distance", "ra", "dec"]
    assert lines[1].split()[0] == "1"


def test_more_neighbours_than_there_are_galaxies_gives_all_others(workspace, capfd) -> None:
    assert len(_json(workspace, capfd, "--query", "G7", "--k", "100")["neighbours"]) == 39


def test_a_file_of_a_known_galaxy_finds_that_galaxy(workspace, capfd, tmp_path) -> None:
    path = write_cutouts(tmp_path / "query.h5", cutouts(40)[20:22])
    answer = _json(workspace, capfd, "--query", str(path), "--row", "1", "--k", "4")
    assert answer["neighbours"][0]["object_id"] == "G21"
    assert answer["neighbours"][0]["distance"] < 1e-5
    assert answer["query"] == {"file": str(path), "cutout": 1}


def test_notes_on_the_file_go_to_the_standard_error(workspace, capfd, tmp_path) -> None:
    np.save(tmp_path / "query.npy", cutouts(2))
    assert _search(workspace, "--query", str(tmp_path / "query.npy"), "--json") == 0
    out, err = capfd.readouterr()
    json.loads(out)
    assert "holds 2 cutouts" in err
    assert "does not name its bands" in err


def _fails(workspace: Workspace, capfd, *words: str) -> str:
    assert _search(workspace, *words) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert "Traceback" not in err
    return err


def test_a_file_of_other_bands_is_refused(workspace, capfd, tmp_path) -> None:
    np.save(tmp_path / "three.npy", cutouts(1)[:, :3])
    assert "3 bands" in _fails(workspace, capfd, "--query", str(tmp_path / "three.npy"))


def test_an_empty_file_of_cutouts_is_refused(workspace, capfd, tmp_path) -> None:
    np.save(tmp_path / "blank.npy", 0 * cutouts(1))
    err = _fails(workspace, capfd, "--query", str(tmp_path / "blank.npy"))
    assert "nothing in any of the bands" in err


def test_what_is_neither_galaxy_nor_file_is_refused(workspace, capfd) -> None:
    err = _fails(workspace, capfd, "--query", "G999")
    assert "G999 is neither a galaxy of" in err


def test_a_checkpoint_that_was_replaced_is_refused(workspace, capfd, tmp_path) -> None:
    path = write_cutouts(tmp_path / "query.h5", cutouts(1))
    (workspace.folder / CHECKPOINT).write_bytes(b"other weights")
    err = _fails(workspace, capfd, "--query", str(path))
    assert "can't be compared" in err
    # Galaxies of the store need no checkpoint.
    assert _search(workspace, "--query", "G7") == 0


def test_a_checkpoint_that_was_moved_can_be_named(workspace, capfd, tmp_path) -> None:
    path = write_cutouts(tmp_path / "query.h5", cutouts(1))
    moved = (workspace.folder / CHECKPOINT).rename(tmp_path / "moved.safetensors")
    assert "--checkpoint says where" in _fails(workspace, capfd, "--query", str(path))
    answer = _json(workspace, capfd, "--query", str(path), "--checkpoint", str(moved))
    assert answer["neighbours"][0]["object_id"] == "G0"


@pytest.mark.parametrize("k", ["0", "-3"])
def test_an_impossible_number_of_neighbours_is_refused(workspace, capfd, k: str) -> None:
    assert "at least 1" in _fails(workspace, capfd, "--query", "G7", "--k", k)
