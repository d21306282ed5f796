"""The model against what the original implementations computed."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tests.shared_files import shared
from trainer.model.checkpoints import load_checkpoint
from trainer.model.masking import mask_from_noise
from trainer.training.optimiser import make_optimiser

NAMES = ("mae_rgb_32px_patch8", "astromask_ugriz_64px_patch8")


@pytest.mark.parametrize("name", NAMES)
def test_latent_prediction_mask_and_loss_are_those_of_the_original(name: str) -> None:
    reference = np.load(shared("reference", f"{name}.npz"))
    heads, decoder_heads = int(reference["heads"]), int(reference["decoder_heads"])
    model = load_checkpoint(shared("reference", f"{name}.pth"), heads, decoder_heads).model
    images = torch.from_numpy(reference["images"])
    scaled = images
    if reference["scaling"] == "batch_min_max":
        scaled = (images - images.min()) / (images.max() - images.min())
    masking = mask_from_noise(torch.from_numpy(reference["noise"]), float(reference["mask_ratio"]))
    with torch.inference_mode():
        latent = model.encode(images)
        prediction = model.predict(scaled, masking)
        fast_loss = model.training_loss(scaled, masking)
    np.testing.assert_allclose(latent, reference["latent"], rtol=0, atol=1e-5)
    np.testing.assert_allclose(prediction.patches, reference["pred"], rtol=0, atol=1e-5)
    np.testing.assert_array_equal(prediction.mask, reference["mask"])
    assert float(prediction.loss) == pytest.approx(float(reference["loss"]), rel=1e-6)
    assert float(fast_loss) == pytest.approx(float(reference["loss"]), rel=1e-6)


def test_fifty_steps_of_training_follow_the_original() -> None:
    reference = np.load(shared("reference", "trajectory_rgb_32px_patch8.npz"))
    model = load_checkpoint(
        shared("reference", "trajectory_rgb_32px_patch8.pth"),
        int(reference["heads"]),
        int(reference["decoder_heads"]),
    ).model.train()
    optimiser = make_optimiser(model, float(reference["lr"]), float(reference["weight_decay"]))
    assert optimiser.defaults["betas"] == tuple(reference["betas"])
    images = torch.from_numpy(reference["images"])
    losses = []
    for noise in reference["noise"]:
        masking = mask_from_noise(torch.from_numpy(noise), float(reference["mask_ratio"]))
        loss = model.training_loss(images, masking)
        losses.append(loss.item())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    np.testing.assert_allclose(losses, reference["loss"], rtol=1e-4)
