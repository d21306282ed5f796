"""Filters answered from real columns, histograms counted, both kept in the workspace."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.filter_specs import Categories, Condition, Range
from astromask_gui.state.histograms import HistogramSpec
from tests.services.small_survey import COUNT, make_workspace, write_cutouts
from trainer.workspace.workspace import Workspace

RA_STEP = 0.01
Shown = Callable[[], list[int] | None]


@pytest.fixture
def shown(opened: ApplicationState) -> Shown:
    def rows() -> list[int] | None:
        visible = opened.filters.visible
        return None if visible is None else np.flatnonzero(visible).tolist()

    return rows


@pytest.fixture
def kept(opened: ApplicationState, services: Services, survey: Path, qtbot: QtBot) -> Path:
    """The file of filters, of a workspace whose filters have been looked for."""
    qtbot.waitUntil(lambda: services.kept_filters.is_ready)
    return survey / "filters.json"


def test_a_brush_leaves_the_rows_of_its_range(
    opened: ApplicationState, shown: Shown, qtbot: QtBot
) -> None:
    opened.filters.request("histogram ra", Range("ra", 150.095, 150.125))
    qtbot.waitUntil(lambda: shown() == [10, 11, 12])


def test_histograms_show_what_passes_all_filters_but_their_own(
    opened: ApplicationState, kept: Path, qtbot: QtBot
) -> None:
    opened.histograms.add("ra")
    opened.histograms.add("tile")

    def passing(column: str) -> int | None:
        found = opened.histograms.histogram(column)
        return None if found is None or found.passing is None else int(found.passing.sum())

    qtbot.waitUntil(lambda: passing("ra") == COUNT and passing("tile") == COUNT)
    opened.filters.request("histogram ra", Range("ra", 150.095, 150.125))
    qtbot.waitUntil(lambda: passing("tile") == 3)
    assert passing("ra") == COUNT
    opened.filters.set("some", "some rows", np.arange(COUNT) < 12)
    qtbot.waitUntil(lambda: passing("tile") == 2 and passing("ra") == 12)
    opened.filters.clear()
    qtbot.waitUntil(lambda: passing("tile") == passing("ra") == COUNT)


def test_a_histogram_begins_on_the_axis_that_suits_and_stays_as_the_user_has_it(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    opened.columns.add(Column("snr", "number"))
    opened.columns.set_values("snr", np.geomspace(1, 1e6, COUNT) ** np.linspace(0.1, 1, COUNT))
    opened.histograms.reset([])
    for name in ("snr", "ra"):
        opened.histograms.add(name)
    specs = (HistogramSpec("snr", logarithmic=True), HistogramSpec("ra"))
    qtbot.waitUntil(lambda: opened.histograms.shown == specs)
    qtbot.waitUntil(lambda: opened.histograms.histogram("snr") is not None)
    counted = opened.histograms.histogram("snr")
    assert counted is not None and np.ptp(np.diff(np.log10(counted.edges))) < 1e-9
    opened.histograms.change(HistogramSpec("snr"))
    opened.histograms.decide("snr", True)
    assert opened.histograms.shown[0] == HistogramSpec("snr")


def test_a_condition_becomes_a_filter_only_where_it_holds_up(
    opened: ApplicationState, shown: Shown, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(opened.conditions.answered) as tried:
        number = opened.conditions.try_out("ra < 150.025")
    assert tried.args == [number, 3] and shown() is None
    with qtbot.waitSignal(opened.conditions.refused) as refused:
        opened.conditions.apply("raa < 3", "condition 1")
    assert "no column raa" in refused.args[1]
    assert not opened.filters.items() and not opened.conditions.history
    with qtbot.waitSignal(opened.conditions.answered):
        opened.conditions.apply("ra < 150.025", "condition 1")
    assert shown() == [0, 1, 2] and opened.conditions.history == ("ra < 150.025",)
    opened.undo.undo()
    assert shown() is None
    opened.undo.redo()
    qtbot.waitUntil(lambda: shown() == [0, 1, 2])


def test_of_conditions_typed_in_haste_only_the_last_is_answered(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    heard: list[int] = []
    opened.conditions.answered.connect(lambda number, _: heard.append(number))
    numbers = [opened.conditions.try_out(f"ra < 150.0{n}") for n in range(1, 6)]
    qtbot.waitUntil(lambda: numbers[-1] in heard)
    assert heard == numbers[-1:]


def test_a_condition_that_is_taken_away_holds_up_no_other(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    many = ", ".join(f"columns a{number}" for number in range(9))
    endless = f"(SELECT count(*) FROM {many} WHERE a0.ra + a8.ra > a1.ra * a2.ra) > 0"
    opened.filters.request("condition 1", Condition(endless))
    qtbot.waitUntil(lambda: any(t.name == "condition's limit" for t in threading.enumerate()))
    opened.filters.remove("condition 1")
    # Within less than the half minute after which a condition is given up anyway.
    with qtbot.waitSignal(opened.conditions.answered, timeout=10_000):
        opened.conditions.try_out("ra < 150.025")


def test_filters_and_histograms_come_back_with_their_workspace(
    opened: ApplicationState, shown: Shown, kept: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    opened.histograms.reset([])
    opened.histograms.add("tile")
    opened.histograms.change(HistogramSpec("tile", log_counts=True))
    opened.filters.request("histogram ra", Range("ra", 150.095))
    opened.filters.request("histogram tile", Categories("tile", ("1.2",)))
    opened.conditions.apply("dec = 2", "condition 1")
    qtbot.waitUntil(lambda: len(opened.filters.items()) == 3)
    opened.filters.set("selection", "only 3 selected", np.arange(COUNT) < 30)
    opened.filters.invert("histogram tile")
    opened.filters.switch("histogram tile", False)
    qtbot.waitUntil(lambda: shown() == list(range(10, 30)))
    other = make_workspace(tmp_path / "other", embedded=False)
    before = opened.session.workspace
    assert before is not None
    opened.session.request_open(other)
    qtbot.waitUntil(lambda: opened.session.workspace.folder == other)  # type: ignore[union-attr]
    assert not opened.filters.items() and not opened.conditions.history
    opened.session.request_open(before.folder)
    qtbot.waitUntil(lambda: shown() == list(range(10, 30)), timeout=10000)
    items = opened.filters.items()
    assert list(items) == ["histogram ra", "histogram tile", "condition 1", "selection"]
    assert items["selection"].caption == "only 3 selected"
    assert not items["histogram tile"].is_on and items["histogram tile"].is_inverted
    assert opened.histograms.shown == (HistogramSpec("tile", log_counts=True),)
    assert opened.conditions.history == ("dec = 2",)
    assert opened.undo.undo_caption is None


def test_the_galaxies_of_a_filter_are_on_disk_while_it_is_there(
    opened: ApplicationState, kept: Path, qtbot: QtBot
) -> None:
    files = kept.parent / "filters"

    def on_disk() -> list[list[int]]:
        try:
            return sorted(
                pq.read_table(path)["row"].to_pylist() for path in files.glob("*.parquet")
            )
        except FileNotFoundError:  # It has just been removed.
            return []

    mask = np.arange(COUNT) < 4
    opened.filters.set("selection", "without 4 selected", ~mask)
    qtbot.waitUntil(lambda: files.is_dir() and on_disk() == [[0, 1, 2, 3]])
    opened.filters.set("selection", "only 4 selected", mask, new_rows=False)
    opened.filters.set("other", "only 2 selected", np.arange(COUNT) < 2, new_rows=False)
    qtbot.waitUntil(lambda: on_disk() == [[0, 1], [0, 1, 2, 3]])
    opened.filters.remove("selection")
    qtbot.waitUntil(lambda: on_disk() == [[0, 1]])
    opened.undo.undo()
    qtbot.waitUntil(lambda: on_disk() == [[0, 1], [0, 1, 2, 3]])
    opened.filters.clear()
    qtbot.waitUntil(lambda: not list(files.glob("*.parquet")))


def test_galaxies_that_come_stand_to_a_kept_set_as_those_outside_it(
    opened: ApplicationState, survey: Path, kept: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    opened.filters.set("selection", "without 4 selected", np.arange(COUNT) >= 4)
    qtbot.waitUntil(lambda: kept.exists() and "without 4" in kept.read_text())
    opened.session.request_open(make_workspace(tmp_path / "other", embedded=False))
    qtbot.waitUntil(lambda: not opened.filters.items(), timeout=20000)
    Workspace.open(survey).add([write_cutouts(survey.parent / "more.gri.h5", 20, seed=6)])
    opened.session.request_open(survey)
    qtbot.waitUntil(lambda: opened.filters.visible_count == COUNT + 16, timeout=20000)


@pytest.mark.parametrize("file", ["../catalogue.parquet", "gone.parquet", "\0.parquet", ".."])
def test_a_kept_set_that_can_not_be_read_is_told_and_left_out(
    survey: Path, state: ApplicationState, services: Services, qtbot: QtBot, file: str
) -> None:
    entry = {"name": "selection", "kind": "rows", "caption": "only 3 selected", "file": file}
    (survey / "filters.json").write_text(json.dumps({"version": 1, "filters": [entry]}))
    with qtbot.waitSignal(
        state.messages.posted,
        timeout=20000,
        check_params_cb=lambda *words: "could not be brought back" in str(words),
    ):
        state.session.request_open(survey)
    assert not state.filters.items()


def test_filters_of_a_vanished_column_are_taken_away_with_a_sentence(
    survey: Path, state: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    entries = [
        {"name": "histogram gone", "kind": "range", "column": "gone", "low": 1, "high": None},
        {"name": "histogram ra", "kind": "range", "column": "ra", "low": None, "high": 150.025},
        {"name": "broken", "kind": "range", "column": "ra", "low": "NaN"},
        {"name": "broken too", "kind": "surprise"},
        "nonsense",
    ]
    words = {"version": 1, "filters": entries, "histograms": [{"column": "gone"}, 7], "history": 3}
    (survey / "filters.json").write_text(json.dumps(words))
    with qtbot.waitSignal(state.messages.posted, timeout=20000, check_params_cb=_is_about_gone):
        state.session.request_open(survey)
    qtbot.waitUntil(lambda: state.filters.visible_count == 3)
    assert list(state.filters.items()) == ["histogram ra"]
    histogram = state.histograms.histogram("gone")
    assert histogram is not None and "no column gone" in histogram.problem


def _is_about_gone(*arguments: object) -> bool:
    return "gone ≥ 1" in str(arguments)


@pytest.mark.parametrize("text", ["{", "[]", '{"version": 2}', "[" * 100_000])
def test_a_file_that_is_none_of_ours_is_told_and_the_usual_histograms_are_shown(
    survey: Path, state: ApplicationState, services: Services, qtbot: QtBot, text: str
) -> None:
    (survey / "filters.json").write_text(text)
    with qtbot.waitSignal(
        state.messages.posted,
        timeout=20000,
        check_params_cb=lambda *words: "filters.json" in str(words),
    ):
        state.session.request_open(survey)
    assert (survey / "filters.json").read_text() == text


def test_filters_hold_for_new_galaxies(
    opened: ApplicationState, services: Services, survey: Path, shown: Shown, qtbot: QtBot
) -> None:
    opened.filters.request("histogram ra", Range("ra", 150.095, 150.125))
    opened.conditions.apply("dec < 3", "condition 1")
    qtbot.waitUntil(lambda: shown() == [10, 11, 12] and len(opened.filters.items()) == 2)
    more = write_cutouts(survey.parent / "more.gri.h5", 20, seed=6)
    Workspace.open(survey).add([more])
    services.workspace.refresh(lambda: None)
    expected = [10, 11, 12, COUNT + 10, COUNT + 11, COUNT + 12]
    qtbot.waitUntil(lambda: shown() == expected, timeout=20000)
    assert len(opened.filters.items()) == 2
