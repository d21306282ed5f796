from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.model.small_models import small_architecture, small_model
from trainer.errors import BandError, CheckpointError, QueryError
from trainer.model.architecture import SIZES, architecture_of_size
from trainer.model.mae import MaskedAutoencoder
from trainer.model.masking import mask_from_choice, mask_from_noise, seeded_noise


@given(
    bands=st.integers(1, 7),
    grid=st.integers(1, 5),
    patch=st.integers(1, 5),
    heads=st.sampled_from([1, 2, 4]),
    ratio=st.floats(0.0, 0.99),
    norm_pix_loss=st.booleans(),
)
@settings(deadline=None, max_examples=30)
def test_any_shape_that_divides_predicts_every_patch(
    bands: int, grid: int, patch: int, heads: int, ratio: float, norm_pix_loss: bool
) -> None:
    if norm_pix_loss and bands * patch == 1:
        return  # One number has no variance.
    model = small_model(
        bands=bands, image=grid * patch, patch=patch, heads=heads, norm_pix_loss=norm_pix_loss
    )
    images = torch.randn(2, bands, grid * patch, grid * patch)
    masking = mask_from_noise(seeded_noise(2, grid**2, 1), ratio)
    if masking.hidden.shape[1] == 0:
        return
    with torch.no_grad():
        prediction = model.predict(images, masking)
        assert model.encode(images).shape == (2, grid**2 + 1, 32)
        assert model.training_loss(images, masking) == pytest.approx(
            prediction.loss.item(), rel=1e-5
        )
    assert prediction.patches.shape == (2, grid**2, patch**2 * bands)


def test_hidden_pixels_do_not_reach_the_prediction() -> None:
    model = small_model()
    hidden = torch.zeros(1, 16)
    hidden[0, [3, 7, 8]] = 1
    masking = mask_from_choice(hidden)
    images = torch.randn(1, 3, 16, 16)
    other = images.clone()
    other[:, :, 0:4, 12:16] += 100.0  # patch 3
    with torch.no_grad():
        assert torch.equal(
            model.predict(images, masking).patches, model.predict(other, masking).patches
        )
        other[:, :, 0:4, 0:4] += 1.0  # patch 0, visible
        assert not torch.equal(
            model.predict(images, masking).patches, model.predict(other, masking).patches
        )


def test_normalised_targets_have_no_level_and_unit_variance() -> None:
    model = small_model(norm_pix_loss=True)
    target = model.target(torch.randn(2, 16, 48) * 30 + 7)
    assert target.mean(dim=-1).abs().max() < 1e-5
    torch.testing.assert_close(target.var(dim=-1), torch.ones(2, 16), rtol=1e-4, atol=1e-4)


def test_an_encoder_alone_embeds_but_does_not_reconstruct() -> None:
    model = small_model(decoder=None)
    images = torch.randn(1, 3, 16, 16)
    assert model.encode(images).shape == (1, 17, 32)
    with pytest.raises(CheckpointError, match="without its decoder"):
        model.predict(images, mask_from_noise(seeded_noise(1, 16, 0), 0.5))


def test_wrong_bands_are_named() -> None:
    with pytest.raises(BandError, match=r"3 bands.*have 5"):
        small_model().encode(torch.zeros(1, 5, 16, 16))


def test_a_wrong_size_is_named() -> None:
    with pytest.raises(QueryError, match=r"16×16.*20×20"):
        small_model().encode(torch.zeros(1, 3, 20, 20))


@pytest.mark.parametrize("change", [{"patch": 5}, {"heads": 5}])
def test_numbers_that_do_not_divide_are_refused(change: dict[str, int]) -> None:
    with pytest.raises(ValidationError, match="multiple"):
        small_architecture(**change)


@pytest.mark.parametrize("size", SIZES)
def test_every_named_size_can_be_built(size: str) -> None:
    architecture = architecture_of_size(size, image=64, patch=8, bands=5)  # type: ignore[arg-type]
    with torch.device("meta"):
        model = MaskedAutoencoder(architecture)
    assert model.decoder_pred.weight.shape[0] == 320


def test_positions_are_fixed() -> None:
    names = [name for name, _ in small_model().named_parameters()]
    assert not [name for name in names if "pos_embed" in name]
