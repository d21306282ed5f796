"""Values as people read them."""

from __future__ import annotations

import numpy as np
import pytest

from astromask_gui.parts.value_text import figures, number_text, value_text
from astromask_gui.state.columns import Column, Columns
from astromask_gui.widgets.map.card_facts import card_columns


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (17.3123, "17.31"),
        (0.061234, "0.06123"),
        (-21.5, "\N{MINUS SIGN}21.50"),
        (0, "0"),
        (1234567, "1234567"),
        (123456.7, "123457"),
        (3.2e-9, "3.200e\N{MINUS SIGN}09"),
        (np.float32(0.1), "0.1000"),
        (np.nan, "–"),
        (np.inf, "–"),
    ],
)
def test_numbers_have_four_figures(value: float, text: str) -> None:
    assert number_text(float(value)) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.1, "0.100"), (12.0, "12.0"), (123.4, "123"), (-0.5, "−0.500"), (np.nan, "–")],
)
def test_figures_beside_each_other_are_equally_many(value: float, text: str) -> None:
    assert figures(value, 3) == text


def test_each_kind_of_column_has_its_words() -> None:
    kinds = Column("type", "category", categories=("star", "lens"))
    assert value_text(Column("mag_r", "number", "AB mag"), np.float32(17.5)) == "17.50 AB mag"
    assert value_text(Column("mag_r", "number", "AB mag"), np.nan) == "–"
    assert [value_text(kinds, np.int16(code)) for code in (0, 1, -1)] == ["star", "lens", "–"]
    flags = Column("flag", "boolean")
    assert [value_text(flags, np.int16(code)) for code in (0, 1, -1)] == ["no", "yes", "–"]
    assert value_text(flags, np.True_) == "yes"
    assert [value_text(Column("tile", "text"), text) for text in ("T1", "")] == ["T1", "–"]


def columns_of(*columns: Column) -> Columns:
    made = Columns()
    made.set_columns(columns)
    return made


def test_the_usual_columns_are_kind_redshift_and_magnitude() -> None:
    columns = columns_of(
        Column("object_id", "number"),
        Column("ra", "number"),
        Column("note", "text"),
        Column("tile", "category"),
        Column("snr", "number"),
        Column("mag_g", "number"),
        Column("mag_r", "number"),
        Column("REDSHIFT", "number"),
        Column("type", "category"),
        Column("grade_lens", "category", source="labels"),
    )
    assert card_columns(columns, None, None) == ["type", "REDSHIFT", "mag_r"]
    assert card_columns(columns, None, "mag_r") == ["mag_r", "type", "REDSHIFT"]


def test_chosen_columns_are_shown_where_a_survey_has_them() -> None:
    columns = columns_of(Column("type", "category"), Column("mag_r", "number"))
    assert card_columns(columns, ("mag_r", "elsewhere"), None) == ["mag_r"]
    assert card_columns(columns, ("elsewhere",), None) == ["type", "mag_r"]
    assert card_columns(columns, (), None) == []
    assert card_columns(columns, (), "type") == ["type"]
