"""Measures the light within the aperture, in a thread; the newest wish wins."""

from __future__ import annotations

from functools import partial

import numpy as np
from PyQt6.QtCore import QObject

from astromask_gui.rendering.flux import NANOMAGGY_ZERO_POINT, nanomaggies_per_count
from astromask_gui.services.concurrency.background import Background
from astromask_gui.services.measure.light import middle_of
from astromask_gui.state.application import ApplicationState
from astromask_gui.state.cutout import Cutout
from astromask_gui.state.display import SurveyPixels
from astromask_gui.state.measure import BandFlux, BandProfile, Photometry, Shape


class MeasureService(QObject):
    """Answers `measure.aperture` and each new cutout with `measure.answer`, and fits apertures."""

    def __init__(self, state: ApplicationState, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._state = state
        self._background = Background("measures", parent=self)
        self._asked: tuple[Cutout, Shape, SurveyPixels] | None = None
        state.measure.fit_requested.connect(self._fit)
        state.measure.shape_changed.connect(self._follow)
        state.cutout.changed.connect(self._follow)
        state.display.changed.connect(self._follow)

    def close(self) -> None:
        """Let go of what is being measured."""
        self._background.close()

    def _follow(self) -> None:
        cutout, shape = self._state.cutout.cutout, self._state.measure.aperture
        survey = self._state.display.survey
        if cutout is None or shape is None:
            self._asked = None
            self._background.drop("measure")
            if self._state.measure.answer is not None:
                self._state.measure.set_answer(None)
            return
        before = self._asked
        if before is not None and before[0] is cutout and before[1:] == (shape, survey):
            return
        self._asked = (cutout, shape, survey)
        self._background.run(
            partial(measure, cutout, shape, survey),
            self._state.measure.set_answer,
            self._state.messages.error,
            lane="measure",
        )

    def _fit(self) -> None:
        cutout, before = self._state.cutout.cutout, self._state.measure.aperture
        if cutout is None:
            return

        def take(shape: Shape) -> None:
            # What was moved by hand meanwhile, or belongs to another galaxy, stays as it is.
            if (self._state.cutout.cutout, self._state.measure.aperture) == (cutout, before):
                self._state.measure.set_aperture(shape)

        self._background.run(partial(fit, cutout), take, self._state.messages.error, lane="fit")


def fit(cutout: Cutout) -> Shape:
    """The Kron aperture of the galaxy in the middle of a cutout."""
    from trainer.photometry.kron import kron_aperture

    rows, columns = middle_of(cutout.pixels.shape[1:])
    found = kron_aperture(cutout.pixels[:, rows, columns], cutout.missing)
    # From the first pixel's centre to the middle of the cutout, which is that of the part.
    x = found.x + 0.5 - (columns.stop - columns.start) / 2
    y = found.y + 0.5 - (rows.stop - rows.start) / 2
    return Shape(x, y, found.radius, found.axis_ratio, found.angle)


def measure(cutout: Cutout, shape: Shape, survey: SurveyPixels) -> Photometry:
    """Fluxes and profiles of every band within an aperture."""
    from trainer.photometry.aperture import measure_bands, profiles
    from trainer.photometry.ellipses import Ellipse

    rows, columns = cutout.pixels.shape[1:]
    x, y = shape.x + columns / 2 - 0.5, shape.y + rows / 2 - 0.5
    ellipse = Ellipse(x, y, shape.radius, shape.axis_ratio, shape.angle)
    step = max(1.0, shape.radius / 24)
    found = measure_bands(cutout.pixels, cutout.missing, ellipse)
    curves = profiles(cutout.pixels, cutout.missing, ellipse, step)
    names = [*survey.bands, *map(str, range(len(survey.bands), len(found)))]
    scale = survey.pixel_scale
    fluxes, lines = [], []
    for band, (flux, curve) in enumerate(zip(found, curves, strict=True)):
        if flux is None or curve is None:
            fluxes.append(BandFlux(names[band], None))
            continue
        factor = nanomaggies_per_count(band, survey)
        has_zero_point = band < len(survey.zero_points)
        magnitude = _magnitude(flux.flux * factor) if has_zero_point else None
        brightness = None
        if has_zero_point and scale and flux.area:
            brightness = _magnitude(flux.flux * factor / (flux.area * scale**2))
        fluxes.append(
            BandFlux(names[band], flux.flux * factor, flux.error * factor, magnitude, brightness)
        )
        lines.append(
            BandProfile(
                names[band],
                curve.radii * (scale or 1.0),
                _brightness(curve.brightness * factor, scale, has_zero_point),
                float(_brightness(np.array([curve.noise * factor]), scale, has_zero_point)[0]),
            )
        )
    return Photometry(cutout.row, shape, tuple(fluxes), tuple(lines), _notes(found, names))


def _magnitude(flux: float) -> float:
    return float(_brightness(np.array([flux]), 1.0, True)[0])


def _brightness(flux: np.ndarray, scale: float | None, has_zero_point: bool) -> np.ndarray:
    """mag per square arcsec of flux in a pixel where that can be told, else the flux."""
    if not has_zero_point or not scale:
        return flux
    with np.errstate(invalid="ignore", divide="ignore"):
        values = NANOMAGGY_ZERO_POINT - 2.5 * np.log10(flux / scale**2)
    return np.where(flux > 0, values, np.nan)


def _notes(found: list, names: list[str]) -> tuple[str, ...]:  # type: ignore[type-arg]
    present = [flux for flux in found if flux is not None]
    notes = []
    absent = [names[band] for band, flux in enumerate(found) if flux is None]
    if absent:
        notes.append(f"Missing: {', '.join(absent)}.")
    lost = max((flux.lost for flux in present), default=0.0)
    if lost > 0.01:
        notes.append(f"{lost:.1f} px of the aperture have no data and are left out.")
    if any(not flux.local_sky for flux in present):
        notes.append("No room for a ring of sky: that of the picture's border is taken.")
    return tuple(notes)
