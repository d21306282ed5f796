"""What the gallery lists, with the real services on a small survey."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.gallery import Sorting, Source
from astromask_gui.state.neighbours import Neighbours, Query
from tests.services.small_survey import COUNT

ALL = list(range(COUNT))


@pytest.fixture
def gallery(opened: ApplicationState, qtbot: QtBot) -> ApplicationState:
    """The state with everything listed."""
    wait_for(opened, ALL, qtbot)
    return opened


def wait_for(state: ApplicationState, rows: list[int], qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not state.gallery.busy and state.gallery.rows.tolist() == rows)


def mask_of(*rows: int) -> np.ndarray:
    mask = np.zeros(COUNT, bool)
    mask[list(rows)] = True
    return mask


def test_the_selection_is_listed_while_there_is_one(
    gallery: ApplicationState, qtbot: QtBot
) -> None:
    gallery.selection.combine(mask_of(3, 7))
    wait_for(gallery, [3, 7], qtbot)
    assert gallery.gallery.listing.kind == "selection"
    gallery.selection.clear()
    wait_for(gallery, ALL, qtbot)


def test_a_selection_made_in_the_gallery_leaves_the_list_alone(
    gallery: ApplicationState, qtbot: QtBot
) -> None:
    with gallery.gallery.held():
        gallery.selection.combine(mask_of(3, 7))
    gallery.gallery.set_sorting(Sorting(None, True))
    wait_for(gallery, ALL[::-1], qtbot)
    gallery.gallery.set_source(Source("selection"))
    wait_for(gallery, [7, 3], qtbot)
    gallery.gallery.set_source(Source())
    gallery.selection.combine(mask_of(5))
    wait_for(gallery, [5], qtbot)


def test_what_the_filters_leave_is_listed(gallery: ApplicationState, qtbot: QtBot) -> None:
    gallery.filters.set("few", "few", mask_of(1, 2, 30))
    wait_for(gallery, [1, 2, 30], qtbot)
    gallery.selection.combine(mask_of(5))
    gallery.gallery.set_source(Source("visible"))
    wait_for(gallery, [1, 2, 30], qtbot)


def test_neighbours_are_listed_nearest_first(gallery: ApplicationState, qtbot: QtBot) -> None:
    found = [9, 4, 30]
    gallery.gallery.set_source(Source("neighbours"))
    wait_for(gallery, [], qtbot)
    query = Query("column", column="none")
    number = gallery.neighbours.set_query(query)
    values = np.arange(3, dtype=np.float32)
    gallery.neighbours.set_results(number, Neighbours(query, np.array(found, np.uint32), values))
    wait_for(gallery, found, qtbot)
    assert not gallery.gallery.listing.is_ascending


def test_a_saved_selection_is_listed(gallery: ApplicationState, qtbot: QtBot) -> None:
    gallery.saved.save("arcs", mask_of(2, 39))
    qtbot.waitUntil(lambda: bool(gallery.saved.items))
    gallery.gallery.set_source(Source("saved", "arcs"))
    wait_for(gallery, [2, 39], qtbot)
    gallery.gallery.set_source(Source("saved", "gone"))
    qtbot.waitUntil(lambda: gallery.gallery.error is not None)
    assert "gone" in (gallery.gallery.error or "")


def test_galaxies_are_sorted_by_a_column_once_its_values_are_there(
    gallery: ApplicationState, qtbot: QtBot
) -> None:
    values = np.random.default_rng(0).normal(size=COUNT)
    values[[3, 8]] = np.nan
    present = [row for row in np.argsort(values).tolist() if row not in (3, 8)]
    gallery.gallery.set_sorting(Sorting("size"))
    gallery.columns.set_columns([Column("size", "number")])
    gallery.columns.set_values("size", values)
    wait_for(gallery, [*present, 3, 8], qtbot)
    gallery.gallery.set_sorting(Sorting("size", True))
    wait_for(gallery, [*present[::-1], 3, 8], qtbot)


def test_the_newest_wish_wins(gallery: ApplicationState, qtbot: QtBot) -> None:
    kinds = []
    gallery.gallery.changed.connect(lambda: kinds.append(gallery.gallery.rows.tolist()))
    for rows in ([1], [1, 2], [1, 2, 3]):
        gallery.selection.combine(mask_of(*rows))
    wait_for(gallery, [1, 2, 3], qtbot)
    assert [1, 2] not in kinds


def test_nothing_is_listed_when_the_workspace_is_closed(
    gallery: ApplicationState, qtbot: QtBot
) -> None:
    gallery.gallery.set_source(Source("visible"))
    gallery.session.set_workspace(None)
    wait_for(gallery, [], qtbot)
    assert gallery.gallery.source == Source()


def test_sharp_thumbnails_are_read_in_their_own_size(
    gallery: ApplicationState, qtbot: QtBot
) -> None:
    gallery.sharp_thumbnails.show("test", [4, 5])
    qtbot.waitUntil(lambda: gallery.sharp_thumbnails.peek(5) is not None, timeout=20000)
    picture = gallery.sharp_thumbnails.peek(5)
    assert picture is not None and picture.shape == (3, 128, 128)
