"""Files are whole or not there at all, and what became of them is said."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.export_service import ExportService
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.exports import CantBeMade, Export, MadeFile


@pytest.fixture
def state(qtbot: QtBot) -> Iterator[ApplicationState]:
    made = ApplicationState()
    service = ExportService(made)
    yield made
    service.close()


def written(state: ApplicationState, qtbot: QtBot, export: Export) -> str:
    """Ask for a file, and return what is said of it."""
    state.exports.write(export)
    assert state.messages.history[0].text == f"Writing {export.path.name} …"
    qtbot.waitUntil(lambda: len(state.messages.history) == 2, timeout=10_000)
    return state.messages.history[-1].text


def test_a_file_is_made_elsewhere_and_told(
    state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    threads = []

    def make() -> MadeFile:
        threads.append(threading.current_thread())
        return MadeFile(b"x" * 2000, "8.9 × 6.0 cm")

    path = tmp_path / "map.pdf"
    assert written(state, qtbot, Export(path, make)) == f"Wrote {path} (8.9 × 6.0 cm, 2 kB)."
    assert path.read_bytes() == b"x" * 2000
    assert threads[0] is not threading.main_thread()
    assert [entry.name for entry in tmp_path.iterdir()] == ["map.pdf"]


def test_the_old_file_stays_until_the_new_one_is_whole(
    state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "map.svg"
    path.write_bytes(b"old")
    seen = []

    def make() -> MadeFile:
        seen.append(path.read_bytes())
        return MadeFile(b"new", "")

    written(state, qtbot, Export(path, make))
    assert seen == [b"old"] and path.read_bytes() == b"new"


def test_what_cant_be_made_is_said_and_the_old_file_stays(
    state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "map.svg"
    path.write_bytes(b"old")

    def make() -> MadeFile:
        raise CantBeMade("There is no room for the map.")

    assert written(state, qtbot, Export(path, make)) == "There is no room for the map."
    assert state.messages.history[-1].level == "error"
    assert path.read_bytes() == b"old"


def test_a_folder_that_is_not_there_is_named(
    state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "gone" / "map.png"
    text = written(state, qtbot, Export(path, lambda: MadeFile(b"new", "")))
    assert text == f"{path} can't be written: there is no folder {path.parent}."


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() == 0, reason="permissions don't bind this user"
)
def test_a_folder_that_cant_be_written_is_named(
    state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    text = written(state, qtbot, Export(folder / "map.png", lambda: MadeFile(b"new", "")))
    assert "you have no permission" in text and str(folder) in text


def test_of_several_previews_the_newest_is_shown(state: ApplicationState, qtbot: QtBot) -> None:
    made: list[tuple[int, object]] = []
    state.exports.preview_made.connect(lambda number, image: made.append((number, image)))
    begun, may_end = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        may_end.wait(10)
        return "slow"

    state.exports.preview(slow)
    assert begun.wait(10)
    state.exports.preview(lambda: "skipped")
    last = state.exports.preview(lambda: "newest")
    may_end.set()
    qtbot.waitUntil(lambda: bool(made), timeout=10_000)
    assert made == [(last, "newest")]


def test_a_preview_that_cant_be_drawn_says_why(state: ApplicationState, qtbot: QtBot) -> None:
    def draw() -> object:
        raise CantBeMade("Too small.")

    with qtbot.waitSignal(state.exports.preview_failed, timeout=10_000) as failed:
        number = state.exports.preview(draw)
    assert failed.args == [number, "Too small."]
