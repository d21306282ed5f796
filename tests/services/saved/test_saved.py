"""Saved selections are on disk before they are listed, and every change can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.selection import CombineMode
from tests.services.small_survey import COUNT, make_workspace, write_cutouts
from trainer.workspace.workspace import Workspace

Wait = Callable[[list[str]], None]


def mask(*rows: int) -> np.ndarray:
    made = np.zeros(COUNT, bool)
    made[list(rows)] = True
    return made


@pytest.fixture
def wait(opened: ApplicationState, qtbot: QtBot) -> Wait:
    """Waits until these are listed."""

    def until(names: list[str]) -> None:
        qtbot.waitUntil(lambda: sorted(item.name for item in opened.saved.items) == names)

    return until


def apply(state: ApplicationState, qtbot: QtBot, name: str, mode: CombineMode) -> list[int]:
    with qtbot.waitSignal(state.messages.posted):
        state.saved.apply(name, mode)
    return state.selection.rows().tolist()


def test_a_saved_selection_meets_the_selected_set_in_four_ways(
    opened: ApplicationState, wait: Wait, qtbot: QtBot
) -> None:
    opened.saved.save("some", mask(1, 2, 3))
    wait(["some"])
    expected = {
        CombineMode.REPLACE: [1, 2, 3],
        CombineMode.ADD: [1, 2, 3, 4],
        CombineMode.REMOVE: [4],
        CombineMode.INTERSECT: [3],
    }
    for mode, rows in expected.items():
        opened.selection.combine(mask(3, 4))
        assert apply(opened, qtbot, "some", mode) == rows
        opened.undo.undo()
        assert opened.selection.rows().tolist() == [3, 4]


def test_hidden_galaxies_are_selected_too_and_it_is_said(
    opened: ApplicationState, wait: Wait, qtbot: QtBot
) -> None:
    opened.saved.save("some", mask(1, 2, 3))
    wait(["some"])
    opened.filters.set("few", "few", mask(1))
    assert apply(opened, qtbot, "some", CombineMode.REPLACE) == [1, 2, 3]
    assert "3 galaxies are selected, 2 of them hidden" in opened.messages.history[-1].text


def test_saved_selections_survive_a_restart_and_are_their_workspaces_own(
    survey: Path, opened: ApplicationState, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.saved.save("some", mask(1, 2))
    wait(["some"])
    opened.session.request_open(make_workspace(tmp_path / "other"))
    wait([])
    opened.session.request_open(survey)
    wait(["some"])
    assert apply(opened, qtbot, "some", CombineMode.REPLACE) == [1, 2]
    opened.session.set_workspace(None)
    wait([])


def test_every_change_is_taken_back_and_done_again(
    survey: Path, opened: ApplicationState, wait: Wait, qtbot: QtBot
) -> None:
    opened.saved.save("some", mask(1, 2))
    wait(["some"])
    created = opened.saved.items[0].created
    opened.saved.rename("some", "lenses")
    wait(["lenses"])
    opened.saved.replace("lenses", mask(7))
    qtbot.waitUntil(lambda: opened.saved.items[0].count == 1)
    opened.saved.delete("lenses")
    wait([])
    assert list((survey / "selections").iterdir()) == []
    opened.undo.undo()
    wait(["lenses"])
    assert apply(opened, qtbot, "lenses", CombineMode.REPLACE) == [7]
    assert opened.saved.items[0].created == created
    opened.undo.undo()  # the selection just made
    opened.undo.undo()
    qtbot.waitUntil(lambda: opened.saved.items[0].count == 2)
    opened.undo.undo()
    wait(["some"])
    opened.undo.undo()
    wait([])
    for names in (["some"], ["lenses"]):
        opened.undo.redo()
        wait(names)
    opened.undo.redo()
    qtbot.waitUntil(lambda: opened.saved.items[0].count == 1)


def test_only_its_galaxies_are_shown_or_they_are_hidden(
    opened: ApplicationState, wait: Wait, qtbot: QtBot
) -> None:
    opened.saved.save("some", mask(1, 2))
    wait(["some"])
    for only in (True, False):
        with qtbot.waitSignal(opened.filters.changed):
            opened.saved.filter("some", only=only)
        np.testing.assert_array_equal(opened.filters.visible, mask(1, 2) == only)
    (chip,) = opened.filters.items().values()
    assert chip.caption == "without some"


def test_identifiers_and_coordinates_are_exported(
    opened: ApplicationState, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    opened.saved.save("some", mask(1, 2))
    wait(["some"])
    with qtbot.waitSignal(opened.messages.posted):
        opened.saved.export("some", tmp_path / "some.csv")
    lines = (tmp_path / "some.csv").read_text().splitlines()
    assert lines[0].replace('"', "") == "object_id,ra,dec"
    assert [line.split(",")[0].strip('"') for line in lines[1:]] == ["G5-1", "G5-2"]


def test_a_name_that_will_not_do_is_refused_in_words(
    opened: ApplicationState, wait: Wait, qtbot: QtBot
) -> None:
    opened.saved.save("some", mask(1))
    wait(["some"])
    with qtbot.waitSignal(opened.saved.changed):
        opened.saved.rename("some", " ")
    assert "characters" in opened.messages.history[-1].text
    wait(["some"])


def test_another_catalogues_file_is_listed_but_neither_used_nor_deleted(
    survey: Path, opened: ApplicationState, wait: Wait, qtbot: QtBot, tmp_path: Path
) -> None:
    other = Workspace.create(tmp_path / "other", [write_cutouts(tmp_path / "other.h5", 9, seed=6)])
    from trainer.workspace.selections import save_selection

    theirs = save_selection(other.selections_folder, other.catalogue, "theirs", np.array([1]))
    (survey / "selections").mkdir()
    copy = survey / "selections" / theirs.path.name
    copy.write_bytes(theirs.path.read_bytes())
    opened.saved.save("ours", mask(1))
    wait(["ours", "theirs"])
    assert "another catalogue" in (opened.saved.item("theirs") or opened.saved.items[0]).problem
    for ask in (
        lambda: opened.saved.apply("theirs", CombineMode.REPLACE),
        lambda: opened.saved.delete("theirs"),
    ):
        with qtbot.waitSignal(opened.messages.posted):
            ask()
        assert "another catalogue" in opened.messages.history[-1].text
    assert copy.exists() and opened.selection.count == 0


def test_a_catalogue_that_grows_keeps_its_saved_selections(
    survey: Path,
    opened: ApplicationState,
    services: Services,
    wait: Wait,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    opened.saved.save("some", mask(1, 2))
    wait(["some"])
    Workspace.open(survey).add([write_cutouts(tmp_path / "more.gri.h5", 5, seed=9)])
    services.workspace.refresh(lambda: None)
    qtbot.waitUntil(lambda: opened.selection.size == COUNT + 5)
    assert apply(opened, qtbot, "some", CombineMode.REPLACE) == [1, 2]


def test_what_was_asked_for_is_written_before_the_program_ends(
    survey: Path, opened: ApplicationState, services: Services
) -> None:
    opened.saved.save("last words", mask(1))
    services.saved.close()
    assert [path.name for path in (survey / "selections").iterdir()] == ["last-words.parquet"]
