"""When a widget was first painted with what is waited for."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any


def paint_watch(widget: Any, shows: Callable[[], bool]) -> Any:
    """Notes in `painted` when the widget was first painted while `shows` held."""
    from PyQt6.QtCore import QEvent, QObject

    class PaintWatch(QObject):
        painted: float | None = None

        def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
            if event is None or event.type() != QEvent.Type.Paint or self.painted is not None:
                return False
            if not shows():
                return False
            # The time counts at the end of the painting, not at its beginning.
            widget.paintEvent(event)
            self.painted = time.perf_counter()
            return True

    watch = PaintWatch(widget)
    widget.installEventFilter(watch)
    return watch
