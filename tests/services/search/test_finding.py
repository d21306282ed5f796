"""A galaxy is found by its identifier or by a position on the sky."""

from __future__ import annotations

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.search.finding import distance_in_words
from astromask_gui.services.search.positions import nearest_row, parse_place, parse_position
from astromask_gui.state.application import ApplicationState


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("150.12 2.2", (150.12, 2.2)),
        ("150.12, -2.2", (150.12, -2.2)),
        ("10:00:28.8 +02:12:21", (150.12, 2.205833333)),
        ("10h00m28.8s -02d12m21s", (150.12, -2.205833333)),
        ("10 00 28.8 -00 12 21", (150.12, -0.205833333)),
        ("359.9 −10.5", (359.9, -10.5)),
    ],
)
def test_positions_are_understood(text: str, expected: tuple[float, float]) -> None:
    assert parse_position(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "lens", "400 2", "10 95", "10:61:00 2:0:0", "1 2 3", "nan 2"])
def test_other_words_are_no_position(text: str) -> None:
    assert parse_position(text) is None


def test_the_nearest_galaxy_is_found_across_ra_0_and_beside_a_pole() -> None:
    ra = np.array([359.999, 10.0, 180.0, np.nan])
    dec = np.array([0.0, 0.0, 89.999, np.nan])
    assert nearest_row(ra, dec, (0.001, 0.0)) == pytest.approx((0, 7.2), abs=1e-3)
    row, arcsec = nearest_row(ra, dec, (0.0, 89.999)) or (None, None)
    assert row == 2 and arcsec == pytest.approx(7.2, abs=1e-3)
    assert nearest_row(ra[3:], dec[3:], (0, 0)) is None


@pytest.mark.parametrize(
    ("text", "radius"),
    [
        ("150.12 2.2 30″", 30),
        ('150.12, 2.2, 1.5"', 1.5),
        ("10:00:28.8 +02:12:00 2 arcmin", 120),
        ("10h00m28.8s +02d12m00s .5deg", 1800),
        ("150.12 2.2", None),
    ],
)
def test_a_radius_may_follow_a_position(text: str, radius: float | None) -> None:
    place = parse_place(text)
    assert place is not None and place[0] == pytest.approx((150.12, 2.2))
    assert place[1] == (None if radius is None else pytest.approx(radius))


def test_seconds_of_an_angle_are_no_radius() -> None:
    assert parse_place('10 00 28.8 -00 12 21"') == (pytest.approx((150.12, -0.205833333)), None)
    assert parse_place("lens 30″") is None and parse_place("30″") is None


def test_distances_are_told_in_fitting_units() -> None:
    assert [distance_in_words(x) for x in (3, 90, 7200)] == ["3.0″", "1.5′", "2.0°"]


def test_a_galaxy_is_found_by_the_beginning_of_its_id_and_then_the_next(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    for row in (3, 30, 31):
        with qtbot.waitSignal(opened.session.found) as found:
            opened.session.request_find("g5-3")
        assert opened.selection.active == row and found.args == ["g5-3", row, False]
    with qtbot.waitSignal(opened.messages.posted) as told:
        opened.session.request_find("nobody")
    assert "There is no galaxy nobody" in told.args[0].text


def test_identifiers_are_completed_as_they_are_typed(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    for text, names in ((" g5-3", ("G5-3", "G5-30", "G5-31")), ("nobody", ()), ("", ())):
        with qtbot.waitSignal(opened.session.completed) as told:
            opened.session.request_completions(text)
        assert told.args[0] == text.strip() and told.args[1][:3] == names


def test_a_position_with_nothing_within_its_radius_is_told_with_the_nearest(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(opened.messages.posted) as told:
        opened.session.request_find("150.07 2.01 20″")
    assert "No galaxy lies within 20.0″" in told.args[0].text and "G5-7" in told.args[0].text
    assert opened.selection.active is None
    with qtbot.waitSignal(opened.selection.active_changed):
        opened.session.request_find("150.07 2.01 40″")
    assert opened.selection.active == 7


def test_a_galaxy_that_the_filters_hide_is_told_to_be_hidden(
    opened: ApplicationState, qtbot: QtBot
) -> None:
    opened.filters.set("some", "some rows", np.arange(opened.selection.size) < 12)
    for text, is_hidden in (("G5-31", True), ("G5-7", False)):
        with qtbot.waitSignal(opened.messages.posted) as told:
            opened.session.request_find(text)
        assert ("filters hide" in told.args[0].text) is is_hidden


def test_a_galaxy_is_found_by_id_and_by_position(opened: ApplicationState, qtbot: QtBot) -> None:
    # A second time, too: whoever looks for the active galaxy wants to be shown where it is.
    for text, row in (("G5-31", 31), ("150.0701 2.0", 7), ("150.0701 2.0", 7)):
        with qtbot.waitSignal(opened.session.found) as found:
            opened.session.request_find(text)
        assert opened.selection.active == row and found.args == [text, row, True]
    with qtbot.waitSignal(opened.messages.posted):
        opened.session.request_find("nobody")
    assert "no galaxy nobody" in opened.messages.history[-1].text
    assert opened.selection.active == 7
