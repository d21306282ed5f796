"""AdamW as the original MAE sets it up."""

from __future__ import annotations

import torch
from torch import nn

BETAS = (0.9, 0.95)
EPS = 1e-8


def make_optimiser(model: nn.Module, lr: float, weight_decay: float) -> torch.optim.AdamW:
    """AdamW with weight decay on matrices only: not on biases, norms and other vectors."""
    named = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    decayed = [p for name, p in named if p.ndim >= 2 and not name.endswith(".bias")]
    plain = [p for name, p in named if p.ndim < 2 or name.endswith(".bias")]
    return torch.optim.AdamW(
        [{"params": decayed, "weight_decay": weight_decay}, {"params": plain, "weight_decay": 0.0}],
        lr=lr,
        betas=BETAS,
        eps=EPS,
        # One pass over each tensor in place of a dozen.
        fused=True,
    )
