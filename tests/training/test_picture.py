"""The picture of a training's progress."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from PIL import Image

from tests.model.small_models import small_model
from trainer.model.masking import mask_from_noise
from trainer.training.picture import save_picture


def test_the_first_row_of_a_galaxy_is_the_lowest_of_its_tile(tmp_path: Path) -> None:
    images = torch.zeros(1, 3, 16, 16)
    images[:, :, 0] = 1
    noise = torch.rand(1, 16, generator=torch.Generator().manual_seed(0))
    save_picture(tmp_path / "p.png", small_model(), images, mask_from_noise(noise, 0.75))
    sheet = np.asarray(Image.open(tmp_path / "p.png")).mean(axis=-1)
    height, first = sheet.shape[0], sheet[:, : sheet.shape[1] // 3]
    assert first[-height // 10 :].mean() > 100 > first[: height // 2].mean()
