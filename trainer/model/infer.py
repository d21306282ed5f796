"""What a model is, read off its tensors' shapes; only the number of heads must be told."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from pydantic import ValidationError

from trainer.errors import CheckpointError
from trainer.model.architecture import Architecture, DecoderShape
from trainer.model.raw import RawCheckpoint

KNOWN_HEADS = {768: 12, 1024: 16, 1280: 16}
"""Heads by the encoder's width in every published model."""
KNOWN_DECODER_HEADS = {512: 16}

_DECODER_PARTS = (
    "decoder_embed.weight",
    "mask_token",
    "decoder_pos_embed",
    "decoder_norm.weight",
    "decoder_pred.weight",
)


class HeadsUnknownError(CheckpointError):
    """Neither the file, nor the width, nor the user tells the number of attention heads."""


@dataclass(frozen=True)
class Inferred:
    """An architecture, and what should be said about how it was found."""

    architecture: Architecture
    notes: tuple[str, ...] = ()
    why_no_decoder: str = ""
    """A sentence where the decoder is missing or can't be used."""
    decoder_heads_unknown: bool = False
    """True where the decoder's tensors are there and only its heads are not known."""


def infer_architecture(
    raw: RawCheckpoint, heads: int | None = None, decoder_heads: int | None = None
) -> Inferred:
    """The architecture of a checkpoint's tensors.

    `heads` and `decoder_heads` are what the user or a reference file says. Raises
    `CheckpointError` (a sentence without the file's name) where tensors are missing or do
    not fit together, or where the encoder's heads are unknown.
    """
    tensors = raw.tensors
    width, bands, patch, patch_across = _shape(tensors, "patch_embed.proj.weight", 4)
    if patch != patch_across:
        raise CheckpointError(f"its patches are {patch}×{patch_across} px; they must be square")
    grid = _grid(tensors)
    depth = _depth(tensors, "blocks")
    if depth == 0:
        raise CheckpointError("it holds no encoder blocks (blocks.0.…)")
    known_heads = _resolve_heads("encoder", width, heads, _stated(raw, "encoder"), KNOWN_HEADS)
    if known_heads is None:
        raise HeadsUnknownError(_ask_for_heads("encoder", width))
    decoder, why_no_decoder = _decoder(raw, decoder_heads)
    norm_pix_loss, notes = _norm_pix_loss(raw, decoder)
    try:
        architecture = Architecture(
            image=grid * patch,
            patch=patch,
            bands=bands,
            width=width,
            depth=depth,
            heads=known_heads,
            hidden=_shape(tensors, "blocks.0.mlp.fc1.weight", 2)[0],
            decoder=decoder,
            norm_pix_loss=norm_pix_loss,
            norm_after_pooling="fc_norm.weight" in tensors and "norm.weight" not in tensors,
            qkv_bias="blocks.0.attn.qkv.bias" in tensors,
        )
    except ValidationError as error:
        problem = error.errors()[0]["msg"].removeprefix("Value error, ").removesuffix(".")
        raise CheckpointError(problem[0].lower() + problem[1:]) from error
    unknown = decoder is None and all(name in tensors for name in _DECODER_PARTS)
    return Inferred(architecture, notes, why_no_decoder, unknown)


def _decoder(raw: RawCheckpoint, heads: int | None) -> tuple[DecoderShape | None, str]:
    missing = [name for name in _DECODER_PARTS if name not in raw.tensors]
    if missing:
        part = "no decoder" if len(missing) == len(_DECODER_PARTS) else f"no {missing[0]}"
        return None, (
            f"This checkpoint holds an encoder only ({part}), so that masked patches can't be"
            " reconstructed; everything else works."
        )
    width = _shape(raw.tensors, "decoder_embed.weight", 2)[0]
    known = _resolve_heads("decoder", width, heads, _stated(raw, "decoder"), KNOWN_DECODER_HEADS)
    if known is None:
        return None, (
            "Reconstruction is off, everything else works: "
            + _ask_for_heads("decoder", width)
            + "."
        )
    depth = _depth(raw.tensors, "decoder_blocks")
    hidden = _shape(raw.tensors, "decoder_blocks.0.mlp.fc1.weight", 2)[0] if depth else 4 * width
    if width % known:
        raise CheckpointError(f"its decoder's width {width} can't be divided by {known} heads")
    return DecoderShape(width=width, depth=depth, heads=known, hidden=hidden), ""


def _resolve_heads(
    part: str, width: int, given: int | None, stated: int | None, known: Mapping[int, int]
) -> int | None:
    if given is not None and stated is not None and given != stated:
        raise CheckpointError(
            f"it says that its {part} has {stated} attention heads, but {given} were asked for"
        )
    return given or stated or known.get(width)


def _stated(raw: RawCheckpoint, part: str) -> int | None:
    """Heads that the file itself states, in its header or its saved arguments."""
    if raw.header is not None:
        shape = raw.header.architecture if part == "encoder" else raw.header.architecture.decoder
        return None if shape is None else shape.heads
    prefix = "" if part == "encoder" else "decoder_"
    for name in (f"{prefix}heads", f"{prefix}num_heads"):
        value = raw.arguments.get(name)
        if isinstance(value, int) and value > 0:
            return value
    return None


def _norm_pix_loss(
    raw: RawCheckpoint, decoder: DecoderShape | None
) -> tuple[bool, tuple[str, ...]]:
    if raw.header is not None:
        return raw.header.architecture.norm_pix_loss, ()
    stated = raw.arguments.get("norm_pix_loss")
    if isinstance(stated, bool) or decoder is None:
        return bool(stated), ()
    return False, (
        "The file does not say whether its targets were normalised patch by patch; they are"
        " taken as plain pixels.",
    )


def _ask_for_heads(part: str, width: int) -> str:
    word = "decoder heads" if part == "decoder" else "heads"
    example = "--heads ENCODER,DECODER" if part == "decoder" else "--heads N"
    return (
        f"its number of {word} can't be read off the tensors ({part} width {width}) and the file"
        f" does not state it; give it with {example}"
    )


def _shape(tensors: Mapping[str, torch.Tensor], name: str, dimensions: int) -> Any:
    tensor = tensors.get(name)
    if tensor is None:
        raise CheckpointError(
            f"it holds no tensor {name}, which every masked autoencoder has"
            + (f"; it begins with {next(iter(tensors))}" if tensors else "; it holds no tensors")
        )
    if tensor.ndim != dimensions:
        raise CheckpointError(
            f"its tensor {name} has shape {tuple(tensor.shape)}; {dimensions} dimensions were"
            " expected"
        )
    return tuple(tensor.shape)


def _grid(tensors: Mapping[str, torch.Tensor]) -> int:
    positions = _shape(tensors, "pos_embed", 3)[1]
    grid = math.isqrt(max(positions - 1, 0))
    if grid < 1 or grid**2 != positions - 1:
        raise CheckpointError(
            f"its pos_embed holds {positions} positions; a class token and a square number of"
            " patches were expected"
        )
    return grid


def _depth(tensors: Mapping[str, torch.Tensor], stack: str) -> int:
    pattern = re.compile(rf"{stack}\.(\d+)\.")
    return 1 + max((int(m.group(1)) for name in tensors if (m := pattern.match(name))), default=-1)
