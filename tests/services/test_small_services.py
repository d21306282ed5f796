"""Positions, preferences, the fault log, the demo's copy, the pixel cache."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.demo import copy_demo
from astromask_gui.services.faults import FaultLog
from astromask_gui.services.find_service import distance_in_words
from astromask_gui.services.pixel_cache import PixelCache
from astromask_gui.services.positions import nearest_row, parse_place, parse_position
from astromask_gui.services.preferences_service import PreferencesService
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.preferences import Preferences
from trainer.errors import WorkspaceError


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
        with qtbot.waitSignal(opened.selection.active_changed):
            opened.session.request_find("g5-3")
        assert opened.selection.active == row
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


def test_a_galaxy_is_found_by_id_and_by_position(opened: ApplicationState, qtbot: QtBot) -> None:
    for text, row in (("G5-31", 31), ("150.0701 2.0", 7)):
        with qtbot.waitSignal(opened.selection.active_changed):
            opened.session.request_find(text)
        assert opened.selection.active == row
    with qtbot.waitSignal(opened.messages.posted):
        opened.session.request_find("nobody")
    assert "no galaxy nobody" in opened.messages.history[-1].text
    assert opened.selection.active == 7


def test_preferences_are_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    first = Preferences()
    keeper = PreferencesService(first, path)
    first.set_style("light")
    first.set_motion(False)
    first.set_mini_map(False)
    first.set_mark_placed(False)
    first.set_sexagesimal(True)
    first.set_card_columns(("mag_r", "a, b"))
    first.remember("/one")
    first.remember("/two, with a comma")
    del keeper
    second = Preferences()
    keeper = PreferencesService(second, path)
    assert (second.style, second.motion) == ("light", False)
    assert (second.mini_map, second.card_columns) == (False, ("mag_r", "a, b"))
    assert not second.mark_placed
    assert second.sexagesimal
    assert second.recent == ("/two, with a comma", "/one")
    second.set_card_columns(None)
    del keeper
    third = Preferences()
    PreferencesService(third, path)
    assert third.card_columns is None


def test_a_style_for_one_start_is_not_remembered(qtbot: QtBot, tmp_path: Path) -> None:
    path = tmp_path / "settings.ini"
    once = Preferences()
    keeper = PreferencesService(once, path, style="light")
    assert once.style == "light"
    once.remember("/one")
    del keeper
    later = Preferences()
    PreferencesService(later, path)
    assert (later.style, later.recent) == ("dark", ("/one",))


def test_the_demo_is_copied_once_and_can_be_written(tmp_path: Path) -> None:
    shipped, target = tmp_path / "shipped", tmp_path / "user" / "demo"
    shipped.mkdir()
    (shipped / "workspace.toml").write_text("name = 'demo'")
    (shipped / "workspace.toml").chmod(0o444)
    shipped.chmod(0o555)
    assert copy_demo(shipped, target) == target
    assert all(path.stat().st_mode & 0o200 for path in (target, target / "workspace.toml"))
    (target / "labels").mkdir()
    assert copy_demo(shipped, target) == target
    assert (target / "labels").is_dir()
    assert [path.name for path in target.parent.iterdir()] == ["demo"]


def test_another_demo_leaves_the_older_copy_with_its_grades_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("astromask_gui.services.demo.data_folder", lambda: tmp_path / "user")
    shipped = tmp_path / "shipped"
    shipped.mkdir()
    (shipped / "workspace.toml").write_text("name = 'demo'")
    (shipped / "catalogue.parquet").write_bytes(b"one")
    older = copy_demo(shipped)
    (older / "labels").mkdir()
    assert copy_demo(shipped) == older
    (shipped / "catalogue.parquet").write_bytes(b"two")
    newer = copy_demo(shipped)
    assert newer != older
    assert (older / "labels").is_dir()
    assert not (newer / "labels").exists()


def test_a_missing_demo_is_said(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="not part of this installation"):
        copy_demo(tmp_path / "none", tmp_path / "demo")
    assert not (tmp_path / "demo").exists()


def test_the_pixel_cache_keeps_within_its_bound() -> None:
    one = np.zeros((1, 8, 8), np.float32)
    cache = PixelCache(bound=3 * one.nbytes)
    for row in range(5):
        cache.put(row, one + row, np.zeros(1, bool))
        cache.get(0)
    assert [row for row in range(5) if row in cache] == [0, 3, 4]


def test_an_unforeseen_error_is_told_and_kept(tmp_path: Path) -> None:
    told: list[str] = []
    log = FaultLog(tmp_path)
    log.start(told.append)
    try:
        raise RuntimeError("odd")
    except RuntimeError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    log.close()
    assert "odd" in told[0] and str(log.path) in told[0]
    assert "Traceback" in log.path.read_text()
    assert sys.excepthook is sys.__excepthook__


def test_an_unforeseen_error_in_a_thread_is_told_on_the_windows_own(
    tmp_path: Path, qtbot: QtBot
) -> None:
    told: list[tuple[str, threading.Thread]] = []
    log = FaultLog(tmp_path)
    log.start(lambda sentence: told.append((sentence, threading.current_thread())))

    def fail() -> None:
        raise RuntimeError("odd")

    thread = threading.Thread(target=fail, name="drawing")
    thread.start()
    thread.join()
    assert not told
    qtbot.waitUntil(lambda: bool(told))
    log.close()
    assert "odd" in told[0][0] and told[0][1] is threading.main_thread()
    assert "in drawing" in log.path.read_text()


def test_nothing_is_left_where_nothing_went_wrong(tmp_path: Path) -> None:
    log = FaultLog(tmp_path)
    log.start(lambda _: None)
    log.close()
    assert not list(tmp_path.iterdir())
    assert not logging.getLogger("astromask").handlers


def test_a_crash_is_told_once_at_the_next_start(tmp_path: Path) -> None:
    code = (
        "import pathlib, sys, os, signal; from astromask_gui.services.faults import FaultLog;"
        f" FaultLog(pathlib.Path({str(tmp_path)!r})).start(print); os.kill(os.getpid(),"
        " signal.SIGSEGV)"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    log = FaultLog(tmp_path)
    sentence = log.crash_sentence()
    log.start(lambda _: None)
    log.close()
    assert sentence is not None and "ended unexpectedly" in sentence
    again = FaultLog(tmp_path)
    again.start(lambda _: None)
    assert again.crash_sentence() is None
    again.close()
