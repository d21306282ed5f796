"""A picture of the whole window once everything that it will show is there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject, QTimer

from astromask_gui.state.application import ApplicationState
from astromask_gui.windows.main_window import MainWindow

QUIET_MS = 400
"""The window is taken to be at rest when nothing has changed for so long."""
DEADLINE_MS = 120_000


class Screenshot(QObject):
    """Waits for map, cutout, reconstruction and neighbours, each there or said to be impossible,
    then writes the picture. Calls `finish` with the exit code and a sentence, once."""

    def __init__(
        self,
        state: ApplicationState,
        window: MainWindow,
        path: Path,
        finish: Callable[[int, str], None],
    ) -> None:
        super().__init__(window)
        self._state, self._window, self._path, self._finish = state, window, path, finish
        self._quiet, self._deadline = QTimer(self), QTimer(self)
        for timer, milliseconds in ((self._quiet, QUIET_MS), (self._deadline, DEADLINE_MS)):
            timer.setSingleShot(True)
            timer.setInterval(milliseconds)
            timer.start()
        self._quiet.timeout.connect(self._look)
        self._deadline.timeout.connect(self._give_up)
        for signal in (
            state.session.changed,
            state.session.opening_changed,
            state.session.worker_changed,
            state.view.coordinates_changed,
            state.selection.active_changed,
            state.columns.ready,
            state.cutout.changed,
            state.reconstruction.changed,
            state.neighbours.changed,
            state.thumbnails.ready,
            window.map.frames.arrived,
        ):
            signal.connect(self._stir)

    def fail(self, sentence: str) -> None:
        """End without a picture."""
        self._end(2, sentence)

    def _stir(self) -> None:
        if self._deadline.isActive():
            self._quiet.start()

    def _look(self) -> None:
        error = self._state.session.error or self._state.cutout.error
        if error is not None:
            self.fail(error)
        elif self._awaited() is None:
            self.take()
        elif not self._window.map.frames.sorted:
            # The map's index is built without a signal of its own.
            self._quiet.start()

    def _awaited(self) -> str | None:
        """What is still missing, in words; None where everything is there."""
        state = self._state
        if state.session.workspace is None:
            return "the workspace"
        if state.view.coordinates is not None and not self._window.map.frames.sorted:
            return "the map"
        cutout, active = state.cutout.cutout, state.selection.active
        if active is None or cutout is None or cutout.row != active:
            return "the cutout"
        result = state.reconstruction.result
        if state.reconstruction.unavailable is None and (result is None or result.row != active):
            return "the reconstruction"
        if state.neighbours.results is None and state.neighbours.error is None:
            return "the neighbours"
        return None

    def _give_up(self) -> None:
        seconds = DEADLINE_MS // 1000
        self.fail(f"The window was not ready within {seconds} s: {self._awaited()} is missing.")

    def take(self) -> None:
        """Write the picture now."""
        picture = self._window.grab()
        # The format by name: the temporary file's ending says nothing of it.
        temporary = self._path.with_name(self._path.name + ".partial")
        if not picture.save(str(temporary), "PNG"):
            temporary.unlink(missing_ok=True)
            self.fail(f"The picture can't be written to {self._path}; is its folder there?")
            return
        temporary.replace(self._path)
        self._end(0, f"Wrote {self._path} ({picture.width()} × {picture.height()} pixels).")

    def _end(self, code: int, sentence: str) -> None:
        if self._deadline.isActive() or code:
            self._deadline.stop()
            self._quiet.stop()
            self._finish(code, sentence)
