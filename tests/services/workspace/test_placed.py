"""Galaxies that were placed on a projection later, as the window knows them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.services.search.query_place import MapTarget, place_amid
from astromask_gui.services.workspace.loading import load_workspace
from astromask_gui.state.application import ApplicationState
from tests.services.small_survey import COUNT, add_projection
from trainer.store.projections import Placement, Projection, projection_folder, write_projection
from trainer.workspace.workspace import Workspace

STORE = "small"


def mark_placed(survey: Path, name: str, rows: list[int], without: list[int]) -> None:
    """Rewrite a projection as if `rows` had been placed on it, and `without` had no place."""
    store = Workspace.open(survey).store_folder(STORE)
    found = Projection.open(projection_folder(store, name))
    kept = ~np.isin(found.rows, without)
    placements = (Placement(count=len(rows), how="mean"),) if rows else ()
    manifest = found.manifest.model_copy(
        update={"count": int(kept.sum()), "placements": placements}
    )
    placed = np.isin(found.rows, rows)[kept]
    write_projection(store, manifest, found.rows[kept], found.points[kept], placed=placed)


@pytest.fixture
def grown(survey: Path) -> Path:
    """The survey with three galaxies placed on a second projection, and one that has no place."""
    add_projection(Workspace.open(survey), "umap-1")
    mark_placed(survey, "umap-1", [37, 38, 39], [5])
    return survey


def test_only_projections_with_placed_galaxies_have_a_column_of_them(grown: Path) -> None:
    columns = [c for c in load_workspace(grown).columns if c.name.startswith("placed")]
    assert [column.name for column in columns] == ["placed on umap-1"]
    (column,) = columns
    assert (column.kind, column.source) == ("boolean", "umap-1")
    assert "3 galaxies that came after umap-1 was laid out" in column.description


def test_a_column_of_the_user_keeps_its_name_and_its_values(
    grown: Path, state: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    path = grown / "catalogue.parquet"
    table = pq.read_table(path)
    theirs = pa.array(np.arange(COUNT, dtype=np.float32))
    pq.write_table(table.append_column("placed on umap-1", theirs), path)
    state.session.request_open(grown)
    qtbot.waitUntil(lambda: state.view.coordinates is not None, timeout=20000)
    names = [name for name in state.columns.names() if name.startswith("placed")]
    assert names == ["placed on umap-1", "placed on umap-1 (this map)"]
    for name in names:
        state.columns.values(name)
    qtbot.waitUntil(lambda: all(state.columns.has_values(name) for name in names))
    theirs_shown, ours = (state.columns.values(name) for name in names)
    assert theirs_shown is not None and theirs_shown.tolist() == list(range(COUNT))
    assert np.flatnonzero(ours == 1).tolist() == [37, 38, 39]


def test_its_values_tell_placed_laid_out_and_neither(
    grown: Path, state: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    state.session.request_open(grown)
    qtbot.waitUntil(lambda: state.view.coordinates is not None, timeout=20000)
    name = "placed on umap-1"
    with qtbot.waitSignal(state.columns.ready):
        assert state.columns.values(name) is None
    values = state.columns.values(name)
    assert values is not None
    assert np.flatnonzero(values == 1).tolist() == [37, 38, 39]
    assert np.flatnonzero(values == -1).tolist() == [5]
    assert np.count_nonzero(values == 0) == COUNT - 4
    # Placing more of them, as a job does, is taken in.
    mark_placed(grown, "umap-1", [36, 37, 38, 39], [])
    services.workspace.refresh(lambda: None)
    qtbot.waitUntil(lambda: bool(np.count_nonzero(state.columns.values(name) == 1) == 4))


def test_the_map_knows_who_was_placed_on_what_it_shows(
    grown: Path, state: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    state.session.request_open(grown)
    qtbot.waitUntil(lambda: state.view.coordinates is not None, timeout=20000)
    assert state.view.projection == "umap-1"
    placed = state.view.placed
    assert placed is not None and np.flatnonzero(placed).tolist() == [37, 38, 39]
    state.view.request_projection("pca")
    qtbot.waitUntil(lambda: state.view.projection == "pca")
    assert state.view.placed is None
    state.view.request_projection("umap-1")
    qtbot.waitUntil(lambda: state.view.projection == "umap-1")
    assert state.view.placed is not None


def test_a_query_lies_amid_its_laid_out_neighbours() -> None:
    places = np.stack([np.arange(COUNT), np.zeros(COUNT)], axis=1).astype(np.float32)
    places[3] = np.nan
    placed = np.zeros(COUNT, bool)
    placed[4] = True
    target = MapTarget("pca", places, placed)
    rows = np.array([3, 4, 10, 12, COUNT], np.uint32)
    distances = np.array([0.1, 0.1, 0.2, 0.2, 0.2], np.float32)
    assert place_amid(target, rows, distances) == (11.0, 0.0)
    assert place_amid(None, rows, distances) is None
    assert place_amid(target, rows[:2], distances[:2]) is None
    assert place_amid(target, rows[:0], distances[:0]) is None
