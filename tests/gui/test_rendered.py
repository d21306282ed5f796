"""Pictures rendered in a thread: what goes wrong there is told, and the view goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from astromask_gui.parts import rendered
from astromask_gui.parts.rendered import RenderedPictures
from astromask_gui.state.application import ApplicationState


def test_a_failure_in_the_thread_is_raised_on_the_windows_and_the_next_picture_comes(
    state: ApplicationState, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise RuntimeError("odd pixels")

    tiles = RenderedPictures(state.thumbnails, state.display)
    state.thumbnails.put([7, 8], np.ones((2, 3, 32, 32), np.float16))
    with monkeypatch.context() as patched, qtbot.capture_exceptions() as raised:
        patched.setattr(rendered, "named_pictures", fail)
        tiles.ask(7)
        qtbot.waitUntil(lambda: bool(raised))
    assert [str(error) for _, error, _ in raised] == ["odd pixels"]
    tiles.ask(8)
    qtbot.waitUntil(lambda: tiles.image(8) is not None)
