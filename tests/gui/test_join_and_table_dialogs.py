"""The dialogs of joining a catalogue and exporting the table state what was chosen."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PyQt6.QtCore import Qt
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.joins import JoinChoice, JoinCounts, JoinOffer, OfferedColumn
from astromask_gui.state.table import TableExport, TablePart
from astromask_gui.windows.join_dialog import JoinDialog
from astromask_gui.windows.table_export_dialog import TableExportDialog
from tests.gui.conftest import COUNT

PATH = Path("/catalogues/redshifts.csv")
OFFER = JoinOffer(
    JoinChoice(PATH, "id", "object_id", "name"),
    1234,
    (
        OfferedColumn("name", "text", proposed=False),
        OfferedColumn("RA", "number", "deg", proposed=False),
        OfferedColumn("Dec", "number", "deg", proposed=False),
        OfferedColumn("z", "number", new_name="z_2"),
    ),
    ("object_id", "tile"),
    ("name", "RA"),
)


@pytest.fixture
def asked(state: ApplicationState) -> list[tuple[int, JoinChoice]]:
    found: list[tuple[int, JoinChoice]] = []
    state.joins.preview_requested.connect(lambda number, choice: found.append((number, choice)))
    return found


@pytest.fixture
def dialog(
    state: ApplicationState, asked: list[tuple[int, JoinChoice]], qtbot: QtBot
) -> JoinDialog:
    made = JoinDialog(state.joins, OFFER)
    qtbot.addWidget(made)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    made.show()
    return made


def test_the_likeliest_way_is_counted_at_once(
    dialog: JoinDialog, state: ApplicationState, asked: list[tuple[int, JoinChoice]]
) -> None:
    number, choice = asked[0]
    assert choice == JoinChoice(PATH, "id", "object_id", "name", "RA", "Dec", 1.0, ("z",))
    assert not dialog.join_button.isEnabled()
    state.joins.previewed.emit(number, JoinCounts(50, 10, 3, 0, 7))
    assert dialog.counts.text() == "50 galaxies matched · 10 unmatched · 3 ambiguous"
    assert "the first is taken" in dialog.details.text()
    assert dialog.join_button.isEnabled()


def test_a_change_is_counted_anew_and_stale_counts_are_dropped(
    dialog: JoinDialog, state: ApplicationState, asked: list[tuple[int, JoinChoice]], qtbot: QtBot
) -> None:
    dialog.by_sky.setChecked(True)
    dialog.radius.setValue(2.5)
    qtbot.waitUntil(lambda: len(asked) == 2)
    state.joins.previewed.emit(asked[0][0], JoinCounts(50, 10, 0, 0, 7))
    assert not dialog.join_button.isEnabled()
    assert (asked[1][1].by, asked[1][1].radius) == ("sky", 2.5)
    state.joins.preview_failed.emit(asked[1][0], "It can't be read.")
    assert dialog.error.text() == "It can't be read."


def test_nothing_is_joined_without_a_match_or_a_column(
    dialog: JoinDialog, state: ApplicationState, asked: list[tuple[int, JoinChoice]]
) -> None:
    state.joins.previewed.emit(asked[0][0], JoinCounts(0, 60, 0, 0, 7))
    assert not dialog.join_button.isEnabled()
    state.joins.previewed.emit(asked[0][0], JoinCounts(5, 55, 0, 0, 7))
    item = dialog.list.item(3)
    assert item is not None and "z_2" in item.text()
    item.setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.join_button.isEnabled()


def test_accepting_states_the_join(
    dialog: JoinDialog,
    state: ApplicationState,
    asked: list[tuple[int, JoinChoice]],
    qtbot: QtBot,
) -> None:
    state.joins.previewed.emit(asked[0][0], JoinCounts(50, 10, 0, 0, 7))
    with qtbot.waitSignal(state.joins.join_requested) as wished:
        dialog.join_button.click()
    assert wished.args == [dialog.choice()] and not dialog.isVisible()


def test_rows_columns_and_format_of_an_export_are_chosen(
    state: ApplicationState, tmp_path: Path, qtbot: QtBot
) -> None:
    state.selection.select_rows(np.array([3, 4]))
    state.filters.set("few", "few", np.arange(COUNT) < 5)
    dialog = TableExportDialog(state, TablePart(np.array([9, 1], np.uint32), ("mag_r",)), "sixty")
    qtbot.addWidget(dialog)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    assert [dialog.rows.itemText(place) for place in range(dialog.rows.count())] == [
        "As listed in the table (2)",
        "Visible galaxies (5)",
        "Selected galaxies (2)",
        f"All galaxies ({COUNT})",
    ]
    assert dialog.part().rows.tolist() == [9, 1]
    dialog.rows.setCurrentIndex(2)
    dialog.columns.setCurrentIndex(1)
    dialog.format.setCurrentText("VOTable")
    with qtbot.waitSignal(state.table.export_requested) as wished:
        dialog.export_to(tmp_path / "t.vot")
    export = wished.args[0]
    assert isinstance(export, TableExport)
    assert (export.format, export.part.rows.tolist()) == ("votable", [3, 4])
    assert export.part.columns == state.columns.names()
