"""Scalings of the pixels before the model, each with its exact inverse.

All work on images (N, B, H, W) float32. Asinh and standardise use fixed statistics of the
survey, so that a cutout's scaled values depend on that cutout only; min–max takes each
cutout's own range; the old whole-batch min–max reproduces the first AstroMASK checkpoints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError, model_validator

from trainer.config import ScalingKind
from trainer.errors import BandError, FormatError

ASINH_SOFTENING_SIGMAS = 3.0
"""Softening in units of the noise: linear within the noise, logarithmic above, values O(1)."""
MAD_TO_SIGMA = 1.4826


@dataclass(frozen=True)
class ScalingState:
    """What `inverse` needs beside the constants: the ranges of min–max; empty otherwise."""

    low: np.ndarray | None = None
    """(N, 1, 1, 1) or (1, 1, 1, 1) float32."""
    span: np.ndarray | None = None
    """As `low`: maximum − minimum, 1 where that is 0."""


class _Base(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AsinhScaling(_Base):
    """asinh(x / softening), softening by band (Lupton, Gunn & Szalay 1999)."""

    kind: Literal["asinh"] = "asinh"
    softening: tuple[Annotated[float, Field(gt=0)], ...]

    def forward(self, images: np.ndarray) -> tuple[np.ndarray, ScalingState]:
        """(N, B, H, W) flux → scaled float32. Raises `BandError` for another B."""
        softening = _by_band(self.softening, images, self.kind)
        return np.arcsinh(images / softening, dtype=np.float32), ScalingState()

    def inverse(self, scaled: np.ndarray, state: ScalingState) -> np.ndarray:
        """(N, B, H, W) scaled → flux float32."""
        softening = _by_band(self.softening, scaled, self.kind)
        # In double precision: sinh overflows float32 already at 89.
        return np.asarray(np.sinh(scaled.astype(np.float64)) * softening, np.float32)


class StandardiseScaling(_Base):
    """(x − mean) / standard deviation, both by band over the survey's sample."""

    kind: Literal["standardise"] = "standardise"
    mean: tuple[float, ...]
    std: tuple[Annotated[float, Field(gt=0)], ...]

    @model_validator(mode="after")
    def _same_length(self) -> StandardiseScaling:
        if len(self.mean) != len(self.std):
            raise ValueError("mean and std must have one value a band each")
        return self

    def forward(self, images: np.ndarray) -> tuple[np.ndarray, ScalingState]:
        """(N, B, H, W) flux → scaled float32. Raises `BandError` for another B."""
        mean, std = (_by_band(values, images, self.kind) for values in (self.mean, self.std))
        return np.asarray((images - mean) / std, np.float32), ScalingState()

    def inverse(self, scaled: np.ndarray, state: ScalingState) -> np.ndarray:
        """(N, B, H, W) scaled → flux float32."""
        mean, std = (_by_band(values, scaled, self.kind) for values in (self.mean, self.std))
        return np.asarray(scaled * std + mean, np.float32)


class MinMaxScaling(_Base):
    """(x − min) / (max − min) over each cutout, all its bands together: colours are kept."""

    kind: Literal["min_max"] = "min_max"

    def forward(self, images: np.ndarray) -> tuple[np.ndarray, ScalingState]:
        """(N, B, H, W) flux → scaled float32 in 0 … 1; the state holds each cutout's range."""
        axes = (1, 2, 3)
        return _to_unit(images, images.min(axes, keepdims=True), images.max(axes, keepdims=True))

    def inverse(self, scaled: np.ndarray, state: ScalingState) -> np.ndarray:
        """(N, B, H, W) scaled → flux float32, with the state that `forward` gave."""
        return _from_unit(scaled, state)


class BatchMinMaxScaling(_Base):
    """(x − min) / (max − min) with one range over all cutouts, as old checkpoints had it.

    With frozen constants the range is theirs; without, it is that of the images at hand,
    and a cutout's scaled values then depend on its batch.
    """

    kind: Literal["batch_min_max"] = "batch_min_max"
    minimum: float | None = None
    maximum: float | None = None

    @model_validator(mode="after")
    def _both_or_none(self) -> BatchMinMaxScaling:
        if (self.minimum is None) != (self.maximum is None):
            raise ValueError("minimum and maximum are given together or not at all")
        return self

    def forward(self, images: np.ndarray) -> tuple[np.ndarray, ScalingState]:
        """(N, B, H, W) flux → scaled float32; the state holds the one range."""
        low = images.min() if self.minimum is None else self.minimum
        high = images.max() if self.maximum is None else self.maximum
        shape = (1, 1, 1, 1)
        return _to_unit(
            images,
            np.array(low, np.float32).reshape(shape),
            np.array(high, np.float32).reshape(shape),
        )

    def inverse(self, scaled: np.ndarray, state: ScalingState) -> np.ndarray:
        """(N, B, H, W) scaled → flux float32, with the state that `forward` gave."""
        return _from_unit(scaled, state)


class NoScaling(_Base):
    """The pixels as they are."""

    kind: Literal["none"] = "none"

    def forward(self, images: np.ndarray) -> tuple[np.ndarray, ScalingState]:
        """(N, B, H, W) → the same as float32."""
        return np.asarray(images, np.float32), ScalingState()

    def inverse(self, scaled: np.ndarray, state: ScalingState) -> np.ndarray:
        """(N, B, H, W) → the same as float32."""
        return np.asarray(scaled, np.float32)


Scaling: TypeAlias = Annotated[
    AsinhScaling | StandardiseScaling | MinMaxScaling | BatchMinMaxScaling | NoScaling,
    Field(discriminator="kind"),
]
_adapter: TypeAdapter[Scaling] = TypeAdapter(Scaling)


def scaling_to_json(scaling: Scaling) -> dict[str, Any]:
    """The scaling with its constants, as checkpoints and manifests hold it."""
    return scaling.model_dump(mode="json")


def scaling_from_json(data: dict[str, Any]) -> Scaling:
    """The scaling that `scaling_to_json` wrote. Raises `FormatError` for anything else."""
    try:
        return _adapter.validate_python(data)
    except ValidationError as error:
        problem = error.errors()[0]["msg"]
        raise FormatError(f"A scaling can't be read from {data!r}: {problem}.") from error


def fit_scaling(kind: ScalingKind, sample_images: np.ndarray, bands: Sequence[str]) -> Scaling:
    """The scaling of that kind with constants from a survey's sample (N, B, H, W), cleaned.

    Missing (all-zero) bands are left out of the statistics. Raises `BandError` where the
    sample has another number of bands.
    """
    images = np.asarray(sample_images, np.float32)
    if images.ndim != 4 or images.shape[1] != len(bands) or not len(images):
        raise BandError(
            f"A sample of cutouts of the {len(bands)} bands {', '.join(bands)} was expected to"
            f" find a scaling's constants, but an array of shape {images.shape} was found."
        )
    if kind == "asinh":
        sigmas = (noise_sigma(images[:, band]) for band in range(len(bands)))
        return AsinhScaling(softening=tuple(ASINH_SOFTENING_SIGMAS * sigma for sigma in sigmas))
    if kind == "standardise":
        moments = [_moments(images[:, band]) for band in range(len(bands))]
        return StandardiseScaling(
            mean=tuple(mean for mean, _ in moments), std=tuple(std for _, std in moments)
        )
    if kind == "batch_min_max":
        return BatchMinMaxScaling(minimum=float(images.min()), maximum=float(images.max()))
    return MinMaxScaling() if kind == "min_max" else NoScaling()


def noise_sigma(planes: np.ndarray) -> float:
    """Noise of one band of a sample (N, H, W): the median over cutouts of 1.4826 MAD.

    1 where the band is missing throughout; the standard deviation where more than half of
    the pixels are equal.
    """
    planes = _present(planes)
    if not len(planes):
        return 1.0
    deviation = np.abs(planes - np.median(planes, axis=(1, 2), keepdims=True))
    sigma = MAD_TO_SIGMA * float(np.median(np.median(deviation, axis=(1, 2))))
    return sigma if sigma > 0 else _moments(planes)[1]


def _moments(planes: np.ndarray) -> tuple[float, float]:
    planes = _present(planes)
    if not len(planes):
        return 0.0, 1.0
    mean, std = float(planes.mean(dtype=np.float64)), float(planes.std(dtype=np.float64))
    return mean, std if std > 0 else 1.0


def _present(planes: np.ndarray) -> np.ndarray:
    return planes[planes.any(axis=(1, 2))]


def _by_band(values: Sequence[float], images: np.ndarray, kind: str) -> np.ndarray:
    if images.ndim != 4 or images.shape[1] != len(values):
        raise BandError(
            f"This {kind} scaling has constants for {len(values)} bands; an array of shape"
            f" {images.shape} was to be scaled."
        )
    return np.asarray(values, np.float32)[None, :, None, None]


def _to_unit(
    images: np.ndarray, low: np.ndarray, high: np.ndarray
) -> tuple[np.ndarray, ScalingState]:
    span = (high - low).astype(np.float32)
    span = np.where(span > 0, span, np.float32(1))
    return np.asarray((images - low) / span, np.float32), ScalingState(low, span)


def _from_unit(scaled: np.ndarray, state: ScalingState) -> np.ndarray:
    if state.low is None or state.span is None:
        raise ValueError("The inverse of a min–max scaling needs the state of its forward pass.")
    return np.asarray(scaled * state.span + state.low, np.float32)
