"""Small models with random weights, for tests that need some model."""

from __future__ import annotations

import torch

from trainer.model.architecture import Architecture, DecoderShape
from trainer.model.mae import MaskedAutoencoder

DECODER = DecoderShape(width=24, depth=1, heads=3, hidden=48)


def small_architecture(**changes: object) -> Architecture:
    """16 px, 3 bands, width 32, depth 2, a decoder; `changes` replace fields."""
    fields: dict[str, object] = {
        "image": 16,
        "patch": 4,
        "bands": 3,
        "width": 32,
        "depth": 2,
        "heads": 4,
        "hidden": 64,
        "decoder": DECODER,
    }
    return Architecture.model_validate(fields | changes)


def small_model(seed: int = 0, **changes: object) -> MaskedAutoencoder:
    """A model of `small_architecture` with seeded weights, in evaluation mode."""
    torch.manual_seed(seed)
    return MaskedAutoencoder(small_architecture(**changes)).eval()
