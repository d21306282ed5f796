"""How pixels become a picture: bands, stretch and lock, for every place that shows pixels."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from PyQt6.QtCore import QObject, pyqtSignal

Style = Literal["survey", "unions", "legacy", "plain"]
Limits = Literal["noise", "percentile", "zscale", "manual"]
Curve = Literal["linear", "sqrt", "asinh", "log"]


@dataclass(frozen=True)
class DisplaySettings:
    """What the user chose. Bands are indices into the survey's bands."""

    mode: Literal["rgb", "band"] = "rgb"
    rgb: tuple[int, int, int] = (0, 0, 0)
    """Bands shown as red, green and blue."""
    band: int = 0
    """Band shown where `mode` is "band"."""
    stretch: float = 1.0
    """Factor on the linear part of the asinh stretch; 1 is the automatic choice."""
    softening: float = 8.0
    """Q of Lupton et al. 2004: how soon the stretch turns logarithmic."""
    black: float = 0.0
    """Black point, in units of the sky noise."""
    locked: bool = True
    """The same stretch for every cutout on screen, or one for each."""
    inverted: bool = False
    style: Style = "survey"
    """How three bands become colours."""
    hidden: tuple[int, ...] = ()
    """Bands that are switched off."""
    limits: Limits = "noise"
    """Where black and white of a single band are: by the sky noise, along the stretch above, or
    between two limits."""
    percentile: float = 99.5
    """Share of the pixels, in percent, that lies between the limits."""
    held: tuple[tuple[float, float], ...] = ()
    """Limits by band in nanomaggies, of a locked stretch or set by hand."""
    curve: Curve = "linear"
    """From black to white between the limits."""
    colour_map: str = "grey"
    """Of a single band."""


@dataclass(frozen=True)
class SurveyPixels:
    """Constants of the survey that a picture needs."""

    bands: tuple[str, ...] = ()
    zero_points: tuple[float, ...] = ()
    """AB magnitude of one count, by band."""
    noise: tuple[float, ...] = ()
    """Sky noise of one pixel, counts, by band: the scale of a locked stretch."""
    pixel_scale: float | None = None
    """Arcsec per pixel."""
    crop: int | None = None
    """Side of what the model sees, pixels."""
    white: float | None = None
    """The value of white in pictures that are to be seen as they are; None for fluxes."""


class Display(QObject):
    """The settings in force and the survey's constants."""

    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = DisplaySettings()
        self._survey = SurveyPixels()

    @property
    def settings(self) -> DisplaySettings:
        """What the user chose."""
        return self._settings

    @property
    def survey(self) -> SurveyPixels:
        """The survey's constants."""
        return self._survey

    def set_survey(self, survey: SurveyPixels) -> None:
        """Take another survey's constants; the bands go back to the automatic choice."""
        if survey == self._survey:
            return
        same_bands = survey.bands == self._survey.bands
        same_kind = (survey.white is None) == (self._survey.white is None)
        self._survey = survey
        if not same_kind:
            # What somebody has stretched already is not stretched once more.
            style: Style = "survey" if survey.white is None else "plain"
            self._settings = with_style(self._settings, style)
        if not same_bands:
            rgb = automatic_rgb(survey.bands)
            self._settings = replace(
                self._settings, rgb=rgb, band=rgb[1], mode="rgb", hidden=(), limits="noise", held=()
            )
        self.changed.emit()

    def set_settings(self, settings: DisplaySettings) -> None:
        """Put other settings in force."""
        if settings != self._settings:
            self._settings = settings
            self.changed.emit()


def automatic_rgb(bands: tuple[str, ...]) -> tuple[int, int, int]:
    """Indices of the bands for red, green and blue: i r g where present, else spread evenly."""
    letters = [band.rsplit("-", 1)[-1].rsplit("_", 1)[-1].lower()[:1] for band in bands]
    for wanted in ("irg", "zrg", "zig", "rgu", "jyv", "rgb"):
        if all(letter in letters for letter in wanted):
            red, green, blue = (letters.index(letter) for letter in wanted)
            return red, green, blue
    last = max(len(bands) - 1, 0)
    return last, last // 2, 0


SOFTENINGS: dict[Style, float] = {"survey": 8.0, "unions": 7.0, "legacy": 20.0, "plain": 8.0}
"""Q of each style."""


def with_style(settings: DisplaySettings, style: Style) -> DisplaySettings:
    """The settings that a style begins with: its own Q, and neither stretch nor black moved."""
    return replace(
        settings, mode="rgb", style=style, softening=SOFTENINGS[style], stretch=1.0, black=0.0
    )
