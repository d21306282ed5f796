"""How a survey's cutouts are prepared for a model: which rows, which crop, which scaling."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from trainer.config import ScalingKind
from trainer.cutouts.bands import plane_order
from trainer.cutouts.scaling import BatchMinMaxScaling, Scaling, fit_scaling
from trainer.cutouts.survey import Survey, SurveyFile
from trainer.errors import AstroMaskError, BandError, QueryError
from trainer.model.checkpoints import LoadedCheckpoint

SAMPLE_CUTOUTS = 1024
"""Cutouts from which the statistics of a scaling are taken."""
_SAMPLE_BLOCKS = 32
READ_BLOCK = 256
"""Cutouts read at a time in a pass through a survey."""

Listener = Callable[[int, int], None]
"""Hears of progress: (done, total); may raise to cancel."""


@dataclass(frozen=True)
class CutoutSource:
    """A survey's cutouts as a model takes them: its bands in its order, its size."""

    survey: Survey
    side: int
    """Side of the centre that is cut out, pixels."""
    planes: tuple[int, ...]
    """Which of the survey's bands, in the model's order."""

    @property
    def bands(self) -> tuple[str, ...]:
        """The survey's names of these bands."""
        return tuple(self.survey.bands[plane] for plane in self.planes)

    @property
    def row_bytes(self) -> int:
        """Memory of one cutout."""
        return 4 * math.prod(self.shape)

    @property
    def shape(self) -> tuple[int, int, int]:
        """(B, side, side) of one cutout."""
        return len(self.planes), self.side, self.side

    def read(self, rows: np.ndarray) -> np.ndarray:
        """(n, B, side, side) float32 flux of `rows`. Raises `FormatError` naming the file."""
        pixels = self.survey.read(rows, crop=self.side).pixels
        in_order = self.planes == tuple(range(pixels.shape[1]))
        return pixels if in_order else pixels[:, list(self.planes)]


def usable_part(survey: Survey, warn: Callable[[str], None]) -> tuple[Survey, np.ndarray]:
    """The survey without the files that can't be opened, and the rows (n,) int64 it then has.

    Each such file is told to `warn`, and each packed copy that is too old to be used.
    Raises `QueryError` where nothing is left.
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
        survey = Survey(good, survey.bands, survey.crop, packs=survey.packs)
    for sentence in survey.ignored_packs():
        warn(sentence)
    rows = [np.arange(file.first_row, file.first_row + file.count) for file in good]
    return survey, np.concatenate(rows)


def source_for_new(survey: Survey, patch: int) -> CutoutSource:
    """What a new model will take of a survey: all its bands, in the survey's crop.

    Raises `QueryError` where patches of that side do not fit.
    """
    side = min(survey.shape[1:])
    if side % patch:
        fitting = [p for p in range(2, side // 2 + 1) if side % p == 0]
        raise QueryError(
            f"Cutouts of {side}×{side} px can't be divided into patches of {patch} px;"
            + (f" patches of {', '.join(map(str, fitting))} px fit." if fitting else "")
        )
    return CutoutSource(survey, side, tuple(range(len(survey.bands))))


def source_for(loaded: LoadedCheckpoint, survey: Survey) -> CutoutSource:
    """What a checkpoint takes of a survey. Bands are matched by name where it names them.

    Raises `BandError` naming the bands of both where they do not fit, `QueryError` where the
    cutouts are too small.
    """
    found, wanted = survey.bands, loaded.bands
    count = loaded.architecture.bands
    if wanted is None and len(found) != count:
        raise BandError(
            f"The checkpoint {loaded.path} was trained on {count} bands, but the survey has"
            f" {len(found)} ({', '.join(found)})."
        )
    planes = range(count)
    if wanted is not None:
        try:
            planes = plane_order(found, wanted, "the survey").tolist()
        except BandError as error:
            raise BandError(
                f"The checkpoint {loaded.path} needs the bands {', '.join(wanted)}, but the survey"
                f" has {', '.join(found)}."
            ) from error
    side, smallest = loaded.architecture.image, min(survey.full_shape[1:])
    if side > smallest:
        raise QueryError(
            f"The checkpoint {loaded.path} takes cutouts of {side}×{side} px, but the survey's are"
            f" only {smallest} px across."
        )
    return CutoutSource(survey, side, tuple(planes))


def fit_survey_scaling(
    kind: ScalingKind, source: CutoutSource, rows: np.ndarray, told: Listener
) -> Scaling:
    """The scaling of that kind, with constants from the survey.

    Statistics come from a sample of blocks spread evenly over `rows`; the minimum and
    maximum of the old whole-batch scaling from a pass through all of them.
    """
    if kind == "batch_min_max":
        return _whole_range(source, rows, told)
    told(0, 1)
    return fit_scaling(kind, source.read(sample_rows(rows)), source.bands)


def sample_rows(rows: np.ndarray, count: int = SAMPLE_CUTOUTS) -> np.ndarray:
    """At most `count` of `rows`, in blocks of neighbours (cheap to read) spread evenly."""
    if len(rows) <= count:
        return rows
    size = count // _SAMPLE_BLOCKS
    starts = np.linspace(0, len(rows) - size, _SAMPLE_BLOCKS).astype(np.int64)
    places = (starts[:, None] + np.arange(size)).reshape(-1)
    sample: np.ndarray = rows[places]
    return sample


def _whole_range(source: CutoutSource, rows: np.ndarray, told: Listener) -> BatchMinMaxScaling:
    low, high = np.inf, -np.inf
    for start in range(0, len(rows), READ_BLOCK):
        told(start, len(rows))
        pixels = source.read(rows[start : start + READ_BLOCK])
        low, high = min(low, float(pixels.min())), max(high, float(pixels.max()))
    told(len(rows), len(rows))
    return BatchMinMaxScaling(minimum=low, maximum=high)
