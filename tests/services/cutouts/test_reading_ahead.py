"""What comes next in the list in use is there before it is asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.services.cutouts.read_ahead import AHEAD, ReadAhead, grid_of_terms
from astromask_gui.state.application import ApplicationState

ORDER = np.array([7, 3, 30, 12, 5, 9], np.uint32)


def test_the_next_of_a_list_are_read_in_its_order() -> None:
    ahead = ReadAhead()
    assert ahead.rows(ORDER, None) == [7, 3, 30]
    assert ahead.rows(ORDER, 3) == [30, 12, 5, 7]


def test_who_goes_back_has_what_is_behind() -> None:
    ahead = ReadAhead()
    ahead.rows(ORDER, 9)
    assert ahead.rows(ORDER, 5) == [12, 30, 3, 9]


@given(order=st.lists(st.integers(0, 50), unique=True, max_size=20), active=st.integers(0, 50))
def test_only_rows_of_the_list_are_read_and_never_the_active_one(
    order: list[int], active: int
) -> None:
    rows = ReadAhead().rows(np.array(order, np.uint32), active)
    assert (set(rows) <= set(order) and active not in rows[: len(order)]) or active not in order
    assert len(rows) <= AHEAD + 1 and len(set(rows)) == len(rows)


def test_without_a_list_nothing_is_read() -> None:
    assert ReadAhead().rows(None, 3) == []


def test_the_next_galaxy_is_shown_at_once(
    opened: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    opened.cutout.set_order(ORDER)
    opened.selection.set_active(7)
    cache = services.cutouts._cache
    qtbot.waitUntil(lambda: all(row in cache for row in (7, 3, 30, 12)))
    qtbot.waitUntil(lambda: 3 in services.cutouts._facts)
    row = opened.next_row(1)
    assert row == 3
    opened.selection.set_active(row)
    cutout = opened.cutout.cutout
    assert cutout is not None and (cutout.row, cutout.object_id) == (3, "G5-3")


def test_a_galaxy_that_is_just_being_read_ahead_is_shown_too(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    for row in (30, 12, 3, 5):
        opened.cutout.set_order(np.array([row], np.uint32))
        opened.selection.set_active(row)
        qtbot.waitUntil(
            lambda row=row: opened.cutout.cutout is not None and opened.cutout.cutout.row == row
        )


def test_what_was_looked_up_for_the_workspace_before_is_not_kept_for_the_next(
    opened: ApplicationState, services: Services, tmp_path: Path, qtbot: QtBot
) -> None:
    loaded = services.workspace.loaded
    assert loaded is not None
    opened.selection.set_active(5)
    opened.session.request_find("G5-9")
    elsewhere = replace(loaded, facts=replace(loaded.facts, folder=tmp_path / "other"))
    services.cutouts.open(elsewhere)
    services.finding.open(elsewhere)
    qtbot.waitUntil(lambda: opened.cutout.cutout is not None)
    assert 5 not in services.cutouts._facts
    # In the thread that looks for galaxies: what was asked for before has been answered then.
    with qtbot.waitSignal(opened.columns.ready):
        opened.columns.values("ra")
    assert opened.selection.active == 5


def test_steps_end_at_the_ends_of_the_list(opened: ApplicationState) -> None:
    opened.cutout.set_order(ORDER)
    assert opened.next_row(1) == 7, "a list is entered at its beginning"
    opened.selection.set_active(9)
    assert (opened.next_row(1), opened.next_row(-1)) == (9, 5)


def test_the_cutouts_kept_are_bounded_by_the_setting(
    opened: ApplicationState, services: Services, qtbot: QtBot
) -> None:
    cache = services.cutouts._cache
    for row in range(6):
        opened.selection.set_active(row)
        qtbot.waitUntil(lambda row=row: row in cache)
    opened.preferences.set_cache_megabytes(0)
    assert cache.bytes <= 3 * 24 * 24 * 4, "the one used last stays"


def test_fits_counts_pixels_from_one() -> None:
    terms = np.array([8.5, 9.5, 150.0, 2.0, -1e-4, 0.0, 0.0, 1e-4])
    assert grid_of_terms(terms).to_sky(7.5, 8.5) == pytest.approx((150.0, 2.0))
