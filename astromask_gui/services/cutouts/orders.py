"""One file after the other: reads a cutout, adds what is known of it, writes it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PyQt6.QtCore import QObject, QTimer

from astromask_gui.services.catalogue.service import sky_places
from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.concurrency.worker import Request, Worker
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.services.workspace.reader import FILES, extras_message, read_message

Arrays = dict[str, np.ndarray]
_TOO_LATE = "The cutouts were opened anew before all files were written; ask for them again."


@dataclass(eq=False)
class Order:
    """Cutouts of one workspace to be written; `finished` is called once, when all were tried."""

    loaded: Loaded
    opened: int
    """`introductions` of the reader that has this workspace open."""
    files: dict[int, Path]
    """By row."""
    finished: Callable[[Order], None]
    progressed: Callable[[Order], None] = lambda _: None
    written: dict[int, Path] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    """Sentences, by row."""


class CutoutOrders(QObject):
    """Carries orders out, one cutout at a time, so that the reader serves the window between."""

    def __init__(self, reader: Worker, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._reader = reader
        self._files = Background("cutout files", parent=self)
        self._waiting: deque[tuple[Order, int]] = deque()
        self._is_busy = self._is_closed = False
        # A turn of the event loop later: thousands that fail at once would pile up calls.
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._next)

    def add(self, order: Order, *, first: bool = False) -> None:
        """Carry out an order, after those that wait or before them."""
        steps = [(order, row) for row in order.files]
        if first:
            self._waiting.extendleft(reversed(steps))
        else:
            self._waiting.extend(steps)
        self._next()

    def close(self) -> None:
        """Finish the file that is being written; what waits is given up."""
        self._is_closed = True
        self._waiting.clear()
        self._files.close(finish=True)

    def _next(self) -> None:
        if self._is_busy or self._is_closed or not self._waiting:
            return
        self._is_busy = True
        order, row = self._waiting.popleft()
        self._ask(order, row, read_message([row]), partial(self._take_pixels, order, row))

    def _ask(
        self,
        order: Order,
        row: int,
        message: dict[str, Any],
        done: Callable[[dict[str, Any], Arrays], None],
    ) -> None:
        failed = partial(self._fail, order, row)
        if order.opened != self._reader.introductions:
            # The same row of another survey is another galaxy.
            failed(_TOO_LATE)
            return
        dropped = partial(failed, _TOO_LATE)
        self._reader.ask(FILES, Request(message, {}, done, failed, dropped), replace=False)

    def _take_pixels(self, order: Order, row: int, _: dict[str, Any], pixels: Arrays) -> None:
        done = partial(self._take_extras, order, row, pixels)
        self._ask(order, row, extras_message([row]), done)

    def _take_extras(
        self, order: Order, row: int, pixels: Arrays, header: dict[str, Any], extras: Arrays
    ) -> None:
        work = partial(_write, order.loaded, row, order.files[row], pixels, header, extras)
        self._files.run(work, partial(self._note, order, row), partial(self._fail, order, row))

    def _note(self, order: Order, row: int, path: Path) -> None:
        order.written[row] = path
        self._go_on(order)

    def _fail(self, order: Order, row: int, sentence: str) -> None:
        order.failed[row] = sentence
        self._go_on(order)

    def _go_on(self, order: Order) -> None:
        if len(order.written) + len(order.failed) == len(order.files):
            order.finished(order)
        else:
            order.progressed(order)
        self._is_busy = False
        self._turn.start()


def _write(
    loaded: Loaded, row: int, path: Path, pixels: Arrays, header: dict[str, Any], extras: Arrays
) -> Path:
    from trainer.atomic import disk_errors
    from trainer.cutouts.protocol import Extras
    from trainer.workspace.export import galaxy_hdus, write_hdus

    (place,) = sky_places(loaded, [row])
    mask = extras.get("pixel_mask")
    known = Extras(
        extras.get("inverse_variance"),
        None if mask is None else mask.astype(bool),
        extras.get("psf_fwhm"),
        header.get("wcs_headers"),
        extras.get("zero_points"),
    )
    hdus = galaxy_hdus(
        loaded.workspace,
        place.object_id,
        row,
        (place.ra, place.dec),
        pixels["pixels"][0],
        pixels["missing"][0].astype(bool),
        known,
    )
    with disk_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    write_hdus(path, hdus)
    return path
