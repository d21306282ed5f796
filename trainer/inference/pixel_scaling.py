"""The scaling with which a checkpoint is to see a survey's pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from trainer.config import ScalingKind
from trainer.cutouts.scaling import BatchMinMaxScaling, Scaling
from trainer.errors import CheckpointError, MismatchError
from trainer.events import Progress, Stage
from trainer.launch.context import JobContext
from trainer.model.checkpoints import LoadedCheckpoint
from trainer.model.preparation import CutoutSource, fit_survey_scaling


def scaling_for(
    loaded: LoadedCheckpoint,
    asked: ScalingKind | None,
    frozen: Scaling | None,
    source: CutoutSource,
    rows: np.ndarray,
    context: JobContext,
) -> Scaling:
    """The checkpoint's scaling; else the one asked for, its constants measured on `rows`.

    `frozen` is what the checkpoint was used with before on this survey; it goes first where
    it is of the kind wanted. Raises `MismatchError` where another kind is asked for than the
    checkpoint states, `CheckpointError` where nobody says which.
    """
    stated = loaded.scaling
    if asked is None and stated is None and frozen is not None:
        return frozen
    kind = _kind(asked, stated, loaded.path)
    if frozen is not None and frozen.kind == kind:
        return frozen
    unfrozen = isinstance(stated, BatchMinMaxScaling) and stated.minimum is None
    if stated is not None and not unfrozen:
        return stated

    def told(done: int, total: int) -> None:
        context.raise_if_cancelled()
        context.emit(Progress(done=done, total=total, unit="galaxies"))

    context.emit(Stage(name="Measuring the pixels' range"))
    return fit_survey_scaling(kind, source, rows, told)


def _kind(asked: ScalingKind | None, stated: Scaling | None, path: Path) -> ScalingKind:
    if stated is not None:
        if asked not in (None, stated.kind):
            raise MismatchError(
                f"{path} was trained on pixels scaled by {stated.kind}, but --scaling {asked} was"
                " asked for; what it computes would mean nothing."
            )
        return stated.kind
    if asked is None:
        raise CheckpointError(
            f"{path} does not say how its cutouts were scaled. Give it with --scaling:"
            " batch_min_max for AstroMASK's first checkpoints, none where they took plain"
            " pixels, or asinh, standardise, min_max."
        )
    return asked
