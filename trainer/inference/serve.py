"""The model's long-lived process: what can be asked of it.

    load         checkpoint, heads, scaling           → model: what it is
    encode       pool, orientations, scaling; images  → embeddings
    reconstruct  mask_ratio, seed, scaling; images, perhaps mask
                                                      → mask, reconstruction, loss_by_band
    errors       mask_ratio, seed, first, count, scaling; images
                                                      → error, times: sums over these masks
    attention    patch, scaling; images               → attention
    ping                                              → ok

A `trainer.serving.Server` on the standard streams of `astromask serve`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from trainer.config import Device, Pooling
from trainer.cutouts.scaling import Scaling, scaling_from_json, scaling_to_json
from trainer.errors import CheckpointError, QueryError
from trainer.inference.encode import Encoder
from trainer.inference.reconstruct import (
    Galaxy,
    attention_of,
    choose_mask,
    errors_by_patch,
    reconstruct_flux,
)
from trainer.model.checkpoints import LoadedCheckpoint, load_checkpoint
from trainer.model.device import pick_device
from trainer.serving import Answer, Arrays, Header, Server

Fields = TypeVar("Fields", bound=BaseModel)

_MOST_MASKS = 64
"""Of one request: who wants more asks again, and others are answered in between."""


class _Load(BaseModel):
    checkpoint: str
    heads: int | tuple[int, int] | None = None
    """Of the encoder, or of encoder and decoder."""
    scaling: dict[str, Any] | None = None


class _Encode(BaseModel):
    pool: Pooling = "rich"
    orientations: int = 8
    scaling: dict[str, Any] | None = None


class _Reconstruct(BaseModel):
    mask_ratio: float = 0.75
    seed: int = 0
    scaling: dict[str, Any] | None = None


class _Errors(BaseModel):
    mask_ratio: float = 0.75
    seed: int = 0
    first: int = Field(default=0, ge=0)
    count: int = Field(default=8, ge=1, le=_MOST_MASKS)
    scaling: dict[str, Any] | None = None


class _Attention(BaseModel):
    patch: int | None = None
    """None: the class token."""
    scaling: dict[str, Any] | None = None


class ModelServer(Server):
    """Holds one checkpoint and does what requests ask of it."""

    def __init__(self, device: Device = "cpu") -> None:
        operations = {
            "ping": lambda header, arrays: ({}, {}),
            "load": self._load,
            "encode": self._encode,
            "reconstruct": self._reconstruct,
            "errors": self._errors,
            "attention": self._attention,
        }
        super().__init__("The model's process", operations)
        self._device = pick_device(device)
        self._loaded: LoadedCheckpoint | None = None
        self._scaling: Scaling | None = None
        self._galaxy: Galaxy | None = None
        """The galaxy asked of last: it is scaled once for all its masks."""

    def _load(self, header: Header, arrays: Arrays) -> Answer:
        request = _fields(_Load, header)
        heads, decoder_heads = (
            request.heads if isinstance(request.heads, tuple) else (request.heads, None)
        )
        loaded = load_checkpoint(Path(request.checkpoint), heads, decoder_heads)
        scaling = loaded.scaling
        if request.scaling is not None:
            scaling = scaling_from_json(request.scaling)
        loaded.model.to(self._device)
        self._loaded, self._scaling, self._galaxy = loaded, scaling, None
        return {"model": self._facts()}, {}

    def _encode(self, header: Header, arrays: Arrays) -> Answer:
        request = _fields(_Encode, header)
        loaded, scaling = self._model_and_scaling(request.scaling)
        if request.orientations not in (1, 8):
            raise QueryError(f"Orientations are 8 or 1; {request.orientations} were asked for.")
        encoder = Encoder(loaded.model, scaling, request.pool, request.orientations)
        return {}, {"embeddings": encoder.encode(_images(arrays))}

    def _reconstruct(self, header: Header, arrays: Arrays) -> Answer:
        request = _fields(_Reconstruct, header)
        loaded, scaling = self._model_and_scaling(request.scaling)
        loaded.require_decoder()
        galaxy = self._galaxy_of(loaded, scaling, arrays)
        masking = choose_mask(
            loaded.architecture.patches, request.mask_ratio, request.seed, arrays.get("mask")
        )
        result = reconstruct_flux(galaxy, masking)
        fields = {"loss": result.loss, "level_recovered": result.level_recovered}
        return fields, {
            "mask": result.mask,
            "reconstruction": result.images,
            "loss_by_band": result.loss_by_band,
        }

    def _errors(self, header: Header, arrays: Arrays) -> Answer:
        request = _fields(_Errors, header)
        loaded, scaling = self._model_and_scaling(request.scaling)
        loaded.require_decoder()
        galaxy = self._galaxy_of(loaded, scaling, arrays)
        error, times = errors_by_patch(
            galaxy, request.mask_ratio, request.seed, request.first, request.count
        )
        return {}, {"error": error, "times": times}

    def _attention(self, header: Header, arrays: Arrays) -> Answer:
        request = _fields(_Attention, header)
        loaded, scaling = self._model_and_scaling(request.scaling)
        galaxy = self._galaxy_of(loaded, scaling, arrays)
        return {}, {"attention": attention_of(galaxy, request.patch)}

    def _galaxy_of(self, loaded: LoadedCheckpoint, scaling: Scaling, arrays: Arrays) -> Galaxy:
        images = _images(arrays)
        if self._galaxy is None or not self._galaxy.is_of(loaded.model, scaling, images):
            self._galaxy = Galaxy(loaded.model, scaling, images)
        return self._galaxy

    def _model_and_scaling(self, given: dict[str, Any] | None) -> tuple[LoadedCheckpoint, Scaling]:
        if self._loaded is None:
            raise CheckpointError("No checkpoint is loaded yet.")
        scaling = self._scaling if given is None else scaling_from_json(given)
        if scaling is None:
            raise CheckpointError(
                f"{self._loaded.path} does not say how its cutouts were scaled, and the request"
                " does not either. Embed the workspace with this checkpoint and --scaling first."
            )
        return self._loaded, scaling

    def _facts(self) -> dict[str, Any]:
        assert self._loaded is not None
        loaded, a = self._loaded, self._loaded.architecture
        return {
            "image": a.image,
            "patch": a.patch,
            "bands": a.bands if loaded.bands is None else list(loaded.bands),
            "width": a.width,
            "depth": a.depth,
            "heads": a.heads,
            "has_decoder": a.decoder is not None,
            "why_no_decoder": loaded.why_no_decoder,
            "norm_pix_loss": a.norm_pix_loss,
            "scaling": None if self._scaling is None else scaling_to_json(self._scaling),
            "sha256": loaded.sha256,
            "grid": [a.grid, a.grid],
            "notes": list(loaded.notes),
        }


def _fields(kind: type[Fields], header: dict[str, Any]) -> Fields:
    try:
        return kind.model_validate(header)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise QueryError(
            f"The request to {header.get('op')} has a wrong {where!r}: {first['msg']}; found"
            f" {first['input']!r}."
        ) from error


def _images(arrays: Arrays) -> np.ndarray:
    images = arrays.get("images")
    if images is None:
        raise QueryError("The request brings no array named images.")
    images = np.ascontiguousarray(images, np.float32)
    if not np.isfinite(images).all():
        # As cutouts are cleaned everywhere: what is not known is nothing.
        images = np.nan_to_num(images, nan=0.0, posinf=0.0, neginf=0.0)
    return images
