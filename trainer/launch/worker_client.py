"""Asks a worker process that speaks `trainer.wire`: above all the model behind `astromask serve`.

Keeps torch out of the process that asks, which may hold faiss or a window.
"""

from __future__ import annotations

import itertools
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, Self, cast

import numpy as np

from trainer.errors import AstroMaskError
from trainer.wire import WireError, read_message, write_message

SERVE = ("-m", "trainer.cli", "serve")
_HANGUP_PATIENCE = 5.0


class WorkerError(AstroMaskError):
    """A worker process ended, or sent what is no answer."""


class WorkerClient:
    """A child `python ARGUMENTS` that answers one request at a time; waits for each answer.

    The child is started by the first request, and again by the next one after it died. It
    leads a session of its own, so that Ctrl-C ends only us; it ends when its input does.
    What it prints appears on our standard error.
    """

    def __init__(self, arguments: Sequence[str] = SERVE) -> None:
        self._arguments = tuple(arguments)
        self._process: subprocess.Popen[bytes] | None = None
        self._numbers = itertools.count(1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def request(
        self,
        op: str,
        fields: Mapping[str, Any] | None = None,
        arrays: Mapping[str, np.ndarray] | None = None,
    ) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        """Send one request; its answer's header and arrays.

        Raises WorkerError where the child died, AstroMaskError with the child's own
        sentence where it could not do what was asked.
        """
        number = next(self._numbers)
        if self._process is None or self._process.poll() is not None:
            self._start()
        header, received = self._exchange({**(fields or {}), "id": number, "op": op}, arrays)
        if header.get("id") != number:
            self.kill()
            raise WorkerError(
                f"The worker answered request {header.get('id')} when {number} was asked."
            )
        if not header.get("ok"):
            raise AstroMaskError(str(header.get("error") or f"The worker refused to {op}."))
        return header, received

    def close(self) -> None:
        """Let the child end by closing its input; end it if it will not."""
        if self._process is None:
            return
        try:
            self._process.communicate(timeout=_HANGUP_PATIENCE)
        except (subprocess.TimeoutExpired, BrokenPipeError):
            self.kill()
        self._process = None

    def kill(self) -> None:
        """End the child at once; it has nothing to save."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    @property
    def pid(self) -> int | None:
        """Process number of the child; None before it was started."""
        return None if self._process is None else self._process.pid

    def _start(self) -> None:
        if self._process is not None:
            self.kill()
        # -P: a file in the folder we happen to be in must not stand in for a module.
        self._process = subprocess.Popen(
            [sys.executable, "-P", *self._arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )

    def _exchange(
        self, header: Mapping[str, Any], arrays: Mapping[str, np.ndarray] | None
    ) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
        assert self._process is not None
        problem: Exception | None = None
        try:
            write_message(cast(BinaryIO, self._process.stdin), header, arrays)
            answer = read_message(cast(BinaryIO, self._process.stdout))
            if answer is not None:
                return answer
        except (OSError, WireError) as error:
            problem = error
        raise WorkerError(f"The worker process {self._outcome(problem)}.") from problem

    def _outcome(self, problem: Exception | None) -> str:
        assert self._process is not None
        try:
            code = self._process.wait(_HANGUP_PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            return f"sent what is no answer ({problem or 'nothing at all'})"
        if code >= 0:
            return f"ended with code {code} before it answered"
        try:
            name = signal.Signals(-code).name
        except ValueError:
            name = f"signal {-code}"
        hint = "; memory may have run out" if name == "SIGKILL" else ""
        return f"was killed ({name}{hint}) before it answered"


class EncoderClient(WorkerClient):
    """The model behind `astromask serve`; loads its checkpoint again after a restart."""

    def __init__(
        self,
        checkpoint: Path,
        *,
        heads: int | None = None,
        scaling: Mapping[str, Any] | None = None,
        arguments: Sequence[str] = SERVE,
    ) -> None:
        super().__init__(arguments)
        self._load = {
            "checkpoint": str(checkpoint),
            "heads": heads,
            "scaling": None if scaling is None else dict(scaling),
        }
        self._loaded_by: int | None = None
        self._model: dict[str, Any] = {}

    def model(self) -> dict[str, Any]:
        """What `serve` says of the checkpoint: image, patch, bands, width … Loads it if need be.

        Raises AstroMaskError.
        """
        alive = self._process is not None and self._process.poll() is None
        if not alive or self._loaded_by != self.pid:
            header, _ = self.request("load", self._load)
            self._model, self._loaded_by = header["model"], self.pid
        return self._model

    def encode(self, images: np.ndarray, *, pool: str, orientations: int) -> np.ndarray:
        """(n, D) float32 embeddings of `images` (n, B, H, W) float32, unscaled flux.

        Raises AstroMaskError.
        """
        self.model()
        fields = {
            "pool": pool,
            "orientations": orientations,
            "scaling": self._load["scaling"],
            "mask": False,
        }
        _, arrays = self.request("encode", fields, {"images": images})
        return arrays["embeddings"]
