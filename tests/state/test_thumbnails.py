"""Which thumbnails are asked for, and which are given up."""

from __future__ import annotations

import numpy as np
from pytestqt.qtbot import QtBot

from astromask_gui.state.thumbnails import SIDE, Thumbnails


def pictures(count: int) -> np.ndarray:
    return np.zeros((count, 3, SIDE, SIDE), np.float16)


def test_what_a_view_shows_no_more_is_given_up(qtbot: QtBot) -> None:
    state = Thumbnails()
    with qtbot.waitSignal(state.wanted):
        state.show("gallery", [1, 2, 3])
    with qtbot.waitSignal(state.unwanted) as given_up:
        state.show("gallery", [3, 4])
    assert given_up.args == [[1, 2]]


def test_what_another_view_shows_too_is_kept(qtbot: QtBot) -> None:
    state = Thumbnails()
    state.show("map", [2])
    state.show("gallery", [1, 2, 3])
    state.get(3)
    with qtbot.waitSignal(state.unwanted) as given_up:
        state.show("gallery", [])
    assert given_up.args == [[1]]


def test_what_was_shown_for_less_than_a_turn_is_never_asked_for(qtbot: QtBot) -> None:
    state = Thumbnails()
    with qtbot.waitSignal(state.wanted) as asked:
        for first in range(0, 100, 10):
            state.show("gallery", range(first, first + 3))
    assert asked.args == [[90, 91, 92]]


def test_what_is_asked_for_keeps_the_order_of_its_urgency(qtbot: QtBot) -> None:
    state = Thumbnails()
    state.put([7], pictures(1))
    with qtbot.waitSignal(state.wanted) as asked:
        state.show("gallery", [9, 7, 3, 5])
    assert asked.args == [[9, 3, 5]]


def test_what_was_given_up_can_be_shown_again(qtbot: QtBot) -> None:
    state = Thumbnails()
    with qtbot.waitSignal(state.wanted):
        state.show("gallery", [1])
    state.show("gallery", [2])
    with qtbot.waitSignal(state.wanted, check_params_cb=lambda rows: 1 in rows):
        state.show("gallery", [1])
