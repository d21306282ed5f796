"""Where to compute."""

from __future__ import annotations

import torch

from trainer.config import Device
from trainer.errors import AstroMaskError


def pick_device(wanted: Device) -> torch.device:
    """The device for "auto", "cpu", "cuda" or "mps"; "auto" takes a GPU where there is one.

    Raises `AstroMaskError` where a GPU is asked for and none can be used.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        wanted = next(name for name in ("cuda", "mps", "cpu") if available[name])
    if not available[wanted]:
        kind = {"cuda": "an NVIDIA GPU (cuda)", "mps": "an Apple GPU (mps)"}[wanted]
        raise AstroMaskError(
            f"{kind[0].upper()}{kind[1:]} was asked for, but PyTorch {torch.__version__} finds none"
            " on this machine. Use --device cpu or auto."
        )
    if wanted == "cuda":
        # TensorFloat-32 in matrix products: several times faster, and finer than the noise.
        torch.set_float32_matmul_precision("high")
    return torch.device(wanted)
