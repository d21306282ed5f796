"""What the benchmarks of the whole window share: folders of their own, a program that is driven."""

from __future__ import annotations

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from trainer.errors import AstroMaskError

_PATIENCE = 120.0


@contextmanager
def own_home(name: str) -> Iterator[Path]:
    """A temporary folder in place of the user's own, and no screen where there is none."""
    if not os.environ.get("DISPLAY") and not os.environ.get("WAYLAND_DISPLAY"):
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory(prefix=f"astromask-{name}-") as home:
        for variable in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "HOME"):
            os.environ[variable] = home
        yield Path(home)


class WindowRun:
    """The program with a workspace open; `measure` drives it, and then it ends."""

    def __init__(self, folder: Path) -> None:
        from astromask_gui.app import start
        from astromask_gui.arguments import Arguments

        self.program: Any = start(Arguments(path=folder, size=(1440, 900)))
        self.state = self.program.state
        self.stall = 0.0
        """The longest that one turn of the event loop has taken since this was set to 0, s."""
        self._error: AstroMaskError | None = None

    def measure(self) -> None:
        """Drive the window and note what is to be told."""
        raise NotImplementedError

    def run(self) -> None:
        """Start the program, measure, and end it. Raises what `measure` does."""
        from PyQt6.QtCore import QTimer

        QTimer.singleShot(0, self._measure)
        self.program.run()
        if self._error is not None:
            raise self._error

    def _measure(self) -> None:
        try:
            self.measure()
        except AstroMaskError as error:
            self._error = error
        finally:
            self.program.application.quit()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Process events until the condition holds. Raises where that takes minutes."""
        deadline = time.perf_counter() + _PATIENCE
        while not condition():
            self.turn()
            if time.perf_counter() > deadline:
                said = [message.text for message in self.state.messages.history[-3:]]
                raise AstroMaskError(f"The window did not answer in time. {' '.join(said)}")

    def turn(self) -> None:
        """Handle what has come up, and note how long that kept the window busy."""
        from PyQt6.QtCore import QEventLoop

        began = time.perf_counter()
        # Returns after each batch of events: the time it takes is the window's stall.
        self.program.application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        self.stall = max(self.stall, time.perf_counter() - began)
        time.sleep(0.0002)

    def rest(self, seconds: float) -> None:
        """Let the program go on for so long."""
        end = time.perf_counter() + seconds
        self.wait(lambda: time.perf_counter() >= end)


def median_ms(seconds: Sequence[float]) -> float:
    """Median of times in seconds, in milliseconds."""
    return 1000 * statistics.median(seconds)


def high_ms(seconds: Sequence[float]) -> float:
    """95th percentile of times in seconds, in milliseconds."""
    return 1000 * float(np.percentile(seconds, 95))
