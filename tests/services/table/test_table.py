"""The table's rows, cells and files come from the workspace, off the window's thread."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.services.table.content import LONGEST_CELL, TableContent
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.table import Sort, TableExport, TablePart
from tests.services.small_survey import COUNT, FEW


@pytest.fixture
def table(opened: ApplicationState, qtbot: QtBot) -> ApplicationState:
    """The small survey with somebody looking at its table."""
    with qtbot.waitSignal(opened.table.rows_changed):
        opened.table.set_watched(True)
    return opened


def test_all_rows_are_listed_in_the_catalogues_order(table: ApplicationState) -> None:
    assert table.table.rows.tolist() == list(range(COUNT)) and not table.table.busy


def test_rows_follow_the_sort_the_filters_and_the_selection(
    table: ApplicationState, qtbot: QtBot
) -> None:
    def wait(rows: list[int]) -> None:
        qtbot.waitUntil(lambda: table.table.rows.tolist() == rows)

    table.table.set_sort(Sort("ra", descending=True))
    wait(list(range(COUNT))[::-1])
    table.table.set_scope("selected")
    wait([])
    table.selection.select_rows(np.array([3, 30]))
    wait([30, 3])
    table.table.set_scope("visible")
    table.filters.set("few", "few", np.arange(COUNT) < 4)
    wait([3, 2, 1, 0])
    table.table.set_sort(None)
    wait([0, 1, 2, 3])


def test_nothing_is_sorted_while_nobody_looks(opened: ApplicationState) -> None:
    opened.table.set_sort(Sort("ra"))
    assert not opened.table.busy and not len(opened.table.rows)


def test_a_sort_by_a_column_that_is_gone_is_dropped(table: ApplicationState) -> None:
    table.table.set_sort(Sort("ra"))
    table.columns.set_columns([])
    assert table.table.sort is None


def test_another_workspace_has_no_rows_of_the_one_before(
    other: Path, table: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    listed: list[list[int]] = []
    services.workspace.loaded_changed.connect(lambda _: listed.append(table.table.rows.tolist()))
    with qtbot.waitSignal(services.workspace.loaded_changed, timeout=20000):
        table.session.request_open(other)
    # They were painted, and their cells looked up where there may be fewer galaxies.
    assert listed == [[]]
    qtbot.waitUntil(lambda: table.table.rows.tolist() == list(range(FEW)))


def test_cells_are_looked_up_as_text(table: ApplicationState, qtbot: QtBot) -> None:
    assert table.cells.get("object_id", 7) is None
    assert table.cells.get("tile", 7) is None
    qtbot.waitUntil(lambda: table.cells.has("tile", 7))
    qtbot.waitUntil(lambda: table.cells.has("object_id", 7))
    assert table.cells.get("object_id", 7) == "G5-7" and table.cells.get("tile", 7) == "1.2"


def test_rows_are_copied_with_every_digit_and_a_cell_alone(
    table: ApplicationState, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(table.table.copied) as copied:
        table.table.copy(TablePart(np.array([2, 0], np.uint32), ("object_id", "ra")))
    lines = str(copied.args[0]).splitlines()
    assert [line.split("\t") for line in lines] == [
        ["object_id", "ra"],
        ["G5-2", "150.02"],
        ["G5-0", "150"],
    ]
    assert copied.args[1] == "2 rows are on the clipboard."
    with qtbot.waitSignal(table.table.copied) as copied:
        table.table.copy(TablePart(np.array([2], np.uint32), ("object_id",)))
    assert copied.args[0] == "G5-2"


def test_a_part_is_exported_and_told(table: ApplicationState, tmp_path: Path, qtbot: QtBot) -> None:
    from trainer.workspace.tables import read_table

    part = TablePart(np.array([4, 1], np.uint32), ("object_id", "dec"))
    with qtbot.waitSignal(
        table.messages.posted, check_params_cb=lambda message: "Wrote" in message.text
    ) as told:
        table.table.export(TableExport(tmp_path / "t.ecsv", "ecsv", part))
    assert "2 galaxies, 2 columns" in told.args[0].text
    assert read_table(tmp_path / "t.ecsv").to_pydict() == {
        "object_id": ["G5-4", "G5-1"],
        "dec": [2.0, 2.0],
    }


def test_a_file_that_cant_be_written_is_told_in_a_sentence(
    table: ApplicationState, tmp_path: Path, qtbot: QtBot
) -> None:
    part = TablePart(np.array([4], np.uint32), ("dec",))
    with qtbot.waitSignal(
        table.messages.posted, check_params_cb=lambda message: message.level == "error"
    ):
        table.table.export(TableExport(tmp_path / "absent" / "t.csv", "csv", part))


def test_a_workspace_that_closes_leaves_an_empty_table(
    table: ApplicationState, qtbot: QtBot
) -> None:
    table.session.set_workspace(None)
    assert not len(table.table.rows)


def test_long_texts_and_texts_of_many_lines_are_cut_to_one_short_line(
    table: ApplicationState, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    import pyarrow as pa

    texts = pa.chunked_array([["x" * 1_000_000, "a\nb\tc", None]])
    monkeypatch.setattr(TableContent, "_column", lambda *_: texts)
    found = TableContent.cells(TableContent.__new__(TableContent), "note", [0, 1, 2])
    assert found == ["x" * LONGEST_CELL + "…", "a b c", ""]
