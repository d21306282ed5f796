"""Learning rate over a training: linear warm-up, then half a cosine (Loshchilov & Hutter 2017)."""

from __future__ import annotations

import math


def learning_rate(epoch: float, epochs: float, warmup_epochs: float, peak: float) -> float:
    """Learning rate at a fractional `epoch`: 0 at the start, `peak` after the warm-up, 0 at the
    end. A warm-up longer than a fifth of the training is shortened to that."""
    warmup = min(warmup_epochs, epochs / 5)
    if epoch < warmup:
        return peak * epoch / warmup
    progress = min(1.0, (epoch - warmup) / (epochs - warmup))
    return peak * 0.5 * (1.0 + math.cos(math.pi * progress))
