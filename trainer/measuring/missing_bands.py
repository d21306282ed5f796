"""The job `measure`: which bands each galaxy lacks, as a column of the workspace.

A band is missing where the whole cutout is zero, or at least 5 % of it not finite
(`trainer.cutouts.cleaning`). Only the pixels tell, so all of them are read, once.
"""

from __future__ import annotations

import time
from collections import Counter

import numpy as np

from trainer.config import MeasureConfig
from trainer.cutouts.left_out import LeftOut
from trainer.cutouts.survey import Survey
from trainer.errors import AstroMaskError, JobCancelled, QueryError
from trainer.events import Finished, Progress, Stage
from trainer.launch.context import JobContext
from trainer.workspace.workspace import Workspace

COLUMN = "missing_bands"
NONE = "none"
"""Value of a galaxy that has all bands."""

_BLOCK = 256
"""Galaxies read between two looks for a wish to stop."""
_UNKNOWN = ""


def run(config: MeasureConfig, context: JobContext) -> Finished:
    """Read the cutouts of every galaxy that has no value yet, and write the column.

    What was found before a cancellation is kept, and the next run goes on from there. Files
    that can't be read are told and left out. Raises `QueryError` where none can be read,
    other `AstroMaskError`s, and `JobCancelled`.
    """
    workspace = Workspace.open(config.workspace)
    context.emit(Stage(name="Reading the cutouts"))
    with workspace.survey(require_all=False) as survey:
        values = _known(workspace, survey.bands)
        todo = np.flatnonzero(values == _UNKNOWN)
        try:
            _fill(values, todo, survey, context)
        except JobCancelled:
            _write(workspace, survey.bands, values)
            raise
        if len(todo) and (values[todo] == _UNKNOWN).all():
            raise QueryError(f"None of the {len(todo):,} cutouts could be read.")
        _write(workspace, survey.bands, values)
        return Finished(message=_summary(values, survey.bands), outputs={"column": COLUMN})


def names_of(missing: np.ndarray, bands: tuple[str, ...]) -> np.ndarray:
    """(n,) names such as "none", "u" or "u z" of flags (n, B) bool."""
    kinds, which = np.unique(missing, axis=0, return_inverse=True)
    names = [" ".join(np.array(bands)[kind]) or NONE for kind in kinds]
    return np.array(names, object)[which.reshape(-1)]


def _known(workspace: Workspace, bands: tuple[str, ...]) -> np.ndarray:
    """(N,) names found by an earlier run, "" where there are none."""
    nothing = np.full(len(workspace), _UNKNOWN, object)
    columns = workspace.columns
    if COLUMN not in columns.names():
        return nothing
    try:
        if columns.provenance(COLUMN).get("bands") != list(bands):
            return nothing
        return np.array(columns.arrow(COLUMN).fill_null(_UNKNOWN).to_pylist(), object)
    except AstroMaskError:
        # Damaged, or of another catalogue: found anew.
        return nothing


def _fill(values: np.ndarray, todo: np.ndarray, survey: Survey, context: JobContext) -> None:
    """Find the values of the rows `todo`, block by block."""
    left_out, began = LeftOut(), time.monotonic()
    nothing = np.empty((0, len(survey.bands)), bool)

    def read(rows: np.ndarray) -> np.ndarray:
        # The flags are those of the whole cutout, whatever the crop.
        return survey.read(rows, crop=1).missing

    for start in range(0, len(todo), _BLOCK):
        context.raise_if_cancelled()
        rows = todo[start : start + _BLOCK]
        good, parts = left_out.read(read, rows)
        values[good] = names_of(np.concatenate([nothing, *parts]), survey.bands)
        done = start + len(rows)
        left = (time.monotonic() - began) / done * (len(todo) - done)
        context.emit(Progress(done=done, total=len(todo), unit="galaxies", seconds_left=left))
    for sentence in left_out.sentences():
        context.warn(sentence)


def _write(workspace: Workspace, bands: tuple[str, ...], values: np.ndarray) -> None:
    rows = np.flatnonzero(values != _UNKNOWN)
    if not len(rows):
        return
    workspace.columns.add_measure(
        COLUMN,
        rows,
        values[rows].astype(str),
        description="Bands without data: all zero, or 5 % or more of the pixels not finite.",
        provenance={"job": "measure", "bands": list(bands)},
    )


def _summary(values: np.ndarray, bands: tuple[str, ...]) -> str:
    found = values[values != _UNKNOWN]
    lacking = found[found != NONE]
    if not len(lacking):
        return f"All {len(found):,} galaxies have all bands ({' '.join(bands)})."
    counts = Counter(band for name in lacking for band in name.split(" "))
    words = ", ".join(f"{band} {counts[band]:,}" for band in bands if counts[band])
    return f"{len(lacking):,} of {len(found):,} galaxies lack a band: {words}."
