"""Asks the model's process what is laid over the input: errors by patch, attention."""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer

from astromask_gui.services.concurrency.worker import Request, Worker
from astromask_gui.services.model.inference import ATTENTION, ERRORS, InferenceService
from astromask_gui.services.model.input import model_input
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.patch_maps import Attention, ModelInput, PatchErrors

MASKS = 64
"""Masks over which a patch's error is averaged."""
_FIRST_MASKS, _MOST_MASKS = 4, 32
_PORTION = 0.08
"""Seconds that one request should take, so that a mask just painted waits no longer."""
_PAUSE_MS = 150
"""A slider at rest for so long is not being dragged any more."""
_SEED = 0

Wanted = tuple[int, float]
"""Row and mask ratio."""


class PatchService(QObject):
    """Answers `patch_maps.asked`; what is no longer wanted is dropped between two portions."""

    def __init__(
        self,
        state: ApplicationState,
        inference: InferenceService,
        worker: Worker,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._state, self._maps = state, state.patch_maps
        self._inference, self._worker = inference, worker
        self._images: NDArray[np.float32] | None = None
        self._wanted: Wanted | None = None
        self._looked: tuple[int, int | None] | None = None
        self._error: NDArray[np.float32] | None = None
        self._times: NDArray[np.int32] | None = None
        self._done, self._portion = 0, _FIRST_MASKS
        # After the cutout and its reconstruction, which are awaited more.
        self._soon, self._rest = QTimer(self), QTimer(self)
        for timer, milliseconds in ((self._soon, 0), (self._rest, _PAUSE_MS)):
            timer.setSingleShot(True)
            timer.setInterval(milliseconds)
        self._soon.timeout.connect(self._take_input)
        self._rest.timeout.connect(self._ask_errors)
        state.cutout.changed.connect(self._soon.start)
        inference.model_changed.connect(self._start_over)
        self._maps.asked.connect(self._ask)
        state.reconstruction.masking_changed.connect(self._ask)

    def _start_over(self) -> None:
        self._wanted = self._looked = None
        self._maps.clear()
        self._soon.start()

    def _take_input(self) -> None:
        found, cutout = self._inference.model_and_view(), self._state.cutout.cutout
        if found is None or cutout is None:
            self._images = None
            self._maps.set_input(None)
            # The same row may be another survey's next.
            self._ask()
            return
        model, view, bands = found
        shown = self._maps.input
        if shown is None or shown.row != cutout.row or shown.patch != model.patch:
            self._images = model_input(view)
            self._maps.set_input(ModelInput(cutout.row, view[0], bands, model.patch, model.depth))
        self._ask()

    def _ask(self) -> None:
        shown, overlay = self._maps.input, self._maps.overlay
        wanted = looked = None
        if shown is not None and overlay == "surprise":
            if self._state.reconstruction.unavailable:
                self._maps.set_problem(self._state.reconstruction.unavailable)
            else:
                wanted = (shown.row, self._state.reconstruction.masking.ratio)
        if shown is not None and overlay == "attention":
            looked = (shown.row, self._maps.patch)
        if wanted != self._wanted:
            self._wanted, self._done, self._portion = wanted, 0, _FIRST_MASKS
            self._worker.drop(ERRORS)
            self._rest.start()
        if looked != self._looked:
            self._looked = looked
            self._worker.drop(ATTENTION)
            if looked is not None:
                self._ask_attention(looked)

    # -- errors by patch -----------------------------------------------------------------

    def _ask_errors(self) -> None:
        wanted = self._wanted
        if wanted is None or self._images is None:
            return
        count = min(self._portion, MASKS - self._done)
        message = {
            "op": "errors",
            "mask_ratio": wanted[1],
            "seed": _SEED,
            "first": self._done,
            "count": count,
            "scaling": self._inference.scaling(),
        }
        take = partial(self._take_errors, wanted, count, time.perf_counter())
        fail = partial(self._fail, lambda: self._wanted == wanted)
        self._worker.ask(ERRORS, Request(message, {"images": self._images}, take, fail))

    def _take_errors(
        self,
        wanted: Wanted,
        count: int,
        asked: float,
        _: dict[str, Any],
        arrays: dict[str, NDArray[Any]],
    ) -> None:
        shown = self._maps.input
        if wanted != self._wanted or shown is None:
            return
        first = self._done == 0 or self._error is None or self._times is None
        self._error = arrays["error"] if first else self._error + arrays["error"]
        self._times = arrays["times"] if first else self._times + arrays["times"]
        self._done += count
        each = (time.perf_counter() - asked) / count
        self._portion = int(np.clip(_PORTION / max(each, 1e-6), 1, _MOST_MASKS))
        mean = np.full(self._error.shape, np.nan, np.float32)
        hidden = self._times > 0
        mean[hidden] = self._error[hidden] / self._times[hidden, None]
        self._maps.set_errors(PatchErrors(wanted[0], mean, shown.bands, self._done, MASKS))
        if self._done < MASKS:
            self._ask_errors()

    # -- attention -----------------------------------------------------------------------

    def _ask_attention(self, looked: tuple[int, int | None]) -> None:
        if self._images is None:
            return
        message = {"op": "attention", "patch": looked[1], "scaling": self._inference.scaling()}
        take = partial(self._take_attention, looked)
        fail = partial(self._fail, lambda: self._looked == looked)
        self._worker.ask(ATTENTION, Request(message, {"images": self._images}, take, fail))

    def _take_attention(
        self, looked: tuple[int, int | None], _: dict[str, Any], arrays: dict[str, NDArray[Any]]
    ) -> None:
        if looked == self._looked:
            self._maps.set_attention(Attention(looked[0], looked[1], arrays["attention"]))

    def _fail(self, is_wanted: Any, sentence: str) -> None:
        if is_wanted():
            self._maps.set_problem(sentence)
