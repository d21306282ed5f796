"""Takes the light of the galaxy in the viewer away, in a thread; the newest wish wins."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np
from PyQt6.QtCore import QObject

from astromask_gui.rendering.flux import nanomaggies_per_count
from astromask_gui.services.concurrency.background import Background
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.display import SurveyPixels
from astromask_gui.state.light import LightAnswer, LightSettings

LARGEST_SIDE = 400
"""Pixels across which light is taken away within a second or two."""


class LightService(QObject):
    """Answers `light.settings` and each new cutout with `light.answer`."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._background = Background("light", parent=self)
        self._asked: tuple[Cutout, LightSettings, SurveyPixels] | None = None
        state.light.settings_changed.connect(self._follow)
        state.cutout.changed.connect(self._follow)
        state.display.changed.connect(self._follow)

    def close(self) -> None:
        """Let go of what is being computed."""
        self._background.close()

    def _follow(self) -> None:
        cutout, settings = self._state.cutout.cutout, self._state.light.settings
        survey = self._state.display.survey
        if cutout is None or settings.mode == "off":
            self._asked = None
            self._background.drop("light")
            self._state.light.forget()
            return
        asked = (cutout, settings, survey)
        before = self._asked
        if before is not None and before[0] is cutout and before[1:] == asked[1:]:
            return
        self._asked = asked
        self._background.run(
            partial(take_away, *asked),
            self._take,
            self._state.light.set_error,
            lane="light",
        )

    def _take(self, answer: LightAnswer) -> None:
        # Whose galaxy has gone meanwhile is not even drawn: widgets ask by row.
        self._state.light.set_answer(answer)


def take_away(cutout: Cutout, settings: LightSettings, survey: SurveyPixels) -> LightAnswer:
    """What is left of a cutout; of a large one, of its middle, where the galaxy is.

    Imports SciPy's rooms the first time, so never where one waits.
    """
    part = middle_of(cutout.pixels.shape[1:])
    middle = replace(cutout, pixels=cutout.pixels[:, part[0], part[1]])
    answer = _said_what_is_lost(_left(middle, settings, survey), middle)
    if middle.pixels.shape == cutout.pixels.shape:
        return answer
    # Around it nothing was computed: stripes, for black would be sky without light.
    whole = np.full_like(cutout.pixels, np.nan)
    whole[cutout.missing] = 0
    whole[:, part[0], part[1]] = answer.pixels
    rows, columns = middle.pixels.shape[1:]
    size = f"{columns} px" if rows == columns else f"{columns} × {rows} px"
    caption = answer.caption and f"{answer.caption}, middle {size}"
    return replace(answer, pixels=whole, caption=caption)


def middle_of(shape: tuple[int, ...]) -> tuple[slice, slice]:
    """The rows and columns about the centre in which light is taken away."""
    spans = []
    for length in shape:
        # An even number goes at both ends together, so that the centre stays the centre.
        side = min(length, LARGEST_SIDE + (length - LARGEST_SIDE) % 2)
        spans.append(slice((length - side) // 2, (length + side) // 2))
    return spans[0], spans[1]


def _said_what_is_lost(answer: LightAnswer, cutout: Cutout) -> LightAnswer:
    lost = int(np.isnan(cutout.pixels).any(axis=0).sum())
    if not lost:
        return answer
    said = f"{lost} px have no data in some band and are left out."
    return replace(answer, sentence=f"{answer.sentence} {said}".lstrip())


def _left(cutout: Cutout, settings: LightSettings, survey: SurveyPixels) -> LightAnswer:
    if settings.mode == "difference":
        return _difference(cutout, settings, survey)
    if settings.mode == "unsharp":
        return _unsharp(cutout, settings, survey)
    if settings.mode == "rotation":
        return _rotation(cutout, settings)
    return _isophotes(cutout, settings)


def _difference(cutout: Cutout, settings: LightSettings, survey: SurveyPixels) -> LightAnswer:
    from trainer.photometry.subtraction import band_ratio, scaled_difference

    count, names = len(cutout.pixels), survey.bands
    first, second = min(settings.first, count - 1), min(settings.second, count - 1)
    absent = [names[band] for band in (first, second) if cutout.missing[band]]
    if absent:
        sentence = f"The file has no {' and no '.join(absent)} band of this galaxy."
        return LightAnswer(cutout.row, settings, np.zeros_like(cutout.pixels), "", sentence)
    # Counts of both bands in the same unit of flux, given back in those of the first.
    factor = nanomaggies_per_count(second, survey) / nanomaggies_per_count(first, survey)
    ours, theirs = cutout.pixels[first], cutout.pixels[second] * np.float32(factor)
    centre = _centre(cutout)
    ratio = band_ratio(ours, theirs, centre) if settings.ratio is None else settings.ratio
    left = scaled_difference(ours, theirs, ratio)
    planes = np.stack([left * np.float32(_to_band(first, band, survey)) for band in range(count)])
    caption = f"{names[first]} − {ratio:.2f} {names[second]}"
    return LightAnswer(cutout.row, settings, planes, caption, band=first, ratio=ratio)


def _to_band(first: int, band: int, survey: SurveyPixels) -> float:
    """Factor from counts of one band to the counts of another that are the same flux."""
    return nanomaggies_per_count(first, survey) / nanomaggies_per_count(band, survey)


def _unsharp(cutout: Cutout, settings: LightSettings, survey: SurveyPixels) -> LightAnswer:
    from trainer.photometry.subtraction import unsharp

    left = _without_missing(unsharp(cutout.pixels, settings.radius), cutout)
    scale = survey.pixel_scale
    size = f"{settings.radius * scale:.2f}″" if scale else f"{settings.radius:.1f} px"
    return LightAnswer(cutout.row, settings, left, f"unsharp {size}")


def _rotation(cutout: Cutout, settings: LightSettings) -> LightAnswer:
    from trainer.photometry.subtraction import rotation_residual

    centre = _centre(cutout)
    left = _without_missing(rotation_residual(cutout.pixels, centre), cutout)
    return LightAnswer(cutout.row, settings, left, "180° residual", centre=_offset(cutout, centre))


def _isophotes(cutout: Cutout, settings: LightSettings) -> LightAnswer:
    from trainer.photometry.isophotes import subtract_isophotes

    found = subtract_isophotes(cutout.pixels, cutout.missing)
    pixels = found.model if settings.shows_model else found.residual
    caption = "smooth model" if settings.shows_model else "residual"
    centre = _offset(cutout, (found.ellipses[0].x, found.ellipses[0].y))
    return LightAnswer(cutout.row, settings, pixels, caption, found.sentence, centre=centre)


def _centre(cutout: Cutout) -> tuple[float, float]:
    from trainer.photometry.centre import find_centre
    from trainer.photometry.sky import detection

    return find_centre(detection(cutout.pixels, cutout.missing))


def _offset(cutout: Cutout, centre: tuple[float, float]) -> tuple[float, float]:
    """A place from the first pixel's centre → from the cutout's."""
    rows, columns = cutout.pixels.shape[1:]
    return centre[0] + 0.5 - columns / 2, centre[1] + 0.5 - rows / 2


def _without_missing(pixels: np.ndarray, cutout: Cutout) -> np.ndarray:
    """Missing bands as the viewer expects them: zero throughout."""
    return np.where(cutout.missing[:, None, None], np.float32(0), pixels)
