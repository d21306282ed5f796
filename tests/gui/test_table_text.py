"""How the table writes numbers, and which columns a user's choice leaves."""

from __future__ import annotations

import numpy as np
import pytest

from astromask_gui.parts.cell_format import CellFormat, format_of
from astromask_gui.state.columns import Column
from astromask_gui.state.table_look import TableLook


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([17.3, 18.25, -3], ["17.3000", "18.2500", "−3.0000"]),
        ([1.0, 2.0, np.nan], ["1", "2", "–"]),
        ([1e-17, 2.5e-16, 0], ["1.0000e−17", "2.5000e−16", "0.0000e+00"]),
        ([0.5, np.inf, -np.inf], ["0.50000", "∞", "−∞"]),
        ([0.5, 1e-9, 0.25], ["0.50000", "1.0000e−09", "0.25000"]),
    ],
)
def test_a_columns_numbers_have_the_same_places(values: list[float], texts: list[str]) -> None:
    found = format_of(Column("x", "number"), np.array(values))
    assert [found.text(value) for value in values] == texts


def test_positions_are_told_to_the_milliarcsecond() -> None:
    found = format_of(Column("ra", "number", "deg"), np.array([150.1234567]))
    assert found == CellFormat(6) and found.text(150.1234567) == "150.123457"


def test_columns_of_other_surveys_stay_hidden_and_in_order() -> None:
    look = TableLook(order=("z", "a"), hidden=("z", "b"))
    assert look.arranged(["a", "b", "z"]) == ["z", "a", "b"]
    assert look.shown(["a", "b", "c"]) == ["a", "c"]
    changed = look.with_hidden(["c"], ["a", "b", "c"]).with_order(["c", "a"])
    assert changed.hidden == ("c", "z") and changed.order == ("c", "a", "z")
