"""How a survey's cutouts are prepared for a model: which rows, which crop, which scaling."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from trainer.config import ScalingKind
from trainer.cutouts.scaling import BatchMinMaxScaling, Scaling, fit_scaling
from trainer.cutouts.survey import Survey, SurveyFile
from trainer.errors import AstroMaskError, QueryError

SAMPLE_CUTOUTS = 1024
"""Cutouts from which the statistics of a scaling are taken."""
_SAMPLE_BLOCKS = 32
READ_BLOCK = 256
"""Cutouts read at a time in a pass through a survey."""

Listener = Callable[[int, int], None]
"""Hears of progress: (done, total)."""


def usable_part(survey: Survey, warn: Callable[[str], None]) -> tuple[Survey, np.ndarray]:
    """The survey without the files that can't be opened, and the rows (n,) int64 it then has.

    Each such file is told to `warn`. Raises `QueryError` where nothing is left.
    """
    good: list[SurveyFile] = []
    for file in survey.files:
        try:
            with Survey((file,), survey.bands, survey.crop) as alone:
                alone.reader(0)
            good.append(file)
        except AstroMaskError as error:
            warn(f"{error} Its {file.count} galaxies are left out.")
    if not good:
        raise QueryError("None of the workspace's files of cutouts can be read.")
    if len(good) < len(survey.files):
        survey = Survey(good, survey.bands, survey.crop)
    rows = [np.arange(file.first_row, file.first_row + file.count) for file in good]
    return survey, np.concatenate(rows)


def model_side(survey: Survey, patch: int) -> int:
    """Side of the square that a new model takes: the survey's crop, or the whole cutout.

    Raises `QueryError` where patches of that side do not fit.
    """
    side = min(survey.shape[1:])
    if side % patch:
        fitting = [p for p in range(2, side // 2 + 1) if side % p == 0]
        raise QueryError(
            f"Cutouts of {side}×{side} px can't be divided into patches of {patch} px;"
            + (f" patches of {', '.join(map(str, fitting))} px fit." if fitting else "")
        )
    return side


def fit_survey_scaling(
    kind: ScalingKind, survey: Survey, rows: np.ndarray, crop: int, told: Listener
) -> Scaling:
    """The scaling of that kind, with constants from the survey.

    Statistics come from a sample of blocks spread evenly over `rows`; the minimum and
    maximum of the old whole-batch scaling from a pass through all of them. `told` hears of
    progress and may raise to cancel.
    """
    if kind == "batch_min_max":
        return _whole_range(survey, rows, crop, told)
    told(0, 1)
    sample = survey.read(sample_rows(rows), crop=crop).pixels
    return fit_scaling(kind, sample, survey.bands)


def sample_rows(rows: np.ndarray, count: int = SAMPLE_CUTOUTS) -> np.ndarray:
    """At most `count` of `rows`, in blocks of neighbours (cheap to read) spread evenly."""
    if len(rows) <= count:
        return rows
    size = count // _SAMPLE_BLOCKS
    starts = np.linspace(0, len(rows) - size, _SAMPLE_BLOCKS).astype(np.int64)
    places = (starts[:, None] + np.arange(size)).reshape(-1)
    sample: np.ndarray = rows[places]
    return sample


def _whole_range(survey: Survey, rows: np.ndarray, crop: int, told: Listener) -> BatchMinMaxScaling:
    low, high = np.inf, -np.inf
    for start in range(0, len(rows), READ_BLOCK):
        told(start, len(rows))
        pixels = survey.read(rows[start : start + READ_BLOCK], crop=crop).pixels
        low, high = min(low, float(pixels.min())), max(high, float(pixels.max()))
    told(len(rows), len(rows))
    return BatchMinMaxScaling(minimum=low, maximum=high)
