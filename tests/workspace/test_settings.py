from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trainer.errors import WorkspaceError
from trainer.workspace.settings import (
    SETTINGS_FILE,
    BadFile,
    WorkspaceSettings,
    entry_for,
    read_settings,
    resolve,
    write_settings,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    name=texts,
    bands=st.lists(texts, min_size=1, max_size=4),
    scale=st.none() | st.floats(1e-6, 1e6),
    bad=st.lists(st.tuples(texts, texts), max_size=2),
)
def test_settings_come_back_as_they_were_written(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    bands: list[str],
    scale: float | None,
    bad: list[tuple[str, str]],
) -> None:
    folder = tmp_path_factory.mktemp("workspace")
    settings = WorkspaceSettings(
        name=name,
        bands=tuple(bands),
        image_size=(64, 48),
        pixel_scale=scale,
        zero_points=(30.0,) * len(bands),
        files=(entry_for(folder, folder / "x.h5", 3, 0),),
        bad_files=tuple(BadFile(path=path, reason=reason) for path, reason in bad),
    )
    write_settings(folder, settings)
    assert read_settings(folder) == settings
    shutil.rmtree(folder)


def test_files_in_the_workspace_move_with_it(tmp_path: Path) -> None:
    entry = entry_for(tmp_path / "one", tmp_path / "one" / "cutouts" / "x.h5", 1, 0)
    assert entry.path == "cutouts/x.h5"
    assert resolve(tmp_path / "two", entry) == tmp_path / "two" / "cutouts" / "x.h5"


def test_files_beside_the_workspace_move_with_both(tmp_path: Path) -> None:
    entry = entry_for(tmp_path / "a" / "ws", tmp_path / "a" / "cutouts" / "x.h5", 1, 0)
    moved = tmp_path / "b" / "cutouts" / "x.h5"
    moved.parent.mkdir(parents=True)
    moved.touch()
    assert resolve(tmp_path / "b" / "ws", entry) == moved


def test_files_beside_the_workspace_are_found_when_it_moves_alone(tmp_path: Path) -> None:
    file = tmp_path / "a" / "cutouts" / "x.h5"
    file.parent.mkdir(parents=True)
    file.touch()
    entry = entry_for(tmp_path / "a" / "ws", file, 1, 0)
    assert resolve(tmp_path / "b" / "ws", entry) == file


def test_files_elsewhere_keep_their_absolute_path(tmp_path: Path) -> None:
    far = tmp_path / "data" / "x.h5"
    entry = entry_for(tmp_path / "home" / "me" / "ws", far, 1, 0)
    assert entry.path == str(far)
    assert resolve(tmp_path / "elsewhere", entry) == far


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name = ", "not valid TOML"),
        ('name = "x"\nimage_size = [3, 4]\n', "bands"),
        ('version = 99\nname = "x"\nbands = ["u"]\nimage_size = [3, 4]\n', "version 99"),
        ('name = "x"\nbands = ["u"]\nimage_size = [3, 4]\ncrop = -1\n', "crop"),
    ],
)
def test_broken_settings_are_refused_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / SETTINGS_FILE).write_text(text)
    with pytest.raises(WorkspaceError, match=words):
        read_settings(tmp_path)


def test_a_folder_without_settings_is_no_workspace(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"no workspace.*astromask new"):
        read_settings(tmp_path)
    with pytest.raises(WorkspaceError, match="no such folder"):
        read_settings(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    with pytest.raises(WorkspaceError, match="folder"):
        read_settings(tmp_path / "file")
