"""Which store is used, and that it fits the catalogue."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.store.stores import manifest
from tests.store.workspaces import add_store, cutouts, make_workspace, write_cutouts
from trainer.errors import MismatchError, QueryError, WorkspaceError
from trainer.store.choose import open_store
from trainer.store.embeddings import StoreWriter


def test_the_store_finished_last_is_used_unless_one_is_named(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    add_store(workspace, "zeta")
    add_store(workspace, "alpha")
    assert open_store(workspace).manifest.name == "alpha"
    assert open_store(workspace, "zeta").manifest.name == "zeta"
    with pytest.raises(WorkspaceError, match='named "none"; it has zeta, alpha'):
        open_store(workspace, "none")
    with pytest.raises(QueryError):
        open_store(workspace, "../elsewhere")


def test_an_unfinished_or_damaged_store_is_passed_over(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w")
    with pytest.raises(WorkspaceError, match="no embeddings yet"):
        open_store(workspace)
    StoreWriter(workspace.store_folder("begun"), manifest()).close()
    with pytest.raises(WorkspaceError, match=r'"begun" .* not finished'):
        open_store(workspace)
    add_store(workspace, "whole")
    broken = workspace.store_folder("broken")
    broken.mkdir()
    (broken / "manifest.json").write_text("{}")
    assert open_store(workspace).manifest.name == "whole"


def test_a_store_still_fits_a_catalogue_that_grew(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "w", 12)
    add_store(workspace)
    workspace.add([write_cutouts(tmp_path / "more.h5", cutouts(5, seed=1), first=12)])
    assert len(workspace) == 17
    store = open_store(workspace)
    assert store.has(np.array([11, 12])).tolist() == [True, False]


def test_a_store_of_another_catalogue_is_refused(tmp_path: Path) -> None:
    here = make_workspace(tmp_path / "a" / "w", 12)
    other = make_workspace(tmp_path / "b" / "w", 13)
    add_store(other)
    shutil.copytree(other.store_folder("tiny"), here.store_folder("tiny"))
    with pytest.raises(MismatchError, match=r"catalogue of 13 galaxies.*has 12 galaxies"):
        open_store(here)
