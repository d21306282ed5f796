"""What is measured on the picture: an aperture, an Einstein ring, and the answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PyQt6.QtCore import QObject, pyqtSignal


@dataclass(frozen=True)
class Shape:
    """An ellipse on the picture, in pixels right of and above the cutout's centre."""

    x: float = 0.0
    y: float = 0.0
    radius: float = 8.0
    """Half the long axis."""
    axis_ratio: float = 1.0
    angle: float = 0.0
    """Of the long axis, radians from right to up."""

    @property
    def mean_radius(self) -> float:
        """Radius of the circle of the same area, as an Einstein radius is defined."""
        return float(self.radius * np.sqrt(self.axis_ratio))

    def moved(self, x: float, y: float) -> Shape:
        """The same shape elsewhere."""
        return replace(self, x=x, y=y)


@dataclass(frozen=True)
class BandFlux:
    """One band's light within the aperture; flux in nanomaggies, or counts where `magnitude` is
    None for want of zero-points."""

    name: str
    flux: float | None
    """None where the band is missing."""
    error: float = 0.0
    magnitude: float | None = None
    """AB; NaN where there is no light above the sky."""
    brightness: float | None = None
    """Mean, AB mag per square arcsec; NaN as above, None without pixel scale or zero-points."""


@dataclass(frozen=True)
class BandProfile:
    """Mean brightness over the radius, one band."""

    name: str
    radii: NDArray[np.float64]
    """(n,) arcsec, or pixels where no scale is known."""
    values: NDArray[np.float64]
    """(n,) mag per square arcsec, or counts in a pixel; NaN where there is no light."""
    noise: float
    """The same of one pixel's sky noise; NaN where unknown."""


@dataclass(frozen=True)
class Photometry:
    """An answer for one galaxy and aperture."""

    row: int
    shape: Shape
    fluxes: tuple[BandFlux, ...]
    profiles: tuple[BandProfile, ...]
    notes: tuple[str, ...] = ()
    """Sentences on what was left out or assumed."""


class Measure(QObject):
    """The shapes on the picture and what was measured; both stay from one galaxy to the next."""

    shape_changed = pyqtSignal()
    ring_changed = pyqtSignal()
    changed = pyqtSignal()
    """The answer."""
    fit_requested = pyqtSignal()
    """The aperture shall take its place, size and shape from the galaxy."""
    kept_changed = pyqtSignal()
    keep_requested = pyqtSignal(object, object)
    """Row, and the Einstein radius to keep (None takes it away)."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._aperture: Shape | None = None
        self._ring: Shape | None = None
        self._answer: Photometry | None = None
        self._kept: dict[int, float] = {}

    @property
    def aperture(self) -> Shape | None:
        """The aperture; None before the first."""
        return self._aperture

    @property
    def ring(self) -> Shape | None:
        """The Einstein ring; None before the first."""
        return self._ring

    @property
    def answer(self) -> Photometry | None:
        """What was measured last; it stays until the next is there."""
        return self._answer

    def kept(self, row: int) -> float | None:
        """The Einstein radius that the grader has kept of a galaxy, arcsec or pixels."""
        return self._kept.get(row)

    def set_aperture(self, shape: Shape | None) -> None:
        """Move or reshape the aperture, or take it away; an answer follows."""
        if shape != self._aperture:
            self._aperture = shape
            self.shape_changed.emit()

    def set_ring(self, shape: Shape | None) -> None:
        """Move or reshape the ring, or take it away."""
        if shape != self._ring:
            self._ring = shape
            self.ring_changed.emit()

    def fit_aperture(self) -> None:
        """Have the aperture fitted to the galaxy in the viewer; `set_aperture` follows."""
        self.fit_requested.emit()

    def set_answer(self, answer: Photometry | None) -> None:
        """Say what was measured."""
        self._answer = answer
        self.changed.emit()

    def keep_ring(self, row: int, radius: float | None) -> None:
        """Keep an Einstein radius of a galaxy, or take it away."""
        self.keep_requested.emit(row, radius)

    def set_kept(self, kept: dict[int, float]) -> None:
        """Say what is on disk."""
        self._kept = kept
        self.kept_changed.emit()
