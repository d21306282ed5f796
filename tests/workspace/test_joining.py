"""Another catalogue is joined to a workspace that is there: counted first, then taken in whole."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.workspace.samples import write_cutouts
from trainer.cli import main
from trainer.errors import QueryError, WorkspaceError
from trainer.workspace.changing import only_writer
from trainer.workspace.joining import join_to, plan_join, suggest_join
from trainer.workspace.matching import match_ids, match_sky
from trainer.workspace.settings import JoinRecord
from trainer.workspace.tables import read_table
from trainer.workspace.workspace import Workspace

ARCSEC = 1 / 3600


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Galaxies x, y, z at RA 10, 10.01, 10.02 and Dec 5."""
    cutouts = write_cutouts(tmp_path / "a.h5", ["x", "y", "z"])
    return Workspace.create(tmp_path / "survey", [cutouts])


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "other.csv"
    path.write_text(text)
    return path


def join(workspace: Workspace, path: Path, **wishes: object) -> Workspace:
    other = read_table(path)
    record = suggest_join(workspace, other, path).model_copy(update=wishes)
    join_to(workspace, other, plan_join(workspace, other, record))
    return Workspace.open(workspace.folder)


def test_matched_unmatched_ambiguous_and_unused_are_counted() -> None:
    mine = pa.chunked_array([["a", "b", "c", "b", None]])
    theirs = pa.chunked_array([["b", " a ", "q", "b", None]])
    match = match_ids(mine, theirs)
    assert match.places.tolist() == [1, 0, -1, 0, -1]
    assert match.ambiguous.tolist() == [False, True, False, True, False]
    assert (match.matched, match.unmatched, match.shared, match.unused) == (3, 2, 1, 3)


def test_whole_numbers_match_however_they_were_read() -> None:
    mine = pa.chunked_array([pa.array([2**60 + 1, 12], pa.int64())])
    assert match_ids(mine, pa.chunked_array([["12", str(2**60 + 1)]])).places.tolist() == [1, 0]
    assert match_ids(mine, pa.chunked_array([[12.0, None]])).places.tolist() == [-1, 0]


def test_the_nearest_on_the_sky_is_taken_and_others_within_the_radius_are_told() -> None:
    ra, dec = np.array([359.9999, 0.0]), np.array([0.0, 89.9999])
    other_ra = np.array([0.0001, 359.9999, 180.0])
    other_dec = np.array([0.0, 0.0001, 89.9999])
    match = match_sky(ra, dec, other_ra, other_dec, 1.0)
    assert match.places.tolist() == [1, 2] and match.ambiguous.tolist() == [True, False]
    assert match_sky(ra, dec, other_ra, other_dec, 0.1).matched == 0


def test_a_plan_changes_nothing(workspace: Workspace, tmp_path: Path) -> None:
    before = (workspace.folder / "catalogue.parquet").read_bytes()
    other = read_table(write(tmp_path, "object_id,mag,tile\nx,1,t\nx,2,u\n"))
    record = suggest_join(workspace, other, tmp_path / "other.csv")
    made = plan_join(workspace, other, record)
    assert (made.match.matched, made.match.ambiguous_count) == (1, 1)
    assert made.names == {"mag": "mag", "tile": "tile_2"}
    assert (workspace.folder / "catalogue.parquet").read_bytes() == before


def test_columns_come_with_their_source_and_the_join_is_written_down(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = write(tmp_path, "object_id,mag,tile,left\nz,3,t,9\nx,1,u,9\n")
    ids = workspace.catalogue.fingerprint
    after = join(workspace, path, columns=("mag", "tile"))
    np.testing.assert_array_equal(after.columns.values("mag"), [1, np.nan, 3])
    assert after.columns.info("tile_2").source == "other.csv"
    assert "left" not in after.columns.names() and after.catalogue.fingerprint == ids
    (record,) = after.settings.joins
    assert (record.path, record.by, record.other) == (str(path), "id", "object_id")
    assert record.columns == ("mag", "tile") and record.names == ("mag", "tile_2")
    assert record.joined


def test_a_join_on_the_sky_takes_its_own_radius(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, f"ra,dec,mag\n{10 + 3 * ARCSEC},5,1.5\n")
    after = join(workspace, path, radius=5.0)
    np.testing.assert_array_equal(after.columns.values("mag"), [1.5, np.nan, np.nan])


def test_galaxies_that_come_later_are_matched_too(workspace: Workspace, tmp_path: Path) -> None:
    path = write(tmp_path, "object_id,mag,tile\nx,1.5,t\nnew,7,u\n")
    after = join(workspace, path)
    after.add([write_cutouts(tmp_path / "b.h5", ["new", "none"], ra=50)])
    np.testing.assert_array_equal(after.columns.values("mag"), [1.5, np.nan, np.nan, 7, np.nan])
    assert after.catalogue.column("tile_2").to_pylist() == ["t", None, None, "u", None]
    assert any("1 of 2 new galaxies matched" in text for text in after.warnings)


def test_a_catalogue_joined_at_the_beginning_is_joined_to_later_galaxies(tmp_path: Path) -> None:
    path = write(tmp_path, "object_id,mag\nx,1.5\nnew,7\n")
    first = write_cutouts(tmp_path / "a.h5", ["x"])
    workspace = Workspace.create(tmp_path / "survey", [first], catalogue=path)
    workspace.add([write_cutouts(tmp_path / "b.h5", ["new"], ra=50)])
    np.testing.assert_array_equal(workspace.columns.values("mag"), [1.5, 7])


def test_a_catalogue_that_is_gone_leaves_gaps_and_a_warning(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = write(tmp_path, "object_id,mag\nx,1.5\nnew,7\n")
    after = join(workspace, path)
    path.unlink()
    after.add([write_cutouts(tmp_path / "b.h5", ["new"], ra=50)])
    np.testing.assert_array_equal(after.columns.values("mag"), [1.5, np.nan, np.nan, np.nan])
    assert any("go without mag" in text for text in after.warnings)


def test_what_matches_nothing_or_does_not_exist_is_refused(
    workspace: Workspace, tmp_path: Path
) -> None:
    path = write(tmp_path, "object_id,mag\nq,1\n")
    other = read_table(path)
    with pytest.raises(QueryError, match="Nothing in"):
        suggest_join(workspace, other, path)
    record = JoinRecord(path=str(path), by="id", own="object_id", other="object_id")
    with pytest.raises(QueryError, match="No galaxy found its entry"):
        join_to(workspace, other, plan_join(workspace, other, record))
    with pytest.raises(QueryError, match=r"other\.csv has no column 'nothing'"):
        plan_join(workspace, other, record.model_copy(update={"columns": ("nothing",)}))


def test_two_joins_at_once_are_both_taken_in(workspace: Workspace, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.csv" for name in ("one", "two", "three", "four")]
    for number, path in enumerate(paths):
        path.write_text(f"object_id,mag,only_{path.stem}\nx,{number}.5,{number}\n")
    # Each of them has planned before any of them writes, and all want the name mag.
    opened = [Workspace.open(workspace.folder) for _ in paths]
    others = [read_table(path) for path in paths]
    plans = [
        plan_join(own, other, suggest_join(own, other, path))
        for own, other, path in zip(opened, others, paths, strict=True)
    ]
    with ThreadPoolExecutor(len(paths)) as pool:
        done = list(pool.map(join_to, opened, others, plans))
    after = Workspace.open(workspace.folder)
    assert len(after.settings.joins) == len(paths)
    mags = [made.names["mag"] for made in done]
    assert len(set(mags)) == len(paths) and set(mags) <= set(after.columns.names())
    assert [after.columns.values(name)[0] for name in mags] == [0.5, 1.5, 2.5, 3.5]
    names = {name for record in after.settings.joins for name in record.names}
    assert names == {*mags, *(f"only_{path.stem}" for path in paths)}


def test_a_workspace_that_another_changes_for_long_is_left_alone(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("trainer.workspace.changing.PATIENCE", 0.1)
    path = write(tmp_path, "object_id,mag\nx,1.5\n")
    with only_writer(workspace.folder), pytest.raises(WorkspaceError, match="Another program"):
        join(workspace, path)
    assert "mag" in join(workspace, path).columns.names()


def test_the_command_joins_or_only_counts(
    workspace: Workspace, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, "name,RA,Dec,mag,z\nx,1,1,5,6\n")
    words = ["join", str(workspace.folder), str(path)]
    assert main([*words, "--by", "id", "--columns", "mag", "--dry-run"]) == 0
    assert "1 of 3 galaxies matched by name" in capsys.readouterr().out
    assert "mag" not in Workspace.open(workspace.folder).columns.names()
    assert main([*words, "--columns", "mag"]) == 0
    names = Workspace.open(workspace.folder).columns.names()
    assert "mag" in names and "z" not in names
    assert main([*words, "--by", "sky", "--radius", "-1"]) == 2
    assert main([*words, "--columns", "absent"]) == 2
