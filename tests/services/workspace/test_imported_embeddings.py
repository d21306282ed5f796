"""The window opens a workspace whose embeddings were made by others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.services.workspace.loading import load_workspace
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.neighbours import Query
from tests.services.small_survey import COUNT, add_projection, make_workspace, write_cutouts
from tests.store.foreign_files import simclr
from trainer.store.foreign import ForeignEmbeddings
from trainer.store.foreign_import import import_embeddings
from trainer.store.foreign_match import match
from trainer.workspace.workspace import Workspace


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """A workspace with imported embeddings of all but the last two galaxies, and a map."""
    workspace = Workspace.open(make_workspace(tmp_path, embedded=False))
    ids = workspace.catalogue.object_ids(np.arange(COUNT - 2))
    with ForeignEmbeddings(simclr(tmp_path / "theirs.h5", ids)) as foreign:
        import_embeddings(workspace, foreign, match(workspace, foreign), "theirs")
    add_projection(workspace, "pca", "theirs")
    return workspace.folder


def test_map_cutouts_and_neighbours_work(opened: ApplicationState, qtbot: QtBot) -> None:
    session = opened.session.workspace
    assert session is not None and session.store == "theirs" and session.checkpoint is None
    assert opened.view.projection == "pca"
    opened.selection.set_active(4)
    qtbot.waitUntil(lambda: opened.neighbours.results is not None)
    results = opened.neighbours.results
    assert results is not None and len(results.rows) and 4 not in results.rows
    qtbot.waitUntil(lambda: opened.cutout.cutout is not None)


def test_what_needs_the_model_says_why_not(
    opened: ApplicationState, services: Services, qtbot: QtBot, tmp_path: Path
) -> None:
    services.inference.allow()
    assert 'imported embeddings "theirs" is not known' in str(opened.reconstruction.unavailable)
    outside = write_cutouts(tmp_path / "outside.gri.h5")
    opened.neighbours.set_query(Query("file", path=outside))
    qtbot.waitUntil(lambda: opened.neighbours.error is not None)
    assert "theirs.h5" in str(opened.neighbours.error)
    assert "can be searched for" in str(opened.neighbours.error)
    opened.selection.set_active(COUNT - 1)
    qtbot.waitUntil(lambda: "no vector" in str(opened.neighbours.error))


def test_a_pretraining_of_the_workspace_reconstructs(survey: Path) -> None:
    run = survey / "runs" / "20260101T000000-pretrain"
    run.mkdir(parents=True)
    (run / "checkpoint-best.safetensors").write_bytes(b"weights")
    loaded = load_workspace(survey)
    assert loaded.facts.checkpoint == run / "checkpoint-best.safetensors"
    assert loaded.has_checkpoint and loaded.store is not None
