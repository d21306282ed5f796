"""Vectors of cutouts: scaled, encoded with nothing masked, pooled, averaged over orientations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from trainer.config import Pooling
from trainer.cutouts.scaling import Scaling
from trainer.model.mae import MaskedAutoencoder
from trainer.model.orientations import COUNT, orient
from trainer.model.pooling import pool_tokens, pooled_width

CPU_BATCH = 16
"""Cutouts at a time on a CPU: what lies between two layers then stays in its cache."""


@dataclass(frozen=True)
class Encoder:
    """Turns cutouts into vectors, always in the same way."""

    model: MaskedAutoencoder
    scaling: Scaling
    pool: Pooling = "rich"
    orientations: int = 8
    """8: the mean over the eight rotations and reflections; 1: the cutout as it is."""
    batch_size: int = 64

    @property
    def dimension(self) -> int:
        """Length D of a vector."""
        return pooled_width(self.model.architecture.width, self.pool)

    def encode(self, images: np.ndarray) -> np.ndarray:
        """(n, B, H, W) float32 flux → (n, D) float32.

        Raises `BandError` or `QueryError` where the cutouts are not of the model's shape.
        """
        self.model.check_images(torch.from_numpy(images))
        scaled, _ = self.scaling.forward(images)
        out = np.empty((len(images), self.dimension), np.float32)
        on_cpu = self.model.cls_token.device.type == "cpu"
        step = min(self.batch_size, CPU_BATCH) if on_cpu else self.batch_size
        for start in range(0, len(images), step):
            part = torch.from_numpy(scaled[start : start + step])
            out[start : start + step] = self._vectors(part)
        return out

    @torch.inference_mode()
    def _vectors(self, images_nbss: torch.Tensor) -> np.ndarray:
        images_nbss = images_nbss.to(self.model.cls_token.device)
        count = COUNT if self.orientations == COUNT else 1
        total = torch.zeros((), device=images_nbss.device)
        for orientation in range(count):
            latent = self.model.encode(orient(images_nbss, orientation))
            total = total + pool_tokens(self.model, latent, self.pool)
        vectors: np.ndarray = (total / count).cpu().numpy()
        return vectors
