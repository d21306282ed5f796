"""Services are tested without a screen, with real children and their own folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.services.all_services import Services
from astromask_gui.state.application import ApplicationState
from tests.services.small_survey import make_other, make_workspace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(autouse=True)
def own_user_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test touches the preferences, the demo's copy or the fault log of whoever runs it."""
    home = tmp_path / "home"
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(home))
    return home


@pytest.fixture
def survey(tmp_path: Path) -> Path:
    """A workspace with a store and a projection."""
    return make_workspace(tmp_path)


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """A workspace of fewer galaxies; to be asked for before `opened`, whose children may be
    being forked while it is written."""
    return make_other(tmp_path)


@pytest.fixture
def state(qtbot: QtBot) -> ApplicationState:
    return ApplicationState()


@pytest.fixture
def services(state: ApplicationState) -> Iterator[Services]:
    """All services, with the real reader process."""
    made = Services(state)
    yield made
    made.close()


@pytest.fixture
def opened(
    survey: Path, state: ApplicationState, services: Services, qtbot: QtBot
) -> ApplicationState:
    """The state with the small survey open."""
    # The survey is written first: a child that is just being forked would inherit, and so
    # hold for a moment, the lock of the file that is being written.
    state.session.request_open(survey)
    qtbot.waitUntil(lambda: state.view.coordinates is not None, timeout=20000)
    return state
