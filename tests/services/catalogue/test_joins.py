"""A catalogue is read, counted and joined off the window's thread; its columns then are there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.state.application import ApplicationState
from tests.services.small_survey import COUNT


def test_a_catalogue_is_offered_counted_and_joined(
    opened: ApplicationState, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "redshifts.csv"
    lines = [f"G5-{row},{0.5 + row / 7},{row}" for row in range(10)]
    path.write_text("\n".join(["name,z,tile", *lines, "nobody,1,1"]) + "\n")
    with qtbot.waitSignal(opened.joins.offered) as offered:
        opened.joins.request_open(path)
    offer = offered.args[0]
    assert (offer.choice.by, offer.choice.other, offer.entries) == ("id", "name", 11)
    assert {column.name: column.new_name for column in offer.columns}["tile"] == "tile_2"
    with qtbot.waitSignal(opened.joins.previewed) as previewed:
        opened.joins.preview(offer.choice)
    counts = previewed.args[1]
    assert (counts.matched, counts.unmatched, counts.unused) == (10, COUNT - 10, 1)
    with qtbot.waitSignal(opened.columns.changed):
        opened.joins.join(offer.choice)
    assert {"z", "tile_2"} <= set(opened.columns.names())
    assert opened.columns.values("z") is None
    qtbot.waitUntil(lambda: opened.columns.has_values("z"))
    values = opened.columns.values("z")
    assert values is not None
    np.testing.assert_allclose(values[:10], 0.5 + np.arange(10) / 7)
    qtbot.waitUntil(lambda: "2 columns came with it" in opened.messages.history[-1].text)


def test_a_file_that_is_no_catalogue_is_told_in_a_sentence(
    opened: ApplicationState, tmp_path: Path, qtbot: QtBot
) -> None:
    (tmp_path / "t.xyz").touch()
    opened.joins.request_open(tmp_path / "t.xyz")
    qtbot.waitUntil(lambda: "no catalogue" in opened.messages.history[-1].text)


def test_what_a_catalogue_offers_to_the_workspace_before_is_not_told_of_the_next(
    opened: ApplicationState, services: Services, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "redshifts.csv"
    path.write_text("name,z\nG5-1,0.5\n")
    offers: list[object] = []
    opened.joins.offered.connect(offers.append)
    opened.joins.request_open(path)
    loaded = services.workspace.loaded
    assert loaded is not None
    elsewhere = replace(loaded, facts=replace(loaded.facts, folder=tmp_path / "other"))
    services.joins.open(elsewhere)
    opened.joins.request_open(tmp_path / "none.csv")
    qtbot.waitUntil(lambda: "none.csv" in opened.messages.history[-1].text)
    assert not offers
