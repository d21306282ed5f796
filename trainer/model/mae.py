"""The masked autoencoder of He et al. 2022 (arXiv:2111.06377), for any number of bands.

Shapes: n images, b bands, s image side, l patches, k visible and m hidden ones, t tokens
(class token first), d encoder width, e decoder width, v = p²·b values of a patch.

Parameters carry the names of the original implementation, so that its checkpoints load.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn

from trainer.errors import BandError, CheckpointError, QueryError
from trainer.model.architecture import Architecture, DecoderShape
from trainer.model.layers import LAYER_NORM_EPS, Block
from trainer.model.masking import Masking
from trainer.model.patches import patchify
from trainer.model.positions import sincos_positions

_TARGET_EPS = 1e-6


@dataclass(frozen=True)
class Prediction:
    """What the model made of masked images."""

    loss: torch.Tensor
    """() mean squared error over the hidden patches."""
    patches: torch.Tensor
    """(n, l, v): the decoder's output for every patch, visible ones too."""
    mask: torch.Tensor
    """(n, l) float32, 1 where hidden."""


class PatchEmbedding(nn.Module):
    """The linear map from a patch's values to a token; kept as a convolution's weight."""

    def __init__(self, bands: int, width: int, patch: int) -> None:
        super().__init__()
        self.proj = nn.Conv2d(bands, width, kernel_size=patch, stride=patch)

    def forward(self, patches_nlv: torch.Tensor) -> torch.Tensor:
        """(n, l, v) → (n, l, d); any subset of an image's patches will do."""
        # The convolution's weight runs over band, row, column; a patch over row, column, band.
        weight = self.proj.weight.permute(0, 2, 3, 1).flatten(1)
        return F.linear(patches_nlv, weight, self.proj.bias)


class MaskedAutoencoder(nn.Module):
    """Encoder and, unless the architecture has none, decoder."""

    pos_embed: torch.Tensor
    decoder_pos_embed: torch.Tensor

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.architecture = a = architecture
        self.patch_embed = PatchEmbedding(a.bands, a.width, a.patch)
        self.cls_token = nn.Parameter(torch.zeros(1, 1, a.width))
        self.register_buffer("pos_embed", sincos_positions(a.width, a.grid))
        self.blocks = nn.ModuleList(
            Block(a.width, a.heads, a.hidden, a.qkv_bias) for _ in range(a.depth)
        )
        if a.norm_after_pooling:
            self.norm: nn.Module = nn.Identity()
            self.fc_norm: nn.Module = nn.LayerNorm(a.width, eps=LAYER_NORM_EPS)
        else:
            self.norm = nn.LayerNorm(a.width, eps=LAYER_NORM_EPS)
            self.fc_norm = nn.Identity()
        if a.decoder is not None:
            self._build_decoder(a.decoder)
        self._initialise()

    def _build_decoder(self, shape: DecoderShape) -> None:
        a = self.architecture
        self.decoder_embed = nn.Linear(a.width, shape.width)
        self.mask_token = nn.Parameter(torch.zeros(1, 1, shape.width))
        self.register_buffer("decoder_pos_embed", sincos_positions(shape.width, a.grid))
        self.decoder_blocks = nn.ModuleList(
            Block(shape.width, shape.heads, shape.hidden, a.qkv_bias) for _ in range(shape.depth)
        )
        self.decoder_norm = nn.LayerNorm(shape.width, eps=LAYER_NORM_EPS)
        self.decoder_pred = nn.Linear(shape.width, a.patch_values)

    def _initialise(self) -> None:
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.xavier_uniform_(module.weight)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        # As if the convolution were the linear layer it stands for.
        nn.init.xavier_uniform_(self.patch_embed.proj.weight.data.flatten(1))
        nn.init.normal_(self.cls_token, std=0.02)
        if self.architecture.decoder is not None:
            nn.init.normal_(self.mask_token, std=0.02)

    def encode(self, images_nbss: torch.Tensor, masking: Masking | None = None) -> torch.Tensor:
        """Latent tokens (n, t, d), class token first; nothing masked without a `masking`.

        Raises `BandError` or `QueryError` where the images are not of the model's shape.
        """
        self.check_images(images_nbss)
        return self._encode_patches(patchify(images_nbss, self.architecture.patch), masking)

    def tokens(self, patches_nlv: torch.Tensor, masking: Masking | None = None) -> torch.Tensor:
        """(n, l, v) patches → (n, t, d): what enters the first layer, class token first."""
        positions = self.pos_embed[:, 1:]
        if masking is not None:
            # Hidden patches are dropped before the first layer: they cost nothing.
            patches_nlv = _gather(patches_nlv, masking.kept)
            positions = self.pos_embed[0, 1:][masking.kept]
        x_nkd = self.patch_embed(patches_nlv) + positions
        token = (self.cls_token + self.pos_embed[:, :1]).expand(len(x_nkd), -1, -1)
        return torch.cat([token, x_nkd], dim=1)

    def _encode_patches(self, patches_nlv: torch.Tensor, masking: Masking | None) -> torch.Tensor:
        x_ntd = self.tokens(patches_nlv, masking)
        for block in self.blocks:
            x_ntd = block(x_ntd)
        latent_ntd: torch.Tensor = self.norm(x_ntd)
        return latent_ntd

    def _decode(self, latent_ntd: torch.Tensor, masking: Masking) -> torch.Tensor:
        """Decoder's output (n, 1 + l, e): class token, visible, hidden patches, in that order.

        The order is free, since attention knows a token's place only by its position
        embedding; so nothing has to be put back before the loss.
        """
        if self.architecture.decoder is None:
            raise CheckpointError(
                "This checkpoint holds an encoder without its decoder, so that masked patches"
                " can't be reconstructed; embedding works."
            )
        positions = self.decoder_pos_embed[0]
        order = torch.cat([masking.kept, masking.hidden], dim=1) + 1
        seen = self.decoder_embed(latent_ntd)
        unseen = self.mask_token.expand(len(seen), masking.hidden.shape[1], -1)
        x_nte = torch.cat([seen, unseen], dim=1)
        x_nte = x_nte + torch.cat([positions[:1].expand(len(seen), 1, -1), positions[order]], dim=1)
        for block in self.decoder_blocks:
            x_nte = block(x_nte)
        return x_nte

    def training_loss(self, images_nbss: torch.Tensor, masking: Masking) -> torch.Tensor:
        """() mean squared error over the hidden patches, computed for these alone.

        Equals `predict(...).loss` up to rounding and costs less.
        """
        patches_nlv = patchify(images_nbss, self.architecture.patch)
        tokens_nte = self._decode(self._encode_patches(patches_nlv, masking), masking)
        hidden_nme = tokens_nte[:, 1 + masking.kept.shape[1] :]
        predicted_nmv = self.decoder_pred(self.decoder_norm(hidden_nme))
        return F.mse_loss(predicted_nmv, self.target(_gather(patches_nlv, masking.hidden)))

    def predict(self, images_nbss: torch.Tensor, masking: Masking) -> Prediction:
        """The decoder's prediction of every patch, in raster order, with mask and loss.

        Raises `CheckpointError` for an encoder without decoder, `BandError` or
        `QueryError` for images of another shape.
        """
        self.check_images(images_nbss)
        patches_nlv = patchify(images_nbss, self.architecture.patch)
        tokens_nte = self._decode(self._encode_patches(patches_nlv, masking), masking)
        shuffled_nlv = self.decoder_pred(self.decoder_norm(tokens_nte))[:, 1:]
        predicted_nlv = _gather(shuffled_nlv, masking.restore())
        mask_nl = masking.mask()
        error_nl = (predicted_nlv - self.target(patches_nlv)).square().mean(dim=-1)
        loss = (error_nl * mask_nl).sum() / mask_nl.sum()
        return Prediction(loss, predicted_nlv, mask_nl)

    def target(self, patches_nlv: torch.Tensor) -> torch.Tensor:
        """What the decoder learns to predict for these patches, (n, l, v)."""
        if not self.architecture.norm_pix_loss:
            return patches_nlv
        mean = patches_nlv.mean(dim=-1, keepdim=True)
        variance = patches_nlv.var(dim=-1, keepdim=True)
        return (patches_nlv - mean) / (variance + _TARGET_EPS).sqrt()

    def check_images(self, images_nbss: torch.Tensor) -> None:
        """Raise `BandError` or `QueryError` where images are not (n, bands, image, image)."""
        a = self.architecture
        if images_nbss.ndim != 4:
            raise QueryError(
                f"Images for the model have four dimensions (n, {a.bands}, {a.image}, {a.image});"
                f" found an array of shape {tuple(images_nbss.shape)}."
            )
        if images_nbss.shape[1] != a.bands:
            raise BandError(
                f"The checkpoint was trained on {a.bands} bands, but the cutouts have"
                f" {images_nbss.shape[1]}."
            )
        if tuple(images_nbss.shape[2:]) != (a.image, a.image):
            raise QueryError(
                f"The checkpoint takes cutouts of {a.image}×{a.image} px, but these have"
                f" {images_nbss.shape[2]}×{images_nbss.shape[3]} px."
            )


def _gather(x_nlv: torch.Tensor, index_nk: torch.Tensor) -> torch.Tensor:
    return torch.gather(x_nlv, 1, index_nk[..., None].expand(-1, -1, x_nlv.shape[-1]))
