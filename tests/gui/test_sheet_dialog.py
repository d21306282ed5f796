"""The dialog of contact sheets, and where galaxies stand on the pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PyQt6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from astromask_gui.rendering.sheet_layout import FOOTER, LINE, MARGIN, lay_out
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.gallery import Listing
from astromask_gui.state.sheets import MOST_ON_SHEETS, Sheet, SheetOptions
from astromask_gui.windows.sheet_dialog import SheetDialog, lists_of

OPTIONS = st.builds(
    SheetOptions,
    page=st.sampled_from(["A4", "A3", "Letter"]),
    landscape=st.booleans(),
    columns=st.integers(1, 12),
)


@given(OPTIONS, st.integers(1, 3), st.integers(1, 5000))
def test_cells_stay_on_the_page_and_apart(options: SheetOptions, lines: int, count: int) -> None:
    layout = lay_out(options, lines)
    corners = [layout.corner(number) for number in range(min(layout.on_page, count))]
    for x, y in corners:
        assert x >= MARGIN and x + layout.side <= layout.width - MARGIN + 1e-6
        bottom = y + layout.side + lines * LINE
        assert bottom <= layout.height - MARGIN - FOOTER + 1e-6
    assert len(set(corners)) == len(corners)
    assert layout.page_of(count - 1) == layout.pages(count) - 1


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    """Deletes with itself what a closed dialog leaves."""
    made = QWidget()
    qtbot.addWidget(made)
    return made


@pytest.fixture
def dialog(state: ApplicationState, parent: QWidget) -> SheetDialog:
    state.gallery.set_listing(Listing(np.arange(12, dtype=np.uint32), "visible", True))
    state.selection.select_rows(np.array([3, 4]))
    made = SheetDialog(state.sheets, lists_of(state), "sixty", "mag_r", parent)
    made.show()
    return made


def test_lists_without_a_galaxy_are_not_offered(
    dialog: SheetDialog, state: ApplicationState
) -> None:
    assert list(lists_of(state)) == ["What the gallery shows", "The selection"]
    assert dialog.source.count() == 2 and dialog.rows.tolist() == list(range(12))


def test_what_is_chosen_is_asked_for_and_its_progress_shown(
    dialog: SheetDialog, state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    asked: list[Sheet] = []
    state.sheets.requested.connect(asked.append)
    dialog.source.setCurrentIndex(1)
    dialog.columns.setValue(3)
    dialog.landscape.setChecked(True)
    dialog.title.setText("Arcs")
    dialog.export_to(tmp_path / "arcs.pdf")
    (sheet,) = asked
    assert sheet.rows.tolist() == [3, 4] and sheet.caption == "mag_r"
    assert sheet.options == SheetOptions(columns=3, landscape=True, title="Arcs")
    state.sheets.set_progress(1, 2)
    assert dialog.bar.isVisible() and dialog.bar.value() == 1 and not dialog.form.isEnabled()
    with qtbot.waitSignal(dialog.accepted):
        state.sheets.set_finished()


def test_a_failure_is_told_and_may_be_tried_again(
    dialog: SheetDialog, state: ApplicationState, tmp_path: Path
) -> None:
    dialog.export_to(tmp_path / "arcs.pdf")
    state.sheets.set_finished("There is no space left.")
    assert dialog.isVisible() and dialog.summary.text() == "There is no space left."
    assert dialog.form.isEnabled() and dialog.export_button.isEnabled()


def test_cancel_gives_the_sheet_up(
    dialog: SheetDialog, state: ApplicationState, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog.export_to(tmp_path / "arcs.pdf")
    with qtbot.waitSignal(state.sheets.cancelled):
        dialog.reject()


def test_too_many_galaxies_are_cut_off(state: ApplicationState, parent: QWidget) -> None:
    rows = np.arange(MOST_ON_SHEETS + 1, dtype=np.uint32)
    made = SheetDialog(state.sheets, {"Visible": rows}, "many", parent=parent)
    assert len(made.rows) == MOST_ON_SHEETS and "5,001" in made.summary.text()
