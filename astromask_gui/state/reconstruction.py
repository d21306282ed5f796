"""The masked reconstruction: what is asked of the model, and what it answered."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal

from astromask_gui.state.masks import Mask, centre_mask, grid_side


@dataclass(frozen=True)
class Masking:
    """Which patches are hidden."""

    ratio: float = 0.75
    seed: int = 0
    painted: tuple[bool, ...] | None = None
    """(L,) True = hidden, where the user chose patches by hand; it overrides ratio and seed."""


@dataclass(frozen=True, eq=False)
class Reconstruction:
    """An answer of the model for one galaxy; pixels in the survey's counts."""

    row: int
    masking: Masking
    mask: NDArray[np.bool_]
    """(L,) True = hidden, patches in raster order."""
    patch: int
    """Side of a patch, pixels."""
    original: NDArray[np.float32]
    """(B, H, W): what the model was given, NaN where that was 0 for want of data."""
    predicted: NDArray[np.float32]
    """(B, H, W): the model's picture of all patches."""
    loss: float
    """Mean squared error on the hidden patches, in the model's scaled units."""
    loss_by_band: NDArray[np.float32]
    level_recovered: bool = True
    """False where per-patch normalised targets leave a hidden patch's level unknown."""
    seconds: float = 0.0
    bands: tuple[int, ...] | None = None
    """Which of the survey's bands the planes are; None: all, in order."""


class ReconstructionState(QObject):
    """The masking in force, and the latest answer."""

    masking_changed = pyqtSignal()
    changed = pyqtSignal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._masking = Masking()
        self._result: Reconstruction | None = None
        self._unavailable: str | None = None
        self._busy = False

    @property
    def masking(self) -> Masking:
        """Which patches are to be hidden."""
        return self._masking

    @property
    def result(self) -> Reconstruction | None:
        """The latest answer; it stays until the next one is there."""
        return self._result

    @property
    def unavailable(self) -> str | None:
        """Why there is no reconstruction (no checkpoint, no decoder …), as a sentence."""
        return self._unavailable

    @property
    def busy(self) -> bool:
        """True while the model works."""
        return self._busy

    def set_masking(self, masking: Masking) -> None:
        """Hide other patches; a new answer follows."""
        if masking != self._masking:
            self._masking = masking
            self.masking_changed.emit()

    def new_mask(self) -> None:
        """Hide other patches at the same ratio."""
        self.set_masking(Masking(self._masking.ratio, self._masking.seed + 1))

    def shown_mask(self) -> Mask | None:
        """(L,) True = hidden: what is asked for, as far as it is known."""
        result, painted = self._result, self._masking.painted
        if result is None:
            return None
        if painted is not None and len(painted) == len(result.mask):
            return np.array(painted)
        return result.mask

    def paint(self, mask: Mask) -> bool:
        """Hide exactly these patches; False, and nothing done, where none would be left to look
        at or to guess."""
        if not 0 < mask.sum() < len(mask):
            return False
        self.set_masking(replace(self._masking, painted=tuple(bool(hidden) for hidden in mask)))
        return True

    def unpaint(self) -> None:
        """Go back to the random mask of ratio and seed."""
        self.set_masking(replace(self._masking, painted=None))

    def invert_mask(self) -> None:
        """Show what is hidden, and hide what is shown."""
        mask = self.shown_mask()
        if mask is not None:
            self.paint(~mask)

    def hide_centre(self, outskirts: bool = False) -> None:
        """Hide the middle only, or all but the middle."""
        mask = self.shown_mask()
        if mask is not None:
            centre = centre_mask(grid_side(len(mask)))
            self.paint(~centre if outskirts else centre)

    def set_busy(self, busy: bool) -> None:
        """Say whether the model works."""
        if busy != self._busy:
            self._busy = busy
            self.changed.emit()

    def set_result(self, result: Reconstruction) -> None:
        """Show an answer."""
        self._result, self._unavailable, self._busy = result, None, False
        self.changed.emit()

    def set_unavailable(self, sentence: str | None) -> None:
        """Say why there is no reconstruction, or that there is one again."""
        if sentence != self._unavailable or self._busy:
            self._unavailable, self._busy = sentence, False
            if sentence:
                self._result = None
            self.changed.emit()

    def clear(self) -> None:
        """Show nothing."""
        self._result = self._unavailable = None
        self._busy = False
        self.changed.emit()
