"""The filter panel: chips, brushed histograms, bars and conditions."""

from __future__ import annotations

import numpy as np
import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtGui import QStandardItemModel
from PyQt6.QtTest import QTest
from pytestqt.qtbot import QtBot

from astromask_gui.raster.binning import bin_column
from astromask_gui.services.filters.rows import rows_passing
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.filter_specs import Categories, Condition, Range
from astromask_gui.state.histograms import Histogram, HistogramSpec
from astromask_gui.widgets.filters.chip import ElidedButton
from astromask_gui.widgets.filters.histogram_bars import HistogramBars
from astromask_gui.widgets.filters.histogram_plot import HistogramPlot
from astromask_gui.widgets.filters.panel import FilterPanel
from tests.gui.conftest import COUNT

LEFT, NO_KEYS = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
TYPES = ("lens", "spiral", "star")
MAG = np.linspace(16, 24, COUNT)
KIND = np.repeat([1, 1, 0, 2, 1, -1], COUNT // 6).astype(np.int16)
COLUMNS = (Column("mag_r", "number", "AB mag"), Column("type", "category", categories=TYPES))
VALUES = {"mag_r": MAG, "type": KIND}


@pytest.fixture
def panel(state: ApplicationState, qtbot: QtBot) -> FilterPanel:
    """The panel, with filters that are answered at once."""
    state.columns.set_columns(COLUMNS)

    def answer(name: str, number: int, spec: Range | Categories | Condition) -> None:
        if not isinstance(spec, Condition):
            column = next(column for column in COLUMNS if column.name == spec.column)
            state.filters.answer(name, number, rows_passing(spec, column, VALUES[spec.column]))

    state.filters.requested.connect(answer)
    made = FilterPanel(state)
    qtbot.addWidget(made)
    made.resize(240, 600)
    made.show()
    for column in COLUMNS:
        state.histograms.add(column.name)
        bins = bin_column(column, VALUES[column.name])
        total = bins.totals[: bins.count]
        histogram = Histogram(
            HistogramSpec(column.name), bins.edges, bins.labels, bins.other, total,
            missing=int(bins.totals[255]), passing=total,
        )  # fmt: skip
        state.histograms.set_counts({column.name: histogram})
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def plot(panel: FilterPanel) -> HistogramPlot:
    return panel.histograms.cards["mag_r"].plot


@pytest.fixture
def bars(panel: FilterPanel) -> HistogramBars:
    return panel.histograms.cards["type"].bars


def at(plot: HistogramPlot, share: float) -> QPoint:
    return QPoint(round(4 + share * plot.axis().width), 20)


def drag(plot: HistogramPlot, start: float, end: float) -> None:
    QTest.mousePress(plot, LEFT, NO_KEYS, at(plot, start))
    QTest.mouseMove(plot, at(plot, (start + end) / 2))
    QTest.mouseMove(plot, at(plot, end))
    QTest.mouseRelease(plot, LEFT, NO_KEYS, at(plot, end))


def brushed(state: ApplicationState) -> tuple[float, float] | None:
    item = state.filters.items().get("histogram mag_r")
    return (item.spec.low, item.spec.high) if item and isinstance(item.spec, Range) else None


def kinds(state: ApplicationState) -> set[str]:
    visible = state.filters.visible
    codes = KIND if visible is None else KIND[visible]
    return {("no value", *TYPES)[code + 1] for code in codes}


# Brushes.


def test_a_drag_filters_live_and_is_one_step_of_undo(
    plot: HistogramPlot, state: ApplicationState
) -> None:
    QTest.mousePress(plot, LEFT, NO_KEYS, at(plot, 0.25))
    QTest.mouseMove(plot, at(plot, 0.4))
    narrow = state.filters.visible_count
    QTest.mouseMove(plot, at(plot, 0.5))
    assert narrow < state.filters.visible_count < COUNT
    QTest.mouseRelease(plot, LEFT, NO_KEYS, at(plot, 0.5))
    assert brushed(state) == pytest.approx((18, 20), abs=0.1)
    state.undo.undo()
    assert brushed(state) is None and state.filters.visible is None
    assert plot.brush is None and not state.undo.undo()


def test_a_brush_is_moved_resized_and_cleared(plot: HistogramPlot, state: ApplicationState) -> None:
    drag(plot, 0.25, 0.5)
    drag(plot, 0.35, 0.6)
    assert brushed(state) == pytest.approx((20, 22), abs=0.15)
    drag(plot, 0.75, 0.9)
    assert brushed(state) == pytest.approx((20, 23.2), abs=0.15)
    QTest.mouseDClick(plot, LEFT, NO_KEYS, at(plot, 0.6))
    assert brushed(state) is None and state.filters.visible is None


def test_a_click_alone_changes_nothing(plot: HistogramPlot, state: ApplicationState) -> None:
    QTest.mouseClick(plot, LEFT, NO_KEYS, at(plot, 0.5))
    assert not state.filters.items()
    drag(plot, 0.25, 0.5)
    before = brushed(state)
    QTest.mouseClick(plot, LEFT, NO_KEYS, at(plot, 0.8))
    assert brushed(state) == before


def test_escape_takes_a_drag_back(plot: HistogramPlot, state: ApplicationState) -> None:
    drag(plot, 0.25, 0.5)
    before = brushed(state)
    QTest.mousePress(plot, LEFT, NO_KEYS, at(plot, 0.35))
    QTest.mouseMove(plot, at(plot, 0.8))
    assert brushed(state) != before
    QTest.keyClick(plot, Qt.Key.Key_Escape)
    assert brushed(state) == before


def test_keys_move_a_brush_and_its_ends(plot: HistogramPlot, state: ApplicationState) -> None:
    plot.setFocus()
    QTest.keyClick(plot, Qt.Key.Key_Right)
    low, high = brushed(state) or (0, 0)
    QTest.keyClick(plot, Qt.Key.Key_Right)
    moved = brushed(state)
    assert moved is not None and moved[0] > low and moved[1] > high
    QTest.keyClick(plot, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    shorter = brushed(state)
    assert shorter is not None and shorter[0] == moved[0] and shorter[1] < moved[1]
    QTest.keyClick(plot, Qt.Key.Key_Delete)
    assert brushed(state) is None


# Bars.


def click_bar(bars: HistogramBars, row: int, keys: Qt.KeyboardModifier = NO_KEYS) -> None:
    QTest.mouseClick(bars, LEFT, keys, QPoint(60, 18 * row + 9))


def test_a_click_hides_a_category_and_a_second_one_shows_it(
    bars: HistogramBars, state: ApplicationState
) -> None:
    click_bar(bars, 0)
    assert kinds(state) == {"lens", "star", "no value"}
    click_bar(bars, 3)
    assert kinds(state) == {"lens", "star"}
    click_bar(bars, 0)
    click_bar(bars, 3)
    assert state.filters.visible is None and not state.filters.items()


def test_alt_click_shows_a_category_alone(bars: HistogramBars, state: ApplicationState) -> None:
    click_bar(bars, 1, Qt.KeyboardModifier.AltModifier)
    assert kinds(state) == {"lens"}
    click_bar(bars, 2)
    assert kinds(state) == {"lens", "star"}
    click_bar(bars, 2)
    click_bar(bars, 1, Qt.KeyboardModifier.AltModifier)
    assert state.filters.visible is None


def test_keys_hide_categories_too(bars: HistogramBars, state: ApplicationState) -> None:
    bars.setFocus()
    QTest.keyClick(bars, Qt.Key.Key_Down)
    QTest.keyClick(bars, Qt.Key.Key_Space)
    assert kinds(state) == {"spiral", "star", "no value"}


# Chips.


def test_a_chip_is_switched_off_turned_round_and_taken_away(
    panel: FilterPanel, plot: HistogramPlot, state: ApplicationState
) -> None:
    drag(plot, 0.25, 0.5)
    (chip,) = panel.chips.chips.values()
    assert chip.words.text().startswith("mag_r 1")
    QTest.mouseClick(chip.on, LEFT)
    assert state.filters.visible is None and plot.brush is not None
    QTest.mouseClick(chip.on, LEFT)
    inside = state.filters.visible_count
    next(a for a in chip.make_menu().actions() if "round" in a.text()).trigger()
    assert state.filters.visible_count == COUNT - inside
    assert chip.words.text().startswith("not mag_r")
    QTest.mouseClick(chip.close_button, LEFT)
    assert state.filters.visible is None and not panel.chips.chips and plot.brush is None


def test_the_chip_of_a_brush_leads_to_its_histogram_also_where_that_was_taken_away(
    panel: FilterPanel, plot: HistogramPlot, state: ApplicationState
) -> None:
    drag(plot, 0.25, 0.5)
    state.histograms.remove("mag_r")
    assert "mag_r" not in panel.histograms.cards
    (chip,) = panel.chips.chips.values()
    QTest.mouseClick(chip.words, LEFT)
    card = panel.histograms.cards["mag_r"]
    assert card.plot.brush == brushed(state)


def test_a_chip_stays_the_same_widget_while_its_brush_moves(
    panel: FilterPanel, plot: HistogramPlot
) -> None:
    drag(plot, 0.25, 0.5)
    before = list(panel.chips.chips.values())
    drag(plot, 0.35, 0.6)
    assert list(panel.chips.chips.values()) == before


# Conditions.


def test_return_asks_for_a_filter_and_what_is_wrong_is_said_below(
    panel: FilterPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    field = panel.field
    qtbot.keyClicks(field.line, "1 < ")
    with qtbot.waitSignal(state.conditions.requested) as asked:
        QTest.keyClick(field.line, Qt.Key.Key_Return)
    number, expression, name = asked.args
    assert (expression, name) == ("1 <", "condition 1")
    state.conditions.refused.emit(number - 1, "An older answer.")
    assert not field.sentence.isVisible()
    state.conditions.refused.emit(number, "The filter is not complete.")
    assert field.sentence.text() == "The filter is not complete." and field.sentence.isVisible()
    assert field.line.text() == "1 < ", "it can be mended"


def test_while_one_types_the_number_is_told_and_no_fault(
    panel: FilterPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(state.conditions.requested) as asked:
        qtbot.keyClicks(panel.field.line, "1 < 2")
    assert asked.args[1:] == ["1 < 2", ""]
    state.conditions.refused.emit(asked.args[0], "Not complete.")
    assert not panel.field.sentence.isVisible()
    state.conditions.answered.emit(asked.args[0], 12)
    assert panel.field.sentence.text() == "12 of 60 galaxies fulfil this."


def test_columns_are_completed_word_by_word_but_not_in_quotes(
    panel: FilterPanel, qtbot: QtBot
) -> None:
    line = panel.field.line
    line.set_words([("mag_r", "number"), ("odd name", "text")])
    qtbot.keyClicks(line, "1 < 2 AND ma")
    popup = line._completer.popup()
    assert popup is not None and popup.isVisible()
    QTest.keyClick(popup, Qt.Key.Key_Tab)
    assert line.text() == "1 < 2 AND mag_r"
    qtbot.keyClicks(line, " < 3 AND od")
    line.complete("odd name")
    assert line.text() == '1 < 2 AND mag_r < 3 AND "odd name"'
    qtbot.keyClicks(line, " = 'ma")
    assert not popup.isVisible() and line.word() == ""


def test_the_names_to_complete_take_the_place_of_those_before(panel: FilterPanel) -> None:
    for name in ("mag_r", "mag_g", "mag_i"):
        panel.field.line.set_words([(name, "number")])
    models = panel.field.line.findChildren(QStandardItemModel)
    assert [model.item(0).data(Qt.ItemDataRole.UserRole) for model in models] == ["mag_i"]


def test_the_chip_of_a_condition_brings_its_text_back_to_be_changed(
    panel: FilterPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    rows = np.arange(COUNT) < 3
    state.filters.set("condition 1", "row < 3", rows, Condition("row < 3"))
    QTest.mouseClick(panel.chips.chips["condition 1"].words, LEFT)
    assert panel.field.line.text() == "row < 3"
    panel.field.line.setText("row < 4")
    with qtbot.waitSignal(state.conditions.requested) as asked:
        QTest.keyClick(panel.field.line, Qt.Key.Key_Return)
    assert asked.args[2] == "condition 1", "it changes the filter rather than add one"


def test_up_and_down_go_through_earlier_conditions(
    panel: FilterPanel, state: ApplicationState
) -> None:
    state.conditions.reset(["latest", "older"])
    line = panel.field.line
    for key, text in ((Qt.Key.Key_Up, "latest"), (Qt.Key.Key_Up, "older"),
                      (Qt.Key.Key_Up, "older"), (Qt.Key.Key_Down, "latest"),
                      (Qt.Key.Key_Down, "")):  # fmt: skip
        QTest.keyClick(line, key)
        assert line.text() == text


# Histograms come and go.


def test_a_column_is_found_by_its_name_and_added(
    panel: FilterPanel, state: ApplicationState, qtbot: QtBot
) -> None:
    state.columns.set_columns([*COLUMNS, Column("redshift", "number"), Column("snr", "number")])
    chooser = panel.histograms.choose()
    qtbot.keyClicks(chooser.search, "shift")
    QTest.keyClick(chooser.search, Qt.Key.Key_Return)
    assert [spec.column for spec in state.histograms.shown] == ["mag_r", "type", "redshift"]
    assert "Reading" in panel.histograms.cards["redshift"].sentence.text()


def test_a_column_with_nothing_to_show_says_why(
    panel: FilterPanel, state: ApplicationState
) -> None:
    empty = Histogram(HistogramSpec("mag_r"), problem="No galaxy has a value of mag_r.")
    state.histograms.set_counts({"mag_r": empty})
    card = panel.histograms.cards["mag_r"]
    assert card.sentence.isVisible() and not card.plot.isVisible()
    assert card.sentence.text() == "No galaxy has a value of mag_r."


def test_a_caption_is_shortened_only_where_there_is_no_room(qtbot: QtBot) -> None:
    button = ElidedButton()
    qtbot.addWidget(button)
    for bound in range(40, 60):
        button.setText(f"mag_r < {bound}")
        button.resize(button.sizeHint())
        assert button.shown_text() == button.text()
    button.resize(button.width() - 20, button.height())
    assert button.shown_text().endswith("…")


def test_logarithmic_scales_are_named(panel: FilterPanel, state: ApplicationState) -> None:
    card = panel.histograms.cards["mag_r"]
    for log_axis, log_counts, words in (
        (True, False, "log axis"),
        (True, True, "log axis and counts"),
        (False, False, ""),
    ):
        spec = HistogramSpec("mag_r", log_axis, log_counts)
        state.histograms.set_counts({"mag_r": Histogram(spec, (1.0, 10.0))})
        assert card.scales.text() == words


def test_the_menu_changes_how_a_column_is_shown(
    panel: FilterPanel, state: ApplicationState
) -> None:
    card = panel.histograms.cards["mag_r"]
    next(a for a in card.make_menu().actions() if "axis" in a.text()).trigger()
    assert state.histograms.spec("mag_r") == HistogramSpec("mag_r", logarithmic=True)
    next(a for a in card.make_menu().actions() if "away" in a.text()).trigger()
    assert "mag_r" not in panel.histograms.cards
