"""Asks the model's process: reconstructions of the active galaxy, vectors of outside cutouts."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, QTimer, pyqtSignal

from astromask_gui.services.concurrency.cores import spare_cores
from astromask_gui.services.concurrency.worker import Request, Worker
from astromask_gui.services.model.input import (
    ModelFacts,
    misfit,
    model_input,
    model_view,
    planes,
    refusal,
)
from astromask_gui.services.workspace.loading import Loaded
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.reconstruction import Masking, Reconstruction
from astromask_gui.state.session import WorkerStatus
from trainer.errors import AstroMaskError

RECONSTRUCT, ATTENTION, ENCODE, ERRORS = LANES = ("reconstruct", "attention", "encode", "errors")
"""Errors by patch come last: they are asked for in small portions, between all others."""
NO_CHECKPOINT = (
    "There is no checkpoint yet, so nothing can be reconstructed. Pretrain a model, or embed"
    " with a checkpoint that you have."
)


def model_worker() -> Worker:
    """The process of `astromask serve`; it starts when something is asked of it."""
    words = ("-m", "trainer.cli", "serve")
    return Worker("The model's process", words, LANES, threads=spare_cores(), gives_way=True)


class InferenceService(QObject):
    """Answers `cutout` and `reconstruction.masking` with `reconstruction.result`.

    The checkpoint is loaded only once `allow` has been called: the window is painted first.
    """

    model_changed = pyqtSignal()
    """Another model is loaded, or none."""

    def __init__(
        self, state: ApplicationState, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._state, self._worker = state, worker
        self._loaded: Loaded | None = None
        self._checkpoint: Path | None = None
        self._model: ModelFacts | None = None
        self._problem: str | None = None
        self._allowed = False
        self._asked: tuple[int, Masking] | None = None
        # After the cutout has been painted, which happens while the state tells of it.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._reconstruct)
        state.cutout.changed.connect(self._soon.start)
        state.reconstruction.masking_changed.connect(self._reconstruct)
        worker.died.connect(self._tell_death)

    def allow(self) -> None:
        """Let the model's process start; called when the window has been painted."""
        self._allowed = True
        self._load()

    def open(self, loaded: Loaded) -> None:
        """Serve another workspace or another of its stores."""
        before = self._loaded
        self._loaded = loaded
        unchanged = (
            before is not None
            and before.facts.checkpoint == loaded.facts.checkpoint
            and before.has_checkpoint == loaded.has_checkpoint
            and _scaling(before) == _scaling(loaded)
        )
        if not unchanged or self._problem:
            self._load()

    def model_and_view(self) -> tuple[ModelFacts, NDArray[np.float32], tuple[int, ...]] | None:
        """The model, the active galaxy as it takes it (1, B, side, side) but NaN where there is
        no data, and which of the survey's bands these are; None where one of them is missing or
        they do not fit."""
        cutout, model, bands = self._state.cutout.cutout, self._model, self._loaded_bands()
        if cutout is None or model is None or misfit(model, bands, self._checkpoint):
            return None
        try:
            view = model_view(cutout.pixels[None], bands, model)
        except AstroMaskError:
            return None
        return model, view, tuple(int(plane) for plane in planes(model, bands))

    def scaling(self) -> dict[str, Any] | None:
        """The open store's scaling, which goes before the checkpoint's own."""
        return _scaling(self._loaded)

    def encode(
        self,
        pixels: NDArray[np.float32],
        done: Callable[[NDArray[np.float32]], None],
        failed: Callable[[str], None],
    ) -> None:
        """Vectors (n, D) of whole cutouts (n, B, H, W) in the survey's bands, made as the open
        store's were; the newest request wins."""
        store = self._loaded.store if self._loaded else None
        if store is not None and (why := store.manifest.why_no_encoder) is not None:
            failed(why)
            return
        if store is None or self._problem or self._model is None:
            failed(self._problem or self._why_no_vectors())
            return
        manifest = store.manifest
        if self._model.sha256 != manifest.checkpoint_sha256:
            failed(
                f"{self._checkpoint} is not the checkpoint that made the store"
                f' "{manifest.name}", {manifest.origin}: it has the sha256'
                f" {self._model.sha256[:12]}…. Embed again to compare with it."
            )
            return
        try:
            images = model_input(model_view(pixels, self._loaded_bands(), self._model))
        except AstroMaskError as error:
            failed(str(error))
            return
        message = {
            "op": "encode",
            "pool": manifest.pool,
            "orientations": manifest.orientations,
            "scaling": manifest.scaling,
            "mask": False,
        }
        self._set_busy()
        request = Request(
            message,
            {"images": images},
            partial(self._take_vectors, done),
            partial(self._pass_failure, failed),
        )
        self._worker.ask(ENCODE, request)

    def _load(self) -> None:
        self._model, self._problem, self._asked = None, None, None
        self.model_changed.emit()
        loaded, state = self._loaded, self._state
        if loaded is None or not self._allowed:
            return
        self._checkpoint = loaded.facts.checkpoint
        if self._checkpoint is None:
            self._refuse(_no_checkpoint(loaded), "none", "No checkpoint")
            return
        if not loaded.has_checkpoint:
            sentence = (
                f"The checkpoint {self._checkpoint} is no longer there. Put it back, or embed with"
                " another one."
            )
            self._refuse(sentence, "failed")
            return
        state.reconstruction.set_unavailable(None)
        state.session.set_worker("starting", f"Loading {self._checkpoint.name}")
        manifest = loaded.store.manifest if loaded.store else None
        message = {
            "op": "load",
            "checkpoint": str(self._checkpoint),
            "heads": manifest.heads if manifest else None,
            "scaling": _scaling(loaded),
        }
        request = Request(
            message,
            {},
            partial(self._take_model, loaded),
            partial(self._fail_load, loaded),
        )
        self._worker.introduce([request])

    def _take_model(self, loaded: Loaded, header: dict[str, Any], _: dict[str, np.ndarray]) -> None:
        if loaded.facts.checkpoint != self._checkpoint:
            return
        self._model = ModelFacts.from_answer(header["model"])
        self._set_ready()
        sentence = refusal(self._model, self._loaded_bands(), self._checkpoint)
        self._state.reconstruction.set_unavailable(sentence)
        self._asked = None
        self._reconstruct()
        self.model_changed.emit()

    def _fail_load(self, loaded: Loaded, sentence: str) -> None:
        if loaded.facts.checkpoint == self._checkpoint:
            self._refuse(sentence, "failed")

    def _refuse(self, sentence: str, status: WorkerStatus, text: str = "") -> None:
        self._problem = sentence
        self._state.session.set_worker(status, text or sentence)
        self._state.reconstruction.set_unavailable(sentence)

    def _reconstruct(self) -> None:
        cutout, masking = self._state.cutout.cutout, self._state.reconstruction.masking
        if cutout is None:
            self._asked = None
            return
        if self._model is None or self._state.reconstruction.unavailable:
            return
        if self._asked == (cutout.row, masking):
            return
        self._asked = (cutout.row, masking)
        try:
            view = model_view(cutout.pixels[None], self._loaded_bands(), self._model)
        except AstroMaskError as error:
            self._state.reconstruction.set_unavailable(str(error))
            return
        arrays: dict[str, np.ndarray] = {"images": model_input(view)}
        if masking.painted is not None:
            arrays["mask"] = np.array(masking.painted, np.uint8)
        message = {
            "op": "reconstruct",
            "mask_ratio": masking.ratio,
            "seed": masking.seed,
            "scaling": _scaling(self._loaded),
        }
        self._set_busy()
        self._state.reconstruction.set_busy(True)
        own = tuple(int(plane) for plane in planes(self._model, self._loaded_bands()))
        take = partial(self._take, cutout.row, masking, (view[0], own), time.perf_counter())
        fail = partial(self._fail, cutout.row)
        self._worker.ask(RECONSTRUCT, Request(message, arrays, take, fail))

    def _take(
        self,
        row: int,
        masking: Masking,
        given: tuple[NDArray[np.float32], tuple[int, ...]],
        asked: float,
        header: dict[str, Any],
        arrays: dict[str, np.ndarray],
    ) -> None:
        cutout, model = self._state.cutout.cutout, self._model
        self._set_ready()
        if cutout is None or cutout.row != row or model is None:
            return
        # While a slider is dragged, an answer to where it just was is better than none.
        newest = masking == self._state.reconstruction.masking
        self._state.reconstruction.set_result(
            Reconstruction(
                row=row,
                masking=masking,
                mask=arrays["mask"].astype(bool).ravel(),
                patch=model.patch,
                original=given[0],
                predicted=arrays["reconstruction"][0],
                loss=float(header["loss"]),
                loss_by_band=arrays["loss_by_band"],
                level_recovered=bool(header.get("level_recovered", True)),
                seconds=time.perf_counter() - asked,
                bands=given[1],
            )
        )
        if not newest:
            self._state.reconstruction.set_busy(True)

    def _fail(self, row: int, sentence: str) -> None:
        self._set_ready()
        if self._asked is not None and self._asked[0] == row:
            self._asked = None
            self._state.reconstruction.set_busy(False)
            self._state.messages.error(sentence)

    def _take_vectors(
        self,
        done: Callable[[NDArray[np.float32]], None],
        _: dict[str, Any],
        arrays: dict[str, np.ndarray],
    ) -> None:
        self._set_ready()
        done(arrays["embeddings"])

    def _pass_failure(self, failed: Callable[[str], None], sentence: str) -> None:
        self._set_ready()
        failed(sentence)

    def _tell_death(self, sentence: str, again: bool) -> None:
        self._state.messages.error(sentence)
        self._state.session.set_worker("starting" if again else "failed", sentence)

    def _set_busy(self) -> None:
        self._state.session.set_worker("busy", "The model is working")

    def _set_ready(self) -> None:
        if self._model is not None:
            self._state.session.set_worker("ready", self._model.in_words(self._checkpoint))

    def _loaded_bands(self) -> tuple[str, ...]:
        return self._loaded.facts.bands if self._loaded else ()

    def _why_no_vectors(self) -> str:
        if self._loaded is None or self._loaded.store is None:
            return "There are no embeddings to compare with yet; start an embedding first."
        return "The checkpoint is still being loaded; drop the file again in a moment."


def _no_checkpoint(loaded: Loaded) -> str:
    manifest = loaded.store.manifest if loaded.store else None
    if manifest is None or manifest.imported is None:
        return NO_CHECKPOINT
    return (
        f'The model behind the imported embeddings "{manifest.name}" is not known, so nothing can'
        " be reconstructed. Pretrain a model, or embed with a checkpoint that you have."
    )


def _scaling(loaded: Loaded | None) -> dict[str, Any] | None:
    """How the open store's cutouts were scaled; None where the checkpoint is to say."""
    return (dict(loaded.store.manifest.scaling) or None) if loaded and loaded.store else None
