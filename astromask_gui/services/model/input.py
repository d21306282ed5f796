"""Cutouts as the model takes them: its bands in its order, its side."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import BandError


@dataclass(frozen=True)
class ModelFacts:
    """What `astromask serve` says of the checkpoint it has loaded."""

    image: int
    patch: int
    bands: tuple[str, ...] | None
    """In the model's order; None where the checkpoint does not name them."""
    band_count: int
    width: int
    depth: int
    """Layers of the encoder."""
    has_decoder: bool
    why_no_decoder: str
    knows_scaling: bool
    sha256: str

    @classmethod
    def from_answer(cls, facts: dict[str, Any]) -> ModelFacts:
        """Of the answer's `model`, whose `bands` is a number or a list of names."""
        bands = facts["bands"]
        named = isinstance(bands, list)
        return cls(
            image=int(facts["image"]),
            patch=int(facts["patch"]),
            bands=tuple(bands) if named else None,
            band_count=len(bands) if named else int(bands),
            width=int(facts["width"]),
            depth=int(facts["depth"]),
            has_decoder=bool(facts["has_decoder"]),
            why_no_decoder=str(facts.get("why_no_decoder") or ""),
            knows_scaling=facts.get("scaling") is not None,
            sha256=str(facts["sha256"]),
        )

    def in_words(self, path: Path | None) -> str:
        """ "checkpoint.pth: 64 px, patch 8, width 192, depth 12"."""
        name = path.name if path else "The model"
        return (
            f"{name}: {self.image} px, patch {self.patch}, width {self.width}, depth {self.depth}"
        )


def misfit(model: ModelFacts, bands: tuple[str, ...], path: Path | None) -> str | None:
    """Why the model of `path` can't take the cutouts of a survey; None where it can."""
    try:
        planes(model, bands)
    except BandError as error:
        return str(error)
    if not model.knows_scaling:
        return (
            f"{path} does not say how its cutouts were scaled, so nothing can be reconstructed."
            " Embed with it and a scaling first; the embeddings then remember it."
        )
    return None


def refusal(model: ModelFacts, bands: tuple[str, ...], path: Path | None) -> str | None:
    """Why the model of `path` can't reconstruct a survey of these bands; None where it can."""
    problem = misfit(model, bands, path)
    if problem is None and not model.has_decoder:
        return model.why_no_decoder or (
            f"{path} has no decoder, so nothing can be reconstructed; the map, neighbours and"
            " dropped files work."
        )
    return problem


def model_view(
    pixels: NDArray[np.float32], bands: tuple[str, ...], model: ModelFacts
) -> NDArray[np.float32]:
    """(n, model's bands, side, side) of whole cutouts (n, B, H, W) whose planes are `bands`.

    Raises `BandError`, or `FormatError` where the cutouts are smaller than the model's image.
    """
    from trainer.cutouts.crop import centre_crop

    cropped = centre_crop(pixels, model.image)
    return np.ascontiguousarray(cropped[:, planes(model, bands)], np.float32)


def model_input(view: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the model is given of a `model_view`: 0 where there is no data, as in training."""
    return np.where(np.isnan(view), np.float32(0), view)


def planes(model: ModelFacts, bands: tuple[str, ...]) -> NDArray[np.intp]:
    """Which of the survey's bands the model takes, in its order. Raises `BandError`."""
    from trainer.cutouts.bands import plane_order

    if model.bands is not None:
        return plane_order(bands, model.bands, "The survey, to be used with this checkpoint,")
    if model.band_count != len(bands):
        raise BandError(
            f"The checkpoint takes {model.band_count} bands, but the survey has {len(bands)}"
            f" ({', '.join(bands)}), so the model can't be used on it; everything else works."
        )
    return np.arange(len(bands))
