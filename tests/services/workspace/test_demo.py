from __future__ import annotations

from pathlib import Path

import pytest

from astromask_gui.services.workspace.demo import copy_demo
from trainer.errors import WorkspaceError


def test_the_demo_is_copied_once_and_can_be_written(tmp_path: Path) -> None:
    shipped, target = tmp_path / "shipped", tmp_path / "user" / "demo"
    shipped.mkdir()
    (shipped / "workspace.toml").write_text("name = 'demo'")
    (shipped / "workspace.toml").chmod(0o444)
    shipped.chmod(0o555)
    assert copy_demo(shipped, target) == target
    assert all(path.stat().st_mode & 0o200 for path in (target, target / "workspace.toml"))
    (target / "labels").mkdir()
    assert copy_demo(shipped, target) == target
    assert (target / "labels").is_dir()
    assert [path.name for path in target.parent.iterdir()] == ["demo"]


def test_another_demo_leaves_the_older_copy_with_its_grades_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "astromask_gui.services.workspace.demo.data_folder", lambda: tmp_path / "user"
    )
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "workspace.toml").write_text("name = 'demo'")
    (shipped / "catalogue.parquet").write_bytes(b"one")
    older = copy_demo(shipped)
    (older / "labels").mkdir()
    assert copy_demo(shipped) == older
    (shipped / "catalogue.parquet").write_bytes(b"two")
    newer = copy_demo(shipped)
    assert newer != older
    assert (older / "labels").is_dir()
    assert not (newer / "labels").exists()


def test_a_missing_demo_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="not part of this installation"):
        copy_demo(tmp_path / "none", tmp_path / "demo")
    assert not (tmp_path / "demo").exists()
