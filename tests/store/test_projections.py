"""Projections on disk: row order, growth, replacement, provenance."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.store.stores import make_store, manifest
from trainer.errors import FormatError, MismatchError, WorkspaceError
from trainer.store.projections import (
    Placement,
    Projection,
    ProjectionManifest,
    list_projections,
    projection_folder,
    read_axes,
    write_projection,
)


def _manifest(**changes) -> ProjectionManifest:
    facts = {
        "name": "umap-0",
        "method": "umap",
        "store": "tiny",
        "store_identity": manifest().identity,
        "catalogue_fingerprint": "f",
        "rows": 6,
        "count": 3,
        "seed": 0,
        "metric": "cosine",
        "parameters": {"a": 1.577, "b": 0.895},
    }
    return ProjectionManifest(**(facts | changes))


ROWS = np.array([4, 0, 5], np.uint32)
POINTS = np.array([[4, 40], [0, 1], [5, 50]], np.float32)


def test_coordinates_are_in_row_order_with_nan_where_a_row_has_none(tmp_path: Path) -> None:
    write_projection(tmp_path, _manifest(), ROWS, POINTS)
    projection = Projection.open(projection_folder(tmp_path, "umap-0"))
    nan = np.nan
    expected = [[0, 1], [nan, nan], [nan, nan], [nan, nan], [4, 40], [5, 50]]
    assert np.array_equal(projection.coordinates, np.array(expected, np.float32), equal_nan=True)
    assert projection.coordinates.dtype == np.float32
    assert projection.manifest.parameters == {"a": 1.577, "b": 0.895}


def test_rows_that_a_catalogue_gained_have_no_coordinates(tmp_path: Path) -> None:
    projection = write_projection(tmp_path, _manifest(), ROWS, POINTS)
    grown = projection.coordinates_of(8)
    assert grown.shape == (8, 2)
    assert np.isnan(grown[6:]).all()
    assert np.array_equal(grown[:6], projection.coordinates, equal_nan=True)


def test_a_newer_projection_takes_the_place_of_the_older(tmp_path: Path) -> None:
    write_projection(tmp_path, _manifest(), ROWS, POINTS)
    write_projection(tmp_path, _manifest(count=1), ROWS[:1], POINTS[:1] + 1)
    projection = Projection.open(projection_folder(tmp_path, "umap-0"))
    assert projection.points.tolist() == [[5, 41]]
    names = [path.name for path in (tmp_path / "projections").iterdir()]
    assert names == ["umap-0"]


def _kill_between_renames(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Write a second projection, and die when the first has made way for it."""
    rename = Path.rename

    def die(path: Path, target: Path) -> Path:
        if path.name.endswith(".new"):
            raise KeyboardInterrupt
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", die)
    with pytest.raises(KeyboardInterrupt):
        write_projection(tmp_path, _manifest(count=1), ROWS[:1], POINTS[:1] + 1)
    monkeypatch.undo()


@pytest.mark.skipif(os.name == "nt", reason="folders can't be flushed there")
def test_a_projection_is_on_the_disk_before_the_older_one_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_projection(tmp_path, _manifest(), ROWS, POINTS)
    flushed: set[int] = set()
    missing: list[set[str]] = []
    fsync, rmtree = os.fsync, shutil.rmtree

    def note(descriptor: int) -> None:
        fsync(descriptor)
        flushed.add(os.fstat(descriptor).st_ino)

    def remove(path: Path, ignore_errors: bool = False) -> None:
        if path.exists():
            folder = projection_folder(tmp_path, "umap-0")
            there = [*folder.iterdir(), folder, folder.parent]
            missing.append({one.name for one in there if one.stat().st_ino not in flushed})
        rmtree(path, ignore_errors)

    monkeypatch.setattr(os, "fsync", note)
    monkeypatch.setattr(shutil, "rmtree", remove)
    write_projection(tmp_path, _manifest(), ROWS, POINTS, placed=np.array([True, False, False]))
    assert missing == [set()]


def test_a_projection_is_there_though_its_writer_was_killed_between_its_renames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    placed, axes = np.array([True, False, False]), np.ones((3, 2))
    known = _manifest(placements=(Placement(count=1, how="mean"),))
    write_projection(tmp_path, known, ROWS, POINTS, placed=placed, axes=axes)
    _kill_between_renames(monkeypatch, tmp_path)
    folder = projection_folder(tmp_path, "umap-0")
    assert not folder.exists()
    assert list_projections(tmp_path) == ["umap-0"]
    projection = Projection.open(folder)
    assert projection.points.tolist() == POINTS.tolist()
    assert projection.placed.tolist() == placed.tolist()
    assert projection.axes is not None and read_axes(folder) is not None
    # The one after it puts everything in order.
    write_projection(tmp_path, _manifest(count=1), ROWS[:1], POINTS[:1] + 2)
    assert Projection.open(folder).points.tolist() == [[6, 42]]
    assert [path.name for path in folder.parent.iterdir()] == ["umap-0"]


def test_a_write_that_fails_leaves_a_projection_whose_writer_was_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_projection(tmp_path, _manifest(), ROWS, POINTS)
    _kill_between_renames(monkeypatch, tmp_path)

    def fail(path: Path, array: np.ndarray) -> None:
        raise OSError("disk")

    monkeypatch.setattr(np, "save", fail)
    with pytest.raises(OSError, match="disk"):
        write_projection(tmp_path, _manifest(count=1), ROWS[:1], POINTS[:1])
    monkeypatch.undo()
    assert list_projections(tmp_path) == ["umap-0"]
    opened = Projection.open(projection_folder(tmp_path, "umap-0"))
    assert opened.points.tolist() == POINTS.tolist()


def test_projections_are_listed_newest_first_and_broken_ones_left_out(tmp_path: Path) -> None:
    assert list_projections(tmp_path) == []
    for name, created in (("a", "2026-01-01"), ("b", "2026-03-01"), ("c", "2026-02-01")):
        write_projection(tmp_path, _manifest(name=name, created=created), ROWS, POINTS)
    (projection_folder(tmp_path, "a") / "manifest.json").write_text("{")
    (tmp_path / "projections" / "empty").mkdir()
    assert list_projections(tmp_path) == ["b", "c"]


def test_a_layout_of_other_vectors_is_refused(tmp_path: Path) -> None:
    projection = write_projection(tmp_path / "p", _manifest(), ROWS, POINTS)
    vectors = np.ones((6, 8), np.float16)
    projection.require_store(make_store(tmp_path / "same", vectors))
    other = make_store(tmp_path / "other", vectors, checkpoint_sha256="b" * 64)
    with pytest.raises(MismatchError, match=r"umap-0.*bbbb"):
        projection.require_store(other)


def test_missing_and_damaged_projections_are_sentences(tmp_path: Path) -> None:
    folder = projection_folder(tmp_path, "umap-0")
    with pytest.raises(WorkspaceError, match="no projection"):
        Projection.open(folder)
    write_projection(tmp_path, _manifest(), ROWS, POINTS)
    np.save(folder / "coordinates.npy", POINTS[:2])
    with pytest.raises(FormatError, match=r"coordinates\.npy"):
        Projection.open(folder)
    (folder / "rows.npy").write_bytes(b"nothing")
    with pytest.raises(FormatError, match=r"rows\.npy"):
        Projection.open(folder)
    (folder / "manifest.json").write_text("[]")
    with pytest.raises(FormatError, match="not the manifest"):
        Projection.open(folder)


PLACED = np.array([False, True, True])


def _with_placed() -> ProjectionManifest:
    return _manifest(placements=(Placement(count=2, how="force"),))


def test_points_that_were_placed_are_marked(tmp_path: Path) -> None:
    written = write_projection(tmp_path, _with_placed(), ROWS, POINTS, placed=PLACED)
    projection = Projection.open(written.folder)
    assert projection.placed.tolist() == PLACED.tolist()
    assert projection.placed_of(5).tolist() == [True, False, False, False, False]
    assert projection.manifest.placed_count == 2
    assert projection.manifest.placements[0].how == "force"


def test_a_projection_of_before_has_no_placed_points(tmp_path: Path) -> None:
    written = write_projection(tmp_path, _manifest(), ROWS, POINTS)
    assert {path.name for path in written.folder.iterdir()} == {
        "manifest.json",
        "rows.npy",
        "coordinates.npy",
    }
    assert written.placed.tolist() == [False] * 3
    assert written.axes is None


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (np.ones(3, bool), r"marks 3 points as placed.* tells of 2"),
        (np.ones(2, bool), r"placed\.npy should be"),
        (np.ones(3), r"placed\.npy should be"),
        (np.array([{}, [], None], object), r"placed\.npy can't be read"),
        (None, r"placed\.npy is missing"),
    ],
)
def test_damaged_marks_are_sentences(
    tmp_path: Path, damage: np.ndarray | None, sentence: str
) -> None:
    folder = write_projection(tmp_path, _with_placed(), ROWS, POINTS, placed=PLACED).folder
    if damage is None:
        (folder / "placed.npy").unlink()
    else:
        np.save(folder / "placed.npy", damage, allow_pickle=True)
    with pytest.raises(FormatError, match=sentence):
        Projection.open(folder)
