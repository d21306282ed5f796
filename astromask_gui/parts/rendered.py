"""Stretched pictures of galaxies by row, rendered in a thread for whoever draws many of them."""

from __future__ import annotations

import itertools
import weakref
from collections import OrderedDict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PyQt6 import sip
from PyQt6.QtCore import QObject, QTimer, pyqtSignal
from PyQt6.QtGui import QImage

from astromask_gui.parts.named_pictures import named_pictures
from astromask_gui.state.display import Display, DisplaySettings, SurveyPixels
from astromask_gui.state.thumbnails import Thumbnails

BOUND = 12 * 2**20
"""Bytes of pictures kept by default."""
_BATCH_PIXELS = 96_000
"""Pixels rendered at once: the picture under the mouse waits no longer than for these."""
_names = itertools.count()


class _Renderer(QObject):
    """One thread for all views, for the process's life.

    It knows the views by weak references alone: a view that is closed meanwhile must neither be
    called nor be deleted in the thread.
    """

    _done = pyqtSignal(object, object, object, object)

    def __init__(self) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(1)
        self._done.connect(self._deliver)

    def render(self, view: RenderedPictures, batch: _Batch) -> None:
        """Call the view's `take` with the pictures of a batch, on the thread that made this."""
        self._pool.submit(self._work, weakref.ref(view), batch)

    def _work(self, view: weakref.ref[RenderedPictures], batch: _Batch) -> None:
        images: list[QImage] = []
        failure = None
        try:
            images = named_pictures(batch.pictures, batch.settings, batch.survey, batch.side)
        except Exception as error:  # without an answer the view would wait for ever
            failure = error
        self._done.emit(view, batch, images, failure)

    def _deliver(
        self,
        reference: weakref.ref[RenderedPictures],
        batch: _Batch,
        images: list[QImage],
        failure: Exception | None,
    ) -> None:
        view = reference()
        if view is not None and not sip.isdeleted(view):
            view.take(batch, images)
        if failure is not None:
            # On the window's thread it is told to the user, as all that nobody foresaw.
            raise failure


_renderer = cache(_Renderer)


@dataclass(frozen=True)
class _Kept:
    image: QImage
    version: int
    is_sharp: bool


@dataclass(frozen=True)
class _Batch:
    rows: list[int]
    pictures: NDArray[np.float16]
    settings: DisplaySettings
    survey: SurveyPixels
    side: int | None
    version: int
    epoch: int
    is_sharp: bool


class RenderedPictures(QObject):
    """Pictures of rows. After another stretch or size the old ones stay until the new are there.

    A view either shows a list of rows (`show`), which replaces what it showed before, or asks
    for further ones (`ask`). `changed` says that pictures have arrived.
    """

    changed = pyqtSignal()

    def __init__(
        self,
        thumbnails: Thumbnails,
        display: Display,
        parent: QObject | None = None,
        *,
        sharp: Thumbnails | None = None,
        bound: int = BOUND,
    ) -> None:
        """`sharp`: larger thumbnails, for sides that the small ones are too coarse for."""
        super().__init__(parent)
        self._small, self._sharp, self._display = thumbnails, sharp, display
        self._bound, self._bytes = bound, 0
        self._name = f"view {next(_names)}"
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._wanted: dict[int, None] = {}
        self._side: int | None = None
        self._version = self._epoch = 0
        self._rendering = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._render_some)
        for source in (thumbnails, sharp):
            if source is not None:
                source.ready.connect(self._on_ready)
        thumbnails.cleared.connect(self.forget)
        display.changed.connect(self._renew)

    def set_bound(self, bound: int) -> None:
        """Keep so many bytes of pictures at most from now on."""
        self._bound = bound
        self._trim()

    @property
    def uses_sharp(self) -> bool:
        """Whether pictures are made from the larger thumbnails."""
        return self._sharp is not None and self._side is not None and self._side > self._small.side

    def set_side(self, side: int) -> None:
        """Give the pictures so many pixels a side from now on."""
        if side != self._side:
            self._side = side
            self._renew()

    def image(self, row: int) -> QImage | None:
        """The picture of a row, if there is one; it may be of an earlier stretch or size."""
        kept = self._kept.get(row)
        return None if kept is None else kept.image

    def show(self, rows: Iterable[int], *, sharp: bool = True) -> None:
        """Want the pictures of these rows and no others, the most urgent first.

        Without `sharp`, as while they fly past, the small thumbnails are enough for now.
        """
        rows = list(rows)
        self._wanted = {row: None for row in rows if self.lacks(row)}
        for row in rows:
            if row in self._kept:
                self._kept.move_to_end(row)
        self._small.show(self._name, [row for row in self._wanted if self._is_old(row)])
        if self._sharp is not None:
            self._sharp.show(self._name, self._wanted if self.uses_sharp and sharp else ())
        if self._wanted:
            self._timer.start()

    def ask(self, row: int) -> QImage | None:
        """The picture of a row, which is wanted beside what is wanted already."""
        if self.lacks(row):
            if self._is_old(row):
                self._small.get(row)
            if self._sharp is not None and self.uses_sharp:
                self._sharp.get(row)
            if row not in self._wanted:
                self._wanted[row] = None
                self._timer.start()
        else:
            self._kept.move_to_end(row)
        return self.image(row)

    def forget(self) -> None:
        """Drop all pictures, as for another survey."""
        self._kept.clear()
        self._bytes = 0
        self._epoch += 1
        self._renew()

    def _renew(self) -> None:
        self._version += 1
        self._wanted.clear()
        self.changed.emit()

    def _is_old(self, row: int) -> bool:
        kept = self._kept.get(row)
        return kept is None or kept.version != self._version

    def lacks(self, row: int) -> bool:
        """Whether the picture of a row is still to come, in this stretch, size and sharpness."""
        return self._is_old(row) or (self.uses_sharp and not self._kept[row].is_sharp)

    def _on_ready(self, rows: list[int]) -> None:
        if any(row in self._wanted for row in rows):
            self._timer.start()

    # Rendering.

    def _render_some(self) -> None:
        if self._rendering:
            return
        batch = self._next_batch()
        if batch is not None:
            self._rendering = True
            _renderer().render(self, batch)

    def _next_batch(self) -> _Batch | None:
        """Of the wanted rows those that are there, all small or all sharp."""
        rows: list[int] = []
        pictures: list[NDArray[np.float16]] = []
        is_sharp = False
        for row in self._wanted:
            picture, sharp = self._source(row)
            if picture is None or (rows and sharp != is_sharp):
                continue
            is_sharp = sharp
            rows.append(row)
            pictures.append(picture)
            if len(rows) * picture[0].size >= _BATCH_PIXELS:
                break
        if not rows:
            return None
        display = self._display
        return _Batch(
            rows, np.stack(pictures), display.settings, display.survey, self._side,
            self._version, self._epoch, is_sharp,
        )  # fmt: skip

    def _source(self, row: int) -> tuple[NDArray[np.float16] | None, bool]:
        if self.uses_sharp and self._sharp is not None:
            picture = self._sharp.peek(row)
            if picture is not None:
                return picture, True
            if not self._is_old(row):
                return None, False  # the small one is shown until then
        return self._small.peek(row), False

    def take(self, batch: _Batch, images: list[QImage]) -> None:
        """Keep what has been rendered."""
        self._rendering = False
        if batch.epoch == self._epoch:
            for row, image in zip(batch.rows, images, strict=False):
                self._keep(row, _Kept(image, batch.version, batch.is_sharp))
            done = [row for row in batch.rows if not images or not self.lacks(row)]
            for row in done:
                self._wanted.pop(row, None)
            self._trim()
            self.changed.emit()
        self._render_some()

    def _keep(self, row: int, kept: _Kept) -> None:
        before = self._kept.pop(row, None)
        self._bytes += kept.image.sizeInBytes() - (before.image.sizeInBytes() if before else 0)
        self._kept[row] = kept

    def _trim(self) -> None:
        while self._bytes > self._bound and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._bytes -= oldest.image.sizeInBytes()
