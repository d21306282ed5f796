"""What a checkpoint of our own says about itself: JSON in the metadata of its safetensors file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from trainer.errors import CheckpointError
from trainer.model.architecture import Architecture

METADATA_KEY = "astromask"
VERSION = 1


class TrainingFacts(BaseModel):
    """How the weights came about, for people; nothing is computed from it."""

    model_config = ConfigDict(frozen=True)

    epoch: float = 0
    """Epochs done."""
    step: int = 0
    validation_loss: float | None = None
    galaxies: int = 0
    """Galaxies trained on, the held-out ones not counted."""
    config: dict[str, JsonValue] = Field(default_factory=dict)
    """The job's configuration."""
    finished: str = ""
    """ISO 8601 text, UTC, of when the file was written."""


class CheckpointHeader(BaseModel):
    """Architecture, and how cutouts must be prepared before they enter the model."""

    model_config = ConfigDict(frozen=True)

    version: int = VERSION
    architecture: Architecture
    bands: tuple[str, ...]
    """Names in the order in which the model takes them."""
    scaling: dict[str, Any]
    """`trainer.cutouts.scaling` as JSON, with its constants."""
    crop: int | None = None
    """Side in pixels of the cutouts' centre that was trained on."""
    zero_points: tuple[float, ...] | None = None
    """AB magnitude of one count, by band."""
    pixel_scale: float | None = None
    """Arcsec per pixel."""
    pixels: tuple[str, ...] = ()
    """What was trained on: "source", or "packed float16" or "packed float32" copies of it."""
    code_version: str = ""
    training: TrainingFacts = TrainingFacts()


def header_from_metadata(path: Path, metadata: dict[str, str]) -> CheckpointHeader | None:
    """The header in a safetensors file's metadata; None where the file is not one of ours.

    Raises `CheckpointError` for a header that is damaged or of a later version.
    """
    text = metadata.get(METADATA_KEY)
    if text is None:
        return None
    try:
        header = CheckpointHeader.model_validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "its JSON"
        raise CheckpointError(
            f"{path} has a header that can't be understood: {where}: {first['msg']}."
        ) from error
    if header.version > VERSION:
        raise CheckpointError(
            f"{path} was written by a later version of AstroMASK (header {header.version}; this"
            f" version reads up to {VERSION}). Update AstroMASK to use it."
        )
    if len(header.bands) != header.architecture.bands:
        raise CheckpointError(
            f"{path} contradicts itself: its header names {len(header.bands)} bands"
            f" ({', '.join(header.bands)}), its architecture has {header.architecture.bands}."
        )
    return header
