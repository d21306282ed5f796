from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from trainer import atomic
from trainer.errors import WorkspaceError


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    atomic.write_text(path, "old")
    with pytest.raises(RuntimeError), atomic.atomic_path(path) as temporary:
        temporary.write_text("half of the ne")
        raise RuntimeError
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_replaces_the_file_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    atomic.write_text(path, "old")
    with atomic.atomic_path(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
        assert temporary.parent == path.parent
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is full")
def test_a_full_disk_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "table.txt"
    with (
        pytest.raises(WorkspaceError, match=r"no space left.*unchanged"),
        atomic.atomic_path(path),
        open("/dev/full", "wb", buffering=0) as full,
    ):
        full.write(b"x")
    assert list(tmp_path.iterdir()) == []


def test_a_missing_permission_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no permission"), atomic.disk_errors(tmp_path / "x"):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(tmp_path))


def test_a_missing_folder_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="there is no folder"):
        atomic.write_text(tmp_path / "nowhere" / "x", "text")


def test_other_errors_are_not_disguised(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), atomic.disk_errors(tmp_path):
        raise IsADirectoryError(errno.EISDIR, "is a directory")


def test_only_old_partial_files_are_removed(tmp_path: Path) -> None:
    old, fresh, other = (tmp_path / name for name in ("a.partial", "b.partial", "c.parquet"))
    for path in (old, fresh, other):
        path.touch()
    long_ago = fresh.stat().st_mtime - atomic.STALE_AFTER - 60
    for path in (old, other):
        os.utime(path, (long_ago, long_ago))
    atomic.remove_stale(tmp_path)
    assert sorted(tmp_path.iterdir()) == [fresh, other]
