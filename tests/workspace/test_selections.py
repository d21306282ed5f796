"""Named selections on disk: kept as they were, refused where they don't belong."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workspace.samples import make_workspace, write_cutouts
from trainer.errors import MismatchError, QueryError, WorkspaceError
from trainer.workspace.selections import (
    LONGEST_NAME,
    delete_selection,
    list_selections,
    rename_selection,
    replace_selection,
    save_selection,
    selected_rows,
)
from trainer.workspace.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return make_workspace(tmp_path)


def save(workspace: Workspace, name: str, rows: list[int]):
    return save_selection(
        workspace.selections_folder, workspace.catalogue, name, np.array(rows, np.int64)
    )


def names(workspace: Workspace) -> list[str]:
    return [f.name for f in list_selections(workspace.selections_folder, workspace.catalogue)]


@given(rows=st.sets(st.integers(0, 5)), name=st.text(max_size=LONGEST_NAME))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_is_saved_under_whatever_name_is_read_back(
    workspace: Workspace, rows: set[int], name: str
) -> None:
    if not name.split() or not name.isprintable():
        return
    file = save(workspace, name, sorted(rows))
    (listed,) = list_selections(workspace.selections_folder, workspace.catalogue)
    assert listed == file and listed.count == len(rows) and not listed.problem
    assert listed.name == " ".join(name.split())
    assert file.path.parent == workspace.selections_folder
    assert set(selected_rows(file.path, workspace.catalogue).tolist()) == rows
    delete_selection(file)
    assert names(workspace) == []


def test_the_file_names_the_galaxies_for_other_programs(workspace: Workspace) -> None:
    file = save(workspace, "Einstein rings", [4, 1])
    assert file.path.name == "einstein-rings.parquet"
    assert pq.read_table(file.path).to_pydict() == {
        "row": [1, 4],
        "object_id": ["first-1", "first-4"],
    }


def test_a_name_that_is_taken_gets_a_number_and_nothing_is_written_over(
    workspace: Workspace,
) -> None:
    first, second = save(workspace, "Lenses", [1]), save(workspace, "lenses", [2])
    assert second.name == "lenses 2"
    assert selected_rows(first.path, workspace.catalogue).tolist() == [1]
    third = rename_selection(second, workspace.catalogue, "LENSES")
    assert third.name == "LENSES 2" and names(workspace) == ["LENSES 2", "Lenses"]


@pytest.mark.parametrize("name", ["", "  \n", "x" * (LONGEST_NAME + 1)])
def test_a_name_that_says_nothing_or_too_much_is_refused(workspace: Workspace, name: str) -> None:
    with pytest.raises(QueryError, match="characters"):
        save(workspace, name, [1])


@pytest.mark.parametrize("name", ["../../escape", "a/b", "CON:", "..", "…", "ж" * LONGEST_NAME])
def test_no_name_leads_out_of_the_folder(workspace: Workspace, name: str) -> None:
    file = save(workspace, name, [1])
    assert file.path.resolve().parent == workspace.selections_folder.resolve()
    assert file.name == name


@pytest.mark.parametrize("rows", [[-1], [6]])
def test_rows_there_are_not_are_refused(workspace: Workspace, rows: list[int]) -> None:
    with pytest.raises(QueryError, match="6"):
        save(workspace, "beyond", rows)
    file = save(workspace, "fine", [1])
    with pytest.raises(QueryError, match="6"):
        replace_selection(file, workspace.catalogue, np.array(rows))


def test_renaming_and_replacing_keep_the_date(workspace: Workspace) -> None:
    folder, catalogue = workspace.selections_folder, workspace.catalogue
    old = save_selection(folder, catalogue, "old", np.array([1]), "2020-01-01T00:00:00+00:00")
    renamed = rename_selection(old, catalogue, "new")
    assert [path.name for path in folder.iterdir()] == ["new.parquet"]
    replaced = replace_selection(renamed, catalogue, np.array([2, 3]))
    assert (replaced.name, replaced.count) == ("new", 2)
    assert replaced.created == "2020-01-01T00:00:00+00:00"
    assert selected_rows(replaced.path, catalogue).tolist() == [2, 3]
    assert rename_selection(replaced, catalogue, "new") == replaced


def test_a_catalogue_that_has_grown_keeps_its_selections(
    workspace: Workspace, tmp_path: Path
) -> None:
    file = save(workspace, "before", [0, 5])
    workspace.add([write_cutouts(tmp_path / "cutouts" / "second.h5", 3, ra=20.0)])
    assert selected_rows(file.path, workspace.catalogue).tolist() == [0, 5]
    grown = replace_selection(file, workspace.catalogue, np.array([8]))
    assert selected_rows(grown.path, workspace.catalogue).tolist() == [8]


def test_another_catalogues_selection_is_listed_and_refused(
    workspace: Workspace, tmp_path: Path
) -> None:
    other = make_workspace(tmp_path / "other", 7)
    there = save(other, "theirs", [6])
    here = workspace.selections_folder / there.path.name
    here.parent.mkdir()
    here.write_bytes(there.path.read_bytes())
    (listed,) = list_selections(workspace.selections_folder, workspace.catalogue)
    assert listed.name == "theirs" and "another catalogue" in listed.problem
    with pytest.raises(MismatchError, match="another catalogue"):
        selected_rows(here, workspace.catalogue)
    with pytest.raises(MismatchError, match="another catalogue"):
        rename_selection(listed, workspace.catalogue, "ours")


@pytest.mark.parametrize("damage", ["cut", "empty", "other table", "bad record", "text"])
def test_a_damaged_file_says_so_and_the_others_still_work(
    workspace: Workspace, damage: str
) -> None:
    good, bad = save(workspace, "good", [1]), save(workspace, "bad", [2])
    whole = bad.path.read_bytes()
    table = pq.read_table(bad.path)
    if damage == "other table":
        pq.write_table(table.drop_columns(["row"]), bad.path)
    elif damage == "bad record":
        pq.write_table(table.replace_schema_metadata({"astromask.selection": "[1]"}), bad.path)
    else:
        bad.path.write_bytes(
            {"cut": whole[: len(whole) // 2], "empty": b"", "text": b"row\n1\n"}[damage]
        )
    listed = {f.name: f for f in list_selections(good.path.parent, workspace.catalogue)}
    assert not listed["good"].problem
    assert "bad.parquet" in listed["bad"].problem
    with pytest.raises(WorkspaceError, match=r"bad\.parquet"):
        selected_rows(bad.path, workspace.catalogue)


@pytest.mark.parametrize("rows", [[1, 1], [6], [1, None]])
def test_rows_that_were_tampered_with_are_refused(
    workspace: Workspace, rows: list[int | None]
) -> None:
    file = save(workspace, "tampered", [1])
    table = pq.read_table(file.path)
    taken = table.take([0] * len(rows))
    changed = taken.set_column(0, table.schema.field(0), [pa.array(rows, pa.uint32())])
    pq.write_table(changed.replace_schema_metadata(table.schema.metadata), file.path)
    with pytest.raises(WorkspaceError, match="damaged"):
        selected_rows(file.path, workspace.catalogue)


def test_a_copy_made_by_hand_gets_a_name_of_its_own(workspace: Workspace) -> None:
    file = save(workspace, "lenses", [1])
    file.path.with_name("lenses copy.parquet").write_bytes(file.path.read_bytes())
    assert sorted(names(workspace)) == ["lenses", "lenses (lenses copy)"]


def test_what_has_gone_meanwhile_is_told(workspace: Workspace) -> None:
    file = save(workspace, "gone", [1])
    delete_selection(file)
    delete_selection(file)
    with pytest.raises(WorkspaceError, match="no longer there"):
        selected_rows(file.path, workspace.catalogue)
    with pytest.raises(WorkspaceError, match="no longer there"):
        rename_selection(file, workspace.catalogue, "back")
