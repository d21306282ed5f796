"""The gallery on its real widget, with the real services and a made-up reader, flung through."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PyQt6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt
from PyQt6.QtGui import QWheelEvent
from PyQt6.QtWidgets import QApplication

import benchmarks
from astromask_gui.services.concurrency.worker import Worker
from astromask_gui.services.cutouts.thumbnails import ThumbnailService
from astromask_gui.services.workspace.reader import LANES, SHARP_TILES
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.columns import Column
from astromask_gui.state.display import SurveyPixels
from astromask_gui.state.gallery import Listing
from astromask_gui.state.session import OpenWorkspace
from astromask_gui.style import apply_style
from astromask_gui.widgets.gallery.panel import GalleryPanel
from trainer.errors import AstroMaskError

FRAME = 1 / 60
_PATIENCE = 60.0
_BANDS = ("g", "r", "i")


class _Paints(QObject):
    """Counts when a widget has been painted."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        if event is not None and event.type() == QEvent.Type.Paint:
            self.count += 1
        return False


class GalleryScene:
    """One panel of `size` pixels that lists `count` galaxies. To be closed."""

    def __init__(self, count: int, size: tuple[int, int]) -> None:
        application = QApplication.instance() or QApplication([])
        assert isinstance(application, QApplication)
        self._application = application
        apply_style(application, "dark")
        self._state = state = ApplicationState()
        reader = str(Path(benchmarks.__path__[0]) / "gallery_reader.py")
        self._reader = Worker("The made-up reader", (reader,), LANES, threads=1)
        self._services = [
            ThumbnailService(state, self._reader),
            ThumbnailService(state, self._reader, None, state.sharp_thumbnails, SHARP_TILES),
        ]
        for service in self._services:
            service.start_over()
        workspace = OpenWorkspace(Path("survey"), "survey", count, _BANDS)
        state.display.set_survey(SurveyPixels(_BANDS, (22.5,) * 3, (1.0,) * 3))
        state.session.set_workspace(workspace)
        state.selection.reset(count)
        state.filters.reset(count)
        random = np.random.default_rng(1)
        state.selection.combine(random.random(count) < 0.1)
        state.labels.set_codes((random.random(count) < 0.1).astype(np.int8))
        state.columns.set_columns([Column("mag_r", "number", "mag")])
        state.columns.set_values("mag_r", random.normal(20, 1, count))
        state.gallery.set_caption("mag_r")
        self._panel = GalleryPanel(state)
        self._view = self._panel.view
        self._panel.resize(*size)
        self._paints = _Paints()
        area = self._view.viewport()
        assert area is not None
        self._area = area
        area.installEventFilter(self._paints)
        self._panel.show()
        state.gallery.set_listing(Listing(np.arange(count, dtype=np.uint32), "visible", True))
        self.stall = 0.0
        """The longest that one turn of the event loop has taken, s."""
        self.busy = 0.0
        """Processor time that the window's thread has taken a frame, s."""

    def close(self) -> None:
        """End the reader and the panel."""
        self._panel.close()
        self._reader.close()

    def set_side(self, side: int) -> None:
        """Show tiles of another size, and wait until they are there."""
        self._state.gallery.set_side(side)
        self._wait(self._all_there)

    def jump(self, share: float) -> tuple[float, float]:
        """Seconds from a jump to the first picture on screen, and to all of them."""
        view, began = self._view, time.perf_counter()
        view.scroll_to(round(share * view.grid.height))
        rows = list(view.in_view())
        self._wait(lambda: any(view.pictures.image(row) is not None for row in rows))
        self._area.repaint()
        first = time.perf_counter() - began
        self._wait(self._all_there)
        self._area.repaint()
        return first, time.perf_counter() - began

    def fling(self, speed: int, frames: int) -> list[float]:
        """Seconds from a step of a fling to its frame, painted; `speed` pixels a frame at first.

        Steps come 60 times a second, slower and slower, as from a touchpad.
        """
        taken = []
        view = self._view
        end = view.grid.height - self._area.height()
        self.stall, busy, down = 0.0, time.thread_time(), 1
        for number in range(frames):
            began = time.perf_counter()
            step = max(round(speed * (1 - number / frames)), 1)
            # Nothing would be painted beyond either end.
            down = -1 if view.top + step > end else 1 if view.top < step else down
            painted = self._paints.count
            QApplication.sendEvent(self._area, self._wheel(down * step))
            while self._paints.count == painted:
                self._turn()
            taken.append(time.perf_counter() - began)
            while time.perf_counter() - began < FRAME:
                self._turn()
                time.sleep(0.0005)
        self.busy = (time.thread_time() - busy) / frames
        return taken

    def _all_there(self) -> bool:
        return all(not self._view.pictures.lacks(row) for row in self._view.in_view())

    def _wheel(self, pixels: int) -> QWheelEvent:
        place = QPointF(self._area.rect().center())
        none = Qt.MouseButton.NoButton
        return QWheelEvent(
            place, place, QPoint(0, -pixels), QPoint(0, -pixels), none,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.ScrollMomentum, False,
        )  # fmt: skip

    def _turn(self) -> None:
        began = time.perf_counter()
        self._application.processEvents(QEventLoop.ProcessEventsFlag.AllEvents)
        self.stall = max(self.stall, time.perf_counter() - began)

    def _wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.perf_counter() + _PATIENCE
        while not condition():
            self._turn()
            if time.perf_counter() > deadline:
                raise AstroMaskError("The gallery did not show its pictures in time.")
            time.sleep(0.0002)
