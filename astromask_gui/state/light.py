"""The lens's light taken away: which way, and what is left of the galaxy in the viewer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.cutout import Cutout

Mode = Literal["off", "difference", "unsharp", "rotation", "isophotes"]
MODES: tuple[Mode, ...] = ("off", "difference", "unsharp", "rotation", "isophotes")


@dataclass(frozen=True)
class LightSettings:
    """What the user chose. Bands are indices into the survey's bands."""

    mode: Mode = "off"
    first: int = 0
    """The difference is this band …"""
    second: int = 1
    """… less this one, scaled."""
    ratio: float | None = None
    """Flux of `first` per flux of `second` that is taken away; None: fitted in the middle."""
    radius: float = 4.0
    """σ of the unsharp mask's smoothing, pixels."""
    shows_model: bool = False
    """Whether the isophotes' smooth model is shown instead of what it leaves."""


@dataclass(frozen=True)
class LightAnswer:
    """What is left of one galaxy."""

    row: int
    settings: LightSettings
    pixels: NDArray[np.float32]
    """(B, H, W) counts, as those of the cutout; a difference is the same flux in every band."""
    caption: str
    """What it is, in a few words, to stand on the picture."""
    sentence: str = ""
    """What did not go as asked; "" where all did."""
    band: int | None = None
    """The band as which it is shown, where it is one plane and no colours."""
    ratio: float | None = None
    """The difference's ratio in flux."""
    centre: tuple[float, float] | None = None
    """The galaxy's centre, pixels right of and above the cutout's."""


class Light(QObject):
    """The settings in force, and the latest answer. While one is awaited the old one stays, but
    never on another galaxy."""

    settings_changed = pyqtSignal()
    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = LightSettings()
        self._answer: LightAnswer | None = None
        self._error = ""
        self._last: Mode = "isophotes"

    @property
    def settings(self) -> LightSettings:
        """What the user chose."""
        return self._settings

    @property
    def answer(self) -> LightAnswer | None:
        """The latest answer."""
        return self._answer

    @property
    def error(self) -> str:
        """Why there is no answer, as a sentence; "" where there is or will be one."""
        return self._error

    @property
    def last_mode(self) -> Mode:
        """The way in which the light was taken away last."""
        return self._last

    def set_settings(self, settings: LightSettings) -> None:
        """Take the light away in another way; an answer follows."""
        if settings == self._settings:
            return
        self._settings = settings
        if settings.mode == "off":
            self._answer, self._error = None, ""
        else:
            self._last = settings.mode
        self.settings_changed.emit()
        if settings.mode == "off":
            self.changed.emit()

    def set_answer(self, answer: LightAnswer) -> bool:
        """Show what is left; False where meanwhile something else has been asked for."""
        if answer.settings != self._settings:
            return False
        self._answer, self._error = answer, ""
        self.changed.emit()
        return True

    def forget(self) -> None:
        """Say that no galaxy is shown: the next of the same row may be another survey's."""
        if self._answer is not None or self._error:
            self._answer, self._error = None, ""
            self.changed.emit()

    def set_error(self, sentence: str) -> None:
        """Say why there is no answer."""
        self._answer, self._error = None, sentence
        self.changed.emit()

    def awaits(self, cutout: Cutout) -> bool:
        """Whether what is left of this galaxy is still being computed."""
        if self._settings.mode == "off" or self._error:
            return False
        found = self.answer_for(cutout)
        return found is None or found.settings != self._settings

    def answer_for(self, cutout: Cutout) -> LightAnswer | None:
        """What is left of this galaxy; None where that is not known or not wanted."""
        found = self._answer
        return found if found is not None and found.row == cutout.row else None
