"""A survey's cutouts through a model, batch by batch; what can't be read is left out and told."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import numpy as np

from trainer.cutouts.left_out import LeftOut
from trainer.events import Progress
from trainer.launch.context import JobContext
from trainer.model.prefetch import prefetched
from trainer.model.preparation import CutoutSource

Work = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""Takes rows (n,) and pixels (n, B, side, side); says (n,) bool of which came finite numbers."""


def work_through(
    source: CutoutSource, rows: np.ndarray, batch_size: int, work: Work, context: JobContext
) -> int:
    """Read `rows` ahead and give them to `work` batch by batch; returns how many were left out.

    What was left out is told as warnings at the end. Raises `JobCancelled`.
    """
    left_out, unusable = LeftOut(), 0
    done, began = 0, time.monotonic()
    batches = _batches(source, rows, batch_size, left_out)
    with prefetched(batches, idle=context.raise_if_cancelled) as ready:
        for chosen, pixels, asked in ready:
            context.raise_if_cancelled()
            unusable += int((~work(chosen, pixels)).sum())
            done += asked
            left = (time.monotonic() - began) / done * (len(rows) - done)
            context.emit(Progress(done=done, total=len(rows), unit="galaxies", seconds_left=left))
    for sentence in left_out.sentences():
        context.warn(sentence)
    if unusable:
        context.warn(
            f"{unusable:,} galaxies were left out: their pixels are so extreme that the model"
            " gave no finite numbers."
        )
    return left_out.count + unusable


def _batches(
    source: CutoutSource, rows: np.ndarray, size: int, left_out: LeftOut
) -> Iterator[tuple[np.ndarray, np.ndarray, int]]:
    """Yield (rows that could be read, their pixels, number of rows that were asked for)."""
    nothing = np.empty((0, *source.shape), np.float32)
    for start in range(0, len(rows), size):
        asked = rows[start : start + size]
        good, parts = left_out.read(source.read, asked)
        yield good, parts[0] if len(parts) == 1 else np.concatenate([nothing, *parts]), len(asked)
